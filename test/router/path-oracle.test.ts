import { expect } from 'chai';
import fc from 'fast-check';
import { intendedFlow, requestBox } from '../../src/exposure/intended.ts';
import { type Box, withPorts } from '../../src/headerspace/box.ts';
import { formatIpv4, hostPattern, toIpv4 } from '../../src/model/address.ts';
import { rangesHave } from '../../src/model/ports.ts';
import { declaredIngress, findIngress } from '../../src/router/ingress.ts';
import { tracePackets } from '../../src/router/trace.ts';
import { networkOf } from '../support/ask.ts';
import { configOf, HOSTS, OTHER_PORT, someNetwork } from './arbitrary-network.ts';
import {
  areNeighbours,
  entrances,
  type Outcome,
  outcomes,
  replies,
  type SlowPacket,
  type SlowRouter,
  verdictOf,
  type Where,
} from './slow-path.ts';

/** Runs: enough to meet every combination of the few fields; more by hand, with ACLSCOPE_RUNS. */
const RUNS = Number(process.env.ACLSCOPE_RUNS ?? 200);
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

/** Outcomes of what a prober sends for a host: from outside, to the address that stands for it there, which must lead to it. */
function reaching(routers: readonly SlowRouter[], at: Where, packet: SlowPacket): readonly Outcome[] {
  const rule =
    at.interface.nat === 'outside'
      ? at.router.statics.find((s) => s.local === packet.destination)
      : undefined;
  if (!rule) return outcomes(routers, at, packet);
  return outcomes(routers, at, { ...packet, destination: rule.global }).map((o) =>
    o.passes && o.packet.destination !== packet.destination ? { passes: false } : o,
  );
}

const boxOf = (p: SlowPacket): Box =>
  withPorts(
    requestBox(p.protocol, hostPattern(p.source), hostPattern(p.destination), [
      [p.destinationPort, p.destinationPort],
    ]),
    { source: [[p.sourcePort, p.sourcePort]] },
  );

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
            const trace = tracePackets(network, ingress, [boxOf(packet)], { egress: null, declared: true });
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

describe('explain without a declared entrance, against every possibility tried one by one', () => {
  it('gives the verdict that all entrances have in common', () => {
    fc.assert(
      fc.property(
        someNetwork,
        fc.array(somePacket, { minLength: 1, maxLength: PACKETS }),
        (routers, packets) => {
          const network = networkIn(routers);
          for (const packet of packets) {
            const ways = entrances(routers, packet.source);
            const near = areNeighbours(routers, packet.source, packet.destination);
            if (ways.length === 0 && !near) continue;
            const ingress = findIngress(network, toIpv4(packet.source));
            const trace = tracePackets(network, ingress, [boxOf(packet)], { egress: null, declared: false });
            const where = `${describePacket(packet)}${told(routers)}`;
            const expected = near ? 'permit' : verdictOf(ways.flatMap((at) => outcomes(routers, at, packet)));
            expect(trace.verdict, where).to.equal(expected);
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
                verdictOf(reaching(routers, at, { ...packet, sourcePort, destinationPort })),
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
