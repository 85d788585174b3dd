import { boxCovers, fullBox } from '../../headerspace/box.ts';
import type { Check } from './check.ts';
import { citeLines, finding, quote } from './finding-parts.ts';

export const CATCH_ALL_NOT_LAST: Check = {
  id: 'catch-all-not-last',
  code: 'R7',
  severity: 'high',
  title: 'Permits stand below a deny of everything',
  rationale:
    'Lines appended to a list go behind its catch-all and never match: what they should open stays shut.',
  example: {
    trigger: `access-list 101 permit tcp any host 192.0.2.35 eq 110
access-list 101 deny ip any any log
access-list 101 permit tcp any host 192.0.2.35 eq 25
`,
    nearMiss: `access-list 101 permit tcp any host 192.0.2.35 eq 110
access-list 101 permit tcp any host 192.0.2.35 eq 25
access-list 101 deny ip any any log
access-list 101 remark nothing below this line
`,
  },
  check(context) {
    return context.lists.flatMap((list) => {
      const { entries } = list.compiled;
      const at = entries.findIndex(
        (e) => e.action === 'deny' && e.must.some((box) => boxCovers(box, fullBox())),
      );
      if (at < 0) return [];
      const useless = entries.slice(at + 1).filter((e) => e.action !== 'deny');
      if (useless.length === 0) return [];
      const spans = useless.map((e) => e.entry.span);
      const catchAll = entries[at]!.entry;
      return [
        finding('catch-all-not-last', 'high', {
          acl: list.acl.name,
          span: catchAll.span,
          message: `${quote(catchAll.span)} denies everything, yet ${useless.length === 1 ? 'a permit stands' : `${useless.length} permits stand`} below it (${citeLines(spans)}) and never ${useless.length === 1 ? 'matches' : 'match'}`,
          related: spans.slice(0, 5),
        }),
      ];
    });
  },
};
