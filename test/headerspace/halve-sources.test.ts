import { expect } from 'chai';
import fc from 'fast-check';
import { rowsOf } from '../../src/acl/acl-rows.ts';
import { compileAcl } from '../../src/acl/compile.ts';
import { type Box, boxContains, makeBox } from '../../src/headerspace/box.ts';
import { RowBuffer } from '../../src/headerspace/flat-space.ts';
import { halveSources } from '../../src/headerspace/halve-sources.ts';
import { countPackets } from '../../src/headerspace/packet-set.ts';
import type { Ace, Acl } from '../../src/model/access-list.ts';
import { formatIpv4, hostPattern, parseIpv4, toIpv4 } from '../../src/model/address.ts';
import { makePacket, SYN } from '../../src/model/packet.ts';
import { ace, deny, listOf, NO_ENVIRONMENT, permit, ports, toPort, tries } from '../acl/lists.ts';
import { decideSlowly } from '../acl/slow-first-match.ts';

const WEB = parseIpv4('192.0.2.10')!;
const REQUESTS = makeBox({
  protocol: 6,
  destination: hostPattern(WEB),
  tcpFlags: { exactly: SYN },
  fragments: 'whole',
});
// The top bit, which makes words negative, one of a high octet, and two low ones apart.
const BITS = [2 ** 31, 2 ** 25, 4, 1];
const PORTS = [0, 21, 22, 23, 80, 65535];

const spread = (four: number): number => BITS.reduce((sum, bit, i) => sum + ((four >> i) & 1 ? bit : 0), 0);
const dotted = (value: number): string => formatIpv4(toIpv4(value));
const onlyThese = (free: number): string => dotted(2 ** 32 - 1 - spread(15) + spread(free));

const someLine: fc.Arbitrary<Ace> = fc
  .record({
    action: fc.constantFrom('permit' as const, 'deny' as const),
    value: fc.nat(15),
    free: fc.nat(15),
    host: fc.boolean(),
    from: fc.option(fc.constantFrom(ports('eq', 22), ports('gt', 22), ports('neq', 80)), { nil: undefined }),
    to: fc.option(fc.constantFrom(ports('eq', 22), ports('lt', 23), ports('range', 22, 80)), {
      nil: undefined,
    }),
  })
  .map(({ action, value, free, host, from, to }) =>
    ace(
      action,
      from || to ? 'tcp' : 'ip',
      // A host, or a pattern whose other bits are all free.
      host ? dotted(spread(value)) : `${dotted(spread(value))} ${onlyThese(free)}`,
      'any',
      { ...(from ? { sourcePorts: from } : {}), ...(to ? { destinationPorts: to } : {}) },
    ),
  );

/** Boxes by place in the list, or null where halving is refused. */
function sharesOf(acl: Acl, within: Box = REQUESTS): ReadonlyMap<number, readonly Box[]> | null {
  const rows = rowsOf(compileAcl(acl, NO_ENVIRONMENT));
  const query = new RowBuffer(rows.space.stride);
  rows.space.encode(within, query);
  const shares = new Map<number, readonly Box[]>();
  const list = {
    space: rows.space,
    words: rows.rows,
    numbers: Int32Array.from(rows.owner, (_, row) => row),
    owner: rows.owner,
    nobody: acl.entries.length,
  };
  return halveSources(list, query.words, 0, within, (owner, boxes) => shares.set(owner, boxes))
    ? shares
    : null;
}

describe('halving sources', () => {
  it('gives every packet to the first line that matches, and to one box of it', () => {
    fc.assert(
      fc.property(fc.array(someLine, { minLength: 1, maxLength: 12 }), (lines) => {
        const acl = listOf(...lines);
        const shares = sharesOf(acl)!;
        const boxes = [...shares].flatMap(([owner, own]) => own.map((box) => ({ owner, box })));
        expect(countPackets(boxes.map(({ box }) => box))).to.equal(countPackets([REQUESTS]));
        for (let value = 0; value < 32; value++)
          for (const sourcePort of PORTS)
            for (const destinationPort of PORTS) {
              const source = toIpv4(spread(value & 15) + (value >> 4) * 256);
              const packet = makePacket({
                source,
                destination: WEB,
                protocol: 6,
                sourcePort,
                destinationPort,
                tcpFlags: SYN,
              });
              const { line } = decideSlowly(acl, packet);
              const holding = boxes.filter(({ box }) => boxContains(box, packet)).map(({ owner }) => owner);
              expect(holding).to.deep.equal([line === -1 ? lines.length : line]);
            }
      }),
      tries(20),
    );
  });

  it('joins sources again where the ports asked about do not part them', () => {
    const shares = sharesOf(
      listOf(deny('tcp', '203.0.113.7', 'any', toPort(25)), permit('ip', 'any', 'any')),
    )!;
    const [deniedTo25] = shares.get(0)!;
    expect([deniedTo25!.source, deniedTo25!.l4b]).to.deep.equal([
      hostPattern(parseIpv4('203.0.113.7')!),
      [[25, 25]],
    ]);
    const others = shares.get(1)!;
    expect(others.filter((box) => box.l4b[0]![0] === 25)).to.have.length(32);
    expect(others.filter((box) => box.l4b[0]![0] !== 25).map((box) => box.l4b)).to.deep.equal([
      [
        [0, 24],
        [26, 65535],
      ],
    ]);
  });

  it('is refused where a line looks at more than source and ports', () => {
    const plain = [permit('tcp', '203.0.113.7', 'any', toPort(25))];
    const byTos = deny('ip', 'any', 'any', { tos: [{ kind: 'precedence', mask: 0xe0, value: 0xa0 }] });
    expect(sharesOf(listOf(...plain))).to.not.equal(null);
    expect(sharesOf(listOf(...plain, byTos))).to.equal(null);
    const anywhere = makeBox({ protocol: 6, tcpFlags: { exactly: SYN }, fragments: 'whole' });
    expect(sharesOf(listOf(...plain), anywhere)).to.not.equal(null);
    expect(sharesOf(listOf(permit('tcp', 'any', '192.0.2.25')), anywhere)).to.equal(null);
  });

  it('is refused where scattered wildcards would halve sources without end', () => {
    const eachBit = Array.from({ length: 30 }, (_, bit) =>
      permit('tcp', `${dotted(2 ** bit)} ${dotted(2 ** 32 - 1 - 2 ** bit)}`, 'any', toPort(bit + 1)),
    );
    expect(sharesOf(listOf(...eachBit.slice(0, 8)))).to.not.equal(null);
    expect(sharesOf(listOf(...eachBit))).to.equal(null);
  });
});
