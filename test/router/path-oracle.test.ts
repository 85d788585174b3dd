import { expect } from 'chai';
import fc from 'fast-check';
import { formatIpv4, hostPattern, toIpv4 } from '../../src/model/address.ts';
import { rangesHave } from '../../src/model/ports.ts';
import { intendedFlow, requestBox } from '../../src/exposure/intended.ts';
import { declaredIngress } from '../../src/router/ingress.ts';
import { tracePackets } from '../../src/router/trace.ts';
import { networkOf } from '../support/ask.ts';
import { withPorts } from '../../src/headerspace/box.ts';
import { configOf, HOSTS, OTHER_PORT, someNetwork } from './arbitrary-network.ts';
import { outcomes, replies, type SlowPacket, type SlowRouter, verdictOf } from './slow-path.ts';

/** Runs: enough to meet every combination of the few fields; more by hand, with ACLSCOPE_RUNS. */
const RUNS = Number(process.env.ACLSCOPE_RUNS ?? 400);
const PACKETS = 24;

const upInterfaces = (routers: readonly SlowRouter[]) =>
  routers.flatMap((router) => router.interfaces.map((i) => ({ router, interface: i })));

const somePacket: fc.Arbitrary<SlowPacket> = fc.record({
  source: fc.constantFrom(...HOSTS),
  destination: fc.constantFrom(...HOSTS),
  protocol: fc.constantFrom('tcp' as const, 'tcp' as const, 'udp' as const),
  sourcePort: fc.integer({ min: 0, max: OTHER_PORT }),
  destinationPort: fc.integer({ min: 0, max: OTHER_PORT }),
  answer: fc.constant(false),
});

const networkIn = (routers: readonly SlowRouter[]) =>
  networkOf(Object.fromEntries(routers.map((r) => [r.name, configOf(r)])));

const told = (routers: readonly SlowRouter[]): string => `\n${routers.map(configOf).join('\n')}`;

const describePacket = (p: SlowPacket): string =>
  `${p.protocol} ${formatIpv4(p.source)}:${p.sourcePort} -> ${formatIpv4(p.destination)}:${p.destinationPort}`;

describe('explain, against every possibility tried one by one', () => {
  it('gives the verdict and the reply of packets through random small networks', () => {
    fc.assert(
      fc.property(
        someNetwork,
        fc.array(fc.tuple(somePacket, fc.nat()), { minLength: 1, maxLength: PACKETS }),
        (routers, packets) => {
          const network = networkIn(routers);
          const places = upInterfaces(routers);
          for (const [packet, choice] of packets) {
            const at = places[choice % places.length]!;
            const ingress = declaredIngress(network, at.router.name, at.interface.name);
            const request = requestBox(
              packet.protocol,
              hostPattern(packet.source),
              hostPattern(packet.destination),
              [[packet.destinationPort, packet.destinationPort]],
            );
            const box = withPorts(request, { source: [[packet.sourcePort, packet.sourcePort]] });
            const trace = tracePackets(network, ingress, [box], { egress: null, declared: true });
            const all = outcomes(routers, at, packet);
            const where = `${describePacket(packet)} at ${at.router.name} ${at.interface.name}${told(routers)}`;
            expect(trace.verdict, where).to.equal(verdictOf(all));
            const arrived = all
              .filter((o) => o.passes && !o.own)
              .map((o) => (o.passes ? replies(routers, o) : []));
            if (all.every((o) => o.passes && !o.own))
              expect(trace.reply.verdict, `reply to ${where}`).to.equal(verdictOf(arrived.flat()));
          }
        },
      ),
      { numRuns: RUNS },
    );
  });
});

describe('intended, against every possibility tried one by one', () => {
  it('gives the ports that some source port reaches', () => {
    const ALL = Array.from({ length: OTHER_PORT + 1 }, (_, p) => p);
    fc.assert(
      fc.property(
        someNetwork,
        fc.array(fc.tuple(somePacket, fc.nat()), { minLength: 1, maxLength: 4 }),
        (routers, packets) => {
          const network = networkIn(routers);
          const places = upInterfaces(routers);
          for (const [packet, choice] of packets) {
            const at = places[choice % places.length]!;
            if (at.interface.nat === 'outside') continue;
            const { protocol } = packet;
            const flow = intendedFlow(
              network,
              {
                name: 'v',
                address: toIpv4(packet.source),
                sources: [hostPattern(packet.source)],
                ingress: declaredIngress(network, at.router.name, at.interface.name),
                ownSegment: false,
                declared: true,
              },
              { name: 't', address: toIpv4(packet.destination) },
              protocol,
            );
            for (const destinationPort of ALL) {
              const verdicts = ALL.map((sourcePort) =>
                verdictOf(outcomes(routers, at, { ...packet, sourcePort, destinationPort })),
              );
              const expected = verdicts.includes('permit')
                ? 'reachable'
                : verdicts.includes('undetermined')
                  ? 'undetermined'
                  : 'blocked';
              const got = (['reachable', 'undetermined', 'blocked'] as const).filter((set) =>
                rangesHave(flow[set], destinationPort),
              );
              expect(
                got,
                `${describePacket({ ...packet, destinationPort })} at ${at.interface.name}${told(routers)}`,
              ).to.deep.equal([expected]);
            }
          }
        },
      ),
      { numRuns: RUNS / 2 },
    );
  });
});
