import type { ConfigLine } from '../diagnostics/source-span.ts';
import type { AuditFlow, Because } from '../model/audit.ts';
import { rangesHave } from '../model/ports.ts';
import type { CheckContext } from './check.ts';

/** TCP flows to the audited target, where no router list applies (own segment) or where one does. */
export function tcpFlows(
  context: CheckContext,
  where: 'segment' | 'outside' | 'anywhere',
): readonly AuditFlow[] {
  const { audit, target } = context;
  if (audit === null || target === null) return [];
  return audit.flows.filter(
    (f) =>
      f.protocol === 'tcp' &&
      f.target === target.name &&
      (where === 'anywhere' || (where === 'segment') === (f.config === null)),
  );
}

export const flowsAtPort = (flows: readonly AuditFlow[], port: number): readonly AuditFlow[] =>
  flows.filter((f) => rangesHave(f.ports, port));

/** Whether evidence that may speak for the flow looked at its ports: not so when it names another host's address. */
export const isSeen = (flow: AuditFlow): boolean =>
  flow.observed !== 'unobserved' && flow.confidence !== 'none';

const isObservation = (b: Because): b is Extract<Because, { kind: 'observation' }> =>
  b !== null && 'kind' in b && b.kind === 'observation';

/** Ids of the scan evidence that flows rest on. */
export const evidenceOf = (flows: readonly AuditFlow[]): readonly string[] => [
  ...new Set(flows.flatMap((f) => f.because.filter(isObservation).map((o) => scanEvidenceId(o.evidence)))),
];

export const scanEvidenceId = (file: string): string => `scan:${file}`;

/** The router's and the policy's lines that flows rest on. */
export function linesOfFlow(flow: AuditFlow): readonly ConfigLine[] {
  return flow.because.flatMap((b): ConfigLine[] => {
    if (b === null || 'implicitDeny' in b) return [];
    if (!('kind' in b)) return [b];
    return b.kind === 'observation' || b.line === null ? [] : [b.line];
  });
}

/** Whether some access list decided about packets of this flow. */
export const decidedByList = (flow: AuditFlow): boolean =>
  flow.config !== 'undetermined' &&
  flow.cause === undefined &&
  flow.because.some((b) => b !== null && ('implicitDeny' in b || !('kind' in b)));
