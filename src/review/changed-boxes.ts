import { allBoxes, type BoxProduct, multiply } from '../acl/ace-boxes.ts';
import type { CompiledAcl, CompiledEntry } from '../acl/compile.ts';
import { patternsMinus } from '../headerspace/address-region.ts';
import { type Box, sameBoxes } from '../headerspace/box.ts';
import { countBelow } from '../headerspace/count-below.ts';
import type { AceAction } from '../model/access-list.ts';
import { type AddressPattern, patternKey, patternsOverlap } from '../model/address.ts';
import { pushAll } from '../model/push-all.ts';
import { usesTables } from './list-tracker.ts';
import { commonEnds, isOfRun } from './shared-ends.ts';

/** More lines than this that differ place by place were shifted rather than replaced. */
const MOST_MOVED = 64;

/**
 * Boxes outside of which two states of a list decide alike: those of the lines that only one of them has. Lines that
 * stand in both are compared as objects, since a state shares what did not change with the one before.
 */
export function changedBoxes(
  before: readonly CompiledEntry[],
  after: readonly CompiledEntry[],
): readonly Box[] {
  if (before.length === after.length) {
    const differing: Box[] = [];
    let moved = 0;
    for (let i = 0; i < before.length && moved <= MOST_MOVED; i++) {
      if (before[i] === after[i] || sameEffect(before[i]!, after[i]!)) continue;
      pushAll(differing, boxesThatDiffer(before[i]!, after[i]!));
      // Any number of lines may name one group; those stand where they stood.
      if (before[i]!.entry !== after[i]!.entry) moved++;
    }
    if (moved <= MOST_MOVED) return differing;
  }
  const { head, tail } = commonEnds(before, after, sameEffect);
  return [...before.slice(head, before.length - tail), ...after.slice(head, after.length - tail)].flatMap(
    (e) => [...e.may],
  );
}

/**
 * Whether two states of a list have line for line the same packets of the region: where lines differ at all, it is in
 * members of their groups that have no address of the region. False may be wrong, true is not.
 */
export function sameWithin(
  one: readonly CompiledEntry[],
  other: readonly CompiledEntry[],
  region: readonly Box[],
): boolean {
  if (one.length !== other.length) return false;
  const sameSources = sameMembersAt('source', region);
  const sameDestinations = sameMembersAt('destination', region);
  const same = (entry: CompiledEntry, twin: CompiledEntry): boolean => {
    if (sameEffect(entry, twin)) return true;
    const [a, b] = [entry.product, twin.product];
    return (
      entry.entry === twin.entry &&
      a !== undefined &&
      b !== undefined &&
      sameShapes(a, b) &&
      sameSources(a.sources, b.sources) &&
      sameDestinations(a.destinations, b.destinations)
    );
  };
  // Nearly all lines are the same objects: asking a function about each of these would take most of the time.
  for (let i = 0; i < one.length; i++) if (one[i] !== other[i] && !same(one[i]!, other[i]!)) return false;
  return true;
}

/** Whether the members that only one side has share no address with the region at that end. */
function sameMembersAt(end: 'source' | 'destination', region: readonly Box[]) {
  const known = new Map<Members, Map<Members, boolean>>();
  // Lines by the hundred that name a group have the same few addresses.
  const asked = new Map(region.map((box) => [patternKey(box[end]), box[end]]));
  return (a: Members, b: Members): boolean => {
    if (a === b) return true;
    const ofFirst = known.get(a) ?? new Map<Members, boolean>();
    known.set(a, ofFirst);
    let same = ofFirst.get(b);
    if (same === undefined) {
      const only = [...onlyIn(a, b), ...onlyIn(b, a)];
      same = ![...asked.values()].some((pattern) => only.some((member) => patternsOverlap(member, pattern)));
      ofFirst.set(b, same);
    }
    return same;
  };
}

/**
 * Boxes outside of which one list surely does `action` wherever the other surely does; null: too many to be told, as those
 * of object groups are. Lines that both have are one object. A packet to which the other does it meets lines of that
 * action there, down to the one that decides it; where it meets these in the one list, too, and no line between them that
 * is of another action, the same is done to it.
 */
export function boxesLeftOut(one: CompiledAcl, other: CompiledAcl, action: AceAction): readonly Box[] | null {
  if (one.otherwise !== other.otherwise) return null;
  const told = linesTold(one.entries, other.entries, action);
  return told === null || told.length > MOST_TOLD || told.some((entry) => entry.product)
    ? null
    : told.flatMap((entry) => [...entry.may]);
}

/** Boxes of more lines than this take longer to look through than the lines themselves. */
const MOST_TOLD = 2000;

/**
 * The lines of other actions that only the one list has, and those of this action that only the other one has; null: too
 * many.
 */
function linesTold(
  one: readonly CompiledEntry[],
  other: readonly CompiledEntry[],
  action: AceAction,
): readonly CompiledEntry[] | null {
  const { head, tail } = commonEnds(one, other);
  // Around one command mostly nothing is left on one side, nor where a list is typed anew as far as it goes.
  if (head === one.length - tail) return linesDoing(action, other, head, other.length - tail);
  const apart = linesApart(one, other, action);
  return (
    apart && [
      ...apart.onlyInOne.filter((entry) => entry.action !== action),
      ...apart.onlyInOther.filter((entry) => entry.action === action),
    ]
  );
}

/** The lines of an action between two places of a list; null: too many. */
function linesDoing(
  action: AceAction,
  entries: readonly CompiledEntry[],
  from: number,
  end: number,
): readonly CompiledEntry[] | null {
  if (end - from <= MOST_TOLD || isOfRun(entries))
    return entries.slice(from, end).filter((entry) => entry.action === action);
  // Every state of a list typed anew asks for nearly all lines of the end that it is held against.
  const all = placesDoing(action, entries);
  const first = countBelow(all, from);
  const count = countBelow(all, end) - first;
  return count > MOST_TOLD
    ? null
    : Array.from(all.subarray(first, first + count), (place) => entries[place]!);
}

const knownDoing = new WeakMap<readonly CompiledEntry[], Map<AceAction, Int32Array>>();

/** The places of an action's lines in a list, ascending. */
function placesDoing(action: AceAction, entries: readonly CompiledEntry[]): Int32Array {
  const ofList = knownDoing.get(entries) ?? new Map<AceAction, Int32Array>();
  knownDoing.set(entries, ofList);
  let found = ofList.get(action);
  if (found === undefined) {
    found = Int32Array.from(entries.keys()).filter((place) => entries[place]!.action === action);
    ofList.set(action, found);
  }
  return found;
}

interface LinesApart {
  readonly onlyInOne: readonly CompiledEntry[];
  readonly onlyInOther: readonly CompiledEntry[];
}

const knownApart = new WeakMap<readonly CompiledEntry[], WeakMap<readonly CompiledEntry[], LinesApart>>();

/**
 * The lines of either list less some that both have in the same order, nearly always all of these; null: too many of those
 * that are told of the action. What a command permits and what it denies is asked of the same lists.
 */
function linesApart(
  one: readonly CompiledEntry[],
  other: readonly CompiledEntry[],
  action: AceAction,
): LinesApart | null {
  const ofOne = knownApart.get(one) ?? new WeakMap<readonly CompiledEntry[], LinesApart>();
  knownApart.set(one, ofOne);
  const apart = ofOne.get(other) ?? findApart(one, other, action);
  if (apart) ofOne.set(other, apart);
  return apart;
}

function findApart(
  one: readonly CompiledEntry[],
  other: readonly CompiledEntry[],
  action: AceAction,
): LinesApart | null {
  const { head, tail } = commonEnds(one, other);
  const onlyInOne: CompiledEntry[] = [];
  const onlyInOther: CompiledEntry[] = [];
  const end = other.length - tail;
  const placeOf = end === head ? () => undefined : placesIn(other);
  let told = 0;
  let next = head;
  for (let i = head; i < one.length - tail; i++) {
    const entry = one[i]!;
    if (next < end && entry === other[next]) {
      next++;
      continue;
    }
    const place = placeOf(entry);
    if (place === undefined || place < next || place >= end) {
      onlyInOne.push(entry);
      // Lists that have no line in common are not looked through to their ends.
      if (entry.action !== action && ++told > MOST_TOLD) return null;
      continue;
    }
    for (; next < place; next++) onlyInOther.push(other[next]!);
    next++;
  }
  for (; next < end; next++) onlyInOther.push(other[next]!);
  return { onlyInOne, onlyInOther };
}

const places = new WeakMap<readonly CompiledEntry[], ReadonlyMap<CompiledEntry, number>>();

/** Where an entry stands; the table is made on first need, once for the lists that others are held against. */
const placesIn =
  (entries: readonly CompiledEntry[]): ((entry: CompiledEntry) => number | undefined) =>
  (entry) => {
    let known = places.get(entries);
    if (known === undefined) {
      known = new Map(entries.map((e, place) => [e, place]));
      places.set(entries, known);
    }
    return known.get(entry);
  };

/** The same line, or the same line under another number. */
const sameEffect = (a: CompiledEntry, b: CompiledEntry): boolean =>
  a === b ||
  (a.entry.kind === 'ace' &&
    b.entry.kind === 'ace' &&
    a.entry.match === b.entry.match &&
    a.action === b.action &&
    a.entry.conditions === b.entry.conditions &&
    !usesTables(a.entry));

/** Of one line whose group lost or won a member, the boxes of that member alone. */
function boxesThatDiffer(a: CompiledEntry, b: CompiledEntry): readonly Box[] {
  if (a.entry === b.entry && a.product && b.product && sameShapes(a.product, b.product))
    return [...withoutPeer(a.product, b.product), ...withoutPeer(b.product, a.product)];
  return [...a.may, ...b.may];
}

const sameShapes = (a: BoxProduct, b: BoxProduct): boolean =>
  sameBoxes(a.asked, b.asked) && sameBoxes(a.aside, b.aside);

/** The boxes of a product that have a source or a destination which another of the same shapes lacks. */
const withoutPeer = (product: BoxProduct, other: BoxProduct): readonly Box[] => [
  ...allBoxes(multiply({ ...product, sources: onlyIn(product.sources, other.sources) })),
  ...allBoxes(multiply({ ...product, destinations: onlyIn(product.destinations, other.destinations) })),
];

type Members = readonly AddressPattern[];
const known = new WeakMap<Members, WeakMap<Members, Members>>();

/** More parts than this of one member that is to be cut up, and it stays whole. */
const MOST_PARTS = 64;

/**
 * Addresses that the members hold and the others do not: hosts stand joined in patterns, which part when one of them goes.
 * Lines by the hundred name the same group, whose members are one array for all of them.
 */
function onlyIn(members: Members, others: Members): Members {
  if (members === others) return [];
  const ofMembers = known.get(members) ?? new WeakMap<Members, Members>();
  known.set(members, ofMembers);
  let only = ofMembers.get(others);
  if (!only) {
    const there = keysOf(others);
    const keys = [...keysOf(members)];
    only = members.filter((_, i) => !there.has(keys[i]!)).flatMap((member) => lessOthers(member, others));
    ofMembers.set(others, only);
  }
  return only;
}

const knownKeys = new WeakMap<Members, ReadonlySet<string>>();

/** One key a member, in their order: those of a group are all different. */
function keysOf(members: Members): ReadonlySet<string> {
  let keys = knownKeys.get(members);
  if (!keys) {
    keys = new Set(members.map(patternKey));
    knownKeys.set(members, keys);
  }
  return keys;
}

function lessOthers(member: AddressPattern, others: Members): Members {
  let parts: Members = [member];
  for (const other of others) {
    if (patternsOverlap(member, other)) parts = patternsMinus(parts, other);
    if (parts.length > MOST_PARTS) return [member];
  }
  return parts;
}
