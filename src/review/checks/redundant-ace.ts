import type { Check } from './check.ts';
import { deadLines } from './dead-line.ts';

export const REDUNDANT_ACE: Check = {
  id: 'redundant-ace',
  code: 'R1',
  severity: 'low',
  title: 'A line that can never match, because earlier ones do the same',
  rationale:
    'Nothing changes if it goes, but it misleads: somebody who removes the earlier line finds this one alive, and a log it asks for is never written.',
  example: {
    trigger: `interface FastEthernet0/0
 ip address 203.0.113.1 255.255.255.0
 ip access-group 101 in
access-list 101 deny ip 192.168.0.0 0.0.255.255 any
access-list 101 deny ip 192.168.2.0 0.0.0.255 any log
access-list 101 permit tcp any host 192.0.2.35 eq 110
`,
    nearMiss: `interface FastEthernet0/0
 ip address 203.0.113.1 255.255.255.0
 ip access-group 101 in
access-list 101 deny ip 192.168.2.0 0.0.0.255 any log
access-list 101 deny ip 192.168.0.0 0.0.255.255 any
access-list 101 permit tcp any host 192.0.2.35 eq 110
`,
  },
  check: (context) => deadLines(context, 'redundant-ace'),
};
