import { decidesSome } from '../../acl/deciding-entries.ts';
import { makeBox } from '../../headerspace/box.ts';
import { ICMP } from '../../model/packet.ts';
import { toRanges } from '../../model/ports.ts';
import { isAny, isBroadSource, servicesOf } from './ace-parts.ts';
import { guardingUses, placesOf } from './bound-lists.ts';
import type { Check } from './check.ts';
import { finding, listWords, quote } from './finding-parts.ts';

const UNWANTED: readonly (readonly [type: number, name: string])[] = [
  [5, 'redirect'],
  [13, 'timestamp-request'],
  [15, 'information-request'],
  [17, 'mask-request'],
];

export const ICMP_ANY: Check = {
  id: 'icmp-any',
  code: 'R18',
  severity: 'medium',
  title: 'ICMP that bends routes or describes hosts is let in',
  rationale:
    'Echo, unreachable and time-exceeded serve a network; redirects bend its routes, timestamp and mask requests describe it to strangers.',
  example: {
    trigger: `interface FastEthernet0/0
 description outside
 ip address 203.0.113.1 255.255.255.0
 ip access-group 101 in
access-list 101 permit icmp any any
access-list 101 deny ip any any
`,
    nearMiss: `interface FastEthernet0/0
 description outside
 ip address 203.0.113.1 255.255.255.0
 ip access-group 101 in
access-list 101 permit icmp any any echo
access-list 101 permit icmp any any unreachable
access-list 101 deny ip any any
`,
  },
  telling: {
    ...makeBox({ protocol: ICMP, fragments: 'whole' }),
    l4a: toRanges(UNWANTED.map(([type]) => [256 * type, 256 * type + 255])),
  },
  check(context) {
    return context.lists.flatMap((list) => {
      const uses = guardingUses(context, list);
      if (uses.length === 0) return [];
      return list.live.flatMap((ace) => {
        if (ace.action !== 'permit' || !isBroadSource(context.config, ace)) return [];
        const services = servicesOf(context.config, ace).filter(
          (s) => s.protocols?.length === 1 && s.protocols[0] === ICMP,
        );
        if (services.length === 0) return [];
        const everyKind = services.some((s) => s.icmp === null);
        const compiled = list.entryOf(ace);
        const names = UNWANTED.filter(([type]) =>
          (compiled?.asked ?? []).some(
            (box) =>
              compiled !== undefined &&
              decidesSome(
                list.compiled,
                compiled,
                makeBox({
                  protocol: ICMP,
                  icmp: { type, code: null },
                  source: box.source,
                  destination: box.destination,
                }),
              ),
          ),
        ).map(([, name]) => name);
        if (names.length === 0) return [];
        return [
          finding('icmp-any', isAny(ace.match.destination) ? 'medium' : 'low', {
            acl: list.acl.name,
            span: ace.span,
            message: everyKind
              ? `${quote(ace.span)} lets in every kind of ICMP (bound ${placesOf(uses)}), ${listWords(names)} among them`
              : `${quote(ace.span)} lets in ${listWords(names)} (bound ${placesOf(uses)})`,
          }),
        ];
      });
    });
  },
};
