import { type Box, boxContains, boxOfPacket, intersectBoxes } from '../headerspace/box.ts';
import { intersectRows, RowBuffer } from '../headerspace/flat-space.ts';
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
  const entries = options.fromLast ? [...compiled.entries].reverse() : compiled.entries;
  for (const entry of entries) {
    if (options.wanted && !options.wanted(entry)) continue;
    const packet = findPacket(entry);
    if (packet) yield { entry, packet };
  }
}

/** A packet of `within` whose sure first match is this entry; null when there is none. */
export const packetDecidedBy = (compiled: CompiledAcl, entry: CompiledEntry, within: Box): Packet | null =>
  packetFinder(compiled, within)(entry);

function packetFinder(compiled: CompiledAcl, within: Box): (entry: CompiledEntry) => Packet | null {
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
        if (piece) return ordinary(compiled, entry, within, naturalPacket(piece));
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
  const maybe = (entry: CompiledEntry): boolean => !isCertain(entry) && entry.action !== 'deny';
  if (compiled.entries.some(maybe)) {
    // A doubtful line counts with all it may match, as if it were sure.
    const optimistic = {
      ...compiled,
      entries: compiled.entries.map((e) => (maybe(e) ? { ...e, must: e.may } : e)),
    };
    return deniesSurely(optimistic, within, maybe);
  }
  return deniesSurely(compiled, within, () => false);
}

function deniesSurely(compiled: CompiledAcl, within: Box, maybe: (entry: CompiledEntry) => boolean): boolean {
  const passing = decidingEntries(compiled, within, { wanted: (e) => e.action !== 'deny' || maybe(e) });
  return passing.next().done === true;
}

/** The furthest line down that decides some packet of `within`: the catch-all, where one stands. */
export const lastDecidingEntry = (compiled: CompiledAcl, within: Box): DecidingEntry | null =>
  decidingEntries(compiled, within, { fromLast: true }).next().value ?? null;
