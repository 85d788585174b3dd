import { matchingEntries } from '../../model/access-list.ts';
import { describeUse } from '../list-uses.ts';
import type { Check } from './check.ts';
import { finding } from './finding-parts.ts';
import { gradeMissingList, whatHappens } from './undefined-list.ts';

export const EMPTY_LIST: Check = {
  id: 'empty-list',
  code: 'R8',
  severity: 'critical',
  title: 'A list that is used but holds no line that matches',
  rationale:
    'The implicit deny follows only where at least one entry stands. A bare header, or one with remarks alone, lets everything pass.',
  example: {
    trigger: `interface FastEthernet0/0
 ip address 203.0.113.1 255.255.255.0
 ip access-group OUTSIDE-IN in
ip access-list extended OUTSIDE-IN
 remark to be filled
`,
    nearMiss: `interface FastEthernet0/0
 ip address 203.0.113.1 255.255.255.0
 ip access-group OUTSIDE-IN in
ip access-list extended OUTSIDE-IN
 remark closed until it is filled
 deny ip any any
`,
  },
  check(context) {
    return context.lists.flatMap(({ acl, uses }) =>
      matchingEntries(acl).length > 0
        ? []
        : uses.map((use) =>
            finding('empty-list', gradeMissingList(use), {
              acl: acl.name,
              span: use.span,
              message: `list ${acl.name} has ${acl.entries.length === 0 ? 'no entry' : 'only remarks'}, but is used at ${describeUse(use)}: ${whatHappens(use)}`,
              related: [acl.span],
            }),
          ),
    );
  },
};
