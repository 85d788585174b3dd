import type { Command } from '../../../src/model/command.ts';
import { AMBIGUOUS, keywords } from '../keywords.ts';
import { ambiguousWord, type Failure, type Statement, wrongWord } from '../statement.ts';
import { change } from './change.ts';
import { skip } from './skipped.ts';

const IPV6_DETAILS = keywords<'address' | 'traffic-filter' | 'detail'>([
  ['address', 'address'],
  ['traffic-filter', 'traffic-filter'],
  ...'enable nd mtu ospf rip router redirects unreachables unicast unnumbered verify mld pim dhcp cef flow nat nhrp tcp virtual-reassembly eigrp summary-address inspect policy hello-interval hold-time authentication mode mobile multicast snooping source-guard destination-guard split-horizon lisp crypto wccp load-sharing general-prefix bandwidth-percent next-hop-self icmp neighbor rsvp security nhs route-cache port-map dhcp-guard'
    .split(' ')
    .map((w): [string, 'detail'] => [w, 'detail']),
]);

export function readIpv6(s: Statement): Command | Failure {
  const { words } = s;
  const what = words.takeKeyword(IPV6_DETAILS);
  if (what === AMBIGUOUS) return ambiguousWord(words, IPV6_DETAILS);
  const names = s.mode.kind === 'interface' ? s.mode.names : [];
  switch (what) {
    case undefined:
      return wrongWord(words, 'an IPv6 statement of an interface');
    case 'detail':
      return skip('IPv6')(s);
    case 'address': {
      const name = words.rest();
      words.at = words.count;
      return change(s, {
        kind: 'ipv6',
        notice: { kind: 'address', name, interface: names[0] ?? null, span: words.line },
        on: s.on,
      });
    }
    case 'traffic-filter': {
      if (words.done) return wrongWord(words, "an IPv6 list's name");
      const name = words.take();
      words.at = words.count;
      return change(s, {
        kind: 'ipv6',
        notice: { kind: 'binding', name, interface: names[0] ?? null, span: words.line },
        on: s.on,
      });
    }
  }
}
