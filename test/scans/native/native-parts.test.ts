import { expect } from 'chai';
import fc from 'fast-check';
import { createKeyedHash } from '../../../scans/native/keyed-hash.ts';
import { RapidCanaryLog } from '../../../scans/native/rapid-canary.ts';
import {
  layOutSyn,
  readIcmpReply,
  readTcpReply,
  SYN_LENGTH,
  writeSyn,
} from '../../../scans/native/tcp-packet.ts';
import { createRampPace } from '../../../scans/pace/ramp-pace.ts';
import { seededRandom } from '../schedule/simulated-network.ts';

/** RFC 1071, the slow way: over the pseudo header and the segment the words must sum up to all ones. */
function sumsUp(segment: Buffer, source: number, destination: number): boolean {
  const pseudo = Buffer.alloc(12);
  pseudo.writeUInt32BE(source, 0);
  pseudo.writeUInt32BE(destination, 4);
  pseudo[9] = 6;
  pseudo.writeUInt16BE(segment.length, 10);
  const all = Buffer.concat([pseudo, segment]);
  let sum = 0;
  for (let i = 0; i < all.length; i += 2) {
    sum += all.readUInt16BE(i);
    sum = (sum & 0xffff) + (sum >>> 16);
  }
  return sum === 0xffff;
}

const viewOf = (bytes: Buffer): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const u32 = fc.integer({ min: 0, max: 0xffffffff });
const u16 = fc.integer({ min: 0, max: 0xffff });

describe('a SYN packet', () => {
  it('carries its fields, a valid checksum and the options of an ordinary system', () => {
    fc.assert(
      fc.property(
        u32,
        u32,
        u16,
        u16,
        u32,
        u32,
        (source, destination, sourcePort, destinationPort, sequence, timestamp) => {
          const bytes = Buffer.alloc(SYN_LENGTH + 7, 0xaa);
          const view = viewOf(bytes);
          layOutSyn(view, 7, 61);
          writeSyn(view, 7, { source, destination, sourcePort, destinationPort, sequence, timestamp });
          expect([...bytes.subarray(7, 17)]).to.deep.equal([0x45, 0, 0, 60, 0, 0, 0x40, 0, 61, 6]);
          expect([bytes.readUInt32BE(19), bytes.readUInt32BE(23)]).to.deep.equal([source, destination]);
          const segment = bytes.subarray(27);
          expect(sumsUp(segment, source, destination)).to.equal(true);
          expect([segment.readUInt16BE(0), segment.readUInt16BE(2), segment.readUInt32BE(4)]).to.deep.equal([
            sourcePort,
            destinationPort,
            sequence,
          ]);
          expect(segment.readUInt32BE(28)).to.equal(timestamp);
          expect(segment[13], 'SYN alone').to.equal(2);
          expect(segment[12]! >> 4, 'header words').to.equal(10);
          expect([...segment.subarray(20, 28)]).to.deep.equal([2, 4, 5, 180, 4, 2, 8, 10]);
          expect([...segment.subarray(36, 40)]).to.deep.equal([1, 3, 3, 7]);
        },
      ),
    );
  });
});

function ipPacket(protocol: number, payload: Buffer, headerWords = 5): Buffer {
  const header = Buffer.alloc(headerWords * 4);
  header[0] = 0x40 | headerWords;
  header[8] = 57;
  header[9] = protocol;
  header.writeUInt32BE(0xc0000223, 12);
  header.writeUInt32BE(0xc6336401, 16);
  return Buffer.concat([header, payload]);
}
function segment(flags: number): Buffer {
  const tcp = Buffer.alloc(20);
  tcp.writeUInt16BE(110, 0);
  tcp.writeUInt16BE(62_000, 2);
  tcp.writeUInt32BE(77, 8);
  tcp[13] = flags;
  return tcp;
}

describe('received packets', () => {
  it('are answers only with SYN and ACK, or with RST', () => {
    const kind = (flags: number) => {
      const packet = ipPacket(6, segment(flags));
      return readTcpReply(viewOf(packet), 0, packet.length)?.kind;
    };
    expect([0x12, 0x14, 0x04, 0x02, 0x10, 0x11, 0x18].map(kind)).to.deep.equal([
      'syn-ack',
      'rst',
      'rst',
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    const packet = ipPacket(6, segment(0x12), 8);
    expect(readTcpReply(viewOf(packet), 0, packet.length), 'IP options').to.deep.equal({
      kind: 'syn-ack',
      source: 0xc0000223,
      sourcePort: 110,
      destinationPort: 62_000,
      acknowledgement: 77,
      ttl: 57,
    });
  });

  it('tell from an ICMP whose packet it quotes', () => {
    const quote = ipPacket(6, segment(0x02).subarray(0, 8));
    const icmp = ipPacket(1, Buffer.concat([Buffer.from([3, 13, 0, 0, 0, 0, 0, 0]), quote]));
    expect(readIcmpReply(viewOf(icmp), 0, icmp.length)).to.include({
      type: 3,
      code: 13,
      from: 0xc0000223,
      protocol: 6,
      destination: 0xc6336401,
      sourcePort: 110,
      destinationPort: 62_000,
    });
  });

  it('may be cut or forged anywhere without harm', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 0, maxLength: 128 }), (octets) => {
        const bytes = Buffer.alloc(128);
        bytes.set(octets);
        readTcpReply(viewOf(bytes), 0, octets.length);
        readIcmpReply(viewOf(bytes), 0, octets.length);
      }),
    );
  });
});

describe('the keyed hash', () => {
  it('is the same for the same key and words, and another for others', () => {
    const hash = createKeyedHash(1, 2);
    expect(hash(3, 4, 5)).to.equal(createKeyedHash(1, 2)(3, 4, 5));
    const seen = new Set<number>();
    for (let port = 0; port < 65536; port++) seen.add(hash(0x7f000001, port, 0));
    expect(seen.size, 'distinct numbers of 65,536').to.be.greaterThan(65_500);
    const other = createKeyedHash(1, 3);
    let alike = 0;
    for (let port = 0; port < 65536; port++) if (hash(9, port, 0) === other(9, port, 0)) alike++;
    expect(alike).to.be.below(3);
    for (const value of seen) expect(value).to.be.within(0, 0xffffffff);
  });
});

describe('the rapid canary', () => {
  it('judges a stretch when all of it is answered, or after four round trips', () => {
    const log = new RapidCanaryLog(0, 100, { everyMs: 2, windowMs: 50 });
    const places: number[] = [];
    for (let now = 0; now < 50; now += 2) places.push(log.send(now));
    expect(log.judged(50)).to.deep.equal([]);
    for (const place of places) expect(log.answer(place, 63, 52)).to.equal(true);
    expect(log.answer(places[0]!, 63, 53), 'a second answer').to.equal(false);
    expect(log.judged(53)).to.deep.equal([
      { start: 0, end: 50, sent: 25, answered: 25, lastGood: 48, ttl: 63 },
    ]);
    log.send(60);
    expect(log.judged(140)).to.deep.equal([]);
    expect(log.judged(400)).to.deep.equal([
      { start: 60, end: 110, sent: 1, answered: 0, lastGood: null, ttl: 63 },
    ]);
  });

  it('does not catch up after a sleep', () => {
    const log = new RapidCanaryLog(0, 100, { everyMs: 2, windowMs: 50 });
    log.send(1000);
    expect(log.dueAt()).to.be.at.least(1000);
  });
});

describe('the ramp', () => {
  /** A path that lets `limit` a second through, besides losing some anyway. */
  const travel = (limit: number, loss: number, seconds: number) => {
    const ramp = createRampPace(60_000);
    const random = seededRandom(3);
    const waiting: { at: number; sent: number; answered: number }[] = [];
    const rates: number[] = [];
    for (let now = 0; now < seconds * 1000; now += 50) {
      const passes = Math.min(1, limit / ramp.rate()) * (1 - loss);
      let answered = 0;
      for (let i = 0; i < 25; i++) if (random() < passes) answered++;
      waiting.push({ at: now, sent: 25, answered });
      if (waiting.length > 2) {
        const { at, ...window } = waiting.shift()!;
        ramp.judge({ start: at, end: at + 50, lastGood: at, ttl: null, ...window }, now);
      }
      rates.push(ramp.rate());
    }
    return rates;
  };
  it('reaches the given pace within a second on a path that bears it', () => {
    expect(travel(Number.POSITIVE_INFINITY, 0, 1).at(-1)).to.equal(60_000);
  });
  it('grows by what shows the present pace only, and boldly only by many answers', () => {
    const ramp = createRampPace(1_000_000);
    const rateAfter = (start: number, now: number, sent = 25) => {
      ramp.judge({ start, end: start + 50, sent, answered: sent, lastGood: start, ttl: null }, now);
      return ramp.rate();
    };
    const paces = [
      [0, 150],
      [50, 200],
      [100, 250],
      [150, 300],
      [200, 350],
      [300, 450, 4],
    ] as const;
    expect(paces.map(([start, now, sent]) => rateAfter(start, now, sent))).to.deep.equal([
      40_000, 40_000, 40_000, 160_000, 160_000, 320_000,
    ]);
  });
  it('stays around what a policer lets through', () => {
    const rates = travel(10_000, 0, 20).slice(100);
    const mean = rates.reduce((a, b) => a + b) / rates.length;
    expect(mean).to.be.within(5000, 13_000);
  });
  it('is not frightened by loss that is there at any pace', () => {
    const rates = travel(Number.POSITIVE_INFINITY, 0.1, 20).slice(100);
    const mean = rates.reduce((a, b) => a + b) / rates.length;
    expect(mean).to.be.greaterThan(20_000);
  });
});
