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

describe('a blocked answer', () => {
  it('is found for exactly the lines of which nothing that is delivered can be answered', () => {
    const found = { blocked: 0, other: 0 };
    fc.assert(
      fc.property(someNetwork, fc.boolean(), ([routerText], plain) => {
        const text = plain ? configOf(routerText!).replace(/^ ?ip nat .*\n/gm, '') : configOf(routerText!);
        const { config, router, lists } = buildLintContext(parseConfig(text, 'gw.cfg').value, {
          diagnostics: [],
          clock: null,
          today: '2026-01-01',
        });
        for (const entered of config.interfaces.values()) {
          const list = lists.find((l) => l.acl.name === entered.bindings.in?.acl);
          if (!list || entered.shutdown) continue;
          for (const ace of list.live.filter((a) => a.action === 'permit')) {
            const boxes = intersect(list.entryOf(ace)!.asked, [tcp]);
            const requests = { list, ace, boxes };
            const blocked = findBlockedAnswer(router, entered, requests);
            const expected = allAnswersDenied(router, entered, requests);
            expect(blocked !== null, `${ace.span.text} at ${entered.name}\n${text}`).to.equal(expected);
            found[expected ? 'blocked' : 'other']++;
          }
        }
      }),
      { numRuns: RUNS },
    );
    expect(found.blocked).to.be.greaterThan(10);
    expect(found.other).to.be.greaterThan(10);
  });
});
