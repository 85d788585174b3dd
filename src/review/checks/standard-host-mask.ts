import { describePattern, formatIpv4 } from '../../model/address.ts';
import type { LintList } from '../lint-context.ts';
import type { Check } from './check.ts';
import { finding, quote } from './finding-parts.ts';

export const STANDARD_HOST_MASK: Check = {
  id: 'standard-host-mask',
  code: 'R22',
  severity: 'medium',
  title: 'A network in a standard list without its mask',
  rationale:
    'Without a wildcard mask the entry means this one address. 10.1.1.0 is then a host that nobody has, and 0.0.0.0 is not "any".',
  example: {
    trigger: `access-list 10 permit 198.51.100.0
line vty 0 4
 access-class 10 in
`,
    nearMiss: `access-list 10 permit 198.51.100.0 0.0.0.255
access-list 10 permit 198.51.100.32
line vty 0 4
 access-class 10 in
`,
  },
  check(context) {
    return context.lists.flatMap((list) => {
      if (list.acl.kind !== 'standard' || namesRoutes(list)) return [];
      return list.live.flatMap((ace) => {
        const { source } = ace.match;
        if (source.kind !== 'pattern' || source.pattern.wildcard !== 0) return [];
        const { address } = source.pattern;
        if ((address & 0xff) !== 0 || spelledOut(ace.span.text)) return [];
        return [
          finding('standard-host-mask', 'medium', {
            acl: list.acl.name,
            span: ace.span,
            message: `${quote(ace.span)} matches ${address === 0 ? 'the address 0.0.0.0 alone, not any' : `${describePattern(source.pattern)} alone; meant was probably ${formatIpv4(address)} ${formatIpv4(missingWildcard(address))}`}`,
          }),
        ];
      });
    });
  },
};

/** Where a list selects routes it is held against their network numbers: no mask is missing. */
const namesRoutes = ({ uses }: LintList): boolean =>
  uses.length > 0 &&
  uses.every((u) => u.kind === 'reference' && (u.use === 'distribute-list' || u.use === 'route-map'));

/** As many bytes as the address ends in zeros. */
const missingWildcard = (address: number): number =>
  (address & 0xffffff) === 0 ? 0xffffff : (address & 0xffff) === 0 ? 0xffff : 0xff;

/** The writer said that one host is meant: by the word, or by a mask of zeros. */
const spelledOut = (text: string): boolean =>
  /\bhost\b/i.test(text) || (text.match(/\d+\.\d+\.\d+\.\d+/g)?.length ?? 0) > 1;
