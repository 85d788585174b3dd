import { expect } from 'chai';
import {
  formatRanges,
  type PortSet,
  rangesOf,
  subtractRanges,
  toRanges,
  unionRanges,
} from '../../../src/model/ports.ts';
import { observed, statesOf } from '../../parsers/evidence-assertions.ts';
import { makePlan } from '../make-plan.ts';
import { HOST, joinNamespaces, type NamespacePair, needNamespaces, SCANNER } from '../namespaces.ts';

const QUICK = {
  holdMs: 300,
  canaryIntervalMs: 1000,
  canaryRetryMs: 300,
  canaryPauseMs: 1000,
  expectedOpenSpanMs: 2000,
};
const plan = (more: object, pace = {}) =>
  makePlan(
    {
      address: HOST,
      ports: [[1, 200]],
      expectedOpen: [[110, 110]],
      canary: 110,
      onLink: true,
      ...more,
    },
    { perHost: 3000, total: 3000, ...pace },
  );

for (const engine of ['connect', 'syn'])
  describe(`the ${engine} engine between two namespaces`, function () {
    this.timeout(60_000);
    let pair: NamespacePair;
    before(async function () {
      needNamespaces(this);
      pair = await joinNamespaces({ 22: 'waits', 25: 'closes', 110: 'speaks' });
    });
    afterEach(() => pair?.filter([]));
    after(() => pair?.down());

    for (const unprivileged of engine === 'connect' ? [false, true] : [false]) {
      it(`sees who denies and how, ${unprivileged ? 'as an ordinary user' : 'as root'}`, async () => {
        await pair.filter([
          'tcp dport 50-59 drop',
          'tcp dport 60-69 reject with icmp type admin-prohibited',
          'tcp dport 70-79 reject with icmp type host-prohibited',
          'tcp dport 80-89 reject with icmp type net-prohibited',
          'tcp dport 90-99 reject with icmp type host-unreachable',
          'tcp dport 100-109 reject with icmp type port-unreachable',
        ]);
        const evidence = await pair.scan(
          { ...plan({}), vantageAddress: SCANNER },
          { engine, settings: QUICK, unprivileged },
        );
        const target = evidence.targets[0];
        expect(evidence.completeness).to.deep.equal({ kind: 'complete' });
        expect(evidence.box).to.deep.equal({
          address: SCANNER,
          interface: 'eth0',
          gateway: null,
          onLink: true,
          behindNat: null,
        });
        expect(statesOf(target)).to.deep.equal([
          'closed rst: 1-21, 23-24, 26-49, 111-200',
          'filtered icmp 3/10: 70-79',
          'filtered icmp 3/13: 60-69',
          'filtered icmp 3/9: 80-89',
          'filtered timeout: 50-59',
          'open syn-ack: 22, 110',
          'unreachable icmp 3/1: 90-99',
          'unreachable icmp 3/3: 100-109',
          'wrapped eof: 25',
        ]);
        expect(observed(target, 60)?.icmp).to.deep.equal({ type: 3, code: 13, from: HOST });
        expect(observed(target, 70)?.icmp).to.deep.equal({ type: 3, code: 10, from: HOST });
        expect(observed(target, 80)?.icmp).to.deep.equal({ type: 3, code: 9, from: HOST });
        expect(observed(target, 90)?.icmp).to.deep.equal({ type: 3, code: 1, from: HOST });
        expect(observed(target, 100)?.icmp).to.deep.equal({ type: 3, code: 3, from: HOST });
      });
    }

    it('calls no live port filtered when one packet in fifty is lost each way', async () => {
      await pair.filter(['tcp dport 1-2000 numgen random mod 50 == 0 drop', 'tcp dport 1001-1100 drop']);
      const evidence = await pair.scan(plan({ ports: [[1, 2000]] }), { engine, settings: QUICK });
      const filtered = evidence.targets[0]!.observations.filter((o) => o.state === 'filtered');
      expect(toRanges(filtered.flatMap((o) => o.ports))).to.deep.equal([[1001, 1100]]);
      for (const port of [22, 110]) expect(observed(evidence.targets[0], port)?.state).to.equal('open');
    });

    it('ends incomplete, and keeps no silence, when the host blocks it midway', async () => {
      const running = pair.startScan(
        plan(
          { ports: [[1, 4000]], first: [22, 25, 110] },
          { perHost: 400, total: 400, overrideCeiling: false },
        ),
        { engine, settings: QUICK },
      );
      await new Promise((resolve) => setTimeout(resolve, 4000));
      await pair.filter([`ip saddr ${SCANNER} drop`]);
      const evidence = await running.evidence;
      expect(evidence.completeness.kind).to.equal('incomplete');
      expect(evidence.completeness.kind === 'incomplete' && evidence.completeness.reason).to.match(
        /port 110, the canary, is silent: it answered last at 20\d\d-.*may have been blocked/,
      );
      const states = new Set(evidence.targets[0]!.observations.map((o) => o.state));
      expect([...states].sort()).to.deep.equal(['closed', 'open', 'unobserved', 'wrapped']);
    });

    it('takes an address that nobody has for unreachable or silent, never for closed', async () => {
      const evidence = await pair.scan(
        plan({ address: '198.51.100.77', ports: [[1, 10]], canary: null, expectedOpen: [] }),
        { engine, settings: QUICK },
      );
      for (const o of evidence.targets[0]!.observations) {
        expect(o.state).to.be.oneOf(['filtered', 'unreachable']);
        expect(o.icmp, "our own kernel's word is no router's").to.equal(null);
      }
    });

    it('survives a limit of open files far below its wish', async () => {
      await pair.filter(['tcp dport 150-180 drop']);
      const evidence = await pair.scan(plan({ ports: [[1, 250]] }), {
        engine,
        settings: { ...QUICK, maxSockets: 3 },
      });
      expect(evidence.completeness).to.deep.equal({ kind: 'complete' });
      expect(observed(evidence.targets[0], 30)?.state).to.equal('closed');
      expect(observed(evidence.targets[0], 170)?.state).to.equal('filtered');
    });
  });

describe('a native engine at full speed', function () {
  this.timeout(120_000);
  const OPEN = [22, 25, 110, 143, 514];
  let pair: NamespacePair;
  before(async function () {
    needNamespaces(this);
    pair = await joinNamespaces({ 22: 'waits', 25: 'closes', 110: 'speaks', 143: 'speaks', 514: 'speaks' });
  });
  after(() => pair?.down());
  const sweep = (pace: number, more: object = {}) =>
    plan({ ports: [[1, 65535]], expectedOpen: rangesOf(OPEN), ...more }, { perHost: pace, total: pace });
  const accept = 'tcp dport { 22, 25, 110, 143, 514 } accept';

  const worlds: readonly (readonly [name: string, rules: string[], others: string])[] = [
    ['a closed host', [], 'closed'],
    ['a silent host', [accept, 'meta l4proto tcp drop'], 'filtered'],
    ['a host that says no', [accept, 'meta l4proto tcp reject with icmp type admin-prohibited'], 'filtered'],
    ['a closed host, one packet in a hundred lost', ['numgen random mod 100 == 0 drop'], 'closed'],
    [
      'a silent host, one packet in twenty lost',
      ['numgen random mod 20 == 0 drop', accept, 'meta l4proto tcp drop'],
      'filtered',
    ],
    [
      'a closed host behind a policer of 10,000 SYNs a second',
      ['tcp flags syn limit rate over 10000/second burst 100 packets drop'],
      'closed',
    ],
  ];
  const sweepWith = async (engine: string, rules: readonly string[], others: string) => {
    await pair.filter(rules);
    const evidence = await pair.scan(sweep(40_000), { engine, settings: { holdMs: 300 } });
    expect(evidence.completeness).to.deep.equal({ kind: 'complete' });
    const found = new Map<string, PortSet>();
    for (const o of evidence.targets[0]!.observations) {
      expect(o.tainted, formatRanges(o.ports)).to.equal(null);
      found.set(o.state, unionRanges(found.get(o.state) ?? [], o.ports));
    }
    expect(Object.fromEntries(found)).to.deep.equal({
      open: rangesOf(OPEN.filter((p) => p !== 25)),
      wrapped: [[25, 25]],
      [others]: subtractRanges([[1, 65535]], rangesOf(OPEN)),
    });
  };
  for (const [name, rules, others] of worlds) {
    it(`tells all 65,535 ports of ${name}`, () => sweepWith('syn', rules, others));
  }
  // What only the canary that it asks by handshakes can govern.
  for (const [name, rules, others] of worlds.filter(([name]) => /silent host$|policer/.test(name))) {
    it(`tells all 65,535 ports of ${name}, by connect()`, () => sweepWith('connect', rules, others));
  }

  it('notices within a moment that it is blocked, and keeps no silence of that time', async () => {
    await pair.filter([]);
    const running = pair.startScan(sweep(4000), { engine: 'syn', settings: QUICK });
    await new Promise((resolve) => setTimeout(resolve, 4000));
    await pair.filter([`ip saddr ${SCANNER} drop`]);
    const evidence = await running.evidence;
    expect(evidence.completeness.kind === 'incomplete' && evidence.completeness.reason).to.match(
      /the canary, is silent: it answered last at/,
    );
    const states = new Set(evidence.targets[0]!.observations.map((o) => o.state));
    expect([...states])
      .to.include.members(['closed', 'unobserved'])
      .and.not.to.include('filtered');
  });

  it('stays at a thousand a second where no canary can guide it', async () => {
    await pair.filter([accept, 'meta l4proto tcp drop']);
    const started = Date.now();
    const evidence = await pair.scan(sweep(40_000, { canary: null, ports: [[1, 3000]] }), {
      engine: 'syn',
      settings: { ...QUICK, lateListenMs: 500 },
    });
    expect(Date.now() - started, 'two tries of 3,000 ports').to.be.greaterThan(5000);
    expect(observed(evidence.targets[0], 2000)).to.include({
      state: 'filtered',
      tainted: 'no canary from here',
    });
  });
});
