import { expect } from 'chai';
import type { Evidence } from '../../src/model/evidence.ts';
import { rangesHave } from '../../src/model/ports.ts';
import { observed } from '../parsers/evidence-assertions.ts';
import { skipBecause } from '../support/skip.ts';
import { makePlan } from './make-plan.ts';
import { HOST, joinNamespaces, type NamespacePair, needNamespaces } from './namespaces.ts';

const QUICK = { holdMs: 400, canaryIntervalMs: 1000, canaryRetryMs: 300, canaryPauseMs: 1000 };
const plan = makePlan(
  {
    address: HOST,
    ports: [[20, 120]],
    expectedOpen: [[110, 110]],
    canary: 110,
    negativeCanaries: [7001, 7002, 7003],
  },
  { perHost: 400, total: 400 },
);

/** Ports that are said to be open or wrapped without a reservation. */
const believed = (evidence: Evidence): number[] =>
  Array.from({ length: 101 }, (_, i) => i + 20).filter((port) =>
    evidence.targets[0]!.observations.some(
      (o) => rangesHave(o.ports, port) && (o.state === 'open' || o.state === 'wrapped') && o.tainted === null,
    ),
  );

describe('a host that deceives', function () {
  this.timeout(60_000);
  let pair: NamespacePair;
  beforeEach(async function () {
    needNamespaces(this);
    pair = await joinNamespaces({ 110: 'speaks', 25: 'echoes', 9999: 'waits', 9998: 'closes' });
    await pair.host('nft', 'add', 'table', 'ip', 'lies');
  });
  afterEach(() => pair?.down());
  const redirectTo = async (port: number) => {
    const chain = '{ type nat hook prerouting priority -100; }';
    await pair.host('nft', 'add', 'chain', 'ip', 'lies', 'in', chain);
    await pair.host('nft', `add rule ip lies in tcp dport != { 110, 25 } redirect to :${port}`);
  };

  for (const engine of ['syn', 'connect']) {
    it(`with a tarpit on every port is believed only where it speaks otherwise (${engine})`, async () => {
      await redirectTo(9999);
      const evidence = await pair.scan(plan, { engine, settings: QUICK });
      expect(evidence.completeness).to.deep.equal({ kind: 'complete' });
      expect(believed(evidence)).to.deep.equal([25, 110]);
      expect(observed(evidence.targets[0], 25)?.banner).to.equal('\\r\\n\\r\\n');
      expect(observed(evidence.targets[0], 60)?.tainted).to.match(/chosen at random/);
    });
  }

  it('by closing whatever it accepts is believed nowhere else', async () => {
    await redirectTo(9998);
    const evidence = await pair.scan(plan, { engine: 'connect', settings: QUICK });
    expect(believed(evidence)).to.deep.equal([25, 110]);
    expect(observed(evidence.targets[0], 60)).to.include({ state: 'wrapped' });
  });

  it('through a SYN proxy that answers for every port is believed nowhere it does not speak', async function () {
    const rules = `add chain ip lies raw { type filter hook prerouting priority -300; }
add rule ip lies raw tcp dport != 110 tcp flags syn notrack
add chain ip lies proxy { type filter hook input priority 0; }
add rule ip lies proxy tcp dport != 110 ct state { invalid, untracked } synproxy mss 1460 wscale 7 timestamp sack-perm
add rule ip lies proxy tcp dport != 110 ct state invalid drop`;
    await pair.host('sysctl', '-qw', 'net.netfilter.nf_conntrack_tcp_loose=0').catch(() => undefined);
    const why = await pair
      .host('sh', '-c', `nft -f - <<'END'\n${rules}\nEND`)
      .then(() => null)
      .catch(
        (error: Error) => error.message.split('\n').find((line) => line.includes('Error')) ?? error.message,
      );
    if (why !== null) skipBecause(this, `this kernel has no SYN proxy: ${why}`, false);
    const evidence = await pair.scan(plan, { engine: 'syn', settings: QUICK });
    const falsely = believed(evidence).filter((port) => port !== 25 && port !== 110);
    expect(falsely).to.deep.equal([]);
    expect(observed(evidence.targets[0], 60)?.state).not.to.equal('closed');
  });
});
