import type { Ace } from '../../model/access-list.ts';
import type { AddressPattern } from '../../model/address.ts';
import { acesOf, type LintContext, type LintList } from '../lint-context.ts';
import type { BindingUse } from '../list-uses.ts';
import { destinationPatterns, isAnyPattern, sourcePatterns } from './ace-parts.ts';
import type { Check } from './check.ts';
import { citeLines, finding } from './finding-parts.ts';

export const WRONG_DIRECTION: Check = {
  id: 'wrong-direction',
  code: 'R3',
  severity: 'high',
  title: 'A list bound against the way its packets travel',
  rationale:
    'In and out are seen from the router. A list whose sources all sit on the far side matches nothing there: what it should permit is denied, and the other way stands open.',
  example: {
    trigger: `interface FastEthernet0/0
 ip address 203.0.113.1 255.255.255.0
interface FastEthernet0/1
 ip address 192.0.2.1 255.255.255.0
 ip access-group 101 in
ip route 0.0.0.0 0.0.0.0 203.0.113.254
access-list 101 permit tcp any host 192.0.2.35 eq 110
access-list 101 deny ip any any
`,
    nearMiss: `interface FastEthernet0/0
 ip address 203.0.113.1 255.255.255.0
interface FastEthernet0/1
 ip address 192.0.2.1 255.255.255.0
 ip access-group 101 out
ip route 0.0.0.0 0.0.0.0 203.0.113.254
access-list 101 permit tcp any host 192.0.2.35 eq 110
access-list 101 deny ip any any
`,
  },
  check(context) {
    return context.lists.flatMap((list) =>
      list.uses
        .filter((use): use is BindingUse => use.kind === 'binding' && !use.interface.shutdown)
        .flatMap((use) => {
          const lines = linesAgainst(context, list, use);
          if (lines === null) return [];
          const other = use.direction === 'in' ? 'out' : 'in';
          return [
            finding('wrong-direction', 'high', {
              acl: list.acl.name,
              span: use.span,
              message: `list ${list.acl.name} is bound ${use.direction} on ${use.interface.name}, but the packets of ${citeLines(lines.map((l) => l.span))} pass there in the other direction; meant was probably ${other}`,
              related: lines.slice(0, 3).map((l) => l.span),
            }),
          ];
        }),
    );
  },
};

/**
 * The lines that tell of a direction, when all of them tell of the wrong one; null otherwise. Permits tell it best;
 * denies are asked only where no permit tells, and then only by their destination, since a deny of a forged source is
 * right just where that source cannot come from.
 */
export function linesAgainst(context: LintContext, list: LintList, use: BindingUse): readonly Ace[] | null {
  const against = (action: Ace['action']): readonly Ace[] | null => {
    const found: Ace[] = [];
    for (const ace of acesOf(list.acl)) {
      const way = ace.action === action ? wayOf(context, use, ace) : 'silent';
      if (way === 'silent' || !list.isLive(ace)) continue;
      if (way === 'along') return null;
      found.push(ace);
    }
    return found;
  };
  const permits = against('permit');
  const telling = permits?.length === 0 ? against('deny') : permits;
  return telling === null || telling.length === 0 ? null : telling;
}

type Way = 'along' | 'against' | 'silent';

function wayOf(context: LintContext, use: BindingUse, ace: Ace): Way {
  const { config } = context;
  const sources = sourcePatterns(config, ace);
  const destinations = destinationPatterns(config, ace);
  if (sources.length === 0 || destinations.length === 0 || ace.match.fragments) return 'silent';
  if (sources.some(isAnyPattern) && destinations.some(isAnyPattern)) return 'silent';
  // Seen from outside the router: `near` is the end that should be behind this interface.
  const inbound = use.direction === 'in';
  const near = sideOf(context, use, inbound ? sources : destinations);
  const far = sideOf(context, use, inbound ? destinations : sources);
  // Where anybody may send, a destination that only the default route knows is mistyped rather than on the wrong side.
  const mistyped = inbound && ace.action === 'permit' && sources.some(isAnyPattern) && far === 'here';
  if (mistyped && destinations.every((d) => isHereByDefault(context, use, d))) return 'silent';
  const misfit = ace.action === 'permit' ? far === 'here' || near === 'elsewhere' : far === 'here';
  if (!misfit) return 'along';
  const fitsSwapped = far !== 'elsewhere' && near !== 'here' && far !== 'unclear';
  return fitsSwapped ? 'against' : 'silent';
}

const isHereByDefault = ({ territory }: LintContext, use: BindingUse, pattern: AddressPattern): boolean =>
  territory.locate(pattern, use.interface.vrf).byDefault.has(use.interface.name);

type Side = 'here' | 'elsewhere' | 'both' | 'unclear';

/** Whether addresses are behind the interface, as far as routes tell. The router's own and translated ones fit anywhere. */
function sideOf(context: LintContext, use: BindingUse, patterns: readonly AddressPattern[]): Side {
  let here = false;
  let elsewhere = false;
  for (const pattern of patterns) {
    if (isAnyPattern(pattern)) return 'both';
    const at = context.territory.locate(pattern, use.interface.vrf);
    const ownAlone = at.own && at.interfaces.size === 0;
    if (ownAlone || at.special || at.unknown) return 'unclear';
    if (context.territory.natGlobals.some((g) => overlap(g.pattern, pattern))) return 'unclear';
    if (at.interfaces.has(use.interface.name)) here = true;
    if (at.unrouted || [...at.interfaces].some((i) => i !== use.interface.name)) elsewhere = true;
  }
  return here ? (elsewhere ? 'both' : 'here') : 'elsewhere';
}

const overlap = (a: AddressPattern, b: AddressPattern): boolean =>
  ((a.address ^ b.address) & ~(a.wildcard | b.wildcard)) === 0;
