import { expect } from 'chai';
import { observed, statesOf } from '../parsers/evidence-assertions.ts';
import { makePlan } from './make-plan.ts';
import { HOST, joinNamespaces, type NamespacePair, needNamespaces, SCANNER } from './namespaces.ts';

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

describe('the connect engine between two namespaces', function () {
  this.timeout(60_000);
  let pair: NamespacePair;
  before(async function () {
    needNamespaces(this);
    pair = await joinNamespaces({ 22: 'waits', 25: 'closes', 110: 'speaks' });
  });
  afterEach(() => pair?.filter([]));
  after(() => pair?.down());

  for (const unprivileged of [false, true]) {
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
        { engine: 'connect', settings: QUICK, unprivileged },
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
    const evidence = await pair.scan(plan({ ports: [[1, 2000]] }), { engine: 'connect', settings: QUICK });
    const filtered = evidence.targets[0]!.observations.filter((o) => o.state === 'filtered');
    expect(filtered.flatMap((o) => o.ports)).to.deep.equal([[1001, 1100]]);
    for (const port of [22, 110]) expect(observed(evidence.targets[0], port)?.state).to.equal('open');
  });

  it('ends incomplete, and keeps no silence, when the host blocks it midway', async () => {
    const running = pair.startScan(
      plan(
        { ports: [[1, 4000]], first: [22, 25, 110] },
        { perHost: 400, total: 400, overrideCeiling: false },
      ),
      { engine: 'connect', settings: QUICK },
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
      { engine: 'connect', settings: QUICK },
    );
    for (const o of evidence.targets[0]!.observations) {
      expect(o.state).to.be.oneOf(['filtered', 'unreachable']);
      expect(o.icmp, "our own kernel's word is no router's").to.equal(null);
    }
  });

  it('survives a limit of open files far below its wish', async () => {
    await pair.filter(['tcp dport 150-180 drop']);
    const evidence = await pair.scan(plan({ ports: [[1, 250]] }), {
      engine: 'connect',
      settings: { ...QUICK, maxSockets: 3 },
    });
    expect(evidence.completeness).to.deep.equal({ kind: 'complete' });
    expect(observed(evidence.targets[0], 30)?.state).to.equal('closed');
    expect(observed(evidence.targets[0], 170)?.state).to.equal('filtered');
  });
});
