import type { Ace, Acl } from '../../model/access-list.ts';
import type { LintFinding } from '../../model/finding.ts';
import { describeFeature, type IosFeature, iosSupports } from '../../model/ios-features.ts';
import type { Check } from './check.ts';
import { finding, quote } from './finding-parts.ts';

export const NOT_ON_THIS_TRAIN: Check = {
  id: 'not-on-this-train',
  code: 'R23',
  severity: 'high',
  title: 'A statement that this IOS version does not know',
  rationale:
    'The device refuses such a line and goes on with the next. A list pasted with it is shorter than its author believes.',
  example: {
    trigger: `version 12.1
interface FastEthernet0/0
 ip address 203.0.113.1 255.255.255.0
 ip access-group 101 in
access-list 101 permit tcp any host 192.0.2.35 eq 110 143
`,
    nearMiss: `version 12.4
interface FastEthernet0/0
 ip address 203.0.113.1 255.255.255.0
 ip access-group 101 in
access-list 101 permit tcp any host 192.0.2.35 eq 110 143
`,
  },
  check(context) {
    const { version } = context;
    const told = new Set<number>();
    const found: LintFinding[] = [];
    for (const d of context.diagnostics) {
      if (d.code !== 'not-on-this-train' || (d.span && told.has(d.span.line))) continue;
      if (d.span) told.add(d.span.line);
      const at = d.span?.line;
      const list = context.lists.find(({ acl }) => acl.entries.some((e) => e.span.line === at));
      found.push(
        finding('not-on-this-train', 'high', {
          ...(list ? { acl: list.acl.name } : {}),
          span: d.span,
          message: d.message,
        }),
      );
    }
    if (version === null) return found;
    const lacking = FEATURES.filter(({ feature }) => iosSupports(version, feature) === 'no');
    if (lacking.length === 0) return found;
    for (const { acl } of context.lists)
      for (const entry of acl.entries) {
        if (entry.kind !== 'ace' || told.has(entry.span.line)) continue;
        const missing = lacking.find(({ asks }) => asks(entry, acl))?.feature;
        if (missing === undefined) continue;
        told.add(entry.span.line);
        found.push(
          finding('not-on-this-train', 'high', {
            acl: acl.name,
            span: entry.span,
            message: `IOS ${version.text} does not know ${describeFeature(missing)}: it refuses ${quote(entry.span)}`,
          }),
        );
      }
    return found;
  },
};

interface AskedFeature {
  readonly feature: IosFeature;
  readonly asks: (ace: Ace, acl: Acl) => boolean;
}

const POLICY_GROUP = /\s(?:addrgroup|portgroup)\s/i;

const namesGroup = ({ source, destination, sourcePorts, destinationPorts }: Ace['match']): boolean =>
  [source, destination, sourcePorts, destinationPorts].some((m) => m?.kind === 'group');

/** What a line may ask of the IOS version. */
const FEATURES: readonly AskedFeature[] = [
  {
    feature: 'sequence-numbers',
    asks: ({ hits, span }) => hits === null && /^\s*\d+\s+(permit|deny)\b/i.test(span.text),
  },
  {
    feature: 'several-ports',
    asks: ({ match }) =>
      [match.sourcePorts, match.destinationPorts].some(
        (p) => p?.kind === 'ports' && p.operator !== 'range' && p.operands.length > 1,
      ),
  },
  {
    feature: 'match-flags',
    asks: ({ match: { tcpFlags } }) => tcpFlags?.kind !== 'established' && tcpFlags?.explicit === true,
  },
  { feature: 'ttl', asks: ({ match }) => match.ttl !== undefined },
  { feature: 'ip-option', asks: ({ match }) => match.option !== undefined },
  {
    feature: 'object-group',
    asks: ({ match, span }) =>
      match.protocol.kind === 'service-group' || (namesGroup(match) && !POLICY_GROUP.test(span.text)),
  },
  {
    feature: 'policy-groups',
    asks: ({ match, span }) => POLICY_GROUP.test(span.text) && namesGroup(match),
  },
  { feature: 'log-cookie', asks: ({ log }) => log?.cookie != null },
  { feature: 'time-range', asks: ({ conditions }) => conditions.some((c) => c.kind === 'time-range') },
  { feature: 'fragments', asks: ({ match }) => match.fragments === true },
  { feature: 'expanded-numbers', asks: (_, acl) => /^\d{4}$/.test(acl.name) },
];
