import type { Ace } from '../../model/access-list.ts';
import { TCP, UDP } from '../../model/packet.ts';
import type { RouterConfig } from '../../model/router-config.ts';
import {
  asksFlags,
  destinationPatterns,
  isAnyPattern,
  isTemplate,
  limited,
  servicesOf,
  sourcePatterns,
} from './ace-parts.ts';
import { inboundFromOutside, placesOf } from './bound-lists.ts';
import type { Check } from './check.ts';
import { finding, quote } from './finding-parts.ts';

export const PERMIT_ANY: Check = {
  id: 'permit-any',
  code: 'R5',
  severity: 'critical',
  title: 'Everything is let in from the outside',
  rationale:
    'Whatever no earlier line denies comes in. A list that ends so names what is forbidden and allows all it forgot.',
  example: {
    trigger: `interface FastEthernet0/0
 description outside
 ip address 203.0.113.1 255.255.255.0
 ip access-group 101 in
access-list 101 deny tcp any any eq telnet
access-list 101 permit ip any any
`,
    nearMiss: `interface FastEthernet0/0
 description outside
 ip address 203.0.113.1 255.255.255.0
 ip access-group 101 in
interface FastEthernet0/1
 description servers
 ip address 192.0.2.1 255.255.255.0
 ip access-group 102 in
access-list 101 permit tcp any any established
access-list 101 permit tcp any host 192.0.2.35 eq 110
access-list 102 permit ip any any
`,
  },
  check(context) {
    return context.lists.flatMap((list) => {
      const uses = inboundFromOutside(context, list, 'surely');
      if (uses.length === 0) return [];
      return list.live
        .filter((ace) => permitsAnything(context.config, ace))
        .map((ace) =>
          finding('permit-any', 'critical', {
            acl: list.acl.name,
            span: ace.span,
            message: `${quote(ace.span)} lets in from the outside (${placesOf(uses)}) whatever the lines above it do not deny`,
          }),
        );
    });
  },
};

/** Any protocol, or all of tcp or udp, from anywhere to anywhere. */
export const permitsAnything = (config: RouterConfig, ace: Ace): boolean =>
  ace.action === 'permit' &&
  !asksFlags(ace) &&
  !isTemplate(ace) &&
  ace.match.fragments !== true &&
  ace.match.tos === undefined &&
  ace.match.ttl === undefined &&
  ace.match.option === undefined &&
  sourcePatterns(config, ace).some(isAnyPattern) &&
  destinationPatterns(config, ace).some(isAnyPattern) &&
  servicesOf(config, ace).some(
    (s) =>
      (s.protocols === null || s.protocols.includes(TCP) || s.protocols.includes(UDP)) &&
      !limited(s.sourcePorts) &&
      !limited(s.destinationPorts) &&
      s.icmp === null,
  );
