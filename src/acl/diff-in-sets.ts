import type { AddressSets } from '../headerspace/address-sets.ts';
import { makeBox, WHOLE } from '../headerspace/box.ts';
import { intersect, type PacketSet } from '../headerspace/packet-set.ts';
import { alignEntries } from './align.ts';
import { type CompiledAcl, isCertain } from './compile.ts';
import { conclude, type Decider, type Decision } from './decide.ts';
import { type JointLine, joinLists } from './joint-lists.ts';
import { JointProducts } from './joint-products.ts';

/** Packets of one pair of deciding lines: disjoint sets of addresses. */
export interface DiffInSets {
  readonly before: Decider;
  readonly after: Decider;
  readonly sets: readonly AddressSets[];
}

export interface PairsInSets {
  /** Denied before, permitted after. */
  readonly gained: readonly DiffInSets[];
  /** Permitted before, denied after. */
  readonly lost: readonly DiffInSets[];
}

export interface AclDiffInSets extends PairsInSets {
  /** The same for non-initial fragments, which carry no ports. */
  readonly fragments: PairsInSets;
}

const WAYS: PacketSet = [makeBox({ fragments: 'whole' }), makeBox({ fragments: 'non-initial' })];

/**
 * What a change of list does to packets, all of them or those in `within`: what `diffAcls` says, but with sets of addresses
 * that are never cut up into boxes. Null where some line of either list only may match, or where a pair of lines takes
 * many pieces all the same.
 */
export function diffInSets(
  before: CompiledAcl,
  after: CompiledAcl,
  within?: PacketSet,
): AclDiffInSets | null {
  if (![...before.entries, ...after.entries].every(isCertain)) return null;
  const products = new JointProducts(joinLists(before, after, alignEntries(before, after), null));
  const { lines } = products;
  const whole = new ChangedPairs();
  const fragments = new ChangedPairs();
  const done = products.eachPair(
    within === undefined ? WAYS : intersect(WAYS, within),
    (l, m) => lines[l]!.action !== lines[m]!.action,
    (l, m, pieces) => {
      const was = conclude(before, entryOf(lines[l]!.before), []);
      const is = conclude(after, entryOf(lines[m]!.after), []);
      for (const piece of pieces) (piece.box.fragments === WHOLE ? whole : fragments).add(was, is, piece);
    },
  );
  return done ? { ...whole.pairs(), fragments: fragments.pairs() } : null;
}

/** How many boxes the changed lines with object groups come to. */
export function countChangedMembers(before: CompiledAcl, after: CompiledAcl): number {
  const { partner, partnerBefore } = alignEntries(before, after);
  const count = (list: CompiledAcl, partners: Int32Array): number =>
    list.entries.reduce((sum, { index, product }) => {
      if (!product || partners[index] !== -1) return sum;
      const { sources, destinations, asked, aside } = product;
      return sum + sources.length * destinations.length * (asked.length + aside.length);
    }, 0);
  return count(before, partner) + count(after, partnerBefore);
}

const entryOf = (line: JointLine['before']) => (line === 'end' ? null : line);

/** Sets gathered by what decides them on either side. */
class ChangedPairs {
  private readonly gained = new Map<Decider, Map<Decider, AddressSets[]>>();
  private readonly lost = new Map<Decider, Map<Decider, AddressSets[]>>();

  add(was: Decision, is: Decision, sets: AddressSets): void {
    const pairs = is.verdict === 'permit' ? this.gained : this.lost;
    const ofBefore = pairs.get(was.decidedBy) ?? new Map<Decider, AddressSets[]>();
    pairs.set(was.decidedBy, ofBefore);
    const known = ofBefore.get(is.decidedBy);
    if (known) known.push(sets);
    else ofBefore.set(is.decidedBy, [sets]);
  }

  pairs(): PairsInSets {
    const list = (pairs: ChangedPairs['gained']): readonly DiffInSets[] =>
      [...pairs].flatMap(([before, ofBefore]) =>
        [...ofBefore].map(([after, sets]) => ({ before, after, sets })),
      );
    return { gained: list(this.gained), lost: list(this.lost) };
  }
}
