import { expect } from 'chai';
import fc from 'fast-check';
import { parseConfig } from '../../parsers/cisco-ios/parse-config.ts';
import { coverWithin } from '../../src/acl/decide.ts';
import { makeBox } from '../../src/headerspace/box.ts';
import { intersect, subtract } from '../../src/headerspace/packet-set.ts';
import { type AddressPattern, hostPattern, patternCovers, prefixPattern } from '../../src/model/address.ts';
import { type Packet, SYN, TCP } from '../../src/model/packet.ts';
import { findBlockedAnswer } from '../../src/review/blocked-answers.ts';
import { buildLintContext } from '../../src/review/lint-context.ts';
import type { Entry, Requests } from '../../src/review/request-search.ts';
import { honestSources } from '../../src/router/honest-sources.ts';
import { networksOf } from '../../src/router/neighbours.ts';
import { followPath } from '../../src/router/path.ts';
import { followReply } from '../../src/router/trace.ts';
import type { PathPiece } from '../../src/router/walk.ts';
import { configOf, someNetwork } from '../router/arbitrary-network.ts';
import { mayBeHonest } from '../router/slow-honest.ts';
import {
  outcomes,
  replies,
  type SlowInterface,
  type SlowNetwork,
  type SlowPacket,
  type SlowRouter,
  verdictOf,
  within,
} from '../router/slow-path.ts';

const RUNS = Number(process.env.ACLSCOPE_RUNS ?? 200);

/** Sources that may be honest, as the slow search says of each prefix that nothing in the configuration parts. */
function honestOf(
  router: SlowRouter,
  entered: SlowInterface,
  strangersEnter: boolean,
): readonly AddressPattern[] {
  const parting: readonly SlowNetwork[] = [
    ...router.interfaces,
    ...router.routes,
    ...[0, 0x7f000000].map((address) => ({ address, length: 8 })),
    { address: 0xe0000000, length: 4 },
    { address: 0xffffffff, length: 32 },
  ];
  const partsOf = (address: number, length: number): readonly AddressPattern[] => {
    const here = { address, length };
    const whole = prefixPattern(address, length);
    if (!parting.some((p) => p.length > length && within(here, p.address)))
      return mayBeHonest(router, entered, address, strangersEnter) ? [whole] : [];
    const halves = [address, address + 2 ** (31 - length)].map((half) => partsOf(half, length + 1));
    return halves.every(([first]) => first?.wildcard === 2 ** (31 - length) - 1) ? [whole] : halves.flat();
  };
  return partsOf(0, 0);
}

/** The definition, packet set by packet set: an honest request is delivered, and a list denies every answer to one. */
function allAnswersDenied(
  entry: Entry,
  { list, ace, boxes }: Requests,
  honest: readonly AddressPattern[],
): boolean {
  const { router, interface: entered } = entry;
  // An outer address of an inner host is in doubt to packets that are not translated, whatever it is asked about with.
  const untranslated = ['outside', 'enabled'].includes(entered.natSide ?? '')
    ? []
    : router.config.nat.flatMap((r) => (r.kind === 'static' && r.side === 'inside' ? (r.global ?? []) : []));
  const asked = subtract(
    coverWithin(list.compiled, boxes)
      .filter((p) => p.decidedBy === ace && p.verdict === 'permit')
      .map((p) => p.box),
    untranslated.map((address) => makeBox({ destination: hostPattern(address) })),
  );
  const sent = intersect(
    asked,
    honest.map((source) => makeBox({ source })),
  );
  const network = { routers: [router] };
  const deliver = (set: typeof sent) =>
    followPath(network, router, entered, set, { egress: null, replyTo: null }).filter(
      (p) => p.verdict === 'permit' && p.arrival.kind === 'delivered',
    );
  // Through a pool, nobody asks from the router's own addresses.
  const own = router.ownAddresses.map(({ address }) => makeBox({ source: hostPattern(address) }));
  const follow = (set: typeof sent) =>
    deliver(set).flatMap((piece) =>
      piece.entered.some(({ dynamic }) => dynamic) ? deliver(subtract([piece.sent], own)) : [piece],
    );
  const repliesTo = (set: typeof sent) =>
    follow(set).map((piece) => ({
      piece,
      replies: (followReply(network, piece) ?? [])
        .filter((reply) => reply.arrival.kind !== 'router')
        .filter((f) => f.verdict !== 'deny' || f.decidedBy === null || f.hops.at(-1)?.verdict === 'deny'),
    }));
  // Hosts of one segment need no router: they may have answers, but what they lack tells nothing.
  const near = networksOf(entered).map((source) => makeBox({ source }));
  const all = [...repliesTo(subtract(sent, near)), ...repliesTo(intersect(sent, near))];
  const staysThere = ({ sent: { source }, arrived, arrival }: PathPiece): boolean =>
    arrival.kind === 'delivered' &&
    arrival.interface === entered &&
    networksOf(entered).some((n) => patternCovers(n, source) && patternCovers(n, arrived.destination));
  const telling = all.filter(({ piece }) => !staysThere(piece));
  return (
    telling.some(({ replies }) => replies.length > 0) &&
    all.every((one) => one.replies.every((f) => f.verdict === 'deny' && f.decidedBy !== null))
  );
}

const tcp = makeBox({ protocol: TCP, tcpFlags: { exactly: SYN }, fragments: 'whole' });

/** Whom a permit of an inbound list lets in there, and the first of them that is never answered. */
interface Asked {
  readonly entry: Entry;
  readonly requests: Requests;
  readonly blocked: Packet | null;
}

function askEach(text: string, strangersEnter: (name: string) => boolean): readonly Asked[] {
  const { config, router, lists } = buildLintContext(parseConfig(text, 'gw.cfg').value, {
    diagnostics: [],
    clock: null,
    today: '2026-01-01',
  });
  return [...config.interfaces.values()].flatMap((entered) => {
    const list = lists.find((l) => l.acl.name === entered.bindings.in?.acl);
    if (!list || entered.shutdown) return [];
    const sources = honestSources(router, entered, strangersEnter(entered.name));
    const entry = { router, interface: entered, sources };
    return list.live
      .filter((ace) => ace.action === 'permit')
      .map((ace) => {
        const requests = { list, ace, boxes: intersect(list.entryOf(ace)!.asked, [tcp]) };
        return { entry, requests, blocked: findBlockedAnswer(entry, requests)?.request ?? null };
      });
  });
}

/** A packet as it goes its ways one by one: delivered to a host for sure, and what becomes of the answers. */
function slowly(router: SlowRouter, entered: SlowInterface, packet: SlowPacket) {
  const all = outcomes([router], { router, interface: entered }, packet);
  const back = all.flatMap((o) => (o.passes && !o.own ? replies([router], o) : []));
  return {
    delivered: verdictOf(all) === 'permit' && all.every((o) => o.passes && !o.own),
    answered: back.some((o) => o.passes && !o.own),
  };
}

const slowPacket = (p: Packet): SlowPacket => ({
  source: p.source,
  destination: p.destination,
  protocol: 'tcp',
  sourcePort: p.sourcePort!,
  destinationPort: p.destinationPort!,
  answer: false,
});

const GW = `version 12.4
time-range SOMETIMES
 periodic weekdays 9:00 to 17:00
interface FastEthernet0/0
 ip address 198.51.100.1 255.255.255.0
 ip access-group 101 in
 ip access-group 104 out
interface FastEthernet0/1
 ip address 192.0.2.1 255.255.255.0
 ip access-group 102 in
 ip access-group 103 out
access-list 103 permit ip any any
`;

describe('a blocked answer', () => {
  it('is found for exactly the lines of which nothing honest that is delivered can be answered', () => {
    const found = { blocked: 0, other: 0 };
    fc.assert(
      fc.property(someNetwork, fc.boolean(), fc.boolean(), ([router], plain, strangers) => {
        const outer = plain
          ? { ...router!, statics: [], interfaces: router!.interfaces.map((i) => ({ ...i, nat: null })) }
          : router!;
        const text = configOf(outer);
        for (const { entry, requests, blocked } of askEach(text, () => strangers)) {
          const entered = outer.interfaces.find((i) => i.name === entry.interface.name)!;
          const expected = allAnswersDenied(entry, requests, honestOf(outer, entered, strangers));
          const where = `${requests.ace.span.text} at ${entered.name}, strangers ${strangers}\n${text}`;
          expect(blocked !== null, where).to.equal(expected);
          found[expected ? 'blocked' : 'other']++;
          if (blocked === null) continue;
          expect(mayBeHonest(outer, entered, blocked.source, strangers), where).to.equal(true);
          // Of a translated network, the packet named may be to the very address that stands for an inner host.
          if (!plain) continue;
          const way = slowly(outer, entered, slowPacket(blocked));
          expect(way, where).to.deep.equal({ delivered: true, answered: false });
        }
      }),
      { numRuns: RUNS },
    );
    expect(found.blocked).to.be.greaterThan(10);
    expect(found.other).to.be.greaterThan(10);
  }).timeout(60_000);

  const POOL = 'ip nat pool P 203.0.113.8 203.0.113.11 netmask 255.255.255.0\n';
  const rules = fc.constantFrom(
    'ip nat inside source list 7 interface FastEthernet0/0 overload\n',
    `${POOL}ip nat inside source list 7 pool P overload\n`,
    `${POOL}ip nat inside source list 7 pool P\n`,
    'ip nat inside source route-map SOME interface FastEthernet0/0 overload\n',
    'ip nat outside source static 203.0.113.7 10.0.0.77\n',
  );
  const chosen = fc.constantFrom('any', '192.0.2.0 0.0.0.15', '10.0.0.0 0.0.1.255', 'host 192.0.2.5');

  it('is found for the same lines behind pools and shared addresses', () => {
    const found = { blocked: 0, other: 0 };
    fc.assert(
      fc.property(someNetwork, fc.uniqueArray(rules, { maxLength: 2 }), chosen, ([router], dynamic, who) => {
        const text = `${configOf(router!).replace(/end\n$/, '')}${dynamic.join('')}access-list 7 permit ${who}\nend\n`;
        const outside = dynamic.some((rule) => rule.includes('outside'));
        for (const { entry, requests, blocked } of askEach(text, () => false)) {
          const entered = router!.interfaces.find((i) => i.name === entry.interface.name)!;
          const honest = outside ? [prefixPattern(0, 0)] : honestOf(router!, entered, false);
          const senders = honest.flatMap((p) => entry.sources.all.partsOf(p));
          const expected = allAnswersDenied(entry, requests, senders);
          expect(blocked !== null, `${requests.ace.span.text} at ${entered.name}\n${text}`).to.equal(
            expected,
          );
          found[expected ? 'blocked' : 'other']++;
        }
      }),
      { numRuns: RUNS },
    );
    expect(found.blocked).to.be.greaterThan(10);
    expect(found.other).to.be.greaterThan(10);
  }).timeout(60_000);

  const NO_ANSWERS = 'access-list 102 permit udp any any\n';
  const cases: readonly [title: string, lines: string, blocked: number, other: number][] = [
    [
      'that the inbound list of the servers denies',
      `access-list 101 permit tcp any host 192.0.2.10 eq 25\n${NO_ANSWERS}`,
      1,
      1,
    ],
    [
      'not where that list lets it pass',
      'access-list 101 permit tcp any host 192.0.2.10 eq 25\naccess-list 102 permit tcp host 192.0.2.10 eq 25 any\n',
      0,
      2,
    ],
    [
      'that a list denies on the way out, whatever the router keeps for itself',
      'access-list 101 permit tcp 198.51.100.0 0.0.0.255 host 192.0.2.10 eq 25\naccess-list 102 permit tcp any any\naccess-list 104 permit udp any any\n',
      1,
      1,
    ],
    [
      'below a permit that only may match',
      `access-list 101 permit tcp any any eq 25 time-range SOMETIMES\naccess-list 101 permit tcp any host 192.0.2.10\n${NO_ANSWERS}`,
      1,
      2,
    ],
  ];
  for (const [title, lines, blocked, other] of cases)
    it(title, () => {
      const asked = askEach(`${GW}${lines}end\n`, () => false);
      const found = asked.filter((a) => a.blocked !== null).length;
      expect({ blocked: found, other: asked.length - found }).to.deep.equal({ blocked, other });
    });

  const OUTER = `version 12.4
interface FastEthernet0/0
 ip address 203.0.113.1 255.255.255.0
 ip access-group 101 in
 ip access-group 102 out
interface FastEthernet0/1
 ip address 192.0.2.1 255.255.255.0
`;
  const MAIL = 'access-list 101 permit tcp any host 192.0.2.35 eq 110\n';
  const DEFAULT = 'ip route 0.0.0.0 0.0.0.0 203.0.113.254\n';
  const TEN_INSIDE = 'ip route 10.0.0.0 255.0.0.0 192.0.2.254\n';
  const TO_TEN = 'access-list 102 permit ip any 10.0.0.0 0.255.255.255\n';
  const NAT = `interface FastEthernet0/0
 ip nat outside
interface FastEthernet0/1
 ip nat inside
ip nat inside source static 192.0.2.35 203.0.113.35
`;
  const SERVED = 'access-list 101 permit tcp any host 203.0.113.35 eq 110\n';
  const IMAP_OUT = 'access-list 102 permit tcp any eq 143 any\n';
  /** Each near miss differs from the case before it in one thing that lets an honest asker have an answer. */
  const askers: readonly [title: string, lines: string, blocked: boolean][] = [
    [
      'is found though a forged inner source would be answered',
      `${DEFAULT}${TEN_INSIDE}${MAIL}${IMAP_OUT}`,
      true,
    ],
    [
      'is found though the list lets answers go out to inner networks',
      `${DEFAULT}${TEN_INSIDE}${MAIL}${TO_TEN}`,
      true,
    ],
    [
      'is not found where these networks are outside',
      `${DEFAULT}ip route 10.0.0.0 255.0.0.0 203.0.113.9\n${MAIL}${TO_TEN}`,
      false,
    ],
    ['is not found where no route says that they are inside', `${MAIL}${TO_TEN}`, false],
    [
      'is not found where routes that the text does not show may lead to them',
      `${DEFAULT}${TEN_INSIDE}router ospf 1\n network 203.0.113.0 0.0.0.255 area 0\n${MAIL}${TO_TEN}`,
      false,
    ],
    [
      'is found all the same for a connected network, where routes may not be shown',
      `${DEFAULT}router ospf 1\n network 203.0.113.0 0.0.0.255 area 0\n${MAIL}access-list 102 permit ip any 192.0.2.0 0.0.0.255\n`,
      true,
    ],
    [
      'is not found where one part of them is outside',
      `${DEFAULT}${TEN_INSIDE}ip route 10.9.0.0 255.255.0.0 203.0.113.9\n${MAIL}${TO_TEN}`,
      false,
    ],
    [
      'is found where that part is answered no more than the rest',
      `${DEFAULT}${TEN_INSIDE}ip route 10.9.0.0 255.255.0.0 203.0.113.9\n${MAIL}access-list 102 deny ip any 10.9.0.0 0.0.255.255\n${TO_TEN}`,
      true,
    ],
    [
      'is found where only what no host sends from would be answered',
      `${DEFAULT}${MAIL}access-list 102 permit ip any 224.0.0.0 15.255.255.255\n`,
      true,
    ],
    [
      'is not found where class E would be answered, which somebody may use',
      `${DEFAULT}${MAIL}access-list 102 permit ip any 240.0.0.0 15.255.255.255\n`,
      false,
    ],
    [
      'is found behind translation, where the forged inner source would be answered',
      `${DEFAULT}${TEN_INSIDE}${NAT}${SERVED}${IMAP_OUT}`,
      true,
    ],
    [
      'is not found behind translation, where the outbound list lets the translated answer go',
      `${DEFAULT}${TEN_INSIDE}${NAT}${SERVED}access-list 102 permit tcp host 203.0.113.35 eq 110 any\n`,
      false,
    ],
    [
      'is not found where outer sources are translated and may be anything',
      `${DEFAULT}${TEN_INSIDE}${NAT}ip nat outside source static 10.1.1.1 10.77.1.1\n${SERVED}${TO_TEN}`,
      false,
    ],
    [
      'is found behind a check of sources, which drops the forged ones',
      `${DEFAULT}${TEN_INSIDE}interface FastEthernet0/0\n ip verify unicast reverse-path\n${MAIL}${IMAP_OUT}`,
      true,
    ],
    [
      'is not found behind one where the list lets the answers of real askers go',
      `${DEFAULT}${TEN_INSIDE}interface FastEthernet0/0\n ip verify unicast reverse-path\n${MAIL}access-list 102 permit tcp any eq 110 any\n`,
      false,
    ],
    [
      'is not found where a route, and no list, drops the answers',
      `ip route 198.51.100.0 255.255.255.0 Null0\naccess-list 101 permit tcp 198.51.100.0 0.0.0.255 host 192.0.2.35 eq 110\n`,
      false,
    ],
    [
      'is not found between hosts of one segment, whose packets meet no router',
      `${DEFAULT}access-list 101 permit tcp 203.0.113.0 0.0.0.255 host 203.0.113.35 eq 110\n${IMAP_OUT}`,
      false,
    ],
    [
      'is found between two networks that the interface has',
      `${DEFAULT}interface FastEthernet0/0\n ip address 198.51.100.1 255.255.255.0 secondary\naccess-list 101 permit tcp 203.0.113.0 0.0.0.255 host 198.51.100.35 eq 110\naccess-list 101 permit tcp any any established\n${IMAP_OUT}`,
      true,
    ],
  ];
  for (const [title, lines, blocked] of askers)
    it(title, () => {
      const asked = askEach(`${OUTER}${lines}end\n`, (name) => name === 'FastEthernet0/0');
      const found = asked.filter((a) => a.blocked !== null);
      const [first] = lines.match(/access-list 101 permit .*/) ?? [];
      expect(found.map((a) => a.requests.ace.span.text)).to.deep.equal(blocked ? [first] : []);
    });
});
