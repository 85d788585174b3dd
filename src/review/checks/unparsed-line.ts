import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import { matchingEntries, type UnparsedAce } from '../../model/access-list.ts';
import type { LintFinding } from '../../model/finding.ts';
import type { Check } from './check.ts';
import { finding, quote } from './finding-parts.ts';

/** Diagnostics that mean: this line's effect, if any, is not in the model. */
const UNREAD_CODES: ReadonlySet<string> = new Set([
  'unparsed-line',
  'wrapped-line',
  'scrolled-line',
  'unterminated-block',
  'empty-port-range',
]);

export const UNPARSED_LINE: Check = {
  id: 'unparsed-line',
  code: null,
  severity: 'high',
  title: 'A line that could not be read',
  rationale:
    'Inside a list it may match any packet, so that everything below it is uncertain; elsewhere it may be a statement that changes what packets meet.',
  example: {
    trigger: `interface FastEthernet0/0
 ip address 203.0.113.1 255.255.255.0
 ip access-group 101 in
access-list 101 permit tcp any host 192.0.2.35 eqq 110
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
      for (const entry of matchingEntries(list.acl)) {
        if (entry.kind !== 'unparsed') continue;
        told.add(entry.span.line);
        found.push(inList(list.acl.name, entry, list.uses.length > 0));
      }
    for (const d of context.diagnostics) {
      if (!UNREAD_CODES.has(d.code) || (d.span && told.has(d.span.line))) continue;
      if (d.span) told.add(d.span.line);
      found.push(elsewhere(d));
    }
    return found;
  },
};

const inList = (acl: string, entry: UnparsedAce, used: boolean): LintFinding =>
  finding('unparsed-line', used ? 'high' : 'medium', {
    acl,
    span: entry.span,
    message: `${quote(entry.span)} could not be read (${entry.reason}): it may match any packet`,
  });

const elsewhere = (d: Diagnostic): LintFinding =>
  finding('unparsed-line', d.severity === 'error' ? 'medium' : 'low', {
    span: d.span,
    message: d.mend === undefined ? d.message : `${d.message}; ${d.mend}`,
  });
