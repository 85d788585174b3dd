import { expect } from 'chai';
import fc from 'fast-check';
import {
  type Box,
  boxContains,
  boxCovers,
  boxDestinationPorts,
  boxesOverlap,
  boxHasPorts,
  boxIcmp,
  boxOfPacket,
  boxProtocols,
  boxSourcePorts,
  boxTcpFlags,
  flagsMatching,
  fullBox,
  intersectBoxes,
  makeBox,
  sameBox,
  subtractBox,
  swapEnds,
  tryMakeBox,
  withDestination,
  withPorts,
  withSource,
} from '../../src/headerspace/box.ts';
import { countPackets } from '../../src/headerspace/packet-set.ts';
import { hostPattern, parseIpv4, prefixPattern } from '../../src/model/address.ts';
import { ACK, FIN, makePacket, type Packet, PSH, RST, SYN, URG } from '../../src/model/packet.ts';
import { packetArbitrary, tcpPacket, tries } from '../acl/lists.ts';
import { boxArbitrary } from './random-rows.ts';

const server = hostPattern(parseIpv4('192.0.2.25')!);
const packet = (fields: Partial<Packet> & Pick<Packet, 'protocol'>): Packet =>
  makePacket({ source: parseIpv4('203.0.113.7')!, destination: parseIpv4('192.0.2.25')!, ...fields });

describe('makeBox', () => {
  it('takes a port to mean whole packets of protocols that have ports', () => {
    const box = makeBox({ destinationPorts: [[25, 25]] });
    expect(boxProtocols(box)).to.deep.equal([6, 17, 132]);
    expect(boxContains(box, tcpPacket('203.0.113.7', '192.0.2.25', 25))).to.equal(true);
    expect(boxContains(box, tcpPacket('203.0.113.7', '192.0.2.25', 26))).to.equal(false);
    expect(boxContains(box, packet({ protocol: 47 }))).to.equal(false);
    expect(boxContains(box, packet({ protocol: 6, destinationPort: 25, nonInitialFragment: true }))).to.equal(
      false,
    );
  });

  it('takes an ICMP type without a code to mean every code', () => {
    const unreachable = makeBox({ icmp: { type: 3, code: null } });
    expect(boxContains(unreachable, packet({ protocol: 1, icmpType: 3, icmpCode: 13 }))).to.equal(true);
    expect(boxContains(unreachable, packet({ protocol: 1, icmpType: 4, icmpCode: 13 }))).to.equal(false);
    expect(boxIcmp(unreachable)).to.deep.equal({ types: [[3, 3]], codes: [[0, 255]] });
    const prohibited = makeBox({ icmp: { type: 3, code: 13 } });
    expect(boxContains(prohibited, packet({ protocol: 1, icmpType: 3, icmpCode: 13 }))).to.equal(true);
    expect(boxContains(prohibited, packet({ protocol: 1, icmpType: 3, icmpCode: 1 }))).to.equal(false);
  });

  it('keeps IGMP types apart', () => {
    const report = makeBox({ igmpType: 2 });
    expect(boxContains(report, packet({ protocol: 2, igmpType: 2 }))).to.equal(true);
    expect(boxContains(report, packet({ protocol: 2, igmpType: 1 }))).to.equal(false);
  });

  it('does not take source port 768 for ICMP type 3', () => {
    expect(
      boxesOverlap(makeBox({ sourcePorts: [[768, 1023]] }), makeBox({ icmp: { type: 3, code: null } })),
    ).to.equal(false);
  });

  it('knows that nothing has a port and no layer 4', () => {
    expect(tryMakeBox({ protocol: 47, destinationPorts: [[80, 80]] })).to.equal(null);
    expect(tryMakeBox({ protocol: 6, destinationPorts: [[80, 80]], fragments: 'non-initial' })).to.equal(
      null,
    );
    expect(tryMakeBox({ destinationPorts: [] })).to.equal(null);
    expect(() => makeBox({ protocol: 17, tcpFlags: { kind: 'established' } })).to.throw();
  });

  it('leaves fields that a packet lacks full, so that no box tells GRE packets apart by port', () => {
    const gre = packet({ protocol: 47 });
    expect(boxSourcePorts(boxOfPacket(gre))).to.deep.equal([[0, 65535]]);
    expect(countPackets([boxOfPacket(gre)])).to.equal(1n);
  });
});

describe('flagsMatching', () => {
  const holds = (flags: number, match: Parameters<typeof flagsMatching>[0]): boolean =>
    flagsMatching(match).some(([lo, hi]) => lo <= flags && flags <= hi);

  it('takes established as ACK or RST: probes without them are not', () => {
    for (const flags of [ACK, RST, SYN | ACK, RST | ACK, ACK | FIN])
      expect(holds(flags, { kind: 'established' })).to.equal(true);
    for (const flags of [SYN, FIN, 0, FIN | PSH | URG])
      expect(holds(flags, { kind: 'established' })).to.equal(false);
  });

  it('takes match-all as every condition and match-any as one', () => {
    const set = SYN;
    const clear = ACK;
    expect(holds(SYN, { kind: 'all', set, clear, explicit: true })).to.equal(true);
    expect(holds(SYN | ACK, { kind: 'all', set, clear, explicit: true })).to.equal(false);
    expect(holds(0, { kind: 'all', set, clear, explicit: true })).to.equal(false);
    expect(holds(SYN | ACK, { kind: 'any', set, clear, explicit: true })).to.equal(true);
    expect(holds(0, { kind: 'any', set, clear, explicit: true })).to.equal(true);
    expect(holds(ACK, { kind: 'any', set, clear, explicit: true })).to.equal(false);
  });
});

describe('rewriting', () => {
  it('changes addresses and ports alone', () => {
    const box = makeBox({ protocol: 6, destinationPorts: [[80, 80]], fragments: 'whole' });
    expect(withDestination(box, server)).to.deep.equal({ ...box, destination: server });
    expect(withSource(box, server)).to.deep.equal({ ...box, source: server });
    expect(boxDestinationPorts(withPorts(box, { destination: [[8080, 8080]] }))).to.deep.equal([
      [8080, 8080],
    ]);
    expect(boxSourcePorts(withPorts(box, { destination: [[8080, 8080]] }))).to.deep.equal([[0, 65535]]);
  });

  it('refuses ports where some packets have none', () => {
    expect(() => withPorts(fullBox(), { destination: [[80, 80]] })).to.throw();
    expect(boxHasPorts(makeBox({ protocol: 6 }))).to.equal(false);
    expect(boxHasPorts(makeBox({ protocol: [6, 17], fragments: 'whole' }))).to.equal(true);
  });

  it('sees the same packets from the other end', () => {
    const box = makeBox({ destination: server, protocol: 6, destinationPorts: [[80, 80]] });
    const swapped = swapEnds(box);
    expect(swapped.source).to.deep.equal(server);
    expect(boxSourcePorts(swapped)).to.deep.equal([[80, 80]]);
    expect(swapEnds(swapped)).to.deep.equal(box);
  });

  it('does not exchange ICMP type and code', () => {
    expect(boxIcmp(swapEnds(makeBox({ icmp: { type: 8, code: 0 } })))).to.deep.equal({
      types: [[8, 8]],
      codes: [[0, 0]],
    });
  });
});

describe('box algebra', () => {
  const pair = fc.tuple(boxArbitrary, boxArbitrary);

  it('parts a box into what lies inside another and what does not', () => {
    fc.assert(
      fc.property(pair, ([a, b]) => {
        const both = intersectBoxes(a, b);
        const rest = subtractBox(a, b);
        expect(both !== null).to.equal(boxesOverlap(a, b));
        expect(countPackets(rest) + countPackets(both ? [both] : [])).to.equal(countPackets([a]));
        for (const piece of rest) {
          expect(boxesOverlap(piece, b)).to.equal(false);
          expect(boxCovers(a, piece)).to.equal(true);
        }
        expect(boxCovers(b, a)).to.equal(rest.length === 0);
        expect(sameBox(a, b)).to.equal(subtractBox(a, b).length + subtractBox(b, a).length === 0);
      }),
      tries(500),
    );
  });

  it('contains a packet exactly when it overlaps the packet’s own box', () => {
    fc.assert(
      fc.property(boxArbitrary, packetArbitrary, (box, p) => {
        expect(boxesOverlap(box, boxOfPacket(p))).to.equal(boxContains(box, p));
        expect(boxContains(boxOfPacket(p), p)).to.equal(true);
        expect(countPackets([boxOfPacket(p)])).to.equal(1n);
      }),
      tries(500),
    );
  });

  it('keeps layer 4 to packets that carry it, whatever is cut away', () => {
    const wellFormed = (box: Box): boolean =>
      (box.l4a === fullBox().l4a && box.l4b === fullBox().l4b && boxTcpFlags(box) === null) ||
      box.fragments === 1 ||
      JSON.stringify([box.l4a, box.l4b, box.tcpFlags]) === '[[[0,65535]],[[0,65535]],[[0,63]]]';
    fc.assert(
      fc.property(boxArbitrary, fc.array(boxArbitrary, { maxLength: 4 }), (start, cuts) => {
        let rest: readonly Box[] = [start];
        for (const cut of cuts) rest = rest.flatMap((box) => subtractBox(box, cut)).slice(0, 200);
        for (const box of rest) expect(wellFormed(box)).to.equal(true);
      }),
      tries(100),
    );
  });

  it('cuts a prefix out of a wider one into one piece a bit', () => {
    const wide = makeBox({ source: prefixPattern(parseIpv4('10.0.0.0')!, 8) });
    const narrow = makeBox({ source: prefixPattern(parseIpv4('10.1.0.0')!, 16) });
    expect(subtractBox(wide, narrow)).to.have.length(8);
  });
});
