import { findDenied, lastDecider } from '../../acl/deciding-entries.ts';
import { type Box, makeBox } from '../../headerspace/box.ts';
import { witness } from '../../headerspace/packet-set.ts';
import { type AddressPattern, formatPattern } from '../../model/address.ts';
import { ICMP, TCP } from '../../model/packet.ts';
import { destinationPatterns, servicesOf } from './ace-parts.ts';
import { inboundFromOutside } from './bound-lists.ts';
import type { Check } from './check.ts';
import { finding } from './finding-parts.ts';

const tooBigFor = (destination: AddressPattern): Box =>
  makeBox({ protocol: ICMP, icmp: { type: 3, code: 4 }, destination, fragments: 'whole' });

export const BLOCKS_PMTUD: Check = {
  id: 'blocks-pmtud',
  code: 'R24',
  severity: 'low',
  title: 'ICMP packet-too-big is kept out',
  rationale:
    'A server learns from it that its packets are too large for some link. Without it large answers to such customers vanish, while small ones arrive.',
  example: {
    trigger: `interface FastEthernet0/0
 description outside
 ip address 203.0.113.1 255.255.255.0
 ip access-group 101 in
access-list 101 permit tcp any host 192.0.2.35 eq 110
access-list 101 deny ip any any
`,
    nearMiss: `interface FastEthernet0/0
 description outside
 ip address 203.0.113.1 255.255.255.0
 ip access-group 101 in
access-list 101 permit icmp any any packet-too-big
access-list 101 permit tcp any host 192.0.2.35 eq 110
access-list 101 deny ip any any
`,
  },
  check(context) {
    return context.lists.flatMap((list) => {
      const use = inboundFromOutside(context, list)[0];
      if (!use) return [];
      const served = list.live
        .filter(
          (ace) =>
            ace.action === 'permit' &&
            servicesOf(context.config, ace).some((s) => s.protocols === null || s.protocols.includes(TCP)),
        )
        .flatMap((ace) => destinationPatterns(context.config, ace));
      const destinations = new Map(served.map((d) => [formatPattern(d), d]));
      const tooBig = findDenied(list.compiled, [...destinations.values()].map(tooBigFor));
      if (tooBig === null) return [];
      const last = lastDecider(list.compiled, tooBig);
      const decider = last?.entry?.entry.span ?? null;
      return [
        finding('blocks-pmtud', 'low', {
          acl: list.acl.name,
          span: decider ?? use.span,
          message: `list ${list.acl.name} keeps ICMP packet-too-big (3/4) out at ${use.interface.name}: large packets of the hosts behind vanish where a link is narrower`,
          related: decider ? [use.span] : [],
          witness: last?.packet ?? witness([tooBig]),
        }),
      ];
    });
  },
};
