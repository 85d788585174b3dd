import { countBelow } from './count-below.ts';
import {
  A_HI,
  A_LO,
  B_HI,
  B_LO,
  copyRow,
  DST,
  DST_FREE,
  type FlatSpace,
  SETS,
  SRC,
  SRC_FREE,
} from './flat-space.ts';
import { type OverlapIndex, type RowNumbers, rowCovers, rowsOverlap } from './overlap-index.ts';
import { bitCount, powerOfHalf, shareOf } from './share.ts';

/** Rows a leaf: small lists build faster with bigger leaves, big ones are asked more often than built. */
const leafSize = (count: number): number => (count < 20_000 ? 64 : 32);
const SAMPLE = 16;
const ODDS_SAMPLE = 256;
/** Coordinates of a row or node: low and high per axis. Addresses are shifted so that signed order is theirs. */
const COORDINATES = 8;
const SIGN = 0x80000000 | 0;

/** Node words after the coordinates: all kinds in 32 bits, lowest row, left child or first place, rows in it (0: inner). */
const N_KINDS = COORDINATES;
const N_FIRST = COORDINATES + 1;
const N_LINK = COORDINATES + 2;
const N_COUNT = COORDINATES + 3;
/** The widest of its rows: free source and destination bits, l4a and l4b width less one. */
const N_SRC_BITS = COORDINATES + 4;
const N_DST_BITS = COORDINATES + 5;
const N_A_WIDTH = COORDINATES + 6;
const N_B_WIDTH = COORDINATES + 7;
const NODE = COORDINATES + 8;

export interface TreeOptions {
  /** Rows a leaf at most. */
  readonly leaf?: number;
  /** Per row, the number that it goes by where `before` is asked about, and which row is lowest; null: its own. */
  readonly rank?: Int32Array | null;
}

/**
 * By a tree of bounding boxes.
 *
 * Each row is a point in the space of its own bounds (low and high of both addresses and both l4 slots), so a
 * split can part the narrow from the wide as well as the left from the right: the `any` lines that would
 * stretch every node gather in nodes of their own. Every node also knows its lowest row number, because a list
 * asks about earlier lines only, and its widest extents, because the question is often for the largest.
 *
 * Non-contiguous wildcards are bounded by their lowest and highest address and tested exactly in the leaves.
 */
export function treeOfRows(
  space: FlatSpace,
  rows: Int32Array,
  count: number,
  { leaf = leafSize(count), rank = null }: TreeOptions = {},
): OverlapIndex {
  const { stride } = space;
  const [kindFrom, kindTo] = space.sets[0]!;
  const none = new Uint8Array(count);
  const bounds = new Int32Array(count * COORDINATES);
  const kinds = new Int32Array(count);
  for (let row = 0; row < count; row++) {
    boundRow(rows, row * stride, bounds, row * COORDINATES);
    kinds[row] = foldKinds(rows, row * stride);
  }

  function foldKinds(words: Int32Array, at: number): number {
    let folded = 0;
    for (let w = kindFrom; w < kindTo; w++) folded |= words[at + w]!;
    return folded;
  }

  const order = new Int32Array(count);
  for (let i = 0; i < count; i++) order[i] = i;
  const nodes = new Int32Array(NODE * Math.max(1, 2 * count));
  let nodeCount = 0;
  let deepest = 0;
  const sample = new Int32Array(SAMPLE);
  const sortKeys = new Float64Array(SAMPLE);
  const costs = new Float64Array(SAMPLE);
  const reach = new Uint16Array(COORDINATES);
  if (count > 0) build();

  // The rows once more in the tree's order: a leaf's rows lie side by side in memory.
  const packed = new Int32Array(count * stride);
  for (let i = 0; i < count; i++) copyRow(rows, order[i]! * stride, packed, i * stride, stride);
  const ranks = rank === null ? order : order.map((row) => rank[row]!);

  /** Splits top-down; node 0 is the root, children lie side by side, behind their parent. */
  function build(): void {
    const odds = rowOdds(bounds, count);
    const waiting: number[] = [1, nodeCount++, 0, count];
    while (waiting.length > 0) {
      const to = waiting.pop()!;
      const from = waiting.pop()!;
      const node = waiting.pop()! * NODE;
      const depth = waiting.pop()!;
      deepest = Math.max(deepest, depth);
      const middle = to - from <= leaf ? from : split(from, to, odds);
      if (middle === from) {
        boundLeaf(node, from, to);
        nodes[node + N_LINK] = from;
        nodes[node + N_COUNT] = to - from;
        continue;
      }
      nodes[node + N_LINK] = nodeCount;
      nodes[node + N_COUNT] = 0;
      waiting.push(depth + 1, nodeCount + 1, middle, to, depth + 1, nodeCount, from, middle);
      nodeCount += 2;
    }
    for (let node = (nodeCount - 1) * NODE; node >= 0; node -= NODE)
      if (nodes[node + N_COUNT] === 0) boundInner(node, nodes[node + N_LINK]! * NODE);
  }

  function boundInner(node: number, left: number): void {
    const right = left + NODE;
    for (let c = 0; c < COORDINATES; c += 2) {
      nodes[node + c] = Math.min(nodes[left + c]!, nodes[right + c]!);
      nodes[node + c + 1] = Math.max(nodes[left + c + 1]!, nodes[right + c + 1]!);
    }
    nodes[node + N_KINDS] = nodes[left + N_KINDS]! | nodes[right + N_KINDS]!;
    nodes[node + N_FIRST] = Math.min(nodes[left + N_FIRST]!, nodes[right + N_FIRST]!);
    for (let w = N_SRC_BITS; w < NODE; w++) nodes[node + w] = Math.max(nodes[left + w]!, nodes[right + w]!);
  }

  function boundLeaf(node: number, from: number, to: number): void {
    for (let c = 0; c < COORDINATES; c += 2) {
      nodes[node + c] = 0x7fffffff;
      nodes[node + c + 1] = SIGN;
    }
    let first = 0x7fffffff;
    let all = 0;
    let srcBits = 0;
    let dstBits = 0;
    let aWidth = 0;
    let bWidth = 0;
    for (let i = from; i < to; i++) {
      const row = order[i]!;
      const at = row * COORDINATES;
      for (let c = 0; c < COORDINATES; c += 2) {
        if (bounds[at + c]! < nodes[node + c]!) nodes[node + c] = bounds[at + c]!;
        if (bounds[at + c + 1]! > nodes[node + c + 1]!) nodes[node + c + 1] = bounds[at + c + 1]!;
      }
      const number = rank === null ? row : rank[row]!;
      if (number < first) first = number;
      all |= kinds[row]!;
      const word = row * stride;
      srcBits = Math.max(srcBits, bitCount(rows[word + SRC_FREE]!));
      dstBits = Math.max(dstBits, bitCount(rows[word + DST_FREE]!));
      aWidth = Math.max(aWidth, rows[word + A_HI]! - rows[word + A_LO]!);
      bWidth = Math.max(bWidth, rows[word + B_HI]! - rows[word + B_LO]!);
    }
    nodes[node + N_KINDS] = all;
    nodes[node + N_FIRST] = first;
    nodes[node + N_SRC_BITS] = srcBits;
    nodes[node + N_DST_BITS] = dstBits;
    nodes[node + N_A_WIDTH] = aWidth;
    nodes[node + N_B_WIDTH] = bWidth;
  }

  /**
   * Parts order[from..to) in two where a sample of it says that the fewest rows will be looked at in vain, and
   * answers where the second part begins; `from` when nothing tells the rows apart.
   */
  function split(from: number, to: number, odds: Uint16Array): number {
    const step = Math.max(1, (to - from) / SAMPLE);
    let size = 0;
    for (let x = from; x < to && size < SAMPLE; x += step) sample[size++] = order[Math.floor(x)]!;
    let best = Number.POSITIVE_INFINITY;
    let bestCoordinate = -1;
    let bestValue = 0;
    const keys = sortKeys.subarray(0, size);
    for (let c = 0; c < COORDINATES; c++) {
      // One number carries value and place in the sample, so that the plain numeric sort does.
      for (let i = 0; i < size; i++) keys[i] = bounds[sample[i]! * COORDINATES + c]! * SAMPLE + i;
      keys.sort();
      const valueAt = (i: number): number => Math.floor(keys[i]! / SAMPLE);
      if (valueAt(0) === valueAt(size - 1)) continue;
      reach.fill(0xffff);
      for (let i = 0; i < size; i++)
        costs[i] = widenedOdds(odds, sample[keys[i]! - valueAt(i) * SAMPLE]!) * (i + 1);
      reach.fill(0xffff);
      for (let i = size - 1; i > 0; i--) {
        const value = valueAt(i);
        const cost = costs[i - 1]! + widenedOdds(odds, sample[keys[i]! - value * SAMPLE]!) * (size - i);
        if (cost < best && value !== valueAt(i - 1)) {
          best = cost;
          bestCoordinate = c;
          bestValue = value;
        }
      }
    }
    if (bestCoordinate === -1) return splitByKinds(from, to);
    let left = from;
    for (let i = from; i < to; i++)
      if (bounds[order[i]! * COORDINATES + bestCoordinate]! < bestValue) swap(left++, i);
    return left;
  }

  /** Takes one more row into `reach` and answers how likely a row of the list meets the whole. */
  function widenedOdds(odds: Uint16Array, row: number): number {
    let product = 1;
    for (let c = 0; c < COORDINATES; c += 2) {
      const at = row * COORDINATES + c;
      if (odds[at]! < reach[c]!) reach[c] = odds[at]!;
      if (odds[at + 1]! < reach[c + 1]!) reach[c + 1] = odds[at + 1]!;
      product *= Math.max(1, ODDS_SAMPLE - reach[c]! - reach[c + 1]!);
    }
    return product;
  }

  /** Rows with the same bounds: part one protocol from the rest, else halve so that leaves stay small. */
  function splitByKinds(from: number, to: number): number {
    const first = kinds[order[from]!]!;
    let left = from;
    for (let i = from; i < to; i++) if (kinds[order[i]!] === first) swap(left++, i);
    return left < to ? left : (from + to) >>> 1;
  }

  function swap(i: number, j: number): void {
    const held = order[i]!;
    order[i] = order[j]!;
    order[j] = held;
  }

  const asked = new Int32Array(COORDINATES);
  let askedKinds = 0;
  // Whichever child is taken first, one sibling waits on each level.
  const stack = new Int32Array(deepest + 1);
  let looks = 0;

  function ask(words: Int32Array, at: number): void {
    boundRow(words, at, asked, 0);
    askedKinds = foldKinds(words, at);
    stack[0] = 0;
  }

  const misses = (node: number, before: number): boolean =>
    nodes[node + N_FIRST]! >= before ||
    nodes[node]! > asked[1]! ||
    nodes[node + 1]! < asked[0]! ||
    nodes[node + 2]! > asked[3]! ||
    nodes[node + 3]! < asked[2]! ||
    nodes[node + 4]! > asked[5]! ||
    nodes[node + 5]! < asked[4]! ||
    nodes[node + 6]! > asked[7]! ||
    nodes[node + 7]! < asked[6]! ||
    (nodes[node + N_KINDS]! & askedKinds) === 0;

  // The walk stands in each search: one that hands out leaf after leaf to all of them made lint of a firewall's list of
  // 100,000 lines a few hundredths slower (least of five runs, processor time), and nothing faster.
  function find(
    words: Int32Array,
    at: number,
    before: number,
    out: RowNumbers,
    skip: Uint8Array = none,
    limit = Number.POSITIVE_INFINITY,
  ): number {
    ask(words, at);
    let found = 0;
    for (let depth = nodeCount === 0 ? 0 : 1; depth > 0; ) {
      const node = stack[--depth]! * NODE;
      looks++;
      if (misses(node, before)) continue;
      const link = nodes[node + N_LINK]!;
      const size = nodes[node + N_COUNT]!;
      if (size === 0) {
        stack[depth++] = link + 1;
        stack[depth++] = link;
        continue;
      }
      looks += size;
      for (let i = link; i < link + size; i++) {
        if (ranks[i]! >= before) continue;
        const row = order[i]!;
        if (skip[row] === 1 || !rowsOverlap(space, words, at, packed, i * stride)) continue;
        if (found === limit) return found + 1;
        out.reserve(found + 1)[found++] = row;
      }
    }
    return found;
  }

  function findAny(words: Int32Array, at: number, before: number, skip: Uint8Array = none): number {
    ask(words, at);
    for (let depth = nodeCount === 0 ? 0 : 1; depth > 0; ) {
      const node = stack[--depth]! * NODE;
      looks++;
      if (misses(node, before)) continue;
      const link = nodes[node + N_LINK]!;
      const size = nodes[node + N_COUNT]!;
      if (size === 0) {
        stack[depth++] = link + 1;
        stack[depth++] = link;
        continue;
      }
      looks += size;
      for (let i = link; i < link + size; i++) {
        if (ranks[i]! >= before) continue;
        const row = order[i]!;
        if (skip[row] === 0 && rowsOverlap(space, words, at, packed, i * stride)) return row;
      }
    }
    return -1;
  }

  function findFirst(words: Int32Array, at: number, before: number, skip: Uint8Array = none): number {
    ask(words, at);
    let first = before;
    let lowest = -1;
    for (let depth = nodeCount === 0 ? 0 : 1; depth > 0; ) {
      const node = stack[--depth]! * NODE;
      if (misses(node, first)) continue;
      const link = nodes[node + N_LINK]!;
      const size = nodes[node + N_COUNT]!;
      if (size === 0) {
        const leftSooner = nodes[link * NODE + N_FIRST]! < nodes[(link + 1) * NODE + N_FIRST]!;
        stack[depth++] = leftSooner ? link + 1 : link;
        stack[depth++] = leftSooner ? link : link + 1;
        continue;
      }
      for (let i = link; i < link + size; i++) {
        if (ranks[i]! >= first) continue;
        const row = order[i]!;
        if (skip[row] === 1 || !rowsOverlap(space, words, at, packed, i * stride)) continue;
        first = ranks[i]!;
        lowest = row;
      }
    }
    return lowest;
  }

  /** Tells which part of the row at `at` a row of a node takes up at most. */
  function mostOf(words: Int32Array, at: number): (node: number) => number {
    const srcBits = bitCount(words[at + SRC_FREE]!);
    const dstBits = bitCount(words[at + DST_FREE]!);
    const aWidth = words[at + A_HI]! - words[at + A_LO]!;
    const bWidth = words[at + B_HI]! - words[at + B_LO]!;
    return (node) => {
      const fixed =
        Math.max(0, srcBits - nodes[node + N_SRC_BITS]!) + Math.max(0, dstBits - nodes[node + N_DST_BITS]!);
      let share = powerOfHalf(fixed);
      const aMost = nodes[node + N_A_WIDTH]!;
      const bMost = nodes[node + N_B_WIDTH]!;
      if (aMost < aWidth) share *= (aMost + 1) / (aWidth + 1);
      if (bMost < bWidth) share *= (bMost + 1) / (bWidth + 1);
      return share;
    };
  }

  function findLargest(words: Int32Array, at: number, before: number, skip: Uint8Array = none): number {
    ask(words, at);
    const bound = mostOf(words, at);
    let largest = -1;
    let lowest = -1;
    let best = 0;
    for (let depth = nodeCount === 0 ? 0 : 1; depth > 0; ) {
      const node = stack[--depth]! * NODE;
      looks++;
      if (misses(node, before)) continue;
      const most = bound(node);
      if (most < best || (most === best && nodes[node + N_FIRST]! > lowest)) continue;
      const link = nodes[node + N_LINK]!;
      const size = nodes[node + N_COUNT]!;
      if (size === 0) {
        const leftLarger = bound(link * NODE) >= bound((link + 1) * NODE);
        stack[depth++] = leftLarger ? link + 1 : link;
        stack[depth++] = leftLarger ? link : link + 1;
        continue;
      }
      looks += size;
      for (let i = link; i < link + size; i++) {
        if (ranks[i]! >= before) continue;
        const row = order[i]!;
        if (skip[row] === 1 || !rowsOverlap(space, words, at, packed, i * stride)) continue;
        const share = shareOf(space, words, at, packed, i * stride);
        if (share < best || (share === best && ranks[i]! > lowest)) continue;
        best = share;
        largest = row;
        lowest = ranks[i]!;
      }
    }
    return largest;
  }

  /** Whether no row of the node has all of what is asked about. */
  const coversNot = (node: number): boolean =>
    nodes[node]! > asked[0]! ||
    nodes[node + 1]! < asked[1]! ||
    nodes[node + 2]! > asked[2]! ||
    nodes[node + 3]! < asked[3]! ||
    nodes[node + 4]! > asked[4]! ||
    nodes[node + 5]! < asked[5]! ||
    nodes[node + 6]! > asked[6]! ||
    nodes[node + 7]! < asked[7]! ||
    (askedKinds & ~nodes[node + N_KINDS]!) !== 0;

  function findCovering(words: Int32Array, at: number, counts: (row: number) => boolean): number {
    ask(words, at);
    const bound = mostOf(words, at);
    for (let depth = nodeCount === 0 ? 0 : 1; depth > 0; ) {
      const node = stack[--depth]! * NODE;
      looks++;
      if (coversNot(node) || bound(node) < 1) continue;
      const link = nodes[node + N_LINK]!;
      const size = nodes[node + N_COUNT]!;
      if (size === 0) {
        stack[depth++] = link + 1;
        stack[depth++] = link;
        continue;
      }
      looks += size;
      for (let i = link; i < link + size; i++)
        if (rowCovers(space, packed, i * stride, words, at) && counts(order[i]!)) return order[i]!;
    }
    return -1;
  }

  return { find, findAny, findFirst, findLargest, findCovering, looks: () => looks };
}

function boundRow(words: Int32Array, at: number, into: Int32Array, to: number): void {
  into[to] = words[at + SRC]! ^ SIGN;
  into[to + 1] = (words[at + SRC]! | words[at + SRC_FREE]!) ^ SIGN;
  into[to + 2] = words[at + DST]! ^ SIGN;
  into[to + 3] = (words[at + DST]! | words[at + DST_FREE]!) ^ SIGN;
  for (let slot = A_LO; slot < SETS; slot++) into[to + slot] = words[at + slot]!;
}

/**
 * Per row and axis, out of ODDS_SAMPLE rows of the list: how many end before it begins, and how many begin after
 * it ends. A node misses the fewest that any of its rows misses, so these minima tell its odds of being met:
 * the list's own rows are what will be asked about.
 */
function rowOdds(bounds: Int32Array, count: number): Uint16Array {
  const columns = Array.from({ length: COORDINATES }, (_, c) =>
    Int32Array.from(
      { length: ODDS_SAMPLE },
      (_, i) => bounds[Math.floor((i * count) / ODDS_SAMPLE) * COORDINATES + c]!,
    ).sort(),
  );
  const odds = new Uint16Array(count * COORDINATES);
  for (let at = 0; at < odds.length; at += 2) {
    const c = at % COORDINATES;
    odds[at] = countBelow(columns[c + 1]!, bounds[at]!);
    odds[at + 1] = ODDS_SAMPLE - countBelow(columns[c]!, bounds[at + 1]! + 1);
  }
  return odds;
}
