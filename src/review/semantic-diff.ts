import type { CompiledAcl, CompiledEntry } from '../acl/compile.ts';
import type { Decider } from '../acl/decide.ts';
import { type AclDiff, type DiffSpace, diffAcls } from '../acl/diff.ts';
import { toConfigLine } from '../diagnostics/source-span.ts';
import { type Box, makeBox } from '../headerspace/box.ts';
import type { AclEntry } from '../model/access-list.ts';
import type { DecidedBy } from '../model/finding.ts';
import { TCP } from '../model/packet.ts';
import type { ChangedPair, ChangedSpace } from '../model/review.ts';
import type { RouterConfig } from '../model/router-config.ts';
import { buildRouter } from '../router/network.ts';
import { countDescribed } from './describe-space.ts';
import { type Gate, type GatePlace, gateAt, gatePlaces } from './gates.ts';
import { commonTerms, inKnownTerms } from './known-terms.ts';
import { changesBeyondLists } from './other-changes.ts';
import { pairInTerms } from './pair-in-terms.ts';
import { isOutlined, MOST_SPACES, type SpaceGroup, tellSpaces } from './tell-spaces.ts';

export interface DiffOptions {
  /** The router's wall clock read as UTC milliseconds; null: unknown. */
  readonly clock: number | null;
}

/** What a change of configuration does to packets, gate by gate. */
export interface ConfigDiff {
  readonly gained: readonly ChangedSpace[];
  readonly lost: readonly ChangedSpace[];
  readonly fragments: { readonly gained: readonly ChangedSpace[]; readonly lost: readonly ChangedSpace[] };
  readonly undetermined: readonly ChangedSpace[];
  /** Of the pairs of lines that take many spaces, those that take the most, in the lists' own terms. */
  readonly pairs: readonly ChangedPair[];
  /** Routes, translation, addresses or the like differ, which no gate shows. */
  readonly beyondLists: boolean;
  readonly assumptions: readonly string[];
}

/**
 * Exact difference per binding: spaces of one binding are disjoint and together complete. Lists that were moved,
 * renamed or numbered anew and mean the same leave nothing.
 */
export function diffConfigs(before: RouterConfig, after: RouterConfig, options: DiffOptions): ConfigDiff {
  const router = buildRouter({ name: 'before', config: before }, options);
  const routers = {
    before: router,
    after: buildRouter({ name: 'after', config: after }, { ...options, like: router }),
  };
  const found: Record<ListName, PairGroup[]> = {
    gained: [],
    lost: [],
    undetermined: [],
    'fragments.gained': [],
    'fragments.lost': [],
  };
  const assumptions: string[] = [];
  for (const place of gatePlaces(before, after)) {
    const old = gateAt(routers.before, place, after);
    const now = gateAt(routers.after, place, before);
    if (old.closed && now.closed) {
      if (old.acl !== now.acl)
        assumptions.push(
          `${place.name} is not in use before or after: its ${place.direction} list counts for nothing`,
        );
      continue;
    }
    if (old.closed !== now.closed) assumptions.push(closureNote(place, now.closed));
    const diff = diffGates(old, now, place);
    if (diff === null) continue;
    if (!diff.complete)
      assumptions.push(
        `${place.name}, ${place.direction}: some pair of lines differs in more spaces than are listed`,
      );
    const gather = (name: ListName, spaces: readonly DiffSpace[]): void => {
      found[name].push(...readableGroups(spaces, place, old, now));
    };
    gather('gained', diff.gained);
    gather('lost', diff.lost);
    gather('fragments.gained', diff.fragments.gained);
    gather('fragments.lost', diff.fragments.lost);
    gather('undetermined', [...diff.undetermined, ...diff.fragments.undetermined]);
  }
  const told = tellSpaces(found);
  const elsewhere = changesBeyondLists(before, after);
  for (const [name, { cut }] of Object.entries(told))
    if (cut) assumptions.push(`${name} is cut after ${MOST_SPACES} spaces: there are more`);
  return {
    gained: told.gained.spaces,
    lost: told.lost.spaces,
    fragments: { gained: told['fragments.gained'].spaces, lost: told['fragments.lost'].spaces },
    undetermined: told.undetermined.spaces,
    pairs: PAIR_LISTS.flatMap((spaces) => widestPairs(spaces, found[spaces])),
    beyondLists: elsewhere.length > 0,
    assumptions: [...assumptions, ...elsewhere],
  };
}

const PAIR_LISTS = ['gained', 'lost', 'fragments.gained', 'fragments.lost'] as const;
type ListName = (typeof PAIR_LISTS)[number] | 'undetermined';

/** The packets of one pair of deciding lines at one gate. */
interface PairGroup extends SpaceGroup {
  readonly inTerms: () => ReturnType<typeof pairInTerms>;
}

/** Pairs told in more spaces than this are told in the lists' own terms as well, up to so many of a kind. */
const FEW_SPACES = 5;
const MOST_PAIRS = 5;

function widestPairs(spaces: ChangedPair['spaces'], groups: readonly PairGroup[]): readonly ChangedPair[] {
  return groups
    .map((group) => ({ group, count: countDescribed(group.boxes) + group.outlined.length }))
    .filter(({ count }) => count > FEW_SPACES)
    .sort((a, b) => b.count - a.count)
    .slice(0, MOST_PAIRS)
    .flatMap(({ group }): ChangedPair[] => {
      const inTerms = group.inTerms();
      const { condition: _condition, ...place } = group.place;
      return inTerms === null ? [] : [{ spaces, ...place, ...inTerms }];
    });
}

const closureNote = (place: GatePlace, closes: boolean): string =>
  closes
    ? `${place.name} is shut down, removed or without address after the change: every packet there (${place.direction}) counts as lost`
    : `${place.name} carries packets only after the change: what its ${place.direction} list permits counts as gained`;

/** Logins are TCP; nothing else asks an access-class. */
const LOGINS: readonly Box[] = [makeBox({ protocol: TCP, destinationPorts: [[22, 23]], fragments: 'whole' })];

/** null: the very same filter. */
const diffGates = (old: Gate, now: Gate, place: GatePlace): AclDiff | null =>
  old.filter === now.filter ? null : diffAcls(old.filter, now.filter, place.terminal ? LOGINS : undefined);

interface Group {
  readonly spaces: DiffSpace[];
  readonly before: DecidedBy;
  readonly after: DecidedBy;
}

/** Spaces of one pair of deciders, joined as far as they go, in order of lines. */
function readableGroups(
  spaces: readonly DiffSpace[],
  place: GatePlace,
  old: Gate,
  now: Gate,
): readonly PairGroup[] {
  const termsBefore = termsOfLines(old.filter);
  const termsAfter = termsOfLines(now.filter);
  return groupByDeciders(spaces, old, now).map((group) => {
    const first = group.spaces[0]!;
    const listed = group.spaces.filter((s) => !isOutlined(s)).map((s) => s.box);
    const all = group.spaces.map((s) => s.box);
    const terms =
      countDescribed(all) < 2 ? [] : commonTerms(termsBefore(first.before), termsAfter(first.after), all);
    return {
      boxes: listed.length < 2 ? listed : inKnownTerms(listed, terms),
      outlined: group.spaces.filter(isOutlined),
      // At terminal lines only logins are looked at, which no line says.
      inTerms: () =>
        place.terminal
          ? null
          : pairInTerms(
              { list: old.filter, decider: first.before },
              { list: now.filter, decider: first.after },
              terms,
            ),
      place: {
        interface: place.name,
        direction: place.direction,
        before: group.before,
        after: group.after,
        condition: doubtOf(first),
      },
    };
  });
}

function groupByDeciders(spaces: readonly DiffSpace[], old: Gate, now: Gate): readonly Group[] {
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
  return [...groups.values()]
    .flatMap((byBefore) => [...byBefore.values()])
    .sort((a, b) => lineNumber(a.before) - lineNumber(b.before) || lineNumber(a.after) - lineNumber(b.after));
}

/** The implicit deny stands at the end; no list at all comes first. */
const lineNumber = (by: DecidedBy): number =>
  by === null ? 0 : 'line' in by ? by.line : Number.MAX_SAFE_INTEGER;

const EVERYTHING: readonly Box[] = [makeBox({ fragments: 'whole' }), makeBox({ fragments: 'non-initial' })];

const entriesByLine = new WeakMap<CompiledAcl, ReadonlyMap<AclEntry, CompiledEntry>>();

/** The boxes that a reader sees in a line: thousands of groups ask, so lines are looked up, not searched. */
function termsOfLines(list: CompiledAcl): (decider: Decider) => readonly Box[] {
  let entryOf = entriesByLine.get(list);
  if (entryOf === undefined) {
    entryOf = new Map(list.entries.map((e) => [e.entry, e]));
    entriesByLine.set(list, entryOf);
  }
  return (decider) => {
    if (decider === null || decider === 'implicit-deny') return EVERYTHING;
    const boxes = entryOf.get(decider)?.may ?? EVERYTHING;
    return boxes.flatMap((box) => (box.fragments === 3 ? EVERYTHING.flatMap((w) => cut(box, w)) : [box]));
  };
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
