import { editDistance, nearest } from '../../diagnostics/nearest.ts';
import type { LintFinding, Severity } from '../../model/finding.ts';
import type { LintContext } from '../lint-context.ts';
import { describeUse, findListUses, type ListUse } from '../list-uses.ts';
import type { Check } from './check.ts';
import { finding } from './finding-parts.ts';

export const UNDEFINED_LIST: Check = {
  id: 'undefined-list',
  code: 'R8',
  severity: 'critical',
  title: 'A list that is used but not defined',
  rationale: 'IOS lets every packet pass where the bound list does not exist. A mistyped name is enough.',
  example: {
    trigger: `interface FastEthernet0/0
 ip address 203.0.113.1 255.255.255.0
 ip access-group OUTSIDE-IN in
ip access-list extended OUTSIDE-ln
 permit tcp any host 192.0.2.35 eq 110
`,
    nearMiss: `interface FastEthernet0/0
 ip address 203.0.113.1 255.255.255.0
 ip access-group OUTSIDE-IN in
ip access-list extended OUTSIDE-IN
 permit tcp any host 192.0.2.35 eq 110
`,
  },
  check(context) {
    return [...findListUses(context.config)].flatMap(([name, uses]) =>
      context.config.acls.has(name) ? [] : uses.map((use) => describe(context, name, use)),
    );
  },
};

function describe(context: LintContext, name: string, use: ListUse): LintFinding {
  const like = similarName(name, [...context.config.acls.keys()]);
  const meant = like === undefined ? undefined : context.config.acls.get(like);
  return finding('undefined-list', gradeMissingList(use), {
    acl: name,
    span: use.span,
    message:
      `list ${name} is not defined${context.config.excerpt ? ' in this text' : ''}, but used at ${describeUse(use)}: ${whatHappens(use)}` +
      (meant ? `; meant was perhaps ${meant.name}` : ''),
    related: meant ? [meant.span] : [],
  });
}

/** How bad it is that this use has no filter behind it. */
export function gradeMissingList(use: ListUse): Severity {
  switch (use.kind) {
    case 'binding':
      return use.interface.shutdown ? 'medium' : 'critical';
    case 'access-class':
      return use.direction === 'in' ? 'critical' : 'medium';
    case 'reference':
      return use.use === 'snmp' || use.use === 'ntp' || use.use === 'http' ? 'high' : 'medium';
  }
}

export function whatHappens(use: ListUse): string {
  switch (use.kind) {
    case 'binding':
      return use.interface.shutdown
        ? 'every packet will pass once the interface is up'
        : 'every packet passes';
    case 'access-class':
      return 'every source may log in';
    case 'reference':
      return use.use === 'snmp' || use.use === 'ntp' || use.use === 'http'
        ? 'every source is served'
        : 'what it selects is not known';
  }
}

/** A defined name that differs by case or by a slip; two numbers are near when one digit was mistyped. */
export function similarName(name: string, defined: readonly string[]): string | undefined {
  const sameLetters = defined.find((d) => d.toLowerCase() === name.toLowerCase());
  if (sameLetters !== undefined) return sameLetters;
  if (/^\d+$/.test(name))
    return defined.find((d) => /^\d+$/.test(d) && d.length === name.length && editDistance(d, name) === 1);
  return nearest(name, defined);
}
