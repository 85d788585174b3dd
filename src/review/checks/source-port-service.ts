import { countRanges } from '../../model/ports.ts';
import { TCP, UDP } from '../../model/packet.ts';
import { asksFlags, isBroadSource, limited, servicesOf } from './ace-parts.ts';
import { guardingUses, placesOf } from './bound-lists.ts';
import type { Check } from './check.ts';
import { finding, quote } from './finding-parts.ts';

export const SOURCE_PORT_SERVICE: Check = {
  id: 'source-port-service',
  code: 'R4',
  severity: 'high',
  title: 'Strangers are let in by the port they send from',
  rationale:
    'The sender chooses the source port. Whoever sends from port 53 or 20 passes such a line to every port that the destination leaves open.',
  example: {
    trigger: `interface FastEthernet0/0
 description outside
 ip address 203.0.113.1 255.255.255.0
 ip access-group 101 in
access-list 101 permit udp any eq domain any
access-list 101 deny ip any any
`,
    nearMiss: `interface FastEthernet0/0
 description outside
 ip address 203.0.113.1 255.255.255.0
 ip access-group 101 in
access-list 101 permit udp host 198.51.100.53 eq domain host 192.0.2.53 gt 1023
access-list 101 permit tcp any eq www any established
access-list 101 deny ip any any
`,
  },
  check(context) {
    return context.lists.flatMap((list) => {
      const uses = guardingUses(context, list);
      if (uses.length === 0) return [];
      return list.live
        .filter(
          (ace) =>
            ace.action === 'permit' &&
            !asksFlags(ace) &&
            isBroadSource(context.config, ace) &&
            servicesOf(context.config, ace).some(
              (s) =>
                (s.protocols?.some((p) => p === TCP || p === UDP) ?? false) &&
                limited(s.sourcePorts) &&
                s.sourcePorts.every(([, hi]) => hi < 1024) &&
                (!limited(s.destinationPorts) || countRanges(s.destinationPorts) > 1000),
            ),
        )
        .map((ace) =>
          finding('source-port-service', 'high', {
            acl: list.acl.name,
            span: ace.span,
            message: `${quote(ace.span)} lets anybody in who sends from that port (bound ${placesOf(uses)}): the service belongs on the destination side, or an answer behind established, inspection or one known server`,
          }),
        );
    });
  },
};
