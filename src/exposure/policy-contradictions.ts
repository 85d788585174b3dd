import type { ConfigLine } from '../diagnostics/source-span.ts';
import { type AddressPattern, parseIpv4, parseWildcardMask, toAddressPattern } from '../model/address.ts';
import type { AuditFinding } from '../model/audit.ts';
import type { IntendedFlow } from '../model/exposure.ts';
import type { DecidedBy } from '../model/finding.ts';
import { formatRanges, intersectRanges, type PortSet, subtractRanges } from '../model/ports.ts';
import { allowedForSources, reasonsFor } from './policy.ts';
import type { AuditInput, FlowContext } from './sightings.ts';

/** Where the config says one thing and the policy another: a finding of its own, whatever was observed. */
export function findPolicyContradictions(
  input: Pick<AuditInput, 'site'>,
  contexts: readonly FlowContext[],
): readonly AuditFinding[] {
  return contexts.flatMap((context) => [
    ...permittedAgainstPolicy(context),
    ...deniedAgainstPolicy(context),
    ...partlyPermitted(input, context),
  ]);
}

const byDecider = (context: FlowContext, ports: PortSet): IntendedFlow['deciding'] =>
  context.intended.deciding
    .map((d) => ({ ...d, ports: intersectRanges(d.ports, ports) }))
    .filter((d) => d.ports.length > 0);

function contradiction(
  context: FlowContext,
  ports: PortSet,
  decidedBy: DecidedBy,
  message: string,
  mend: string,
): AuditFinding {
  return {
    kind: 'policy-contradicts-config',
    severity: 'high',
    message: `${context.vantage.name} -> ${context.target.name} ${context.protocol}/${formatRanges(ports)}: ${message}`,
    line: lineOf(decidedBy),
    observations: [],
    vantage: context.vantage.name,
    target: context.target.name,
    ports,
    mend,
    waived: null,
  };
}

const lineOf = (decidedBy: DecidedBy): ConfigLine | null =>
  decidedBy !== null && 'line' in decidedBy ? decidedBy : null;

const describeDecider = (decidedBy: DecidedBy): string =>
  decidedBy === null
    ? 'no list stands in the way'
    : 'line' in decidedBy
      ? `line ${decidedBy.line}: ${decidedBy.text.trim()}`
      : `the implicit deny of list ${decidedBy.acl}`;

/** UDP without a rule of its own is a matter of the list alone: only ports the policy speaks of are compared. */
function permittedAgainstPolicy(context: FlowContext): readonly AuditFinding[] {
  const { intended, policy } = context;
  if (intended.ownSegment || policy.allow === null) return [];
  return byDecider(context, subtractRanges(subtractRanges(intended.reachable, policy.allow), [[0, 0]])).map(
    (d) =>
      contradiction(
        context,
        d.ports,
        d.decidedBy,
        `the config permits what the policy denies (${describeDecider(d.decidedBy)})`,
        'narrow the permit, or write the policy rule that wants it',
      ),
  );
}

function deniedAgainstPolicy(context: FlowContext): readonly AuditFinding[] {
  const { intended, policy, protocol } = context;
  if (intended.ownSegment || policy.allow === null) return [];
  return byDecider(context, intersectRanges(intended.blocked, policy.allow)).map((d) => {
    const why = reasonsFor(policy, protocol, d.ports).join('; ');
    return contradiction(
      context,
      d.ports,
      d.decidedBy,
      `the policy allows it${why ? ` (${why})` : ''}, yet ${d.cause ?? `the config denies it (${describeDecider(d.decidedBy)})`}`,
      d.cause === undefined
        ? 'permit it above the line that denies it, or drop the policy rule'
        : 'let it through in the configuration, or drop the policy rule',
    );
  });
}

/** A permit for one unknown host, seen from a vantage that stands for many sources. */
function partlyPermitted(input: Pick<AuditInput, 'site'>, context: FlowContext): readonly AuditFinding[] {
  const { intended, policy, target, protocol } = context;
  if (intended.ownSegment || policy.allow === null) return [];
  return intended.partial.flatMap((part) => {
    const ports = subtractRanges(subtractRanges(part.ports, policy.allow ?? []), intended.reachable);
    if (ports.length === 0) return [];
    const strangers = part.sources.filter((text) => {
      const source = toPattern(text);
      return (
        source === null ||
        !ports.every(([lo, hi]) =>
          everyPort(lo, hi, (p) => allowedForSources(input.site, source, target, protocol, p)),
        )
      );
    });
    if (strangers.length === 0) return [];
    return [
      contradiction(
        context,
        ports,
        part.decidedBy,
        `the config permits it to a part of these sources (${shorten(strangers)}) that no policy rule allows (${describeDecider(part.decidedBy)})`,
        'find out whose address this is; remove the permit or write the rule',
      ),
    ];
  });
}

const shorten = (items: readonly string[]): string =>
  items.length <= 3 ? items.join('; ') : `${items.slice(0, 3).join('; ')} and ${items.length - 3} more`;

function everyPort(lo: number, hi: number, test: (port: number) => boolean): boolean {
  for (let port = lo; port <= hi; port++) if (!test(port)) return false;
  return true;
}

function toPattern(text: string): AddressPattern | null {
  const [a = '', w = ''] = text.split(' ');
  const address = parseIpv4(a);
  const wildcard = parseWildcardMask(w);
  return address === undefined || wildcard === undefined ? null : toAddressPattern(address, wildcard);
}
