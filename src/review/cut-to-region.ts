import { allBoxes, type BoxProduct, multiply } from '../acl/ace-boxes.ts';
import type { CompiledAcl, CompiledEntry } from '../acl/compile.ts';
import { hullOf } from '../headerspace/address-sets.ts';
import { type Box, boxCovers, boxesOverlap, sameBoxes } from '../headerspace/box.ts';
import { type AddressPattern, hostPattern, patternKey, patternsOverlap } from '../model/address.ts';

/**
 * The addresses of a list's boxes in rows of five words: source and destination with their wildcards, and the entry. A
 * line with object groups takes one row, which spans its members.
 * A review cuts the same list to hundreds of regions, and addresses alone rule out nearly every line.
 */
interface AddressRows {
  readonly words: Int32Array;
  readonly rows: number;
}

const WIDTH = 5;
const known = new WeakMap<readonly CompiledEntry[], AddressRows>();

function addressRows(entries: readonly CompiledEntry[]): AddressRows {
  let rows = known.get(entries);
  if (rows) return rows;
  rows = layOut(entries);
  known.set(entries, rows);
  return rows;
}

function layOut(entries: readonly CompiledEntry[]): AddressRows {
  let count = 0;
  for (const entry of entries) count += entry.product ? 1 : entry.may.length;
  const words = new Int32Array(count * WIDTH);
  let row = 0;
  entries.forEach((entry, index) => {
    if (entry.product) writeRow(words, row++, spanOf(entry.product), index);
    else for (const box of entry.may) writeRow(words, row++, box, index);
  });
  return { words, rows: count };
}

type Ends = Pick<Box, 'source' | 'destination'>;

function writeRow(words: Int32Array, row: number, { source, destination }: Ends, entry: number): void {
  const at = row * WIDTH;
  words[at] = source.address;
  words[at + 1] = source.wildcard;
  words[at + 2] = destination.address;
  words[at + 3] = destination.wildcard;
  words[at + 4] = entry;
}

const spanOf = ({ sources, destinations }: BoxProduct): Ends => ({
  source: spanOfMembers(sources),
  destination: spanOfMembers(destinations),
});

const spans = new WeakMap<readonly AddressPattern[], AddressPattern>();

/** Lines by the hundred name the same group, whose members are one array. An empty one spans some address that no box has. */
function spanOfMembers(members: readonly AddressPattern[]): AddressPattern {
  let span = spans.get(members);
  if (!span) {
    span = members.length === 0 ? hostPattern(0) : hullOf(members);
    spans.set(members, span);
  }
  return span;
}

/**
 * Lays a list out that begins with `head` and ends with `tail` entries of one that is laid out already, but for those at
 * the places `again`, which were compiled anew.
 */
export function inheritAddressRows(
  base: readonly CompiledEntry[],
  entries: readonly CompiledEntry[],
  { head, tail }: { readonly head: number; readonly tail: number },
  again: readonly number[],
): void {
  const old = known.get(base);
  if (!old) return;
  const isInHead = (place: number): boolean => place < head;
  const isInTail = (place: number): boolean => place >= entries.length - tail;
  const anew = again.filter((place) => isInHead(place) || isInTail(place));
  const wasOneRow = (place: number): boolean =>
    base[isInHead(place) ? place : place + base.length - entries.length]!.product !== undefined;
  if (!anew.every((place) => entries[place]!.product !== undefined && wasOneRow(place))) return;
  const middle = layOut(entries.slice(head, entries.length - tail));
  const first = old.words.subarray(0, rowOf(old, head) * WIDTH);
  const last = old.words.subarray(rowOf(old, base.length - tail) * WIDTH);
  const words = new Int32Array(first.length + middle.words.length + last.length);
  words.set(first);
  words.set(middle.words, first.length);
  words.set(last, first.length + middle.words.length);
  const shift = (from: number, to: number, by: number): void => {
    for (let at = from + WIDTH - 1; at < to; at += WIDTH) words[at] = words[at]! + by;
  };
  shift(first.length, first.length + middle.words.length, head);
  shift(first.length + middle.words.length, words.length, entries.length - base.length);
  const laidOut = { words, rows: words.length / WIDTH };
  for (const place of anew) writeRow(words, rowOf(laidOut, place), spanOf(entries[place]!.product!), place);
  known.set(entries, laidOut);
}

/** The first row of an entry. */
function rowOf({ words, rows }: AddressRows, entry: number): number {
  let lo = 0;
  let hi = rows;
  while (lo < hi) {
    const middle = (lo + hi) >>> 1;
    if (words[middle * WIDTH + WIDTH - 1]! < entry) lo = middle + 1;
    else hi = middle;
  }
  return lo;
}

/** Up to so many entries are looked at one by one: less work than laying their addresses out. */
const FEW = 64;

/**
 * The same decisions for packets of the region, by the lines that can have a say there. Of a line of many boxes, as one
 * with an object group is, those boxes alone.
 */
export const cutToRegion = (list: CompiledAcl, region: readonly Box[]): CompiledAcl =>
  new RegionCuts(region).cut(list);

/** One list that was cut: where in it the kept entries stand. */
interface Cut {
  readonly list: CompiledAcl;
  readonly part: CompiledAcl;
  readonly places: readonly number[];
}

/** So many lists that were cut are remembered: the states before and after a command, and both ends of the change. */
const REMEMBERED = 4;

/** Cuts several lists to one region. States of one list begin alike: that much of them is cut once. */
export class RegionCuts {
  private readonly groups: readonly SameAddresses[];
  private readonly members: NearMembers;
  private known: readonly Cut[] = [];
  /** What the region sees of entries that several lists have; null: nothing. */
  private readonly parts = new Map<CompiledEntry, CompiledEntry | null>();

  constructor(region: readonly Box[]) {
    this.groups = groupByAddresses(region);
    this.members = new NearMembers(this.groups);
  }

  /** As `cutToRegion` does. */
  cut(list: CompiledAcl): CompiledAcl {
    if (list.entries.length === 0) return list;
    const known = this.known.find((cut) => cut.list === list);
    if (known) return known.part;
    const made = this.make(list);
    this.known = [made, ...this.known.slice(0, REMEMBERED - 1)];
    return made.part;
  }

  private make(list: CompiledAcl): Cut {
    const { entries } = list;
    const { cut: like, head } = this.mostAlike(entries);
    const places = like?.places.slice(0, placesBefore(like.places, head)) ?? [];
    const kept = like?.part.entries.slice(0, places.length) ?? [];
    for (const place of nearEntries(entries, this.groups, head)) {
      const part = this.partOf(entries[place]!, kept.length);
      if (part === null) continue;
      kept.push(part);
      places.push(place);
    }
    return { list, part: { ...list, entries: kept }, places };
  }

  /** The known cut of the list that has the most entries at its head in common with this one, and how many these are. */
  private mostAlike(entries: readonly CompiledEntry[]): { readonly cut: Cut | null; readonly head: number } {
    let best: { readonly cut: Cut | null; readonly head: number } = { cut: null, head: 0 };
    for (const cut of this.known) {
      const other = cut.list.entries;
      const most = Math.min(other.length, entries.length);
      let head = 0;
      while (head < most && other[head] === entries[head]) head++;
      if (head > best.head) best = { cut, head };
    }
    return best;
  }

  /** What the region sees of an entry, for the place `index` of a part; null: nothing. */
  private partOf(entry: CompiledEntry, index: number): CompiledEntry | null {
    const known = this.parts.get(entry);
    if (known !== undefined) return known === null || known.index === index ? known : movedTo(known, index);
    const part = this.makePart(entry, index);
    this.parts.set(entry, part);
    return part;
  }

  private makePart(entry: CompiledEntry, index: number): CompiledEntry | null {
    const { groups, members } = this;
    const product = entry.product && members.part(entry.product);
    if (product && product !== entry.product) return narrowedProduct(entry, product, groups, index);
    const may = touching(entry.may, groups);
    return may.length > 0 ? narrowed(entry, may, groups, index) : null;
  }
}

/** Told field by field: of entries by the hundred thousand, spreading takes longer than all else. */
const movedTo = (
  { entry, action, must, may, asked, reason, cause, product }: CompiledEntry,
  index: number,
): CompiledEntry => ({ entry, index, action, must, may, asked, reason, cause, product });

/** How many of the ascending places stand before this one. */
function placesBefore(places: readonly number[], end: number): number {
  const first = places.findIndex((place) => place >= end);
  return first === -1 ? places.length : first;
}

/** Boxes with the same addresses: one look at these speaks for all. */
type SameAddresses = readonly [Box, ...Box[]];

function groupByAddresses(region: readonly Box[]): readonly SameAddresses[] {
  const [first] = region;
  if (first !== undefined && region.length === 1) return [[first]];
  const groups = new Map<string, [Box, ...Box[]]>();
  for (const box of region) {
    const key = `${patternKey(box.source)} ${patternKey(box.destination)}`;
    const group = groups.get(key);
    if (group) group.push(box);
    else groups.set(key, [box]);
  }
  return [...groups.values()];
}

/** Entries from the place `first` on of which some box may share addresses with the region, ascending. */
function nearEntries(
  entries: readonly CompiledEntry[],
  groups: readonly SameAddresses[],
  first: number,
): readonly number[] {
  if (entries.length <= FEW) return [...entries.keys()].slice(first);
  const laidOut = addressRows(entries);
  const { words, rows } = laidOut;
  const start = first === 0 ? 0 : rowOf(laidOut, first) * WIDTH;
  const found: number[] = [];
  for (const [{ source, destination }] of groups) {
    const s = source.address | 0;
    const sFree = source.wildcard | 0;
    const d = destination.address | 0;
    const dFree = destination.wildcard | 0;
    for (let at = start, end = rows * WIDTH; at < end; at += WIDTH)
      if (
        ((words[at]! ^ s) & ~(words[at + 1]! | sFree)) === 0 &&
        ((words[at + 2]! ^ d) & ~(words[at + 3]! | dFree)) === 0 &&
        words[at + 4] !== found.at(-1)
      )
        found.push(words[at + 4]!);
  }
  return groups.length === 1 ? found : [...new Set(found)].sort((a, b) => a - b);
}

/** Those of the boxes that share packets with the region; the very array when all do. */
function touching(boxes: readonly Box[], groups: readonly SameAddresses[]): readonly Box[] {
  const touches = (box: Box): boolean =>
    groups.some(
      (group) =>
        patternsOverlap(box.source, group[0].source) &&
        patternsOverlap(box.destination, group[0].destination) &&
        group.some((r) => boxesOverlap(box, r)),
    );
  const found = boxes.filter(touches);
  return found.length === boxes.length ? boxes : found;
}

/** Of the groups that lines name, the members that share addresses with the region: found once for all such lines. */
class NearMembers {
  private readonly groups: readonly SameAddresses[];
  private readonly found = {
    source: new Map<readonly AddressPattern[], readonly AddressPattern[]>(),
    destination: new Map<readonly AddressPattern[], readonly AddressPattern[]>(),
  };

  constructor(groups: readonly SameAddresses[]) {
    this.groups = groups;
  }

  /** The very product when all of its members do. */
  part(product: BoxProduct): BoxProduct {
    const sources = this.near('source', product.sources);
    const destinations = this.near('destination', product.destinations);
    const isWhole =
      sources.length === product.sources.length && destinations.length === product.destinations.length;
    return isWhole ? product : { ...product, sources, destinations };
  }

  private near(end: keyof Ends, members: readonly AddressPattern[]): readonly AddressPattern[] {
    let near = this.found[end].get(members);
    if (!near) {
      near = members.filter((member) => this.groups.some((group) => patternsOverlap(member, group[0][end])));
      this.found[end].set(members, near);
    }
    return near;
  }
}

/** The entry with those boxes of a part of its product that touch the region; null: none does. */
function narrowedProduct(
  { entry, action, reason, cause }: CompiledEntry,
  product: BoxProduct,
  groups: readonly SameAddresses[],
  index: number,
): CompiledEntry | null {
  const { asked, aside } = multiply(product);
  const part = { asked: touching(asked, groups), aside: touching(aside, groups) };
  const may = allBoxes(part);
  return may.length === 0 ? null : { entry, index, action, must: may, may, asked: part.asked, reason, cause };
}

/** The entry with no other boxes than those that touch the region; what was one array stays one. */
function narrowed(
  entry: CompiledEntry,
  may: readonly Box[],
  groups: readonly SameAddresses[],
  index: number,
): CompiledEntry {
  const part = (boxes: readonly Box[]): readonly Box[] =>
    boxes === entry.may ? may : may === entry.may ? boxes : touching(boxes, groups);
  const { action, reason, cause } = entry;
  return {
    entry: entry.entry,
    index,
    action,
    must: part(entry.must),
    may,
    asked: part(entry.asked),
    reason,
    cause,
    product: undefined,
  };
}

/**
 * True for lists that do the same to every packet of the region because their lines match the same boxes, place by place,
 * as far down as packets of the region get.
 */
export function filterAlike(a: CompiledAcl, b: CompiledAcl, region: readonly Box[]): boolean {
  for (const [i, entry] of a.entries.entries()) {
    const other = b.entries[i];
    if (
      other === undefined ||
      entry.action !== other.action ||
      !sameBoxes(entry.must, other.must) ||
      !sameBoxes(entry.may, other.may)
    )
      return false;
    if (coversAll(entry, region)) return true;
  }
  return a.entries.length === b.entries.length && a.otherwise === b.otherwise;
}

/**
 * True when both lists begin with the same entries, down to the place `down` of the one that surely takes every packet of
 * the region: whatever follows has no say there.
 */
export function beginAlike(a: CompiledAcl, b: CompiledAcl, down: number, region: readonly Box[]): boolean {
  const last = a.entries[down];
  if (last === undefined || last !== b.entries[down]) return false;
  for (let i = 0; i < down; i++) if (a.entries[i] !== b.entries[i]) return false;
  return coversAll(last, region);
}

/** Whether the entry surely takes every packet of the region. */
const coversAll = ({ must }: CompiledEntry, region: readonly Box[]): boolean =>
  region.every((box) => must.some((whole) => boxCovers(whole, box)));
