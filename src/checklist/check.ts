import type * as z from 'zod';
import type { AuditResult } from '../model/audit.ts';
import type { Statement } from '../model/checklist.ts';
import type { TracedWay } from '../model/exposure.ts';
import type { HistoryResult } from '../model/history.ts';
import type { Attachment, AttachmentKind, HostFacts, HostIdentity, HostPiece } from '../model/host.ts';
import type { PortProtocol, Site, Target } from '../model/site.ts';

/** What the router's configuration does to a first packet of this flow; the caller traces it. */
export type TraceFlow = (
  fromAddress: string,
  target: string,
  protocol: PortProtocol,
  port: number,
) => Pick<TracedWay, 'verdict' | 'decidedBy' | 'cause'> | null;

/** Everything that a check may look at. What was not given is null, and then there is no evidence of it. */
export interface CheckContext {
  readonly facts: HostFacts | null;
  readonly identity: HostIdentity | null;
  readonly pieces: ReadonlyMap<string, HostPiece>;
  readonly attachments: readonly Attachment[];
  readonly audit: AuditResult | null;
  readonly site: Site | null;
  readonly target: Target | null;
  readonly history: HistoryResult | null;
  /** ISO time against which ages are judged. */
  readonly asOf: string | null;
  readonly traceFlow: TraceFlow | null;
}

/** One automatic check; an item of the checklist names it and gives its parameters. */
export interface Check {
  readonly id: string;
  readonly description: string;
  /** The shape of `parameters`, for decoding and for the schema. */
  readonly parameters: z.ZodType;
  readonly judge: (context: CheckContext, parameters: unknown) => readonly Statement[];
}

/** Ties a check's parameters to their schema: `judge` gets them decoded, defaults filled in. */
export function defineCheck<S extends z.ZodType>(check: {
  readonly id: string;
  readonly description: string;
  readonly parameters: S;
  readonly judge: (context: CheckContext, parameters: z.output<S>) => readonly Statement[];
}): Check {
  return {
    ...check,
    judge: (context, parameters) => check.judge(context, check.parameters.parse(parameters)),
  };
}

type ValueOf<K extends AttachmentKind> = Extract<Attachment, { kind: K }>;

export const attachmentsOf = <K extends AttachmentKind>(
  context: CheckContext,
  kind: K,
): readonly ValueOf<K>[] => context.attachments.filter((a): a is ValueOf<K> => a.kind === kind);

const DAY = 86_400_000;

/**
 * Milliseconds since 1970; NaN for no time. A time without a zone is a host's own, `offsetMinutes` east of UTC; never
 * that of the machine on which this runs.
 */
export const momentOf = (time: string | null, offsetMinutes = 0): number =>
  time === null
    ? Number.NaN
    : /T[\d:.]+$/.test(time)
      ? Date.parse(`${time}Z`) - offsetMinutes * 60_000
      : Date.parse(time);

/** Days from one time to a later one, parts of them too; null when either is not known. */
export function daysBetween(earlier: string | null, later: string | null): number | null {
  const from = momentOf(earlier);
  const to = momentOf(later);
  return Number.isNaN(from) || Number.isNaN(to) ? null : (to - from) / DAY;
}
