import { allBoxes, type BoxProduct, multiply } from '../acl/ace-boxes.ts';
import type { CompiledAcl, CompiledEntry } from '../acl/compile.ts';
import { type Box, boxCovers, boxesOverlap, sameBoxes } from '../headerspace/box.ts';
import { type AddressPattern, patternKey, patternsOverlap } from '../model/address.ts';
import { type EntryRows, numberEntries, outlineOfAll } from './entry-rows.ts';
import { commonEnds } from './shared-ends.ts';

/** Up to so many entries are looked at one by one: less work than laying their addresses out. */
const FEW = 64;

/**
 * The same decisions for packets of the region, by the lines that can have a say there. Of a line of many boxes, as one
 * with an object group is, those boxes alone.
 */
export const cutToRegion = (list: CompiledAcl, region: readonly Box[]): CompiledAcl =>
  new RegionCuts(region).cut(list);

/** What of a list has a say about packets of a region. */
export type ListPart = Pick<CompiledAcl, 'entries' | 'otherwise'>;

/** So many lists that were cut are remembered: the states before and after a command, and both ends of the change. */
const REMEMBERED = 4;

/** What the region sees of entries that have numbers. */
interface SeenEntries {
  readonly entries: EntryRows;
  /** By number, the place in `parts`; -1: the region sees nothing of it. */
  places: Int32Array;
  /** The rows that have been looked at. */
  rows: number;
  readonly parts: CompiledEntry[];
}

/** Cuts several lists to one region. What states of one list have in common is held against the region once. */
export class RegionCuts {
  private readonly groups: readonly SameAddresses[];
  private readonly members: NearMembers;
  private known: readonly { readonly list: CompiledAcl; readonly cut: CompiledAcl }[] = [];
  /** Of entries in lists too short to be numbered. */
  private readonly parts = new Map<CompiledEntry, CompiledEntry | null>();
  private seen: readonly SeenEntries[] = [];

  constructor(region: readonly Box[]) {
    this.groups = groupByAddresses(region);
    this.members = new NearMembers(this.groups);
  }

  /** As `cutToRegion` does. */
  cut(list: CompiledAcl): CompiledAcl {
    if (list.entries.length === 0) return list;
    const known = this.known.find((one) => one.list === list);
    if (known) return known.cut;
    const entries = this.part(list).entries.map((part, index) =>
      part.index === index ? part : movedTo(part, index),
    );
    const cut = { acl: list.acl, entries, otherwise: list.otherwise };
    this.known = [{ list, cut }, ...this.known.slice(0, REMEMBERED - 1)];
    return cut;
  }

  /** The same lines, which keep the places that they had. What two lists have in common, so have their parts. */
  part({ entries, otherwise }: CompiledAcl): ListPart {
    const kept = entries.length <= FEW ? this.partsOfFew(entries) : this.partsOfMany(entries);
    return { entries: kept, otherwise };
  }

  private partsOfFew(entries: readonly CompiledEntry[]): readonly CompiledEntry[] {
    const kept: CompiledEntry[] = [];
    for (const entry of entries) {
      let part = this.parts.get(entry);
      if (part === undefined) {
        part = this.makePart(entry);
        this.parts.set(entry, part);
      }
      if (part !== null) kept.push(part);
    }
    return kept;
  }

  private partsOfMany(entries: readonly CompiledEntry[]): readonly CompiledEntry[] {
    const { rows, numbers } = numberEntries(entries);
    const { places, parts } = this.lookAt(rows);
    const kept: CompiledEntry[] = [];
    for (let i = 0; i < numbers.length; i++) {
      const place = places[numbers[i]!]!;
      if (place !== -1) kept.push(parts[place]!);
    }
    return kept;
  }

  /** All entries that have numbers by now. */
  private lookAt(entries: EntryRows): SeenEntries {
    let seen = this.seen.find((one) => one.entries === entries);
    if (!seen) {
      seen = { entries, places: new Int32Array(0), rows: 0, parts: [] };
      this.seen = [seen, ...this.seen.slice(0, REMEMBERED - 1)];
    }
    const { parts, places: known, rows } = seen;
    if (known.length === entries.count) return seen;
    const places = new Int32Array(entries.count).fill(-1);
    places.set(known);
    const look = (number: number): void => {
      if (places[number] !== -1) return;
      const part = this.makePart(entries.entryOf(number));
      if (part === null) return;
      places[number] = parts.length;
      parts.push(part);
    };
    for (const group of this.groups) entries.eachNear(outlineOfAll(group), rows, look);
    seen.places = places;
    seen.rows = entries.rows;
    return seen;
  }

  private makePart(entry: CompiledEntry): CompiledEntry | null {
    const { groups, members } = this;
    const product = entry.product && members.part(entry.product);
    if (product && product !== entry.product) return narrowedProduct(entry, product, groups);
    const may = touching(entry.may, groups);
    return may.length > 0 ? narrowed(entry, may, groups) : null;
  }
}

/** Told field by field: of entries by the hundred thousand, spreading takes longer than all else. */
const movedTo = (
  { entry, action, must, may, asked, reason, cause, product }: CompiledEntry,
  index: number,
): CompiledEntry => ({ entry, index, action, must, may, asked, reason, cause, product });

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

  private near(end: 'source' | 'destination', members: readonly AddressPattern[]): readonly AddressPattern[] {
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
  { entry, index, action, reason, cause }: CompiledEntry,
  product: BoxProduct,
  groups: readonly SameAddresses[],
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
): CompiledEntry {
  const part = (boxes: readonly Box[]): readonly Box[] =>
    boxes === entry.may ? may : may === entry.may ? boxes : touching(boxes, groups);
  const { index, action, reason, cause } = entry;
  const [must, asked] = [part(entry.must), part(entry.asked)];
  return { entry: entry.entry, index, action, must, may, asked, reason, cause, product: undefined };
}

/**
 * True for lists that do the same to every packet of the region because their lines match the same boxes, place by place,
 * as far down as packets of the region get.
 */
export function filterAlike(a: ListPart, b: ListPart, region: readonly Box[]): boolean {
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
  if (last === undefined || last !== b.entries[down] || !coversAll(last, region)) return false;
  return commonEnds(a.entries, b.entries).head > down;
}

/** Whether the entry surely takes every packet of the region. */
const coversAll = ({ must }: CompiledEntry, region: readonly Box[]): boolean =>
  region.every((box) => must.some((whole) => boxCovers(whole, box)));
