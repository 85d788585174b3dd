import { type Box, boxContains, boxOfPacket, intersectBoxes } from '../headerspace/box.ts';
import { intersectRows, RowBuffer } from '../headerspace/flat-space.ts';
import { RowNumbers } from '../headerspace/overlap-index.ts';
import { makeOrdinary, naturalPacket, ordinaryPackets } from '../headerspace/witness.ts';
import type { Packet } from '../model/packet.ts';
import { rowsOf } from './acl-rows.ts';
import { type CompiledAcl, type CompiledEntry, isCertain } from './compile.ts';

/** An entry that is the sure first match of a part of what was asked about, with an ordinary packet of that part. */
export interface DecidingEntry {
  readonly entry: CompiledEntry;
  readonly packet: Packet;
}

/**
 * Entries that decide some packet of `within`, in list order or from the last line up, one packet each. Whoever
 * needs one answer (does anything of this pass?) takes the first and pays for no cover of the rest.
 */
export function* decidingEntries(
  compiled: CompiledAcl,
  within: Box,
  options: { readonly wanted?: (entry: CompiledEntry) => boolean; readonly fromLast?: boolean } = {},
): Generator<DecidingEntry> {
  const findPacket = packetFinder(compiled, within);
  const entries = entriesMeeting(compiled, within);
  for (const entry of options.fromLast ? entries.reverse() : entries) {
    if (options.wanted && !options.wanted(entry)) continue;
    const packet = findPacket(entry);
    if (packet) yield { entry, packet };
  }
}

/** Entries that surely match some packet of `within`, in list order. */
function entriesMeeting(compiled: CompiledAcl, within: Box): CompiledEntry[] {
  const rows = rowsOf(compiled);
  const query = new RowBuffer(rows.space.stride);
  rows.space.encode(within, query);
  const found = new RowNumbers();
  const owners = new Set<number>();
  for (let at = 0; at < query.length; at += query.stride) {
    const count = rows.index.find(query.words, at, rows.count, found);
    for (let i = 0; i < count; i++) owners.add(rows.owner[found.values[i]!]!);
  }
  return [...owners].sort((a, b) => a - b).map((owner) => compiled.entries[owner]!);
}

/** A packet of `within` whose sure first match is this entry; null when there is none. */
export const packetDecidedBy = (compiled: CompiledAcl, entry: CompiledEntry, within: Box): Packet | null =>
  packetFinder(compiled, within)(entry);

/** Whether this entry is the sure first match of some packet of `within`; cheaper than to name one. */
export const decidesSome = (compiled: CompiledAcl, entry: CompiledEntry, within: Box): boolean =>
  pieceFinder(compiled, within)(entry) !== null;

function packetFinder(compiled: CompiledAcl, within: Box): (entry: CompiledEntry) => Packet | null {
  const findPiece = pieceFinder(compiled, within);
  return (entry) => {
    const piece = findPiece(entry);
    return piece && ordinary(compiled, entry, within, naturalPacket(piece));
  };
}

function pieceFinder(compiled: CompiledAcl, within: Box): (entry: CompiledEntry) => Box | null {
  const rows = rowsOf(compiled);
  const { stride } = rows.space;
  const query = new RowBuffer(stride);
  rows.space.encode(within, query);
  const shared = new Int32Array(stride);
  return (entry) => {
    const first = rows.firstRow[entry.index]!;
    for (let row = first; row < rows.firstRow[entry.index + 1]!; row++) {
      for (let at = 0; at < query.length; at += stride) {
        if (!intersectRows(rows.space, query.words, at, rows.rows, row * stride, shared)) continue;
        const point = rows.leftOver.find(shared, 0, first);
        const piece = point === null ? undefined : rows.space.decode(point, 0, within)[0];
        if (piece) return piece;
      }
    }
    return null;
  };
}

/** The search draws packets by chance; this one of the same entry a person can read. */
function ordinary(compiled: CompiledAcl, entry: CompiledEntry, within: Box, found: Packet): Packet {
  const rows = rowsOf(compiled);
  const shared = entry.must.flatMap((box) => intersectBoxes(box, within) ?? []);
  const part = shared.find((box) => boxContains(box, found));
  if (part === undefined) return found;
  const isFirst = (packet: Packet): boolean => {
    if (!shared.some((box) => boxContains(box, packet))) return false;
    const point = new RowBuffer(rows.space.stride);
    rows.space.encode(boxOfPacket(packet), point);
    return rows.index.findFirst(point.words, 0, rows.firstRow[entry.index]!) === -1;
  };
  return makeOrdinary(found, ordinaryPackets(part), isFirst);
}

/** True when no packet of `within` may pass: no permit decides one, and no doubtful line could let one through. */
export function deniesAll(compiled: CompiledAcl, within: Box): boolean {
  if (compiled.otherwise === 'permit') return false;
  const passes = (entry: CompiledEntry): boolean => entry.action !== 'deny';
  const list = optimistic(compiled);
  // One packet often shows that something passes; that none does takes all the lines.
  const first = firstMatchOf(list, naturalPacket(within));
  if (first !== null && passes(first)) return false;
  const findPiece = pieceFinder(list, within);
  return !entriesMeeting(list, within).some((entry) => passes(entry) && findPiece(entry) !== null);
}

/** The entry that surely matches this packet first. */
function firstMatchOf(compiled: CompiledAcl, packet: Packet): CompiledEntry | null {
  const rows = rowsOf(compiled);
  const point = new RowBuffer(rows.space.stride);
  rows.space.encode(boxOfPacket(packet), point);
  const row = rows.index.findFirst(point.words, 0, rows.count);
  return row === -1 ? null : compiled.entries[rows.owner[row]!]!;
}

const knownOptimistic = new WeakMap<CompiledAcl, CompiledAcl>();

/** The list with each doubtful line that could let packets through matching all that it may, as if it were sure. */
function optimistic(compiled: CompiledAcl): CompiledAcl {
  let list = knownOptimistic.get(compiled);
  if (list === undefined) {
    const maybe = (entry: CompiledEntry): boolean => !isCertain(entry) && entry.action !== 'deny';
    list = compiled.entries.some(maybe)
      ? { ...compiled, entries: compiled.entries.map((e) => (maybe(e) ? { ...e, must: e.may } : e)) }
      : compiled;
    knownOptimistic.set(compiled, list);
  }
  return list;
}

/** The furthest line down that decides some packet of `within`: the catch-all, where one stands. */
export const lastDecidingEntry = (compiled: CompiledAcl, within: Box): DecidingEntry | null =>
  decidingEntries(compiled, within, { fromLast: true }).next().value ?? null;
