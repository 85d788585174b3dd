import { type Box, boxContains, boxesOverlap, boxOfPacket, intersectBoxes } from '../headerspace/box.ts';
import { intersectRows, RowBuffer } from '../headerspace/flat-space.ts';
import { PacketsByAddress } from '../headerspace/packets-by-address.ts';
import { PacketSampler } from '../headerspace/sample-row.ts';
import { makeOrdinary, naturalPacket, ordinaryPackets } from '../headerspace/witness.ts';
import type { Packet } from '../model/packet.ts';
import { type AclRows, linesMeeting, rowsOf } from './acl-rows.ts';
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
  const shares = new Shares(compiled);
  shares.ask(within);
  const entries = shares.entriesMeeting();
  for (const entry of options.fromLast ? entries.reverse() : entries) {
    if (options.wanted && !options.wanted(entry)) continue;
    const packet = shares.packetOf(entry);
    if (packet) yield { entry, packet };
  }
}

/** A packet of `within` whose sure first match is this entry; null when there is none. */
export function packetDecidedBy(compiled: CompiledAcl, entry: CompiledEntry, within: Box): Packet | null {
  const shares = new Shares(compiled);
  shares.ask(within);
  return shares.packetOf(entry);
}

/** Whether this entry is the sure first match of some packet of `within`; cheaper than to name one. */
export function decidesSome(compiled: CompiledAcl, entry: CompiledEntry, within: Box): boolean {
  const shares = new Shares(compiled);
  shares.ask(within);
  return shares.has(entry);
}

/** True when no packet of `within` may pass: no permit decides one, and no doubtful line could let one through. */
export const deniesAll = (compiled: CompiledAcl, within: Box): boolean =>
  findDenied(compiled, [within]) !== null;

/** The first of these boxes of which no packet may pass, and that counts; null when some packet of each other may. */
export function findDenied(
  compiled: CompiledAcl,
  boxes: Iterable<Box>,
  counts: (denied: Box) => boolean = () => true,
): Box | null {
  if (compiled.otherwise === 'permit') return null;
  const shares = new Shares(optimistic(compiled));
  const few = compiled.entries.length <= SHORT ? compiled.entries.filter(passes) : null;
  const mayPass = (box: Box): boolean =>
    few === null || few.some(({ may }) => may.some((other) => boxesOverlap(other, box)));
  let passing: CompiledEntry | null = null;
  for (const box of boxes) {
    if (mayPass(box)) {
      shares.ask(box);
      // What let packets of one box through often lets some of the next one through, too.
      if (passing !== null && shares.has(passing)) continue;
      passing = shares.firstPassing();
    } else passing = null;
    if (passing === null && counts(box)) return box;
  }
  return null;
}

/** Up to so many lines are looked at one by one before anything is drawn. */
const SHORT = 64;

/** Rows held against drawn packets, for all boxes together, before the rest of them stays in doubt. */
const PATIENCE = 4_000_000;

/** Packets drawn of each box at first, and of those that the first ones leave open. */
const FIRST_DRAWS = 1;
const MORE_DRAWS = 3;
/** So few boxes in doubt are soon asked one by one. */
const FEW_DOUBTFUL = 32;

/** Those of many boxes of which it does not show at once that some packet passes: in a few passes over the list. */
export function doubtfulToPass(compiled: CompiledAcl, boxes: readonly Box[]): readonly Box[] {
  const draws = new DrawsOfBoxes(compiled);
  let open = draws.doubtful(draws.doubtful(boxes, FIRST_DRAWS), MORE_DRAWS);
  const shares = new Shares(compiled);
  // What lets packets of one box through mostly lets some of others through, too.
  for (let before = Number.POSITIVE_INFINITY; open.length > FEW_DOUBTFUL && open.length < before / 2; ) {
    before = open.length;
    shares.ask(open[0]!);
    const passing = shares.firstPassing();
    if (passing !== null) open = draws.doubtful(open, MORE_DRAWS, passing);
  }
  return open;
}

/** Packets drawn from boxes, those of many boxes at once held against the rows of a list. */
class DrawsOfBoxes {
  private readonly compiled: CompiledAcl;
  private readonly rows: AclRows;
  private readonly sampler: PacketSampler;
  private readonly query: RowBuffer;
  private readonly shared: RowBuffer;
  private patience = PATIENCE;

  constructor(compiled: CompiledAcl) {
    this.compiled = compiled;
    this.rows = rowsOf(compiled);
    this.sampler = new PacketSampler(this.rows.space);
    this.query = new RowBuffer(this.rows.space.stride);
    this.shared = new RowBuffer(this.rows.space.stride);
  }

  /** Those boxes of which no packet drawn passes; drawn are so many of each, of what it shares with an entry if one is given. */
  doubtful(boxes: readonly Box[], draws: number, sharedWith?: CompiledEntry): readonly Box[] {
    const { compiled, rows, sampler } = this;
    const { stride } = rows.space;
    const points = new RowBuffer(stride, boxes.length * draws + 1);
    const boxOf: number[] = [];
    boxes.forEach((box, b) => {
      const from = this.rowsOfBox(box, sharedWith);
      if (from.rows === 0) return;
      sampler.restart(b ^ (draws << 24));
      for (let i = 0; i < draws; i++) {
        sampler.drawTo(points, from.words, (i % from.rows) * stride);
        boxOf.push(b);
      }
    });
    const packets = new PacketsByAddress(rows.space, points);
    const passing = new Uint8Array(boxes.length);
    let permits = false;
    const decide = (point: number): void => {
      packets.dismiss(point);
      if (permits) passing[boxOf[point]!] = 1;
    };
    for (let row = 0; row < rows.count && packets.looks < this.patience; row++) {
      permits = compiled.entries[rows.owner[row]!]!.action === 'permit';
      packets.eachIn(rows.rows, row * stride, decide);
    }
    this.patience -= packets.looks;
    return boxes.filter((_, b) => passing[b] === 0);
  }

  private rowsOfBox(box: Box, sharedWith: CompiledEntry | undefined): RowBuffer {
    const { query, rows, shared } = this;
    const { stride } = query;
    query.length = 0;
    rows.space.encode(box, query);
    if (sharedWith === undefined) return query;
    const both = new Int32Array(stride);
    shared.length = 0;
    for (let row = rows.firstRow[sharedWith.index]!; row < rows.firstRow[sharedWith.index + 1]!; row++)
      for (let at = 0; at < query.length; at += stride)
        if (intersectRows(rows.space, query.words, at, rows.rows, row * stride, both)) shared.append(both, 0);
    return shared;
  }
}

const passes = (entry: CompiledEntry): boolean => entry.action !== 'deny';

/** Packets drawn in search of an entry that decides one, before the entries are asked one by one. */
const DRAWS = 4;

/** What each entry of a list decides of the box asked about. */
class Shares {
  private readonly compiled: CompiledAcl;
  private readonly rows: AclRows;
  private readonly query: RowBuffer;
  private readonly shared: Int32Array;
  private within: Box | null = null;

  constructor(compiled: CompiledAcl) {
    this.compiled = compiled;
    this.rows = rowsOf(compiled);
    const { stride } = this.rows.space;
    this.query = new RowBuffer(stride, 1);
    this.shared = new Int32Array(stride);
  }

  ask(within: Box): void {
    this.within = within;
    this.query.length = 0;
    this.rows.space.encode(within, this.query);
  }

  /** Entries that surely match some packet of the box, in list order. */
  entriesMeeting(): CompiledEntry[] {
    const lines = linesMeeting(this.rows, this.query, this.rows.count);
    return lines.map((line) => this.compiled.entries[line]!);
  }

  /** An entry wanted that decides a packet drawn from the box; null says nothing. */
  entryDrawn(wanted: (entry: CompiledEntry) => boolean): CompiledEntry | null {
    const { rows, query } = this;
    const sampler = new PacketSampler(rows.space);
    for (let i = 0; i < DRAWS; i++) {
      sampler.draw(query.words, (i * query.stride) % query.length);
      const row = rows.index.findFirst(sampler.point, 0, rows.count);
      const entry = row === -1 ? undefined : this.compiled.entries[rows.owner[row]!];
      if (entry && wanted(entry)) return entry;
    }
    return null;
  }

  /** An entry that surely lets some packet of the box through, if there is one. */
  firstPassing(): CompiledEntry | null {
    return this.entryDrawn(passes) ?? this.entriesMeeting().find((e) => passes(e) && this.has(e)) ?? null;
  }

  /** Whether the entry is the sure first match of some packet of the box. */
  has(entry: CompiledEntry): boolean {
    return this.pointOf(entry) !== null;
  }

  /** An ordinary packet of the box whose sure first match is this entry. */
  packetOf(entry: CompiledEntry): Packet | null {
    const point = this.pointOf(entry);
    const piece = point && this.rows.space.decode(point, 0, this.within!)[0];
    return piece ? ordinary(this.compiled, entry, this.within!, naturalPacket(piece)) : null;
  }

  /** Such a packet as a row, valid until the next question. */
  private pointOf(entry: CompiledEntry): Int32Array | null {
    const { rows, query, shared } = this;
    const { stride } = query;
    const first = rows.firstRow[entry.index]!;
    for (let row = first; row < rows.firstRow[entry.index + 1]!; row++)
      for (let at = 0; at < query.length; at += stride) {
        if (!intersectRows(rows.space, query.words, at, rows.rows, row * stride, shared)) continue;
        const point = rows.leftOver.find(shared, 0, first);
        if (point !== null) return point;
      }
    return null;
  }
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

/**
 * What decides the rest of `within` that no earlier line takes: the end of the list where something is left to it
 * (`entry` null), else the furthest line down, the catch-all where one stands. Null when no packet is surely decided.
 */
export function lastDecider(
  compiled: CompiledAcl,
  within: Box,
): DecidingEntry | { readonly entry: null; readonly packet: Packet } | null {
  const packet = leftToTheEnd(compiled, within);
  if (packet !== null) return { entry: null, packet };
  return decidingEntries(compiled, within, { fromLast: true }).next().value ?? null;
}

/** A packet of `within` that no line surely matches. */
function leftToTheEnd(compiled: CompiledAcl, within: Box): Packet | null {
  const rows = rowsOf(compiled);
  const { stride } = rows.space;
  const query = new RowBuffer(stride);
  rows.space.encode(within, query);
  const isLeft = (packet: Packet): boolean => {
    const point = new RowBuffer(stride);
    rows.space.encode(boxOfPacket(packet), point);
    return boxContains(within, packet) && rows.index.findFirst(point.words, 0, rows.count) === -1;
  };
  for (let at = 0; at < query.length; at += stride) {
    const point = rows.leftOver.find(query.words, at, rows.count);
    const piece = point === null ? undefined : rows.space.decode(point, 0, within)[0];
    if (piece) return makeOrdinary(naturalPacket(piece), ordinaryPackets(within), isLeft);
  }
  return null;
}
