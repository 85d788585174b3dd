import { freeBits } from '../../model/address.ts';
import { TCP } from '../../model/packet.ts';
import { destinationPatterns, isBroadSource, isEstablished, limited, servicesOf } from './ace-parts.ts';
import { inboundFromOutside, placesOf } from './bound-lists.ts';
import type { Check } from './check.ts';
import { finding, quote } from './finding-parts.ts';

export const ESTABLISHED_ONLY: Check = {
  id: 'established-only',
  code: 'R15',
  severity: 'medium',
  title: 'Only `established` guards every port',
  rationale:
    'The word tests two flag bits of the packet itself. Anybody may set ACK: such packets map the hosts behind, reset connections and carry what a planted program listens for.',
  example: {
    trigger: `interface FastEthernet0/0
 description outside
 ip address 203.0.113.1 255.255.255.0
 ip access-group 101 in
access-list 101 permit tcp any any established
access-list 101 deny ip any any
`,
    nearMiss: `interface FastEthernet0/0
 description outside
 ip address 203.0.113.1 255.255.255.0
 ip access-group 101 in
access-list 101 permit tcp any host 192.0.2.35 gt 1023 established
access-list 101 deny ip any any
`,
  },
  check(context) {
    return context.lists.flatMap((list) => {
      const uses = inboundFromOutside(context, list).filter(
        (u) => !u.interface.effects.some((e) => e.family === 'inspect' || e.family === 'zone'),
      );
      const inspected = [...context.config.interfaces.values()].some((i) =>
        i.effects.some((e) => e.family === 'inspect'),
      );
      const mirrored = list.acl.entries.some((e) => e.kind === 'evaluate');
      if (uses.length === 0 || inspected || mirrored) return [];
      return list.live
        .filter(
          (ace) =>
            ace.action === 'permit' &&
            isEstablished(ace) &&
            isBroadSource(context.config, ace) &&
            destinationPatterns(context.config, ace).some((d) => freeBits(d) >= 8) &&
            servicesOf(context.config, ace).some(
              (s) => s.protocols?.includes(TCP) && !limited(s.sourcePorts) && !limited(s.destinationPorts),
            ),
        )
        .map((ace) =>
          finding('established-only', 'medium', {
            acl: list.acl.name,
            span: ace.span,
            message: `${quote(ace.span)} passes every packet with ACK or RST set, to every port (bound ${placesOf(uses)}); nothing keeps state beside it`,
          }),
        );
    });
  },
};
