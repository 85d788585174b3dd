import { expect } from 'chai';
import { parseEvidence } from '../../parsers/evidence.ts';
import { ENGINES } from '../../scans/engines.ts';
import { verifySeal } from '../../scans/evidence/seal.ts';
import { runScan } from '../../scans/run-scan.ts';
import { rangesOf } from '../../src/model/ports.ts';
import { observed } from '../parsers/evidence-assertions.ts';
import { skipBecause } from '../support/skip.ts';
import { type LoopbackServers, startLoopbackServers } from './loopback-servers.ts';
import { makePlan } from './make-plan.ts';

const ADDRESS = '127.0.77.35';
const QUICK = {
  holdMs: 400,
  canaryIntervalMs: 1000,
  canaryRetryMs: 300,
  canaryPauseMs: 500,
  expectedOpenSpanMs: 1600,
  unstableRetryMs: 1000,
};

describe('every scan engine', () => {
  let servers: LoopbackServers;
  before(async () => {
    servers = await startLoopbackServers(ADDRESS);
  });
  after(() => servers.close());

  for (const engine of ENGINES) {
    describe(engine.id, () => {
      before(async function () {
        const availability = await engine.checkAvailability();
        if (!availability.ok) skipBecause(this, availability.why);
      });

      it('separates open, wrapped, closed and silent', async () => {
        const speaks = servers.port('speaks');
        const waits = servers.port('waits');
        const closes = servers.port('closes');
        const [silent] = servers.silent;
        const ports = [speaks, waits, closes, servers.port('resets'), servers.closed, silent!];
        const plan = makePlan(
          {
            address: ADDRESS,
            ports: rangesOf(ports),
            first: [waits],
            expectedOpen: rangesOf([speaks]),
            canary: speaks,
            negativeCanaries: [servers.closed],
          },
          { perHost: 1000, total: 1000 },
        );
        const progress: number[] = [];
        const evidence = await runScan(plan, {
          engine,
          settings: QUICK,
          onProgress: (p) => progress.push(p.done),
        });
        expect(evidence.completeness).to.deep.equal({ kind: 'complete' });
        const target = evidence.targets[0];
        expect(observed(target, speaks)).to.include({
          state: 'open',
          confirmed: true,
          banner: '220 mail.example.net ready\\r\\n',
          tainted: null,
        });
        expect(observed(target, waits)).to.include({ state: 'open', confirmed: true, banner: null });
        expect(observed(target, closes)).to.include({ state: 'wrapped', reason: 'eof', confirmed: true });
        expect(observed(target, servers.port('resets'))).to.include({ state: 'wrapped', reason: 'reset' });
        expect(observed(target, servers.closed)).to.include({ state: 'closed' });
        expect(observed(target, silent!)).to.include({ state: 'filtered', reason: 'timeout', tainted: null });
        expect(observed(target, silent!)?.tries).to.be.at.least(2);
        const canary = target?.canaries.find((c) => c.kind === 'positive');
        expect(canary?.sent).to.equal(canary?.answered);
        expect(evidence.box).to.include({
          address: '127.0.0.1',
          interface: 'lo',
          onLink: true,
          gateway: null,
        });
        expect(progress.length).to.be.greaterThan(0);

        const text = JSON.stringify(evidence);
        expect(parseEvidence(text, 'e.json').value).to.deep.equal(JSON.parse(text));
        expect(verifySeal(text).kind).to.equal('intact');
      });

      it('honours an abort, and keeps what it saw', async () => {
        const speaks = servers.port('speaks');
        const plan = makePlan(
          {
            address: ADDRESS,
            ports: [
              [1, 20000],
              [speaks, speaks],
            ],
            first: [speaks],
            expectedOpen: rangesOf([speaks]),
            canary: speaks,
          },
          { perHost: 300, total: 300 },
        );
        const abort = new AbortController();
        const running = runScan(plan, { engine, settings: QUICK, signal: abort.signal });
        const timer = setTimeout(() => abort.abort(), 1500);
        const evidence = await running;
        clearTimeout(timer);
        expect(evidence.completeness).to.deep.equal({
          kind: 'incomplete',
          reason: 'the scan was interrupted',
        });
        expect(observed(evidence.targets[0], speaks)?.state).to.equal('open');
        expect(observed(evidence.targets[0], 19_999)?.state).to.be.oneOf(['unobserved', 'closed']);
        expect(verifySeal(JSON.stringify(evidence)).kind).to.equal('intact');
      });
    });
  }
});
