import { type CompiledAcl, entryOfLine } from '../acl/compile.ts';
import type { Decider } from '../acl/decide.ts';
import type { DiffInSets } from '../acl/diff-in-sets.ts';
import type { DiffSpace } from '../acl/diff-spaces.ts';
import { toConfigLine } from '../diagnostics/source-span.ts';
import { boxesOf } from '../headerspace/address-sets.ts';
import { type Box, makeBox } from '../headerspace/box.ts';
import { mergeBoxes } from '../headerspace/merge-boxes.ts';
import type { DecidedBy } from '../model/finding.ts';
import { countDescribed } from './describe-space.ts';
import type { Gate, GatePlace } from './gates.ts';
import { commonTerms, type IsNear, inKnownTerms, nearBoxes, nearSets } from './known-terms.ts';
import { MOST_MATCHES, pairInTerms } from './pair-in-terms.ts';
import { isOutlined, type SpaceGroup } from './tell-spaces.ts';

/** The packets of one pair of deciding lines at one gate. */
export interface PairGroup extends SpaceGroup {
  readonly inTerms: () => ReturnType<typeof pairInTerms>;
  /** Told box by box. */
  readonly inBoxes: () => SpaceGroup;
}

/** What filters at a place before a change, and after it. */
export interface ChangedGate {
  readonly place: GatePlace;
  readonly old: Gate;
  readonly now: Gate;
}

/** Spaces of one pair of deciders, joined as far as they go, in order of lines. */
export function groupSpaces(spaces: readonly DiffSpace[], gate: ChangedGate): readonly PairGroup[] {
  return groupByDeciders(spaces, gate).map((group) => {
    const first = group.spaces[0]!;
    const boxes = group.spaces.filter((s) => !isOutlined(s)).map((s) => s.box);
    // Of one pair of deciding lines they come joined; several pairs, or fragments too, may be left open alike.
    const decided = first.doubts.length === 0 && first.before !== null && first.after !== null;
    const listed = decided ? boxes : mergeBoxes(boxes);
    const all = group.spaces.map((s) => s.box);
    const terms = countDescribed(all) < 2 ? [] : termsOfPair(gate, first, nearBoxes(all));
    const told: SpaceGroup = {
      boxes: listed.length < 2 ? listed : inKnownTerms(listed, terms),
      outlined: group.spaces.filter(isOutlined),
      place: toldPlace(gate, group, doubtOf(first)),
    };
    return { ...told, inTerms: () => pairAt(gate, first, terms), inBoxes: () => told };
  });
}

/** The same of pairs that were found in sets of addresses. */
export function groupSets(pairs: readonly DiffInSets[], gate: ChangedGate): readonly PairGroup[] {
  return pairs
    .map((pair) => ({ pair, before: lineOf(pair.before, gate.old), after: lineOf(pair.after, gate.now) }))
    .sort(inOrderOfLines)
    .map((group) => {
      const { pair } = group;
      const told = { outlined: [], place: toldPlace(gate, group, null) };
      return {
        ...told,
        boxes: [],
        sets: pair.sets,
        // More terms than a pair is told in are as good as all.
        inTerms: () => pairAt(gate, pair, termsOfPair(gate, pair, nearSets(pair.sets), MOST_MATCHES + 1)),
        inBoxes: () => {
          const boxes = mergeBoxes(pair.sets.flatMap(boxesOf));
          const terms = boxes.length < 2 ? [] : termsOfPair(gate, pair, nearBoxes(boxes));
          return { ...told, boxes: boxes.length < 2 ? boxes : inKnownTerms(boxes, terms) };
        },
      };
    });
}

type Deciders = Pick<DiffSpace, 'before' | 'after'>;

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
  readonly spaces: DiffSpace[];
}

function groupByDeciders(spaces: readonly DiffSpace[], { old, now }: ChangedGate): readonly Group[] {
  const groups = new Map<Decider, Map<Decider | string, Group>>();
  for (const space of spaces) {
    const byBefore = groups.get(space.before) ?? new Map<Decider | string, Group>();
    groups.set(space.before, byBefore);
    const key =
      space.doubts.length > 0 ? `doubts ${space.doubts.map((d) => d.span.line).join(' ')}` : space.after;
    const group = byBefore.get(key);
    if (group) group.spaces.push(space);
    else
      byBefore.set(key, {
        spaces: [space],
        before: lineOf(space.before, old),
        after: lineOf(space.after, now),
      });
  }
  return [...groups.values()].flatMap((byBefore) => [...byBefore.values()]).sort(inOrderOfLines);
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

function lineOf(decider: Decider, gate: Gate): DecidedBy {
  if (decider === null) return gate.closedBy;
  if (decider === 'implicit-deny') return { implicitDeny: true, acl: gate.acl ?? '' };
  return toConfigLine(decider.span);
}

const doubtOf = (space: DiffSpace): string | null =>
  space.doubts.length === 0
    ? null
    : `depends on line ${[...new Set(space.doubts.map((d) => d.span.line))].join(', ')}`;
