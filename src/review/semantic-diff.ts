import type { CompiledAcl } from '../acl/compile.ts';
import type { Decider } from '../acl/decide.ts';
import { type AclDiff, diffAcls, type DiffSpace } from '../acl/diff.ts';
import { toConfigLine } from '../diagnostics/source-span.ts';
import { type Box, boxesOverlap, makeBox } from '../headerspace/box.ts';
import { TCP } from '../model/packet.ts';
import type { DecidedBy } from '../model/finding.ts';
import type { ChangedSpace } from '../model/review.ts';
import type { RouterConfig } from '../model/router-config.ts';
import { buildRouter } from '../router/network.ts';
import { describeBox } from './describe-space.ts';
import { type Gate, gateAt, type GatePlace, gatePlaces } from './gates.ts';
import { commonTerms, inKnownTerms } from './known-terms.ts';
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
    const diff = diffGates(old, now, place);
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

/** Logins are TCP; nothing else asks an access-class. */
const LOGINS: readonly Box[] = [makeBox({ protocol: TCP, destinationPorts: [[22, 23]], fragments: 'whole' })];

/** null: the very same filter. */
const diffGates = (old: Gate, now: Gate, place: GatePlace): AclDiff | null =>
  old.filter === now.filter
    ? null
    : diffAcls(old.filter, now.filter, place.name.startsWith('line ') ? LOGINS : undefined);

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
        before: lineOf(first.before, old),
        after: lineOf(first.after, now),
        condition: doubtOf(first),
      };
      return inKnownTerms(
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

function lineOf(decider: Decider, gate: Gate): DecidedBy {
  if (decider === null) return gate.closedBy;
  if (decider === 'implicit-deny') return { implicitDeny: true, acl: gate.acl ?? '' };
  return toConfigLine(decider.span);
}

const doubtOf = (space: DiffSpace): string | null =>
  space.doubts.length === 0
    ? null
    : `depends on line ${[...new Set(space.doubts.map((d) => d.span.line))].join(', ')}`;
