import { expect } from 'chai';
import fc from 'fast-check';
import { parseConfig } from '../../parsers/cisco-ios/parse-config.ts';
import { coverWithin } from '../../src/acl/decide.ts';
import { makeBox } from '../../src/headerspace/box.ts';
import { intersect } from '../../src/headerspace/packet-set.ts';
import { SYN, TCP } from '../../src/model/packet.ts';
import type { Interface } from '../../src/model/router-config.ts';
import { findBlockedAnswer } from '../../src/review/blocked-answers.ts';
import { buildLintContext } from '../../src/review/lint-context.ts';
import type { Requests } from '../../src/review/request-search.ts';
import type { Router } from '../../src/router/network.ts';
import { followPath } from '../../src/router/path.ts';
import { followReply } from '../../src/router/trace.ts';
import { configOf, someNetwork } from '../router/arbitrary-network.ts';

const RUNS = Number(process.env.ACLSCOPE_RUNS ?? 200);

/** The definition, packet set by packet set: something is delivered and answered to a host, and every answer is denied. */
function allAnswersDenied(router: Router, entered: Interface, { list, ace, boxes }: Requests): boolean {
  const asked = coverWithin(list.compiled, boxes).filter(
    (p) => p.decidedBy === ace && p.verdict === 'permit',
  );
  const network = { routers: [router] };
  const fates = followPath(
    network,
    router,
    entered,
    asked.map((p) => p.box),
    { egress: null, replyTo: null },
  )
    .filter((p) => p.verdict === 'permit' && p.arrival.kind === 'delivered')
    .flatMap((piece) => followReply(network, piece) ?? [])
    .filter((reply) => reply.arrival.kind !== 'router');
  return fates.length > 0 && fates.every((f) => f.verdict === 'deny' && f.decidedBy !== null);
}

const tcp = makeBox({ protocol: TCP, tcpFlags: { exactly: SYN }, fragments: 'whole' });

/** Holds the search to the definition for every permit of every inbound list; how many are blocked, and how many not. */
function holdToDefinition(text: string): { readonly blocked: number; readonly other: number } {
  const { config, router, lists } = buildLintContext(parseConfig(text, 'gw.cfg').value, {
    diagnostics: [],
    clock: null,
    today: '2026-01-01',
  });
  let [blocked, other] = [0, 0];
  for (const entered of config.interfaces.values()) {
    const list = lists.find((l) => l.acl.name === entered.bindings.in?.acl);
    if (!list || entered.shutdown) continue;
    for (const ace of list.live.filter((a) => a.action === 'permit')) {
      const requests = { list, ace, boxes: intersect(list.entryOf(ace)!.asked, [tcp]) };
      const expected = allAnswersDenied(router, entered, requests);
      const found = findBlockedAnswer(router, entered, requests) !== null;
      expect(found, `${ace.span.text} at ${entered.name}\n${text}`).to.equal(expected);
      if (expected) blocked++;
      else other++;
    }
  }
  return { blocked, other };
}

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
  it('is found for exactly the lines of which nothing that is delivered can be answered', () => {
    const found = { blocked: 0, other: 0 };
    fc.assert(
      fc.property(someNetwork, fc.boolean(), ([routerText], plain) => {
        const text = plain ? configOf(routerText!).replace(/^ ?ip nat .*\n/gm, '') : configOf(routerText!);
        const { blocked, other } = holdToDefinition(text);
        found.blocked += blocked;
        found.other += other;
      }),
      { numRuns: RUNS },
    );
    expect(found.blocked).to.be.greaterThan(10);
    expect(found.other).to.be.greaterThan(10);
  });

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
      expect(holdToDefinition(`${GW}${lines}end\n`)).to.deep.equal({ blocked, other });
    });
});
