import { expect } from 'chai';
import { ENGINES } from '../../scans/engines.ts';
import { PAYLOAD_PORTS, payloadFor } from '../../scans/sockets/udp-payloads.ts';
import { observed, statesOf } from '../parsers/evidence-assertions.ts';
import { makePlan } from './make-plan.ts';
import { HOST, joinNamespaces, type NamespacePair, needNamespaces } from './namespaces.ts';

describe('UDP payloads', () => {
  it('are what their protocols define', () => {
    const dns = payloadFor(53);
    expect(dns.readUInt16BE(4), 'questions').to.equal(1);
    expect(dns.subarray(12).toString('hex'), 'root, NS, IN').to.equal('0000020001');
    expect(payloadFor(123)).to.have.length(48);
    expect(payloadFor(123)[0]! & 7, 'client mode').to.equal(3);
    const rpc = payloadFor(111);
    expect([rpc.readUInt32BE(4), rpc.readUInt32BE(8), rpc.readUInt32BE(12), rpc.length]).to.deep.equal([
      0, 2, 100_000, 40,
    ]);
    const snmp = payloadFor(161);
    expect(snmp[1]! + 2, 'the length it claims').to.equal(snmp.length);
    expect(payloadFor(137)).to.have.length(50);
    expect(payloadFor(40_000)).to.have.length(0);
    for (const port of PAYLOAD_PORTS) expect(payloadFor(port).length, `port ${port}`).to.be.within(1, 100);
  });
});

describe('UDP between two namespaces', function () {
  this.timeout(60_000);
  let pair: NamespacePair;
  before(async function () {
    needNamespaces(this);
    pair = await joinNamespaces({ 53: 'answers', 123: 'ignores' });
    await pair.filter(['udp dport 60-62 reject with icmp type admin-prohibited', 'udp dport 70-72 drop']);
  });
  after(() => pair?.down());
  for (const { id: engine } of ENGINES) {
    it(`is told honestly by ${engine}: silence is open|filtered`, async () => {
      const plan = makePlan(
        {
          address: HOST,
          protocol: 'udp',
          ports: [
            [50, 72],
            [123, 123],
          ],
          expectedOpen: [[53, 53]],
          canary: 53,
        },
        { perHost: 100, total: 100 },
      );
      const evidence = await pair.scan(plan, {
        engine,
        settings: { canaryRetryMs: 300, canaryPauseMs: 1000, expectedOpenSpanMs: 1000 },
      });
      expect(evidence.completeness).to.deep.equal({ kind: 'complete' });
      const target = evidence.targets[0];
      expect(target?.protocol).to.equal('udp');
      expect(observed(target, 53)?.state).to.equal('open');
      expect(observed(target, 55)?.state).to.equal('closed');
      for (const port of [70, 123]) {
        expect(observed(target, port), `port ${port}`).to.include({
          state: 'unobserved',
          reason: 'open|filtered',
        });
        expect(observed(target, port)?.confirmed).to.equal(false);
      }
      if (engine === 'net-socket') return;
      expect(observed(target, 61)).to.include({ state: 'filtered', reason: 'icmp' });
      expect(observed(target, 61)?.icmp).to.deep.equal({ type: 3, code: 13, from: HOST });
      expect(statesOf(target)).to.include('closed icmp 3/3: 50-52, 54-59, 63-69');
    });
  }
});
