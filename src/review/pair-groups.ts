import { type CompiledAcl, entryOfLine } from '../acl/compile.ts';
import type { Decider } from '../acl/decide.ts';
import type { DiffInSets } from '../acl/diff-in-sets.ts';
import { type DiffPair, type Labels, type OutlinedSpace, outlinedSpace } from '../acl/diff-spaces.ts';
import { toConfigLine } from '../diagnostics/source-span.ts';
import { boxesOf } from '../headerspace/address-sets.ts';
import { type Box, makeBox } from '../headerspace/box.ts';
import { mergeBoxes } from '../headerspace/merge-boxes.ts';
import type { DecidedBy } from '../model/finding.ts';
import { countDescribed } from './describe-space.ts';
import type { Gate, GatePlace } from './gates.ts';
import { commonTerms, type IsNear, inKnownTerms, nearBoxes, nearSets } from './known-terms.ts';
import { MOST_MATCHES, pairInTerms } from './pair-in-terms.ts';
import type { SpaceGroup } from './tell-spaces.ts';

/** The packets of one pair of deciding lines at one gate. */
export interface PairGroup extends SpaceGroup {
  readonly inTerms: () => ReturnType<typeof pairInTerms>;
  /** Told box by box. */
  readonly inBoxes: () => PairGroup;
}

/** What filters at a place before a change, and after it. */
export interface ChangedGate {
  readonly place: GatePlace;
  readonly old: Gate;
  readonly now: Gate;
}

/** Spaces of one pair of deciders, joined as far as they go, in order of lines. */
export const groupPairs = (pairs: readonly DiffPair[], gate: ChangedGate): readonly PairGroup[] =>
  groupByDeciders(pairs, gate).map((group) => new PairInBoxes(gate, group));

/** Of a hundred thousand of these most are one box, of which nothing but the words is ever asked. */
class PairInBoxes implements PairGroup {
  readonly boxes: readonly Box[];
  private readonly gate: ChangedGate;
  private readonly group: Group;

  constructor(gate: ChangedGate, group: Group) {
    this.gate = gate;
    this.group = group;
    const [first, ...others] = group.pairs;
    if (first.boxes.length < 2 && others.length === 0) this.boxes = first.boxes;
    else {
      const boxes = group.pairs.flatMap((pair) => [...pair.boxes]);
      // Of one pair of deciding lines they come joined; several pairs, or fragments too, may be left open alike.
      const decided = first.doubts.length === 0 && first.before !== null && first.after !== null;
      const listed = decided ? boxes : mergeBoxes(boxes);
      this.boxes = listed.length < 2 ? listed : inKnownTerms(listed, this.terms());
    }
  }

  get outlined(): readonly OutlinedSpace[] {
    const { pairs } = this.group;
    return pairs.length === 1 && pairs[0].outlines.length === 0
      ? []
      : pairs.flatMap((pair) => pair.outlines.map(outlinedSpace));
  }

  get place(): SpaceGroup['place'] {
    return toldPlace(this.gate, this.group, doubtOf(this.group.pairs[0]));
  }

  inTerms(): ReturnType<typeof pairInTerms> {
    return pairAt(this.gate, this.group.pairs[0], this.terms());
  }

  inBoxes(): PairGroup {
    return this;
  }

  private terms(): readonly Box[] {
    const { pairs } = this.group;
    const all = pairs.flatMap(({ boxes, outlines }) => [...boxes, ...outlines.map(({ box }) => box)]);
    return countDescribed(all) < 2 ? [] : termsOfPair(this.gate, pairs[0], nearBoxes(all));
  }
}

/** The same of pairs that were found in sets of addresses. */
export function groupSets(pairs: readonly DiffInSets[], gate: ChangedGate): readonly PairGroup[] {
  return pairs
    .map((pair) => ({ pair, before: lineOf(pair.before, gate.old), after: lineOf(pair.after, gate.now) }))
    .sort(inOrderOfLines)
    .map((group) => {
      const { pair } = group;
      const told = { outlined: [], place: toldPlace(gate, group, null) };
      // More terms than a pair is told in are as good as all.
      const inTerms = () =>
        pairAt(gate, pair, termsOfPair(gate, pair, nearSets(pair.sets), MOST_MATCHES + 1));
      const inBoxes = (): PairGroup => {
        const boxes = mergeBoxes(pair.sets.flatMap(boxesOf));
        const terms = boxes.length < 2 ? [] : termsOfPair(gate, pair, nearBoxes(boxes));
        const same = {
          ...told,
          inTerms,
          boxes: boxes.length < 2 ? boxes : inKnownTerms(boxes, terms),
          inBoxes: () => same,
        };
        return same;
      };
      return { ...told, boxes: [], sets: pair.sets, inTerms, inBoxes };
    });
}

type Deciders = Pick<Labels, 'before' | 'after'>;

/** The pair in the lists' own terms. At terminal lines only logins are looked at, which no line says. */
const pairAt = ({ place, old, now }: ChangedGate, { before, after }: Deciders, terms: readonly Box[]) =>
  place.terminal
    ? null
    : pairInTerms({ list: old.filter, decider: before }, { list: now.filter, decider: after }, terms);

interface DecidingLines {
  readonly before: DecidedBy;
  readonly after: DecidedBy;
}

const toldPlace = (
  { place }: ChangedGate,
  { before, after }: DecidingLines,
  condition: string | null,
): SpaceGroup['place'] => ({ interface: place.name, direction: place.direction, before, after, condition });

interface Group extends DecidingLines {
  readonly pairs: [DiffPair, ...DiffPair[]];
}

/** Pairs that are decided come one by one; what is left open by the same lines is one group. */
function groupByDeciders(pairs: readonly DiffPair[], { old, now }: ChangedGate): readonly Group[] {
  const groups: Group[] = [];
  const open = new Map<Decider, Map<Decider | string, Group>>();
  const linesBefore = linesOf(old);
  const linesAfter = linesOf(now);
  for (const pair of pairs) {
    const group: Group = { pairs: [pair], before: linesBefore(pair.before), after: linesAfter(pair.after) };
    if (pair.doubts.length > 0 || pair.before === null || pair.after === null) {
      const byBefore = open.get(pair.before) ?? new Map<Decider | string, Group>();
      open.set(pair.before, byBefore);
      const key =
        pair.doubts.length > 0 ? `doubts ${pair.doubts.map((d) => d.span.line).join(' ')}` : pair.after;
      const known = byBefore.get(key);
      if (known) {
        known.pairs.push(pair);
        continue;
      }
      byBefore.set(key, group);
    }
    groups.push(group);
  }
  return groups.sort(inOrderOfLines);
}

const inOrderOfLines = (a: DecidingLines, b: DecidingLines): number =>
  lineNumber(a.before) - lineNumber(b.before) || lineNumber(a.after) - lineNumber(b.after);

/** The implicit deny stands at the end; no list at all comes first. */
const lineNumber = (by: DecidedBy): number =>
  by === null ? 0 : 'line' in by ? by.line : Number.MAX_SAFE_INTEGER;

/** The boxes that the deciding lines of a pair have in common, those that are near. */
const termsOfPair = (
  { old, now }: ChangedGate,
  { before, after }: Deciders,
  isNear: IsNear,
  most?: number,
): readonly Box[] => commonTerms(termsOf(old.filter, before), termsOf(now.filter, after), isNear, most);

const EVERYTHING: readonly Box[] = [makeBox({ fragments: 'whole' }), makeBox({ fragments: 'non-initial' })];

/** The boxes that a reader sees in what decides. */
function termsOf(list: CompiledAcl, decider: Decider): readonly Box[] {
  if (decider === null || decider === 'implicit-deny') return EVERYTHING;
  const boxes = entryOfLine(list, decider)?.may ?? EVERYTHING;
  return boxes.flatMap((box) => (box.fragments === 3 ? EVERYTHING.flatMap((w) => cut(box, w)) : [box]));
}

const cut = (box: Box, way: Box): readonly Box[] => [{ ...box, fragments: way.fragments }];

/** The lines of a gate as they are told: each one object, however many pairs it is part of. */
function linesOf(gate: Gate): (decider: Decider) => DecidedBy {
  const known = new Map<Decider, DecidedBy>();
  return (decider) => {
    let line = known.get(decider);
    if (line === undefined) {
      line = lineOf(decider, gate);
      known.set(decider, line);
    }
    return line;
  };
}

function lineOf(decider: Decider, gate: Gate): DecidedBy {
  if (decider === null) return gate.closedBy;
  if (decider === 'implicit-deny') return { implicitDeny: true, acl: gate.acl ?? '' };
  return toConfigLine(decider.span);
}

const doubtOf = ({ doubts }: Labels): string | null =>
  doubts.length === 0 ? null : `depends on line ${[...new Set(doubts.map((d) => d.span.line))].join(', ')}`;
