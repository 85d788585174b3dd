import { type Box, boxContains, boxOfPacket } from '../headerspace/box.ts';
import { cutAwayFrom } from '../headerspace/cut-away.ts';
import { type FlatSpace, flatSpaceOf, intersectRows, RowBuffer } from '../headerspace/flat-space.ts';
import { indexWhenAsked } from '../headerspace/index-rows.ts';
import { type LeftOverSearch, leftOverSearch } from '../headerspace/left-over.ts';
import { rowCovers, rowsOverlap } from '../headerspace/overlap-index.ts';
import { makeOrdinary, naturalPacket, ordinaryPackets } from '../headerspace/witness.ts';
import type { AceAction } from '../model/access-list.ts';
import type { Verdict } from '../model/finding.ts';
import type { Packet } from '../model/packet.ts';
import { alignLines } from './align.ts';
import { type CompiledAcl, type CompiledEntry, isCertain } from './compile.ts';

/** What a list is to do to a packet: surely this action, or not surely. */
export interface Wish {
  readonly action: AceAction;
  readonly surely: boolean;
}

export const isWished = ({ action, surely }: Wish, verdict: Verdict): boolean =>
  (verdict === action) === surely;

/** A line, or what it matches surely or at most, in those lists that have it. */
interface JointEntry {
  readonly boxes: readonly Box[];
  readonly action: AceAction | null;
  /** Bit i: the list i. */
  readonly lists: number;
  /** Set where it counts only for lists that are asked about this action. */
  readonly asked: AceAction | null;
}

/** What counts of a list: the places that its entries claim to have do not. */
type Lines = Pick<CompiledAcl, 'entries' | 'otherwise'>;

/** All lines in one order that is the order of each list. */
function inOneOrder([first, ...others]: readonly [Lines, ...Lines[]]): readonly JointEntry[] {
  const partners = others.map((other) => alignLines(first.entries, other.entries).partner);
  const next = others.map(() => 0);
  const out: JointEntry[] = [];
  /** Puts down the lines of the other lists that stand before these places. */
  const catchUp = (until: (other: number) => number): void =>
    others.forEach(({ entries }, o) => {
      for (const end = until(o); next[o]! < end; next[o]!++) putDown(out, entries[next[o]!]!, 2 << o);
    });
  first.entries.forEach((entry, i) => {
    catchUp((o) => partners[o]![i]!);
    let lists = 1;
    partners.forEach((partner, o) => {
      if (partner[i] === -1) return;
      lists |= 2 << o;
      next[o]!++;
    });
    putDown(out, entry, lists);
  });
  catchUp((o) => others[o]!.entries.length);
  return out;
}

/**
 * Whether a list surely does something is told by what its lines of that action surely match, and what all others may.
 * So a line that only may match stands there twice.
 */
function putDown(out: JointEntry[], entry: CompiledEntry, lists: number): void {
  const { action, may, must } = entry;
  if (isCertain(entry)) out.push({ boxes: may, action, lists, asked: null });
  else
    for (const asked of ['permit', 'deny'] as const)
      out.push({ boxes: action === asked ? must : may, action, lists, asked });
}

/**
 * Lists that have most of their lines in common, as states of one list have, and the boxes of packets to look for.
 *
 * The lists are laid into one order, in which each line has one place. Down this order, a packet either has a line, which
 * settles its fate in the lists that the line stands in, or has it not. The lines that must not settle it need no parting
 * of boxes: what all of them leave is asked about at the end.
 */
export class JointLists {
  private readonly lists: readonly Lines[];
  private readonly within: readonly Box[];
  private readonly entries: readonly JointEntry[];
  private readonly space: FlatSpace;
  private readonly rows: RowBuffer;
  /** Entry to its first row; one more at the end. */
  private readonly firstRow: Int32Array;
  private readonly leftOver: LeftOverSearch;

  constructor(lists: readonly [Lines, ...Lines[]], within: readonly Box[]) {
    this.lists = lists;
    this.within = within;
    this.entries = inOneOrder(lists);
    this.space = flatSpaceOf([...within, ...this.entries.flatMap(({ boxes }) => [...boxes])]);
    this.rows = new RowBuffer(this.space.stride, this.entries.length + 1);
    this.firstRow = new Int32Array(this.entries.length + 1);
    this.entries.forEach(({ boxes }, i) => {
      for (const box of boxes) this.space.encode(box, this.rows);
      this.firstRow[i + 1] = this.rows.rows;
    });
    const { words, rows } = this.rows;
    const index = indexWhenAsked(this.space, words, rows);
    this.leftOver = leftOverSearch(this.space, words, index, cutAwayFrom(this.space, words));
  }

  /** A packet of the boxes for which the wish about each list comes true; null: there is none. */
  find(wishes: readonly Wish[]): Packet | null {
    const question = this.ask(wishes);
    const asked = new RowBuffer(this.space.stride, 1);
    for (const box of this.within) {
      asked.length = 0;
      this.space.encode(box, asked);
      for (let at = 0; at < asked.length; at += asked.stride) {
        const point = this.below(question, asked.words, at, 0, question.all, new Uint8Array(this.rows.rows));
        if (point) return this.readable(question, this.space.decode(point, 0, box)[0]!, box);
      }
    }
    return null;
  }

  private ask(wishes: readonly Wish[]): Question {
    const asking = (of: (wish: Wish, i: number) => boolean): number =>
      wishes.reduce((bits, wish, i) => (of(wish, i) ? bits | (1 << i) : bits), 0);
    const goodIf = (action: AceAction | null): number =>
      asking((wish) => (action === wish.action) === wish.surely);
    const good = { permit: goodIf('permit'), deny: goodIf('deny'), unread: goodIf(null) };
    const about = {
      permit: asking(({ action }) => action === 'permit'),
      deny: asking(({ action }) => action === 'deny'),
    };
    const question = {
      all: asking(() => true),
      lists: new Int32Array(this.rows.rows),
      good: new Int32Array(this.rows.rows),
      goodAtEnd: asking((wish, i) => isWished(wish, this.lists[i]!.otherwise)),
    };
    this.entries.forEach(({ action, lists, asked }, i) => {
      const [from, to] = [this.firstRow[i]!, this.firstRow[i + 1]!];
      question.lists.fill(asked === null ? lists : lists & about[asked], from, to);
      question.good.fill(good[action ?? 'unread'], from, to);
    });
    return question;
  }

  /**
   * A packet of the row at `at` whose fate in the lists of `open` is settled, as wished, from row `from` on, while none of
   * the rows before that has it, those in `skip` apart. `skip` is changed.
   */
  private below(
    question: Question,
    words: Int32Array,
    at: number,
    from: number,
    open: number,
    skip: Uint8Array,
  ): Int32Array | null {
    const { space, rows } = this;
    const { lists, good } = question;
    const shared = new Int32Array(space.stride);
    for (let row = from; row < lists.length; row++) {
      const settled = lists[row]! & open;
      if (settled === 0) {
        skip[row] = 1;
        continue;
      }
      if ((settled & good[row]!) !== settled) continue;
      if (!intersectRows(space, words, at, rows.words, row * space.stride, shared)) continue;
      if (this.isTaken(shared, row, skip)) continue;
      let point: Int32Array | null;
      if (settled === open) point = this.leftOver.find(shared, 0, row, skip);
      else {
        const inside = skip.slice();
        inside[row] = 1;
        point = this.below(question, shared, 0, row + 1, open & ~settled, inside);
      }
      if (point) return point;
    }
    const left = (open & ~question.goodAtEnd) === 0;
    return left ? this.leftOver.find(words, at, lists.length, skip) : null;
  }

  /** Whether a single row before this one has all packets of `shared`. */
  private isTaken(shared: Int32Array, before: number, skip: Uint8Array): boolean {
    const { space, rows } = this;
    for (let row = 0; row < before; row++)
      if (skip[row] === 0 && rowCovers(space, rows.words, row * space.stride, shared, 0)) return true;
    return false;
  }

  /** The search draws packets by chance; this one a person can read. */
  private readable(question: Question, found: Box, within: Box): Packet {
    const point = new RowBuffer(this.space.stride, 1);
    const holds = (packet: Packet): boolean => {
      if (!boxContains(within, packet)) return false;
      point.length = 0;
      this.space.encode(boxOfPacket(packet), point);
      return this.comeTrue(question, point.words);
    };
    return makeOrdinary(naturalPacket(found), ordinaryPackets(within), holds);
  }

  private comeTrue({ all, lists, good, goodAtEnd }: Question, point: Int32Array): boolean {
    const { space, rows } = this;
    let open = all;
    for (let row = 0; row < lists.length && open !== 0; row++) {
      const settled = lists[row]! & open;
      if (settled === 0 || !rowsOverlap(space, point, 0, rows.words, row * space.stride)) continue;
      if ((settled & good[row]!) !== settled) return false;
      open &= ~settled;
    }
    return (open & ~goodAtEnd) === 0;
  }
}

/** Wishes as bits: bit i is about list i. */
interface Question {
  readonly all: number;
  /** Per row, the lists that its line counts for. */
  readonly lists: Int32Array;
  /** Per row, the wishes that come true where its line decides. */
  readonly good: Int32Array;
  /** The wishes that come true for what no line of their list has. */
  readonly goodAtEnd: number;
}
