import type { CompiledAcl, CompiledEntry } from '../acl/compile.ts';
import { type Decider, decidePacket } from '../acl/decide.ts';
import { type AclDiff, diffAcls, type DiffSpace, type DiffSpaces } from '../acl/diff.ts';
import { toConfigLine } from '../diagnostics/source-span.ts';
import { type Box, boxesOverlap, makeBox } from '../headerspace/box.ts';
import { disjoint } from '../headerspace/packet-set.ts';
import { TCP } from '../model/packet.ts';
import type { DecidedBy } from '../model/finding.ts';
import type { ChangedSpace } from '../model/review.ts';
import type { RouterConfig } from '../model/router-config.ts';
import { buildRouter } from '../router/network.ts';
import { changedItems } from './changed-entries.ts';
import { describeBox } from './describe-space.ts';
import { EntryMeanings } from './entry-meaning.ts';
import { type Gate, gateAt, type GatePlace, gatePlaces } from './gates.ts';
import { commonTerms, mergeBoxes } from './merge-boxes.ts';
import { changesBeyondLists } from './other-changes.ts';

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
  readonly assumptions: readonly string[];
}

/**
 * Exact difference per binding: spaces of one binding are disjoint and together complete. Lists that were moved,
 * renamed or numbered anew and mean the same leave nothing.
 */
export function diffConfigs(before: RouterConfig, after: RouterConfig, options: DiffOptions): ConfigDiff {
  const routers = {
    before: buildRouter('before', before, options),
    after: buildRouter('after', after, options),
  };
  const meanings = { before: new EntryMeanings(before), after: new EntryMeanings(after) };
  const found = { gained: [], lost: [], fragmentsGained: [], fragmentsLost: [], undetermined: [] } as {
    -readonly [K in 'gained' | 'lost' | 'fragmentsGained' | 'fragmentsLost' | 'undetermined']: ChangedSpace[];
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
    const diff = diffGates(old, now, meanings, place);
    if (diff === null) continue;
    const describe = (spaces: readonly DiffSpace[]): readonly ChangedSpace[] =>
      readableSpaces(spaces, place, old, now);
    found.gained.push(...describe(diff.gained));
    found.lost.push(...describe(diff.lost));
    found.fragmentsGained.push(...describe(diff.fragments.gained));
    found.fragmentsLost.push(...describe(diff.fragments.lost));
    found.undetermined.push(...describe([...diff.undetermined, ...diff.fragments.undetermined]));
  }
  return {
    gained: found.gained,
    lost: found.lost,
    fragments: { gained: found.fragmentsGained, lost: found.fragmentsLost },
    undetermined: found.undetermined,
    assumptions: [...assumptions, ...changesBeyondLists(before, after)],
  };
}

const closureNote = (place: GatePlace, closes: boolean): string =>
  closes
    ? `${place.name} is shut down, removed or without address after the change: every packet there (${place.direction}) counts as lost`
    : `${place.name} carries packets only after the change: what its ${place.direction} list permits counts as gained`;

interface Meanings {
  readonly before: EntryMeanings;
  readonly after: EntryMeanings;
}

/** Logins are TCP; nothing else asks an access-class. */
const LOGINS: readonly Box[] = [makeBox({ protocol: TCP, destinationPorts: [[22, 23]], fragments: 'whole' })];

/** null: the same to every packet. */
function diffGates(old: Gate, now: Gate, meanings: Meanings, place: GatePlace): AclDiff | null {
  if (old.filter === now.filter) return null;
  const within = place.name.startsWith('line ') ? LOGINS : undefined;
  const region = changedRegion(old.filter, now.filter, meanings);
  if (region !== null && region.length === 0) return null;
  const diff =
    region === null
      ? diffAcls(old.filter, now.filter, within)
      : diffInside(old.filter, now.filter, within ? limit(region, within) : region);
  return withoutSameDoubts(diff, old.filter, now.filter, meanings);
}

const limit = (region: readonly Box[], within: readonly Box[]): readonly Box[] =>
  within.flatMap((w) => (region.some((r) => boxesOverlap(r, w)) ? [w] : []));

/** More changed lines than this, and the lists are simply different. */
const FEW = 400;

/**
 * Packets that can fare differently at all: those that a line matches which the other list has not, or has elsewhere.
 * Empty: the lists say the same; null: too much has changed to look at it line by line.
 */
function changedRegion(before: CompiledAcl, after: CompiledAcl, meanings: Meanings): readonly Box[] | null {
  if (before.otherwise !== after.otherwise) return null;
  const { removed, added } = changedItems<CompiledEntry>(
    before.entries,
    after.entries,
    (e) => meanings.before.of(e.entry),
    (e) => meanings.after.of(e.entry),
  );
  if (removed.length + added.length > FEW) return null;
  return disjoint([...removed, ...added].flatMap((e) => [...e.may]));
}

/** Only the lines that overlap the region take part: the cost is that of the change, not of the list. */
function diffInside(before: CompiledAcl, after: CompiledAcl, region: readonly Box[]): AclDiff {
  const parts = region.map((box) => diffAcls(restrict(before, [box]), restrict(after, [box]), [box]));
  const join = (pick: (d: AclDiff) => DiffSpaces): DiffSpaces => ({
    gained: parts.flatMap((p) => pick(p).gained),
    lost: parts.flatMap((p) => pick(p).lost),
    undetermined: parts.flatMap((p) => pick(p).undetermined),
  });
  return { ...join((d) => d), fragments: join((d) => d.fragments) };
}

/** The same decisions for packets of the region, by fewer lines. */
export function restrict(list: CompiledAcl, region: readonly Box[]): CompiledAcl {
  const kept = list.entries.filter((e) => e.may.some((box) => region.some((r) => boxesOverlap(box, r))));
  if (kept.length === list.entries.length) return list;
  return { ...list, entries: kept.map((e, index) => ({ ...e, index })) };
}

/**
 * A packet of which one side is undetermined has not changed when the other side is undetermined by the same clauses
 * and would decide the same without them.
 */
function withoutSameDoubts(
  diff: AclDiff,
  before: CompiledAcl,
  after: CompiledAcl,
  meanings: Meanings,
): AclDiff {
  const keep = (spaces: readonly DiffSpace[]): readonly DiffSpace[] =>
    spaces.filter((s) => signature(before, s, meanings.before) !== signature(after, s, meanings.after));
  return {
    ...diff,
    undetermined: keep(diff.undetermined),
    fragments: { ...diff.fragments, undetermined: keep(diff.fragments.undetermined) },
  };
}

function signature(list: CompiledAcl, space: DiffSpace, meanings: EntryMeanings): string {
  const decision = decidePacket(list, space.witness);
  const certain: CompiledAcl = {
    ...list,
    entries: list.entries.map((e) => (e.may === e.must ? e : { ...e, may: e.must })),
  };
  const sure =
    decision.verdict === 'undetermined' ? decidePacket(certain, space.witness).verdict : decision.verdict;
  return [sure, ...decision.doubts.map((d) => meanings.of(d))].join('\n');
}

/** Spaces of one pair of deciders, joined as far as they go and put into the contract's words. */
function readableSpaces(
  spaces: readonly DiffSpace[],
  place: GatePlace,
  old: Gate,
  now: Gate,
): readonly ChangedSpace[] {
  const groups = new Map<Decider, Map<Decider | string, DiffSpace[]>>();
  for (const space of spaces) {
    const byBefore = groups.get(space.before) ?? new Map<Decider | string, DiffSpace[]>();
    groups.set(space.before, byBefore);
    const doubt = space.doubts.length > 0 ? space.doubts.map((d) => d.span.line).join(' ') : space.after;
    const group = byBefore.get(doubt);
    if (group) group.push(space);
    else byBefore.set(doubt, [space]);
  }
  return [...groups.values()].flatMap((byBefore) =>
    [...byBefore.values()].flatMap((group) => {
      const first = group[0]!;
      const terms = commonTerms(termsOf(old.filter, first.before), termsOf(now.filter, first.after)).filter(
        (t) => group.some((s) => boxesOverlap(s.box, t)),
      );
      const where = {
        interface: place.name,
        direction: place.direction,
        before: lineOf(first, first.before, old),
        after: lineOf(first, first.after, now),
        condition: doubtOf(first),
      };
      return mergeBoxes(
        group.map((s) => s.box),
        terms,
      ).flatMap((box) => describeBox(box, where));
    }),
  );
}

const EVERYTHING: readonly Box[] = [makeBox({ fragments: 'whole' }), makeBox({ fragments: 'non-initial' })];

function termsOf(list: CompiledAcl, decider: Decider): readonly Box[] {
  if (decider === null || decider === 'implicit-deny') return EVERYTHING;
  const boxes = list.entries.find((e) => e.entry === decider)?.may ?? EVERYTHING;
  return boxes.flatMap((box) => (box.fragments === 3 ? EVERYTHING.flatMap((w) => cut(box, w)) : [box]));
}

const cut = (box: Box, way: Box): readonly Box[] => [{ ...box, fragments: way.fragments }];

function lineOf(space: DiffSpace, decider: Decider, gate: Gate): DecidedBy {
  if (decider === null) {
    // Of a list cut down to one region no line may be left, though the list itself ends in its implicit deny.
    const silent = space.doubts.length > 0 || gate.closed || gate.filter.otherwise === 'permit';
    return silent ? gate.closedBy : { implicitDeny: true, acl: gate.acl ?? '' };
  }
  if (decider === 'implicit-deny') return { implicitDeny: true, acl: gate.acl ?? '' };
  return toConfigLine(decider.span);
}

const doubtOf = (space: DiffSpace): string | null =>
  space.doubts.length === 0
    ? null
    : `depends on line ${[...new Set(space.doubts.map((d) => d.span.line))].join(', ')}`;
