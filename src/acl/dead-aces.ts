import { type Box, boxContains, boxOfPacket, intersectBoxes } from '../headerspace/box.ts';
import { intersectRows, RowBuffer } from '../headerspace/flat-space.ts';
import type { Patience } from '../headerspace/left-over.ts';
import { RowNumbers } from '../headerspace/overlap-index.ts';
import { PacketsByAddress } from '../headerspace/packets-by-address.ts';
import { PacketSampler } from '../headerspace/sample-row.ts';
import { shareOf } from '../headerspace/share.ts';
import { GAVE_UP } from '../headerspace/sweep.ts';
import { makeOrdinary, naturalPacket, ordinaryPackets } from '../headerspace/witness.ts';
import type { AclEntry, MatchingEntry } from '../model/access-list.ts';
import type { Packet } from '../model/packet.ts';
import { type AclRows, firstMatches, linesMeeting, rowsOf } from './acl-rows.ts';
import { type CompiledAcl, type CompiledEntry, isCertain } from './compile.ts';

export interface DeadAce {
  readonly ace: MatchingEntry;
  /** shadowed: the first match of some packet of it has the opposite action; redundant: never. */
  readonly rule: 'shadowed-ace' | 'redundant-ace';
  /** A few earlier lines that together cover it, each the first match of some of its packets; in list order. */
  readonly blockers: readonly AclEntry[];
  /** A packet of the line; for a shadowed one, a packet that `contradictedBy` decides. */
  readonly witness: Packet;
  readonly contradictedBy: AclEntry | null;
  /** A layer-4 permit that no whole packet reaches still lets non-initial fragments through. */
  readonly fragmentsStillMatch: boolean;
  /** Set on a line that is dead only in part: a packet it still matches. `blockers` are then opposite lines. */
  readonly partial?: { readonly stillMatches: Packet };
}

export interface DeadAceOptions {
  /** Also lines of which an opposite line decides a part. */
  readonly partial?: boolean;
  /** Look at this line alone. */
  readonly only?: AclEntry;
  /**
   * Told of lines that could not be decided: thousands of wildcards with scattered bits can make the question as hard
   * as any, and all lines of a list together get so much work and no more.
   */
  readonly undecided?: (ace: MatchingEntry) => void;
  /** Earlier rows looked at, all in all, before lines are given up; default: some seconds for 10,000 lines. */
  readonly patience?: number;
}

/**
 * Lines that no packet reaches which carries what they ask for. Earlier lines count with what they surely
 * match, the line itself with all it may match.
 */
export function findDeadAces(compiled: CompiledAcl, options: DeadAceOptions = {}): readonly DeadAce[] {
  const search = new DeadAceSearch(compiled, options.patience);
  const dead: DeadAce[] = [];
  if (options.only === undefined) search.expectAll();
  for (const entry of compiled.entries) {
    if ((options.only !== undefined && entry.entry !== options.only) || !canBeDead(entry)) continue;
    const found = search.examine(entry, options.partial === true);
    if (found === GAVE_UP) options.undecided?.(entry.entry);
    else if (found) dead.push(found);
  }
  return dead;
}

/** Whether the question makes sense: lines that match nothing anyway, and what is no ACE, are not called dead. */
const canBeDead = (entry: CompiledEntry): boolean =>
  entry.entry.kind === 'ace' && entry.asked.length > 0 && entry.index > 0;

/** Lists of blockers longer than this are not worth shortening line by line. */
const SHORTEN_UP_TO = 40;
/** Rows looked at for all lines of a list together, before the rest is given up. */
const PATIENCE = 200_000_000;
const PATIENCE_A_ROW = 50_000;
/** Packets drawn in search of one that an opposite line decides, before looking line by line. */
const DRAWS = 8;

/** Up to so many lines are soon looked at one by one. */
export const FEW_LINES = 32;
/** Packets drawn of each of many lines. */
const DRAWS_OF_MANY = 4;

/** A packet of a line, and the earlier entry that is its first match. */
interface Decided {
  readonly by: CompiledEntry;
  readonly packet: Packet;
}

export type Fate = 'alive' | 'dead' | typeof GAVE_UP;

/**
 * Looks at the lines of one list, one after another. Lines in list order are examined at once; before a line out of
 * order is, the fates of those above it have to be settled, for then the same is said of it.
 */
export class DeadAceSearch {
  private readonly compiled: CompiledAcl;
  private readonly rows: AclRows;
  private readonly sampler: PacketSampler;
  /** Rows of lines found dead: they decide nothing, so later lines need not be held against them. */
  private readonly skip: Uint8Array;
  private readonly fates = new Map<CompiledEntry, Fate>();
  private readonly numbers = new RowNumbers();
  private readonly ofOwner = new RowNumbers();
  private readonly shared: Int32Array;
  /** The line under examination: its asked boxes, their rows, and the first row that is not earlier. */
  private asked: readonly Box[] = [];
  private query: RowBuffer;
  private before = 0;
  private readonly patience: Patience;

  constructor(compiled: CompiledAcl, patience?: number, rows = rowsOf(compiled)) {
    this.compiled = compiled;
    this.rows = rows;
    this.patience = { left: patience ?? PATIENCE + PATIENCE_A_ROW * this.rows.count };
    this.sampler = new PacketSampler(this.rows.space);
    this.skip = new Uint8Array(this.rows.count);
    this.shared = new Int32Array(this.rows.space.stride);
    this.query = new RowBuffer(this.rows.space.stride);
  }

  /** All lines are going to be examined. */
  expectAll(): void {
    this.rows.index.expectMany();
  }

  /** Settles those of many lines that packets drawn from them show to be alive, in one pass over the rows. */
  settleByDraws(entries: readonly CompiledEntry[]): void {
    const { rows, sampler } = this;
    const { stride } = rows.space;
    const points = new RowBuffer(stride, entries.length * DRAWS_OF_MANY + 1);
    const drawn: CompiledEntry[] = [];
    for (const entry of entries) {
      if (!canBeDead(entry) || this.fates.has(entry)) continue;
      this.take(entry);
      sampler.restart(this.before);
      for (let i = 0; i < DRAWS_OF_MANY; i++) {
        sampler.drawTo(points, this.query.words, (i % this.query.rows) * stride);
        drawn.push(entry);
      }
    }
    const before = Int32Array.from(drawn, ({ index }) => rows.firstRow[index]!);
    const first = firstMatches(rows, new PacketsByAddress(rows.space, points), before);
    first.forEach((row, point) => {
      if (row === -1) this.fates.set(drawn[point]!, 'alive');
    });
  }

  /** Some packet reaches these lines, as the caller knows. */
  areAlive(entries: readonly CompiledEntry[]): void {
    for (const entry of entries) this.fates.set(entry, 'alive');
  }

  /** What `examine` says of a line when it comes after all that stand above it. */
  examineAlone(entry: CompiledEntry): DeadAce | null | typeof GAVE_UP {
    const fate = this.fateOf(entry);
    if (fate !== 'dead') return fate === 'alive' ? null : fate;
    this.take(entry);
    const above = linesMeeting(this.rows, this.query, this.before)
      .map((line) => this.compiled.entries[line]!)
      .filter((other) => !this.fates.has(other));
    if (above.length > FEW_LINES) this.settleByDraws(above);
    for (const other of above) this.fateOf(other);
    return this.examine(entry, false);
  }

  /** Whether any packet reaches the line. */
  fateOf(entry: CompiledEntry): Fate {
    if (!canBeDead(entry)) return 'alive';
    const known = this.fates.get(entry);
    if (known !== undefined) return known;
    this.take(entry);
    const left = this.tryFirstLeftOver();
    const fate = left === GAVE_UP ? GAVE_UP : left === null ? 'dead' : 'alive';
    if (fate === 'dead') this.dismiss(entry, this.asideStillMatches(entry));
    this.fates.set(entry, fate);
    return fate;
  }

  /** The rule that a dead line falls under. */
  ruleOf(entry: CompiledEntry): DeadAce['rule'] {
    this.take(entry);
    return this.findContradiction(entry) === null ? 'redundant-ace' : 'shadowed-ace';
  }

  /** Makes a line the one under examination. */
  private take(entry: CompiledEntry): void {
    this.asked = entry.asked;
    this.before = this.rows.firstRow[entry.index]!;
    this.query.length = 0;
    for (const box of entry.asked) this.rows.space.encode(box, this.query);
  }

  /** Skips the rows of a dead line from here on. */
  private dismiss(entry: CompiledEntry, fragmentsStillMatch: boolean): void {
    if (!isCertain(entry)) return;
    const from = this.rows.firstRow[entry.index]!;
    const end = this.rows.firstRow[entry.index + 1]!;
    this.skip.fill(1, from, fragmentsStillMatch ? from + this.query.rows : end);
  }

  examine(entry: CompiledEntry, partial: boolean): DeadAce | null | typeof GAVE_UP {
    const { rows } = this;
    this.take(entry);
    const proof = new Set<number>();
    const alive = this.tryFirstLeftOver((row) => proof.add(rows.owner[row]!));
    if (alive === GAVE_UP) return GAVE_UP;
    if (alive !== null) return partial ? this.describePartlyDead(entry, alive) : null;

    const fragmentsStillMatch = this.asideStillMatches(entry);
    const found = this.describeDead(entry, proof, fragmentsStillMatch);
    this.dismiss(entry, fragmentsStillMatch);
    return found;
  }

  private tryFirstLeftOver(used?: (row: number) => void): Int32Array | null | typeof GAVE_UP {
    const { query, rows, before, patience, skip } = this;
    for (let at = 0; at < query.length; at += query.stride) {
      const point = rows.leftOver.tryFind(query.words, at, before, patience, skip, used);
      if (point !== null) return point;
    }
    return null;
  }

  private firstLeftOver(query: RowBuffer, used?: (row: number) => void): Int32Array | null {
    for (let at = 0; at < query.length; at += query.stride) {
      const point = this.rows.leftOver.find(query.words, at, this.before, this.skip, used);
      if (point !== null) return point;
    }
    return null;
  }

  /** Whether the non-initial fragments that a layer-4 permit lets pass besides still reach it. */
  private asideStillMatches(entry: CompiledEntry): boolean {
    if (entry.may === entry.asked) return false;
    const aside = new RowBuffer(this.rows.space.stride);
    for (const box of entry.may.slice(entry.asked.length)) this.rows.space.encode(box, aside);
    return this.firstLeftOver(aside) !== null;
  }

  private describeDead(
    entry: CompiledEntry,
    proof: ReadonlySet<number>,
    fragmentsStillMatch: boolean,
  ): DeadAce {
    const blockers = this.findBlockers(proof);
    const opposite = blockers.find((b) => b.by.action !== entry.action) ?? this.findContradiction(entry);
    const lines = new Set(blockers.map((b) => b.by));
    if (opposite) lines.add(opposite.by);
    return {
      ace: entry.entry,
      rule: opposite ? 'shadowed-ace' : 'redundant-ace',
      blockers: inListOrder(lines),
      witness: opposite ? this.readable(opposite) : naturalPacket(entry.asked[0]!),
      contradictedBy: opposite ? opposite.by.entry : null,
      fragmentsStillMatch,
    };
  }

  private describePartlyDead(entry: CompiledEntry, alive: Int32Array): DeadAce | null {
    const stillMatching = this.packetOf(alive);
    const opposite = this.findContradiction(entry);
    if (opposite === null) return null;
    const reachesLine = (packet: Packet): boolean => this.isAsked(packet) && this.firstMatch(packet) === null;
    return {
      ace: entry.entry,
      rule: 'shadowed-ace',
      blockers: [opposite.by.entry],
      witness: this.readable(opposite),
      contradictedBy: opposite.by.entry,
      fragmentsStillMatch: false,
      partial: { stillMatches: makeOrdinary(stillMatching, this.ordinary(), reachesLine) },
    };
  }

  /**
   * Earlier entries that together cover the line, each with a packet it decides. A proof of coverage may rest on
   * entries that are themselves never first here; every packet has a first match, so without them there is
   * another proof, on others.
   */
  private findBlockers(firstProof: ReadonlySet<number>): readonly Decided[] {
    const leftOut: number[] = [];
    let proof = firstProof;
    for (;;) {
      const blockers: Decided[] = [];
      const silent: number[] = [];
      for (const owner of this.shorten(proof)) {
        const decided = this.decidedBy(this.compiled.entries[owner]!);
        if (decided) blockers.push(decided);
        else silent.push(owner);
      }
      if (silent.length === 0) {
        for (const row of leftOut) this.skip[row] = 0;
        return blockers;
      }
      for (const owner of silent)
        for (let row = this.rows.firstRow[owner]!; row < this.rows.firstRow[owner + 1]!; row++)
          if (this.skip[row] === 0) {
            this.skip[row] = 1;
            leftOut.push(row);
          }
      const next = new Set<number>();
      this.firstLeftOver(this.query, (row) => next.add(this.rows.owner[row]!));
      proof = next;
    }
  }

  /** Leaves out of a cover what the rest covers anyway, the latest entry first. */
  private shorten(cover: ReadonlySet<number>): readonly number[] {
    let kept = [...cover].sort((a, b) => a - b);
    if (kept.length > SHORTEN_UP_TO) return kept;
    for (const candidate of [...kept].reverse()) {
      const others = kept.filter((owner) => owner !== candidate);
      if (others.length > 0 && this.cover(others)) kept = others;
    }
    return kept;
  }

  private cover(owners: readonly number[]): boolean {
    const { rows, query, numbers } = this;
    for (let at = 0; at < query.length; at += query.stride) {
      let count = 0;
      for (const owner of owners)
        this.eachOverlap(at, owner, (row) => {
          numbers.reserve(count + 1)[count++] = row;
          return true;
        });
      if (rows.cutAway.run(query.words, at, numbers.values, count, () => false) !== 'done') return false;
    }
    return true;
  }

  /** A packet of the line whose first match is this entry; null when there is none. */
  private decidedBy(entry: CompiledEntry): Decided | null {
    const first = this.rows.firstRow[entry.index]!;
    let point: Int32Array | null = null;
    for (let at = 0; at < this.query.length && point === null; at += this.query.stride)
      this.eachOverlap(at, entry.index, () => {
        point = this.rows.leftOver.find(this.shared, 0, first, this.skip);
        return point === null;
      });
    return point === null ? null : { by: entry, packet: this.packetOf(point) };
  }

  /** Hands out an entry's rows that overlap the asked row at `at`, `shared` being what they share. */
  private eachOverlap(at: number, owner: number, visit: (row: number) => boolean): void {
    const { rows, query, shared } = this;
    const first = rows.firstRow[owner]!;
    const end = rows.firstRow[owner + 1]!;
    // A line with object groups may be thousands of rows.
    const many = end - first > 64;
    const count = many ? rows.index.find(query.words, at, end, this.ofOwner) : end - first;
    if (many) this.ofOwner.values.subarray(0, count).sort();
    for (let i = 0; i < count; i++) {
      const row = many ? this.ofOwner.values[i]! : first + i;
      if (row < first || !intersectRows(rows.space, query.words, at, rows.rows, row * query.stride, shared))
        continue;
      if (!visit(row)) return;
    }
  }

  /** A packet of the line that an earlier line of the opposite action decides; null when there is none. */
  private findContradiction(entry: CompiledEntry): Decided | null {
    const { rows, query, sampler, skip } = this;
    sampler.restart(this.before);
    for (let at = 0; at < query.length; at += query.stride)
      for (let i = 0; i < DRAWS; i++) {
        sampler.draw(query.words, at);
        const row = rows.index.findFirst(sampler.point, 0, this.before, skip);
        const by = row === -1 ? undefined : this.compiled.entries[rows.owner[row]!];
        if (by && by.action !== entry.action) return { by, packet: this.packetOf(sampler.point) };
      }
    const opposite = new Set<number>();
    for (let at = 0; at < query.length; at += query.stride) {
      const count = rows.index.find(query.words, at, this.before, this.numbers, skip);
      const overlapping = this.numbers.values.subarray(0, count);
      // Nothing is first behind a row that has all of this one's packets.
      let end = this.before;
      for (const row of overlapping)
        if (row < end && shareOf(rows.space, query.words, at, rows.rows, row * query.stride) === 1)
          end = row + 1;
      for (const row of overlapping)
        if (row < end && this.compiled.entries[rows.owner[row]!]!.action !== entry.action)
          opposite.add(rows.owner[row]!);
    }
    for (const owner of [...opposite].sort((a, b) => a - b)) {
      const decided = this.decidedBy(this.compiled.entries[owner]!);
      if (decided) return decided;
    }
    return null;
  }

  private packetOf(point: Int32Array): Packet {
    for (const within of this.asked)
      for (const box of this.rows.space.decode(point, 0, within)) {
        const packet = naturalPacket(box);
        if (boxContains(within, packet)) return packet;
      }
    throw new Error('a drawn packet lies outside the line it was drawn from');
  }

  private isAsked(packet: Packet): boolean {
    return this.asked.some((box) => boxContains(box, packet));
  }

  private firstMatch(packet: Packet): CompiledEntry | null {
    const point = new RowBuffer(this.rows.space.stride);
    this.rows.space.encode(boxOfPacket(packet), point);
    const row = this.rows.index.findFirst(point.words, 0, this.before, this.skip);
    return row === -1 ? null : this.compiled.entries[this.rows.owner[row]!]!;
  }

  /** A found packet, as ordinary as it can be and still be decided by the same entry. */
  private readable({ by, packet }: Decided): Packet {
    const holds = (p: Packet): boolean => this.isAsked(p) && this.firstMatch(p) === by;
    const shared = this.asked.flatMap((box) => by.must.flatMap((other) => intersectBoxes(box, other) ?? []));
    const part = shared.find((box) => boxContains(box, packet));
    return makeOrdinary(packet, part ? ordinaryPackets(part) : this.ordinary(), holds);
  }

  private ordinary(): readonly Packet[] {
    return ordinaryPackets(this.asked[0]!);
  }
}

const inListOrder = (entries: Iterable<CompiledEntry>): readonly AclEntry[] =>
  [...entries].sort((a, b) => a.index - b.index).map((e) => e.entry);
