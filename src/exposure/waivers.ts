import { toConfigLine } from '../diagnostics/source-span.ts';
import type { AuditFinding } from '../model/audit.ts';
import { rangesHave, subtractRanges } from '../model/ports.ts';
import type { Waiver } from '../model/site.ts';
import { isNamed } from '../model/target-names.ts';
import type { AuditInput, FlowContext } from './sightings.ts';

const holds = (w: Waiver, input: AuditInput): boolean => w.until >= input.today;

/** The waivers that still hold and may speak of a flow's ports, whatever finding they are for. */
export const flowWaivers = (input: AuditInput, { vantage, target }: FlowContext): readonly Waiver[] =>
  input.site.waivers.filter(
    (w) =>
      holds(w, input) &&
      (w.vantage === null || w.vantage === vantage.name) &&
      (w.target === null || isNamed(target, w.target)),
  );

/** The waiver of one kind of finding at one port. */
export const waiverOf = (waivers: readonly Waiver[], kind: string | null, port: number): Waiver | null =>
  waivers.find((w) => w.finding === kind && (w.ports === null || rangesHave(w.ports, port))) ?? null;

/** Who accepts a finding, and until when, as the finding itself carries it. */
export const acceptance = (w: Waiver): NonNullable<AuditFinding['waived']> => ({
  owner: w.owner,
  why: w.why,
  until: w.until,
});

/** Waivers of findings that are no flow's: a lint rule, a contradiction, a listener. Flows are waived port by port. */
export function applyWaivers(input: AuditInput, findings: readonly AuditFinding[]): readonly AuditFinding[] {
  return findings.map((finding) => {
    if (finding.waived !== null) return finding;
    const waiver = input.site.waivers.find((w) => holds(w, input) && waives(input, w, finding));
    return waiver ? { ...finding, waived: acceptance(waiver) } : finding;
  });
}

const waives = (input: AuditInput, w: Waiver, finding: AuditFinding): boolean =>
  w.finding === finding.kind &&
  (w.vantage === null || w.vantage === finding.vantage) &&
  (w.target === null || w.target === finding.target || w.target === groupOf(input, finding)) &&
  (w.ports === null || (finding.ports !== null && subtractRanges(finding.ports, w.ports).length === 0));

const groupOf = (input: AuditInput, { target }: AuditFinding): string | null | undefined =>
  target === null ? null : input.site.targets.get(target)?.group;

const DAY = 86_400_000;

/** What the waivers themselves need: ended, ending within 30 days, or idle. */
export function waiverFindings(input: AuditInput, found: readonly AuditFinding[]): readonly AuditFinding[] {
  return input.site.waivers.flatMap((w) => {
    const left = Math.floor((Date.parse(w.until) - Date.parse(input.today)) / DAY);
    const what = `the waiver of "${w.finding}" by ${w.owner} (${w.why})`;
    if (left < 0) return [aboutWaiver(w, 'waiver-expired', 'medium', `${what} ended on ${w.until}`, RENEW)];
    const ends = left === 0 ? 'today' : left === 1 ? 'tomorrow' : `in ${left} days`;
    return [
      ...(left <= 30
        ? [aboutWaiver(w, 'waiver-expiring', 'info', `${what} ends on ${w.until}, ${ends}`, RENEW)]
        : []),
      ...(found.some((f) => waives(input, w, f)) ? [] : [idleWaiver(w)]),
    ];
  });
}

const RENEW = 'mend the finding or renew the waiver';

/** A waiver that nothing needs: mended by now, or mistyped. */
const idleWaiver = (w: Waiver): AuditFinding =>
  aboutWaiver(
    w,
    'waiver-idle',
    'info',
    `the waiver of "${w.finding}" by ${w.owner} applies to nothing that was found`,
    'remove it if the finding is mended; else check the kind, vantage, target and ports',
  );

const aboutWaiver = (
  w: Waiver,
  kind: string,
  severity: AuditFinding['severity'],
  message: string,
  mend: string,
): AuditFinding => ({
  kind,
  severity,
  message,
  line: toConfigLine(w.span),
  observations: [],
  vantage: w.vantage,
  target: w.target,
  ports: w.ports,
  mend,
  waived: null,
});
