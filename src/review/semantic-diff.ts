import { pushAll } from '../model/push-all.ts';
import type { ChangedPair, ChangedSpace } from '../model/review.ts';
import type { RouterConfig } from '../model/router-config.ts';
import { buildRouter } from '../router/network.ts';
import { type ListName, pairsAtGates } from './gate-diffs.ts';
import { type GatePlace, gateAt, gatePlaces } from './gates.ts';
import { changesBeyondLists } from './other-changes.ts';
import type { ChangedGate, PairGroup } from './pair-groups.ts';
import { countSpaces, MOST_SPACES, tellSpaces } from './tell-spaces.ts';

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
  /** False where a pair of lines came to more than can be told: nothing told is not the same as no difference. */
  readonly complete: boolean;
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
  /** In order of places; gates stand for what may turn out to be left out of their differences. */
  const notes: (string | ChangedGate)[] = [];
  for (const place of gatePlaces(before, after)) {
    const old = gateAt(routers.before, place, after);
    const now = gateAt(routers.after, place, before);
    if (old.closed && now.closed) {
      if (old.acl !== now.acl)
        notes.push(
          `${place.name} is not in use before or after: its ${place.direction} list counts for nothing`,
        );
      continue;
    }
    if (old.closed !== now.closed) notes.push(closureNote(place, now.closed));
    // Where it is the very same filter, nothing changed.
    if (old.filter !== now.filter) notes.push({ place, old, now });
  }
  const found: Record<ListName, PairGroup[]> = {
    gained: [],
    lost: [],
    undetermined: [],
    'fragments.gained': [],
    'fragments.lost': [],
  };
  const partial = new Set<ChangedGate>();
  const coarse = new Set<ChangedGate>();
  for (const diff of pairsAtGates(notes.filter((note) => typeof note !== 'string'))) {
    const { gate, pairs } = diff;
    if (!diff.complete) partial.add(gate);
    if (diff.coarse) coarse.add(gate);
    for (const [name, groups] of Object.entries(pairs)) pushAll(found[name as ListName], groups);
  }
  const assumptions = notes.flatMap((note) => {
    if (typeof note === 'string') return [note];
    return [
      ...(partial.has(note) ? [omissionNote(note)] : []),
      ...(coarse.has(note) ? [coarsenessNote(note)] : []),
    ];
  });
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
    complete: partial.size === 0,
    assumptions: [...assumptions, ...elsewhere],
  };
}

const PAIR_LISTS = ['gained', 'lost', 'fragments.gained', 'fragments.lost'] as const;

/** Pairs told in more spaces than this are told in the lists' own terms as well, up to so many of a kind. */
const FEW_SPACES = 5;
const MOST_PAIRS = 5;

function widestPairs(spaces: ChangedPair['spaces'], groups: readonly PairGroup[]): readonly ChangedPair[] {
  return groups
    .map((group) => ({ group, count: countSpaces(group) + group.outlined.length }))
    .filter(({ count }) => count > FEW_SPACES)
    .sort((a, b) => b.count - a.count)
    .slice(0, MOST_PAIRS)
    .flatMap(({ group }): ChangedPair[] => {
      const inTerms = group.inTerms();
      const { condition: _condition, ...place } = group.place;
      return inTerms === null ? [] : [{ spaces, ...place, ...inTerms }];
    });
}

const omissionNote = ({ place }: ChangedGate): string =>
  `${place.name}, ${place.direction}: some pair of lines differs in more spaces than are listed`;

const coarsenessNote = ({ place }: ChangedGate): string =>
  `${place.name}, ${place.direction}: lines that only may match part some packets too finely to tell them apart: those that no such line touches are told as undetermined with the others`;

const closureNote = (place: GatePlace, closes: boolean): string =>
  closes
    ? `${place.name} is shut down, removed or without address after the change: every packet there (${place.direction}) counts as lost`
    : `${place.name} carries packets only after the change: what its ${place.direction} list permits counts as gained`;
