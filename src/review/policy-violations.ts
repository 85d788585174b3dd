import {
  type AddressPattern,
  parseIpv4,
  parseWildcardMask,
  patternCovers,
  toAddressPattern,
} from '../model/address.ts';
import type { IntendedFlow } from '../model/exposure.ts';
import type { DecidedBy, LintFinding } from '../model/finding.ts';
import {
  formatRanges,
  intersectRanges,
  type PortSet,
  subtractRanges,
  toRanges,
  unionRanges,
} from '../model/ports.ts';
import { flowKey } from './reach-diff.ts';

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

/**
 * Where a configuration opens what policy denies, or shuts what it allows: one finding a flow and deciding line. Given
 * the flows of an earlier configuration, only what that one did not already open or shut.
 */
export function policyViolations(
  flows: readonly IntendedFlow[],
  questions: PolicyQuestions,
  earlier: readonly IntendedFlow[] = [],
): readonly LintFinding[] {
  const known = new Map(earlier.map((flow) => [flowKey(flow), flow]));
  return flows.flatMap((flow) => {
    if (flow.ownSegment) return [];
    const policy = questions.of(flow);
    if (policy.allow === null) return [];
    const was = known.get(flowKey(flow));
    const opened = subtractRanges(subtractRanges(flow.reachable, policy.allow), was?.reachable ?? []);
    const shut = subtractRanges(intersectRanges(flow.blocked, policy.allow), was?.blocked ?? []);
    return [
      ...byLine(flow, opened, 'permits what the policy denies'),
      ...byLine(flow, shut, 'denies what the policy allows'),
      ...partly(flow, policy, was),
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
function partly(
  flow: IntendedFlow,
  policy: PolicyOfFlow,
  was: IntendedFlow | undefined,
): readonly LintFinding[] {
  return flow.partial.flatMap((part) => {
    const strangers = new Map<string, string[]>();
    for (const text of part.sources) {
      const source = readPattern(text);
      if (source === null) continue;
      const open = portsWhere(
        subtractRanges(subtractRanges(part.ports, flow.reachable), was ? openTo(was, source) : []),
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

/** Ports that a flow has open to all of these sources. */
function openTo(flow: IntendedFlow, source: AddressPattern): PortSet {
  const split = flow.partial.reduce<PortSet>((all, part) => unionRanges(all, part.ports), []);
  return flow.partial
    .filter((part) =>
      part.sources.some((text) => {
        const pattern = readPattern(text);
        return pattern !== null && patternCovers(pattern, source);
      }),
    )
    .reduce<PortSet>((all, part) => unionRanges(all, part.ports), subtractRanges(flow.reachable, split));
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
