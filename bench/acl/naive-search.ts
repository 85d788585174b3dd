import type { CompiledAcl } from '../../src/acl/compile.ts';
import type { Box } from '../../src/headerspace/box.ts';
import { indexKinds } from './kinds.ts';

/**
 * The peer to beat: plain box subtraction, witness first, cutting by the overlapping line with the largest share,
 * over a scan of all earlier lines. Written the straightforward way, with an object a box and a new array a
 * step; knows addresses, ports, protocols and fragments.
 */
interface Row {
  readonly src: readonly [value: number, free: number];
  readonly dst: readonly [value: number, free: number];
  readonly a: readonly [lo: number, hi: number];
  readonly b: readonly [lo: number, hi: number];
  readonly kinds: number;
}

/** Places, in list order, of the lines that no packet reaches which carries what they ask for. */
export function* findDeadNaively(
  compiled: CompiledAcl,
): Generator<{ readonly line: number; readonly dead: boolean }> {
  const kindsOf = indexKinds(compiled);
  const rowsOf = (boxes: readonly Box[]): Row[] => boxes.flatMap((box) => toRows(box, kindsOf(box)));
  const earlier: Row[] = [];
  for (const entry of compiled.entries) {
    const reaches = rowsOf(entry.asked).some((row) =>
      survives(
        row,
        earlier.filter((cut) => overlap(row, cut)),
      ),
    );
    yield { line: entry.index, dead: !reaches };
    earlier.push(...rowsOf(entry.must));
  }
}

const toRows = (box: Box, kinds: number): Row[] =>
  box.l4a.flatMap((a) =>
    box.l4b.map((b) => ({
      src: [box.source.address, box.source.wildcard],
      dst: [box.destination.address, box.destination.wildcard],
      a,
      b,
      kinds,
    })),
  );

const overlap = (x: Row, y: Row): boolean =>
  ((x.src[0] ^ y.src[0]) & ~(x.src[1] | y.src[1])) === 0 &&
  ((x.dst[0] ^ y.dst[0]) & ~(x.dst[1] | y.dst[1])) === 0 &&
  (x.kinds & y.kinds) !== 0 &&
  x.a[0] <= y.a[1] &&
  y.a[0] <= x.a[1] &&
  x.b[0] <= y.b[1] &&
  y.b[0] <= x.b[1];

function survives(row: Row, cuts: readonly Row[]): boolean {
  if (cuts.length === 0) return true;
  let best = cuts[0]!;
  let bestShare = 0;
  for (const cut of cuts) {
    const part = share(row, cut);
    if (part > bestShare) {
      best = cut;
      bestShare = part;
    }
  }
  if (bestShare === 1) return false;
  const parts = subtract(row, best).map((part) => ({ part, cuts: cuts.filter((cut) => overlap(part, cut)) }));
  parts.sort((x, y) => x.cuts.length - y.cuts.length);
  return parts.some((p) => survives(p.part, p.cuts));
}

const bits = (mask: number): number => {
  let count = 0;
  for (let rest = mask; rest !== 0; rest &= rest - 1) count++;
  return count;
};

const width = (x: readonly [number, number], y: readonly [number, number]): number =>
  (Math.min(x[1], y[1]) - Math.max(x[0], y[0]) + 1) / (x[1] - x[0] + 1);

const share = (row: Row, cut: Row): number =>
  2 ** -(bits(row.src[1] & ~cut.src[1]) + bits(row.dst[1] & ~cut.dst[1])) *
  width(row.a, cut.a) *
  width(row.b, cut.b) *
  (bits(row.kinds & cut.kinds) / bits(row.kinds));

function subtract(row: Row, cut: Row): Row[] {
  const out: Row[] = [];
  let rest = row;
  if (rest.kinds & ~cut.kinds) out.push({ ...rest, kinds: rest.kinds & ~cut.kinds });
  rest = { ...rest, kinds: rest.kinds & cut.kinds };
  for (const side of ['src', 'dst'] as const)
    for (let bit = 31; bit >= 0; bit--) {
      const mask = 1 << bit;
      if (!(rest[side][1] & mask) || cut[side][1] & mask) continue;
      const [value, free] = rest[side];
      const same = cut[side][0] & mask;
      out.push({ ...rest, [side]: [value | (same ^ mask), free & ~mask] });
      rest = { ...rest, [side]: [value | same, free & ~mask] };
    }
  for (const slot of ['a', 'b'] as const) {
    const [lo, hi] = rest[slot];
    if (lo < cut[slot][0]) out.push({ ...rest, [slot]: [lo, cut[slot][0] - 1] });
    if (hi > cut[slot][1]) out.push({ ...rest, [slot]: [cut[slot][1] + 1, hi] });
    rest = { ...rest, [slot]: [Math.max(lo, cut[slot][0]), Math.min(hi, cut[slot][1])] };
  }
  return out;
}
