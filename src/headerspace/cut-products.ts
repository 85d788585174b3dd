import { pushAll } from '../model/push-all.ts';
import type { AddressAlgebra, AddressSet } from './address-algebra.ts';
import type { AddressSets } from './address-sets.ts';
import type { Box } from './box.ts';
import { cutAwayFrom } from './cut-away.ts';
import {
  A_HI,
  A_LO,
  B_HI,
  B_LO,
  copyRow,
  DST,
  type FlatSpace,
  RowBuffer,
  type RowLayout,
  SRC,
} from './flat-space.ts';
import { mergeBoxes } from './merge-boxes.ts';
import { rowCoversApart } from './overlap-index.ts';

/** A row of a space whose addresses are sets: those in the row itself are the hulls of these. */
export interface Product {
  readonly words: Int32Array;
  readonly at: number;
  readonly source: AddressSet;
  readonly destination: AddressSet;
}

/** What products are told apart by. */
export interface ProductSpace {
  readonly space: FlatSpace;
  readonly algebra: AddressAlgebra;
}

/** The parts of an address set as bits of some words at the end of a row. */
interface PartBits {
  readonly parts: readonly AddressSet[];
  readonly from: number;
  readonly to: number;
}

const partBits = (parts: readonly AddressSet[], from: number): PartBits => ({
  parts,
  from,
  to: parts.length === 1 ? from : from + Math.ceil(parts.length / 32),
});

/**
 * Takes products away from one, all of them overlapping it, and answers what is left: disjoint products in few pieces, since
 * a set of addresses is cut in two where a box falls into as many as its wildcard has bits. Null where more than `most` pieces
 * are left.
 */
export function cutProducts(
  products: ProductSpace,
  whole: Product,
  cuts: readonly Product[],
  within: Box,
  most: number,
): readonly AddressSets[] | null {
  const left = takeEndsAway(products, whole, cuts);
  if (left === null) return [];
  return left.crossing.length === 0
    ? tellWhole(products, left.rest, within)
    : cutCrossing(products, left.rest, left.crossing, within, most);
}

/**
 * What those cuts leave that have all of the product but for some sources, or but for some destinations: one product, and
 * the cuts that cross it. Null: nothing.
 */
function takeEndsAway(
  { space, algebra }: ProductSpace,
  whole: Product,
  cuts: readonly Product[],
): { readonly rest: Product; readonly crossing: readonly Product[] } | null {
  let { source, destination } = whole;
  const crossing: Product[] = [];
  for (const cut of anyPortFirst(cuts)) {
    const isOfEnd = rowCoversApart(space, cut.words, cut.at, whole.words, whole.at);
    let left: AddressSet | null;
    if (isOfEnd && algebra.intersect(destination, cut.destination) === destination) {
      left = algebra.subtract(source, cut.source);
      source = left ?? source;
    } else if (isOfEnd && algebra.intersect(source, cut.source) === source) {
      left = algebra.subtract(destination, cut.destination);
      destination = left ?? destination;
    } else {
      crossing.push(cut);
      continue;
    }
    if (left === null) return null;
  }
  const stillCrosses = (cut: Product): boolean =>
    algebra.intersect(source, cut.source) !== null &&
    algebra.intersect(destination, cut.destination) !== null;
  return { rest: { ...whole, source, destination }, crossing: crossing.filter(stillCrosses) };
}

/** Lines with a group each ask for another port: what cuts all of them in the same order is worked out once. */
const anyPortFirst = (cuts: readonly Product[]): readonly Product[] => {
  const asksPort = ({ words, at }: Product): boolean =>
    words[at + A_LO] !== 0 ||
    words[at + A_HI] !== 65535 ||
    words[at + B_LO] !== 0 ||
    words[at + B_HI] !== 65535;
  return [...cuts.filter((cut) => !asksPort(cut)), ...cuts.filter(asksPort)];
};

function cutCrossing(
  { space, algebra }: ProductSpace,
  whole: Product,
  cuts: readonly Product[],
  within: Box,
  most: number,
): readonly AddressSets[] | null {
  const sources = partBits(
    algebra.partsToldApart(
      whole.source,
      cuts.map((cut) => cut.source),
    ),
    space.stride,
  );
  const destinations = partBits(
    algebra.partsToldApart(
      whole.destination,
      cuts.map((cut) => cut.destination),
    ),
    sources.to,
  );
  const layout: RowLayout = {
    stride: destinations.to,
    sets: [
      ...space.sets,
      ...[sources, destinations]
        .filter(({ from, to }) => to > from)
        .map(({ from, to }) => [from, to] as const),
    ],
  };
  const rows = new RowBuffer(layout.stride, cuts.length + 1);
  for (const product of [...cuts, whole]) {
    const at = rows.extend();
    copyRow(product.words, product.at, rows.words, at, space.stride);
    for (const field of [SRC, DST]) {
      // Addresses are told by their bits alone.
      rows.words[at + field] = 0;
      rows.words[at + field + 1] = -1;
    }
    writeBits(algebra, rows.words, at, sources, product.source);
    writeBits(algebra, rows.words, at, destinations, product.destination);
  }
  const pieces: Int32Array[] = [];
  const numbers = Int32Array.from(cuts, (_, i) => i);
  const result = cutAwayFrom(layout, rows.words).run(
    rows.words,
    cuts.length * layout.stride,
    numbers,
    cuts.length,
    (words, at) => {
      pieces.push(words.slice(at, at + layout.stride));
      return pieces.length <= most;
    },
  );
  if (result !== 'done') return null;
  return tellPieces({ space, algebra }, whole, { sources, destinations }, joinRows(pieces, layout), within);
}

function writeBits(
  algebra: AddressAlgebra,
  words: Int32Array,
  at: number,
  { parts, from, to }: PartBits,
  set: AddressSet,
): void {
  if (from === to) return;
  parts.forEach((part, i) => {
    if (algebra.intersect(part, set) !== null) words[at + from + (i >>> 5)]! |= 1 << (i & 31);
  });
}

/** Joins disjoint rows that differ in one set or one slot only, until none are left. */
function joinRows(pieces: readonly Int32Array[], { sets }: RowLayout): readonly Int32Array[] {
  let joined = pieces;
  for (let before = Number.POSITIVE_INFINITY; joined.length > 1 && joined.length < before; ) {
    before = joined.length;
    for (const [from, to] of sets) joined = joinAlong(joined, from, to, unite);
    for (const slot of [B_LO, A_LO]) joined = joinAlong(joined, slot, slot + 2, joinIntervals);
  }
  return joined;
}

/** Joins, in groups, the rows that are alike in all words but these. */
function joinAlong(
  rows: readonly Int32Array[],
  from: number,
  to: number,
  join: (alike: readonly Int32Array[], from: number, to: number) => readonly Int32Array[],
): readonly Int32Array[] {
  if (rows.length < 2) return rows;
  const groups = new Map<string, Int32Array[]>();
  for (const row of rows) {
    const key = `${row.subarray(0, from).join(' ')}|${row.subarray(to).join(' ')}`;
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  if (groups.size === rows.length) return rows;
  return [...groups.values()].flatMap((alike) => (alike.length === 1 ? alike : join(alike, from, to)));
}

function unite(alike: readonly Int32Array[], from: number, to: number): readonly Int32Array[] {
  const all = alike[0]!.slice();
  for (const row of alike) for (let w = from; w < to; w++) all[w]! |= row[w]!;
  return [all];
}

function joinIntervals(alike: readonly Int32Array[], lo: number): readonly Int32Array[] {
  const inOrder = [...alike].sort((a, b) => a[lo]! - b[lo]!);
  const joined: Int32Array[] = [];
  for (const row of inOrder) {
    const last = joined.at(-1);
    if (last !== undefined && last[lo + 1]! + 1 === row[lo]) last[lo + 1] = row[lo + 1]!;
    else joined.push(row.slice());
  }
  return joined;
}

function tellWhole({ space, algebra }: ProductSpace, whole: Product, within: Box): readonly AddressSets[] {
  const sources = algebra.tell([whole.source]);
  const destinations = algebra.tell([whole.destination]);
  const ends = { source: sources[0]!, destination: destinations[0]! };
  return space
    .decode(whole.words, whole.at, within)
    .map((box) => ({ box: { ...box, ...ends }, sources, destinations }));
}

/** Rows as boxes with sets of addresses; those with the same addresses are joined. */
function tellPieces(
  { space, algebra }: ProductSpace,
  whole: Product,
  parts: { readonly sources: PartBits; readonly destinations: PartBits },
  pieces: readonly Int32Array[],
  within: Box,
): readonly AddressSets[] {
  const groups = new Map<string, { readonly row: Int32Array; readonly boxes: Box[] }>();
  for (const row of pieces) {
    const key = row.subarray(space.stride).join(' ');
    const group = groups.get(key) ?? { row, boxes: [] };
    groups.set(key, group);
    pushAll(group.boxes, space.decode(row, 0, within));
  }
  return [...groups.values()].flatMap(({ row, boxes }) => {
    const sources = algebra.tell(setsIn(row, parts.sources, whole.source));
    const destinations = algebra.tell(setsIn(row, parts.destinations, whole.destination));
    const ends = { source: sources[0]!, destination: destinations[0]! };
    return mergeBoxes(boxes.map((box) => ({ ...box, ...ends }))).map((box) => ({
      box,
      sources,
      destinations,
    }));
  });
}

function setsIn(row: Int32Array, { parts, from }: PartBits, whole: AddressSet): readonly AddressSet[] {
  const chosen =
    parts.length === 1 ? parts : parts.filter((_, i) => ((row[from + (i >>> 5)]! >>> (i & 31)) & 1) === 1);
  return chosen.length === parts.length ? [whole] : chosen;
}
