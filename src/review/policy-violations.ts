import type { AddressPattern } from '../model/address.ts';
import type { IntendedFlow } from '../model/exposure.ts';
import type { DecidedBy, LintFinding } from '../model/finding.ts';
import { parseIpv4, parseWildcardMask, toAddressPattern } from '../model/address.ts';
import { formatRanges, intersectRanges, type PortSet, subtractRanges, toRanges } from '../model/ports.ts';

/** What the site's policy says of one flow, and of parts of its sources. */
export interface PolicyOfFlow {
  /** null: the site states no policy. */
  readonly allow: PortSet | null;
  /** True when some rule allows the port to all of these sources. */
  readonly allowsSource: (source: AddressPattern, port: number) => boolean;
}

export interface PolicyQuestions {
  readonly of: (flow: IntendedFlow) => PolicyOfFlow;
}

/** Where a configuration opens what policy denies, or shuts what it allows: one finding a flow and deciding line. */
export function policyViolations(
  flows: readonly IntendedFlow[],
  questions: PolicyQuestions,
): readonly LintFinding[] {
  return flows.flatMap((flow) => {
    if (flow.ownSegment) return [];
    const policy = questions.of(flow);
    if (policy.allow === null) return [];
    return [
      ...byLine(flow, subtractRanges(flow.reachable, policy.allow), 'permits what the policy denies'),
      ...byLine(flow, intersectRanges(flow.blocked, policy.allow), 'denies what the policy allows'),
      ...partly(flow, policy),
    ];
  });
}

function byLine(flow: IntendedFlow, ports: PortSet, what: string): readonly LintFinding[] {
  if (ports.length === 0) return [];
  const found: LintFinding[] = [];
  let rest = ports;
  for (const row of flow.deciding) {
    const here = intersectRanges(rest, row.ports);
    if (here.length === 0) continue;
    rest = subtractRanges(rest, here);
    found.push(violation(flow, here, row.decidedBy, what));
  }
  if (rest.length > 0) found.push(violation(flow, rest, null, what));
  return found;
}

/** A part of the sources that gets through although no rule allows it. */
function partly(flow: IntendedFlow, policy: PolicyOfFlow): readonly LintFinding[] {
  return flow.partial.flatMap((part) => {
    const strangers = new Map<string, string[]>();
    for (const text of part.sources) {
      const source = readPattern(text);
      if (source === null) continue;
      const open = portsWhere(
        subtractRanges(part.ports, flow.reachable),
        (port) => !policy.allowsSource(source, port),
      );
      if (open.length === 0) continue;
      const key = JSON.stringify(open);
      strangers.set(key, [...(strangers.get(key) ?? []), text]);
    }
    return [...strangers].map(([ports, sources]) =>
      violation(
        flow,
        JSON.parse(ports) as PortSet,
        part.decidedBy,
        `permits what the policy denies to ${sources.slice(0, 3).join(', ')}${sources.length > 3 ? ` and ${sources.length - 3} more` : ''}`,
      ),
    );
  });
}

const portsWhere = (ports: PortSet, holds: (port: number) => boolean): PortSet =>
  toRanges(
    ports.flatMap(([lo, hi]) => {
      const kept: (readonly [number, number])[] = [];
      for (let port = lo; port <= hi; port++) if (holds(port)) kept.push([port, port]);
      return kept;
    }),
  );

function readPattern(text: string): AddressPattern | null {
  const [address, wildcard] = text.split(' ');
  const a = parseIpv4(address ?? '');
  const w = parseWildcardMask(wildcard ?? '');
  return a === undefined || w === undefined ? null : toAddressPattern(a, w);
}

const violation = (flow: IntendedFlow, ports: PortSet, by: DecidedBy, what: string): LintFinding => ({
  rule: 'policy-violation',
  severity: 'high',
  acl: by !== null && 'implicitDeny' in by ? by.acl : null,
  line: by !== null && 'line' in by ? by : null,
  message: `${flow.vantage} -> ${flow.target} ${flow.protocol}/${formatRanges(ports)}: the configuration ${what}`,
  related: [],
  witness: null,
});
