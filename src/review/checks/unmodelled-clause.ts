import { isCertain } from '../../acl/compile.ts';
import type { LintFinding } from '../../model/finding.ts';
import type { Check } from './check.ts';
import { finding, quote } from './finding-parts.ts';

export const UNMODELLED_CLAUSE: Check = {
  id: 'unmodelled-clause',
  code: null,
  severity: 'medium',
  title: 'A line whose effect this text does not decide',
  rationale:
    'A clock nobody stated, a group that is not shown, a login that has not happened: every verdict that rests on such a line is undetermined, not guessed.',
  example: {
    trigger: `interface FastEthernet0/0
 ip address 203.0.113.1 255.255.255.0
 ip access-group 101 in
access-list 101 permit tcp any host 192.0.2.35 eq 110 time-range OFFICE
access-list 101 deny ip any any
`,
    nearMiss: `interface FastEthernet0/0
 ip address 203.0.113.1 255.255.255.0
 ip access-group 101 in
access-list 101 permit tcp any host 192.0.2.35 eq 110
access-list 101 deny ip any any
`,
  },
  check(context) {
    const found: LintFinding[] = [];
    const told = new Set<number>();
    for (const list of context.lists)
      for (const compiled of list.compiled.entries) {
        const { entry } = compiled;
        if (entry.kind !== 'ace' || isCertain(compiled) || compiled.reason === null) continue;
        told.add(entry.span.line);
        found.push(
          finding('unmodelled-clause', list.uses.length > 0 ? 'medium' : 'low', {
            acl: list.acl.name,
            span: entry.span,
            message: `whether ${quote(entry.span)} matches is undetermined: ${compiled.reason}`,
          }),
        );
      }
    for (const { acl, undecided } of context.lists) {
      const [first] = undecided;
      if (first === undefined) continue;
      const lines =
        undecided.length === 1 ? 'this line is' : `this line and ${undecided.length - 1} below it are`;
      found.push(
        finding('unmodelled-clause', 'medium', {
          acl: acl.name,
          span: first.span,
          message: `whether ${lines} dead is undetermined: wildcards with scattered bits above make it too hard to tell`,
        }),
      );
    }
    for (const d of context.diagnostics) {
      if (d.code !== 'unmodelled-clause' || (d.span && told.has(d.span.line))) continue;
      if (d.span) told.add(d.span.line);
      found.push(finding('unmodelled-clause', 'low', { span: d.span, message: d.message }));
    }
    return found;
  },
};
