import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { rangesHave } from '../../src/model/ports.ts';
import { observed } from '../parsers/evidence-assertions.ts';
import { makePlan } from './make-plan.ts';
import { HOST, joinNamespaces, type NamespacePair, needNamespaces, SCANNER } from './namespaces.ts';

// What fails on the scanner's own side, made to fail by the kernel itself: it may cost an answer, never invent one.

const QUICK = { holdMs: 300, expectedOpenSpanMs: 2000, canaryIntervalMs: 500 };
const FLOOD = fileURLToPath(new URL('./flood-in-namespace.ts', import.meta.url));
const plan = (ports: readonly (readonly [number, number])[], pace: number) =>
  makePlan(
    { address: HOST, ports, expectedOpen: [[110, 110]], canary: 110, onLink: true },
    { perHost: pace, total: pace },
  );

describe('a failure of the scanner’s own', function () {
  this.timeout(90_000);
  let pair: NamespacePair;
  before(async function () {
    needNamespaces(this);
    pair = await joinNamespaces({ 22: 'waits', 110: 'speaks' });
  });
  afterEach(async () => {
    await pair?.scanner('nft', 'flush', 'ruleset');
    await pair?.scanner('ip', 'rule', 'del', 'pref', '1').catch(() => undefined);
  });
  after(() => pair?.down());

  for (const [engine, errno, ...refuse] of [
    ['syn', 'EPERM', 'nft', 'add rule inet own out tcp dport 100-104 drop'],
    // What a packet filter drops on its way out, connect() is not told; what no route takes, it is.
    ['connect', 'EACCES', ...'ip rule add pref 1 ipproto tcp dport 100-104 prohibit'.split(' ')],
    ['net-socket', 'EACCES', ...'ip rule add pref 1 ipproto tcp dport 100-104 prohibit'.split(' ')],
  ] as const) {
    it(`${errno}, from rules of its own, leaves ports unobserved (${engine})`, async () => {
      await pair.scanner(
        'nft',
        'add table inet own; add chain inet own out { type filter hook output priority 0; }',
      );
      const [command, ...args] = refuse;
      await pair.scanner(command!, ...args);
      const evidence = await pair.scan(plan([[90, 120]], 500), { engine, settings: QUICK });
      const target = evidence.targets[0];
      for (const port of [100, 104]) {
        expect(observed(target, port), `${port}`).to.include({ state: 'unobserved', reason: errno });
      }
      for (const port of [99, 105]) expect(observed(target, port)?.state, `${port}`).to.equal('closed');
      expect(observed(target, 110)?.state).to.equal('open');
      expect(evidence.completeness).to.deep.equal({
        kind: 'incomplete',
        reason: `this machine could not probe 5 ports: ${errno}`,
      });
    });
  }

  for (const engine of ['connect', 'net-socket']) {
    it(`EMFILE, from a limit lowered while it runs, costs time and no state (${engine})`, async () => {
      const running = pair.startScan(plan([[1, 3000]], 500), { engine, settings: QUICK });
      await sleep(2500);
      // Fewer than are open already: every further socket is refused.
      execFileSync('prlimit', ['--pid', String(running.child.pid), '--nofile=8:']);
      await sleep(1500);
      execFileSync('prlimit', ['--pid', String(running.child.pid), '--nofile=1024:']);
      const evidence = await running.evidence;
      expect(evidence.completeness).to.deep.equal({ kind: 'complete' });
      for (const { state, ports } of evidence.targets[0]!.observations) {
        const open = rangesHave(ports, 22) || rangesHave(ports, 110);
        expect(state, JSON.stringify(ports)).to.equal(open ? 'open' : 'closed');
      }
    });
  }

  it('packets that it received and dropped are counted, said, and what was silent then is asked again', async () => {
    const running = pair.startScan(plan([[1, 4000]], 1000), { engine: 'syn', settings: QUICK });
    await sleep(2500);
    running.child.kill('SIGSTOP');
    await pair.host(process.execPath, '--import', 'tsx', FLOOD, HOST, SCANNER, '60000');
    running.child.kill('SIGCONT');
    const evidence = await running.evidence;
    expect(evidence.notes.join('\n')).to.match(
      /this machine dropped \d+ packets that it had received; the silence since .* is probed again/,
    );
    for (const { state, ports, tainted } of evidence.targets[0]!.observations) {
      const open = rangesHave(ports, 22) || rangesHave(ports, 110);
      expect([state, tainted], JSON.stringify(ports)).to.deep.equal([open ? 'open' : 'closed', null]);
    }
  });
});
