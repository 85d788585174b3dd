import { type AceService, asksFlags, isAny, limited, servicesOf } from './ace-parts.ts';
import type { Check } from './check.ts';
import { finding, quote } from './finding-parts.ts';

export const LOG_ON_BROAD_ACE: Check = {
  id: 'log-on-broad-ace',
  code: 'R26',
  severity: 'low',
  title: 'A line that logs nearly everything',
  rationale:
    'Each logged packet takes the processor, and the device drops log messages under load: a flood hides in its own log.',
  example: {
    trigger: `interface FastEthernet0/0
 ip address 203.0.113.1 255.255.255.0
 ip access-group 101 in
access-list 101 permit tcp any any log
`,
    nearMiss: `interface FastEthernet0/0
 ip address 203.0.113.1 255.255.255.0
 ip access-group 101 in
access-list 101 permit tcp host 198.51.100.32 host 192.0.2.35 eq 22 log
access-list 101 deny tcp any any eq telnet log
access-list 101 permit tcp any any
`,
  },
  check(context) {
    return context.lists.flatMap((list) => {
      if (list.uses.length === 0) return [];
      // A standard list that only says who may log in sees few packets.
      const filtersPackets = list.acl.kind === 'extended' || list.uses.some((u) => u.kind === 'binding');
      return list.live.flatMap((ace) => {
        if (ace.log === null || !isAny(ace.match.source)) return [];
        // To log what a list finally denies is the custom; that it costs something is worth no more than a note.
        const catchAll =
          ace.action === 'deny' &&
          isAny(ace.match.destination) &&
          !asksFlags(ace) &&
          servicesOf(context.config, ace).some(isWholeProtocol);
        const busy = ace.action === 'permit' && filtersPackets;
        if (!catchAll && !busy) return [];
        return [
          finding('log-on-broad-ace', catchAll ? 'info' : 'low', {
            acl: list.acl.name,
            span: ace.span,
            message: catchAll
              ? `${quote(ace.span)} logs every packet that no line above wants; a scan loads the processor, and most of its packets are counted, not logged`
              : `${quote(ace.span)} logs packets from everywhere: each is handled by the processor`,
          }),
        ];
      });
    });
  },
};

const isWholeProtocol = (s: AceService): boolean =>
  !limited(s.sourcePorts) && !limited(s.destinationPorts) && s.icmp === null;
