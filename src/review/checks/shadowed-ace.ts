import type { Check } from './check.ts';
import { deadLines } from './dead-line.ts';

export const SHADOWED_ACE: Check = {
  id: 'shadowed-ace',
  code: 'R1',
  severity: 'high',
  title: 'A line that can never match, contradicted by an earlier one',
  rationale:
    'The first match decides. What this line was written for does not happen: a permit that is dead cuts somebody off, a deny that is dead lets somebody in.',
  example: {
    trigger: `interface FastEthernet0/0
 ip address 203.0.113.1 255.255.255.0
 ip access-group 101 in
access-list 101 deny ip 10.0.0.0 0.255.255.255 any
access-list 101 permit tcp host 10.0.1.32 host 192.0.2.35 eq 22
`,
    nearMiss: `interface FastEthernet0/0
 ip address 203.0.113.1 255.255.255.0
 ip access-group 101 in
access-list 101 deny ip 10.0.0.0 0.0.255.255 any
access-list 101 permit tcp host 10.1.1.32 host 192.0.2.35 eq 22
`,
  },
  check: (context) => deadLines(context, 'shadowed-ace'),
};
