import { expect } from 'chai';
import fc from 'fast-check';
import { boxContains, fullBox, makeBox } from '../../src/headerspace/box.ts';
import { mergeBoxes } from '../../src/headerspace/merge-boxes.ts';
import {
  allPackets,
  countPackets,
  countProjected,
  covers,
  disjoint,
  EMPTY_SET,
  intersect,
  isEmpty,
  type PacketSet,
  projectDestinationPorts,
  projectSources,
  sameSet,
  setContains,
  subtract,
  union,
  witness,
} from '../../src/headerspace/packet-set.ts';
import { formatIpv4, formatPattern, hostPattern, parseIpv4, prefixPattern } from '../../src/model/address.ts';
import { packetArbitrary, tries } from '../acl/lists.ts';
import { boxArbitrary } from './random-rows.ts';

const setArbitrary: fc.Arbitrary<PacketSet> = fc
  .array(boxArbitrary, { maxLength: 4 })
  .map((boxes) => disjoint(boxes));
const two = fc.tuple(setArbitrary, setArbitrary);

describe('packet sets', () => {
  it('obey the laws of sets', () => {
    fc.assert(
      fc.property(two, packetArbitrary, ([a, b], p) => {
        const inA = setContains(a, p);
        const inB = setContains(b, p);
        expect(setContains(intersect(a, b), p)).to.equal(inA && inB);
        expect(setContains(subtract(a, b), p)).to.equal(inA && !inB);
        expect(setContains(union(a, b), p)).to.equal(inA || inB);
      }),
      tries(300),
    );
  });

  it('count what they hold, each packet once', () => {
    fc.assert(
      fc.property(two, ([a, b]) => {
        const both = countPackets(intersect(a, b));
        expect(countPackets(subtract(a, b)) + both).to.equal(countPackets(a));
        expect(countPackets(union(a, b)) + both).to.equal(countPackets(a) + countPackets(b));
      }),
      tries(150),
    );
  });

  it('cover what they hold, and are the same when each covers the other', () => {
    fc.assert(
      fc.property(two, ([a, b]) => {
        expect(covers(union(a, b), a)).to.equal(true);
        expect(covers(a, b)).to.equal(isEmpty(subtract(b, a)));
        expect(sameSet(union(a, b), union(b, a))).to.equal(true);
        expect(sameSet(a, b)).to.equal(covers(a, b) && covers(b, a));
      }),
      tries(100),
    );
  });

  it('stay the same packets, apart, when merged', () => {
    fc.assert(
      fc.property(two, ([a, b]) => {
        const parts = [...intersect(a, b), ...subtract(a, b)];
        const merged = mergeBoxes(parts);
        expect(merged.length).to.be.at.most(Math.max(parts.length, 0));
        expect(countPackets(merged)).to.equal(countPackets(a));
        expect(covers(merged, a)).to.equal(true);
      }),
      tries(150),
    );
  });

  it('count every header a protocol can have', () => {
    const one = {
      source: hostPattern(1),
      destination: hostPattern(2),
      tos: [[0, 0]],
      ttl: [[64, 64]],
    } as const;
    const whole = { ...one, fragments: 'whole' } as const;
    expect(countPackets([makeBox({ ...whole, protocol: 17 })])).to.equal(65536n * 65536n);
    expect(countPackets([makeBox({ ...whole, protocol: 6 })])).to.equal(65536n * 65536n * 64n);
    expect(countPackets([makeBox({ ...whole, protocol: 1 })])).to.equal(65536n);
    expect(countPackets([makeBox({ ...whole, protocol: 2 })])).to.equal(16n);
    expect(countPackets([makeBox({ ...whole, protocol: 47 })])).to.equal(1n);
    expect(countPackets([makeBox({ ...one, fragments: 'non-initial', protocol: 6 })])).to.equal(1n);
    expect(countPackets(EMPTY_SET)).to.equal(0n);
  });
});

describe('countProjected', () => {
  const net = prefixPattern(parseIpv4('10.0.0.0')!, 24);
  const host = hostPattern(parseIpv4('192.0.2.25')!);

  it('counts addresses and ports', () => {
    const box = makeBox({ source: net, destination: host, protocol: 6, destinationPorts: [[25, 26]] });
    expect(countProjected(box)).to.equal(256n * 65536n * 2n);
  });

  it('counts addresses, types and codes of ICMP', () => {
    const box = makeBox({ source: net, destination: host, icmp: { type: 8, code: null } });
    expect(countProjected(box)).to.equal(256n * 256n);
  });

  it('counts addresses alone where there are neither, or where they are not said', () => {
    expect(countProjected(makeBox({ source: net, destination: host, protocol: 47 }))).to.equal(256n);
    expect(countProjected(makeBox({ source: net, destination: host, tos: [[0, 7]] }))).to.equal(256n);
    expect(countProjected(fullBox())).to.equal(2n ** 64n);
  });
});

describe('projections', () => {
  it('collect the ports of a set', () => {
    const set = [
      makeBox({ protocol: 6, destinationPorts: [[22, 25]] }),
      makeBox({
        protocol: 17,
        destinationPorts: [
          [26, 30],
          [53, 53],
        ],
      }),
    ];
    expect(projectDestinationPorts(set)).to.deep.equal([
      [22, 30],
      [53, 53],
    ]);
  });

  it('collect sources as disjoint patterns', () => {
    const set = ['10.0.0.0/8', '10.1.0.0/16', '192.0.2.0/24'].map((text) => {
      const [address, length] = text.split('/');
      return makeBox({ source: prefixPattern(parseIpv4(address!)!, Number(length)) });
    });
    expect(projectSources(set).map(formatPattern)).to.deep.equal([
      '10.0.0.0 0.255.255.255',
      '192.0.2.0 0.0.0.255',
    ]);
  });
});

describe('witness', () => {
  it('is a packet of the set', () => {
    fc.assert(
      fc.property(setArbitrary, (set) => {
        const packet = witness(set);
        if (isEmpty(set)) expect(packet).to.equal(null);
        else expect(set.some((box) => boxContains(box, packet!))).to.equal(true);
      }),
      tries(300),
    );
  });

  it('looks like what an ordinary client sends where the set allows it', () => {
    const packet = witness(allPackets())!;
    expect(packet).to.include({
      protocol: 6,
      tcpFlags: 2,
      ttl: 64,
      tosByte: 0,
      sourcePort: 49152,
      nonInitialFragment: false,
    });
    expect([formatIpv4(packet.source), formatIpv4(packet.destination)]).to.deep.equal([
      '198.51.100.1',
      '192.0.2.2',
    ]);
  });

  it('prefers a unicast address inside the network, not the network itself', () => {
    const packet = witness([makeBox({ source: prefixPattern(parseIpv4('10.2.0.0')!, 16), protocol: 17 })])!;
    expect(formatIpv4(packet.source)).to.equal('10.2.0.1');
  });

  it('takes what there is where nothing is ordinary', () => {
    const odd = makeBox({
      source: prefixPattern(parseIpv4('224.0.0.0')!, 4),
      protocol: 6,
      sourcePorts: [[0, 0]],
      destinationPorts: [[0, 0]],
      tcpFlags: { exactly: 41 },
      ttl: [[1, 1]],
    });
    expect(witness([odd])).to.include({ sourcePort: 0, destinationPort: 0, tcpFlags: 41, ttl: 1 });
  });
});
