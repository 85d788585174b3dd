import type { Ace, AddressMatch } from '../../model/access-list.ts';
import {
  type AddressPattern,
  formatIpv4,
  formatPattern,
  netmaskLength,
  parseIpv4,
} from '../../model/address.ts';
import type { LintList } from '../lint-context.ts';
import { isAnyPattern } from './ace-parts.ts';
import type { Check } from './check.ts';
import { finding, quote } from './finding-parts.ts';

export const NETMASK_AS_WILDCARD: Check = {
  id: 'netmask-as-wildcard',
  code: 'R2',
  severity: 'critical',
  title: 'A netmask where IOS wants a wildcard mask',
  rationale:
    'Set bits of a wildcard mask mean "any". With a netmask the line matches the same host part in every network of the world, and not the network that was meant.',
  example: {
    trigger: `interface FastEthernet0/0
 ip address 203.0.113.1 255.255.255.0
 ip access-group 101 in
access-list 101 permit ip 198.51.100.0 255.255.255.0 any
`,
    nearMiss: `interface FastEthernet0/0
 ip address 203.0.113.1 255.255.255.0
 ip access-group 101 in
access-list 101 permit ip 198.51.100.0 0.0.0.255 any
`,
  },
  check(context) {
    return context.lists.flatMap((list) =>
      list.live.flatMap((ace) => {
        const end = endsOf(ace).find((e) => isMistake(list, ace, e));
        if (end?.kind !== 'pattern') return [];
        const { wildcard } = end.pattern;
        return [
          finding('netmask-as-wildcard', ace.action === 'permit' ? 'critical' : 'high', {
            acl: list.acl.name,
            span: ace.span,
            message: `${quote(ace.span)}: ${formatIpv4(wildcard)} is a netmask; as a wildcard it makes the device match ${matched(end.pattern)}. Meant was probably ${formatIpv4(~wildcard >>> 0)}`,
          }),
        ];
      }),
    );
  },
  hangsOn: (_, list) => broadcastSiblings(list),
};

const matched = (pattern: AddressPattern): string =>
  isAnyPattern(pattern) ? 'any address' : `${formatPattern(pattern)}, the same last bits in every network`;

function isMistake(list: LintList, ace: Ace, end: AddressMatch): boolean {
  // A host's netmask is the wildcard of any; only an address that is written beside it tells that a host was meant.
  if (end.kind === 'pattern' && isAnyPattern(end.pattern)) return losesBits(ace, end);
  if (!looksLikeNetmask(end)) return false;
  if (ace.action === 'permit') return true;
  // A well-known idiom drops packets to the first and last address of every /24; it is written without bits
  // that the mask would swallow, and nobody means a network by it.
  const last = end.kind === 'pattern' && end.pattern.address !== 0;
  return losesBits(ace, end) || !(last || hasBroadcastSibling(list, ace, end));
}

function looksLikeNetmask(end: AddressMatch): boolean {
  if (end.kind !== 'pattern') return false;
  const length = netmaskLength(end.pattern.wildcard);
  return length !== undefined && length > 0 && length < 32;
}

/** The text names an address of which the mask leaves nothing, such as 10.1.1.0 255.255.255.0. */
function losesBits(ace: Ace, end: AddressMatch): boolean {
  if (end.kind !== 'pattern') return false;
  const mask = formatIpv4(end.pattern.wildcard);
  const words = ace.span.text.split(/\s+/);
  return words.some((word, i) => {
    const address = parseIpv4(word);
    return words[i + 1] === mask && address !== undefined && (address & end.pattern.wildcard) >>> 0 !== 0;
  });
}

const hasBroadcastSibling = (list: LintList, ace: Ace, end: AddressMatch): boolean =>
  end.kind === 'pattern' &&
  list.acl.entries.some(
    (e) =>
      e.kind === 'ace' &&
      e.action === ace.action &&
      endsOf(e).some((other) => isBroadcast(other) && other.pattern.wildcard === end.pattern.wildcard),
  );

const endsOf = ({ match }: Ace): readonly AddressMatch[] => [match.source, match.destination];

/** The last address of every network that the mask cuts out, and nothing else. */
const isBroadcast = (end: AddressMatch): end is Extract<AddressMatch, { kind: 'pattern' }> =>
  end.kind === 'pattern' && end.pattern.address === ~end.pattern.wildcard >>> 0;

/** The siblings that a list has. */
const broadcastSiblings = (list: LintList): string => {
  const found = new Set<string>();
  for (const e of list.acl.entries)
    if (e.kind === 'ace')
      for (const end of endsOf(e))
        if (isBroadcast(end) && looksLikeNetmask(end)) found.add(`${e.action} ${end.pattern.wildcard}`);
  return [...found].sort().join();
};
