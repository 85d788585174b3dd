import { TCP, UDP } from '../../model/packet.ts';
import { countRanges, type PortSet, rangesHave } from '../../model/ports.ts';
import { asksFlags, isBroadSource, limited, servicesOf } from './ace-parts.ts';
import { guardingUses, placesOf } from './bound-lists.ts';
import type { Check } from './check.ts';
import { finding, quote } from './finding-parts.ts';

/** Ports that servers answer from, and that writers of lists put on the wrong side. */
const SERVICE_PORTS: readonly (readonly [protocol: number, ports: readonly number[]])[] = [
  [
    TCP,
    [
      20, 21, 22, 23, 25, 43, 49, 53, 70, 79, 80, 88, 109, 110, 111, 113, 119, 135, 139, 143, 179, 389, 443,
      445, 465, 512, 513, 514, 515, 543, 544, 554, 563, 587, 636, 873, 989, 990, 993, 995, 1433, 1521, 1723,
      2049, 3128, 3306, 3389, 5060, 5222, 5432, 5900, 8080, 8443,
    ],
  ],
  [
    UDP,
    [
      7, 19, 42, 49, 53, 67, 68, 69, 88, 111, 123, 137, 138, 161, 162, 177, 389, 443, 500, 512, 514, 517, 520,
      1194, 1645, 1646, 1701, 1812, 1813, 2049, 3478, 4500, 5060,
    ],
  ],
];

/** Service ports and nothing that clients send from: all below 1024, or each of them such a port. */
const areServices = (ports: PortSet, protocols: readonly number[]): boolean =>
  SERVICE_PORTS.some(
    ([protocol, services]) =>
      protocols.includes(protocol) &&
      services.some((port) => rangesHave(ports, port)) &&
      ports.every(([lo, hi]) => hi < 1024 || (lo === hi && services.includes(lo))),
  );

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
                limited(s.sourcePorts) &&
                areServices(s.sourcePorts, s.protocols ?? []) &&
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
