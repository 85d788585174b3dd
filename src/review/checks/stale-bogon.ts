import {
  type AddressPattern,
  describePattern,
  freeBits,
  parseIpv4,
  patternsOverlap,
  prefixPattern,
} from '../../model/address.ts';
import type { LintContext } from '../lint-context.ts';
import { isAny, sourcePatterns } from './ace-parts.ts';
import { inboundFromOutside } from './bound-lists.ts';
import type { Check } from './check.ts';
import { finding, quote } from './finding-parts.ts';

/**
 * First octets that bogon lists of about 2000 to 2010 held as unallocated and that hosts use today (IANA's IPv4
 * address space registry; the last five were handed out in February 2011).
 */
const ALLOCATED_SINCE: readonly (readonly [first: number, last: number])[] = [
  [1, 2],
  [5, 5],
  [14, 14],
  [23, 23],
  [27, 27],
  [31, 31],
  [36, 37],
  [39, 39],
  [41, 42],
  [46, 46],
  [49, 50],
  [58, 60],
  [67, 126],
  [173, 187],
  [189, 190],
  [197, 197],
  [201, 201],
  [217, 223],
];

/** Smaller blocks that such lists held besides. */
const FORMER_MARTIANS: readonly AddressPattern[] = [
  prefixPattern(parseIpv4('128.0.0.0')!, 16),
  prefixPattern(parseIpv4('191.255.0.0')!, 16),
  prefixPattern(parseIpv4('223.255.255.0')!, 24),
];

export const STALE_BOGON: Check = {
  id: 'stale-bogon',
  code: 'R13',
  severity: 'medium',
  title: 'A bogon deny of addresses that are in use today',
  rationale:
    'Lists of unallocated networks age. By now nearly all of the unicast space has been handed out, and such a line turns customers away.',
  example: {
    trigger: `interface FastEthernet0/0
 description outside
 ip address 203.0.113.1 255.255.255.0
 ip access-group 101 in
access-list 101 deny ip 5.0.0.0 0.255.255.255 any
access-list 101 permit tcp any host 192.0.2.35 eq 110
`,
    nearMiss: `interface FastEthernet0/0
 description outside
 ip address 203.0.113.1 255.255.255.0
 ip access-group 101 in
access-list 101 deny ip 240.0.0.0 7.255.255.255 any
access-list 101 deny ip 5.9.0.0 0.0.255.255 any
access-list 101 permit tcp any host 192.0.2.35 eq 110
`,
  },
  check(context) {
    return context.lists.flatMap((list) => {
      if (inboundFromOutside(context, list).length === 0) return [];
      return list.live.flatMap((ace) => {
        if (ace.action !== 'deny' || ace.match.protocol.kind !== 'ip' || !isAny(ace.match.destination))
          return [];
        const stale = sourcePatterns(context.config, ace).find((p) => isStale(p) && !isOwn(context, p));
        if (!stale) return [];
        return [
          finding('stale-bogon', 'medium', {
            acl: list.acl.name,
            span: ace.span,
            message: `${quote(ace.span)} turns away ${describePattern(stale)}, which was once unallocated and is in use today`,
          }),
        ];
      });
    });
  },
};

/** Networks of one's own are denied inbound against forged sources, whoever else may use the rest of the block. */
const isOwn = ({ config, territory }: LintContext, p: AddressPattern): boolean =>
  freeBits(p) <= 24 &&
  [...config.interfaces.values()].some((i) => territory.connected(i).some((c) => patternsOverlap(c, p)));

function isStale(p: AddressPattern): boolean {
  if (FORMER_MARTIANS.some((m) => m.address === p.address && m.wildcard === p.wildcard)) return true;
  // A list of bogons speaks of whole first octets; a deny of everything is no bogon.
  if ((p.wildcard & 0x00ffffff) !== 0x00ffffff || p.wildcard === 0xffffffff) return false;
  for (const [first, last] of ALLOCATED_SINCE)
    for (let octet = first; octet <= last; octet++)
      if (patternsOverlap(p, prefixPattern(octet * 0x1000000, 8))) return true;
  return false;
}
