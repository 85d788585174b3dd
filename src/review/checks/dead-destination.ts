import { type AddressPattern, describePattern, patternsOverlap } from '../../model/address.ts';
import type { LintContext, LintList } from '../lint-context.ts';
import type { BindingUse, ListUse } from '../list-uses.ts';
import { destinationPatterns } from './ace-parts.ts';
import type { Check } from './check.ts';
import { finding, quote } from './finding-parts.ts';
import { linesAgainst } from './wrong-direction.ts';

export const DEAD_DESTINATION: Check = {
  id: 'dead-destination',
  code: 'R14',
  severity: 'medium',
  title: 'A permit to addresses that are not there',
  rationale:
    'Packets to them are never forwarded this way: the address is mistyped, its network has gone, or translation gives it another one.',
  example: {
    trigger: `interface FastEthernet0/0
 ip address 203.0.113.1 255.255.255.0
 ip access-group 101 in
interface FastEthernet0/1
 ip address 192.0.2.1 255.255.255.0
ip route 0.0.0.0 0.0.0.0 203.0.113.254
access-list 101 permit tcp any host 192.0.3.35 eq 110
access-list 101 permit tcp any host 192.0.2.35 eq 110
`,
    nearMiss: `interface FastEthernet0/0
 ip address 203.0.113.1 255.255.255.0
 ip access-group 101 in
interface FastEthernet0/1
 ip address 192.0.2.1 255.255.255.0
ip route 0.0.0.0 0.0.0.0 203.0.113.254
ip route 198.51.100.0 255.255.255.0 192.0.2.254
access-list 101 permit tcp any host 198.51.100.35 eq 110
access-list 101 permit tcp any host 192.0.2.35 eq 110
`,
  },
  check(context) {
    if (!context.territory.complete) return [];
    return context.lists.flatMap((list) => {
      const uses = list.uses.filter(isBinding);
      if (uses.length === 0 || uses.some((u) => !knowsItsWay(context, u))) return [];
      if (isTurnedRound(context, list, uses)) return [];
      return list.live.flatMap((ace) => {
        if (ace.action !== 'permit') return [];
        const destinations = destinationPatterns(context.config, ace);
        const use = uses[0]!;
        if (destinations.length === 0) return [];
        if (!uses.every((u) => destinations.every((d) => isDead(context, u, d)))) return [];
        return [
          finding('dead-destination', 'medium', {
            acl: list.acl.name,
            span: ace.span,
            message: `${quote(ace.span)}: packets to ${describePattern(destinations[0]!)} are never forwarded ${use.direction === 'in' ? `from ${use.interface.name}` : `out of ${use.interface.name}`}; no connected network, route or translation leads there`,
          }),
        ];
      });
    });
  },
  hangsOn: (context, list) =>
    String(context.territory.complete && isTurnedRound(context, list, list.uses.filter(isBinding))),
};

const isBinding = (use: ListUse): use is BindingUse => use.kind === 'binding' && !use.interface.shutdown;

/** Told by the rule about directions. */
const isTurnedRound = (context: LintContext, list: LintList, uses: readonly BindingUse[]): boolean =>
  uses.some((use) => linesAgainst(context, list, use) !== null);

/** There is somewhere else to go: without a second network the text shows only one side of the router. */
const knowsItsWay = (context: LintContext, use: BindingUse): boolean =>
  use.interface.vrf === null &&
  (use.direction === 'in'
    ? context.router.routes.some(
        (r) => r.egress.kind !== 'interface' || r.egress.interface !== use.interface.name,
      )
    : context.territory.connected(use.interface).length > 0);

function isDead(context: LintContext, use: BindingUse, destination: AddressPattern): boolean {
  const at = context.territory.locate(destination, use.interface.vrf);
  if (at.special || at.unknown) return false;
  const here = at.interfaces.has(use.interface.name);
  if (use.direction === 'out') return !here && !at.own;
  if (at.own || context.territory.natGlobals.some((g) => patternsOverlap(g.pattern, destination)))
    return false;
  return [...at.interfaces].every((i) => i === use.interface.name);
}
