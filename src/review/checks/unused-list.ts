import type { Check } from './check.ts';
import { finding } from './finding-parts.ts';

export const UNUSED_LIST: Check = {
  id: 'unused-list',
  code: 'R9',
  severity: 'low',
  title: 'A list that nothing uses',
  rationale:
    'Somebody built it to filter something. Often it is the successor of a bound list, complete, and was never swapped in.',
  example: {
    trigger: `interface FastEthernet0/0
 ip address 203.0.113.1 255.255.255.0
 ip access-group 101 in
access-list 101 permit tcp any host 192.0.2.35 eq 110
access-list 102 permit tcp any host 192.0.2.35 eq 143
`,
    nearMiss: `interface FastEthernet0/0
 ip address 203.0.113.1 255.255.255.0
 ip access-group 101 in
access-list 101 permit tcp any host 192.0.2.35 eq 110
access-list 2 permit 192.0.2.35
line vty 0 4
 access-class 2 in
`,
  },
  check(context) {
    // A text without interfaces or other users (the output of show access-lists) cannot tell what is unused.
    if (context.config.interfaces.size === 0 && context.config.references.length === 0) return [];
    return context.lists
      .filter((list) => list.uses.length === 0)
      .map((list) =>
        finding('unused-list', 'low', {
          acl: list.acl.name,
          span: list.acl.span,
          message: `nothing${context.config.excerpt ? ' in this text' : ''} uses list ${list.acl.name}`,
        }),
      );
  },
};
