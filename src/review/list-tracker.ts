import { type CompiledAcl, type CompiledEntry, compileAcl, isCertain } from '../acl/compile.ts';
import { type Box, sameBox } from '../headerspace/box.ts';
import { type Acl, type AclEntry, type MatchingEntry, matchingEntries } from '../model/access-list.ts';
import type { Device } from '../model/device.ts';
import { inheritAddressRows } from './cut-to-region.ts';

/** A list in one state of the device. Equal objects filter alike. */
export interface TrackedList {
  readonly acl: Acl;
  /** One for each entry that takes part in matching, in the device's order. */
  readonly entries: readonly CompiledEntry[];
  readonly compiled: CompiledAcl;
  /** Those of them that the state of the list looked at before this one did not have. */
  readonly fresh: readonly CompiledEntry[];
  /** Places of the entries whose packets are said elsewhere too, ascending. */
  readonly dependent: readonly number[];
  /** What dependent entries were compiled with; empty where there are none. */
  readonly tables: string;
}

/**
 * Compiles the lists of a run of states, of which each differs from the one before in a line or two: what did not
 * change is taken over, so that a state costs about as much as its change. Kept are the lists of the states in `ends`,
 * which every other is held against, and the latest state of each name.
 */
export class ListTracker {
  private readonly clock: number | null;
  private readonly plain = new WeakMap<AclEntry, CompiledEntry>();
  private readonly ends: ReadonlySet<Device>;
  private readonly ofEnds = new Map<Acl, TrackedList[]>();
  private readonly tables = new Map<object, number>();
  private readonly latest = new Map<string, TrackedList>();

  constructor(clock: number | null, ends: readonly Device[]) {
    this.clock = clock;
    this.ends = new Set(ends);
  }

  /** null: no such list. */
  list(device: Device, name: string): TrackedList | null {
    const acl = device.acls.get(name);
    if (!acl) return null;
    const tables = `${this.number(device.objectGroups)} ${this.number(device.timeRanges)}`;
    const fits = (list: TrackedList): boolean =>
      list.acl === acl && (list.dependent.length === 0 || list.tables === tables);
    const latest = this.latest.get(name);
    if (latest && fits(latest)) return latest;
    const kept = this.ofEnds.get(acl) ?? [];
    const known = kept.find(fits);
    if (known) return known;
    const list = this.compile(device, acl, tables, latest);
    // The next state is one command away from this one, not from the end that is asked about in between.
    if (this.ends.has(device)) this.ofEnds.set(acl, [...kept, list]);
    if (latest === undefined || !this.ends.has(device)) this.latest.set(name, list);
    return list;
  }

  private number(table: object): number {
    let n = this.tables.get(table);
    if (n === undefined) {
      n = this.tables.size;
      this.tables.set(table, n);
    }
    return n;
  }

  private compile(device: Device, acl: Acl, tables: string, base: TrackedList | undefined): TrackedList {
    const { head, tail, middle } = sharedEnds(base, acl);
    const old = base?.entries ?? [];
    const compiled = middle.map((entry) => this.entry(device, acl, entry));
    const entries = old.slice(0, head).concat(compiled, old.slice(old.length - tail));
    const dependent = shiftedPlaces(base?.dependent ?? [], { head, tail, before: old.length, middle });
    const again = base === undefined || base.tables === tables ? [] : dependent;
    for (const place of again)
      if (place < head || place >= entries.length - tail)
        entries[place] = this.entry(device, acl, entries[place]!.entry);
    if (again.length === 0) inheritAddressRows(old, entries, head, tail);
    return {
      acl,
      entries,
      fresh: compiled,
      compiled: { acl, entries, otherwise: entries.length === 0 ? 'permit' : 'deny' },
      dependent,
      tables,
    };
  }

  private entry(device: Device, acl: Acl, entry: MatchingEntry): CompiledEntry {
    const depends = usesTables(entry);
    const known = depends ? undefined : this.plain.get(entry);
    if (known) return known;
    const made = compileAcl(
      { ...acl, entries: [entry] },
      {
        objectGroups: device.objectGroups,
        timeRanges: device.timeRanges,
        clock: this.clock,
      },
    ).entries[0]!;
    if (!depends) this.plain.set(entry, made);
    return made;
  }
}

/** How many matching entries a list has in common with its earlier state at either end, and those in between. */
interface SharedEnds {
  readonly head: number;
  readonly tail: number;
  readonly middle: readonly MatchingEntry[];
}

function sharedEnds(base: TrackedList | undefined, acl: Acl): SharedEnds {
  if (base === undefined) return { head: 0, tail: 0, middle: matchingEntries(acl) };
  // Without remarks the places in the list are those among the matching entries, and nothing has to be counted.
  const bare = base.acl.entries.length === base.entries.length;
  const old = bare ? base.acl.entries : matchingEntries(base.acl);
  const ends = commonEnds(old, acl.entries);
  const middle = acl.entries.slice(ends.head, acl.entries.length - ends.tail);
  if (bare && !middle.some((e) => e.kind === 'remark'))
    return { ...ends, middle: middle.filter((e) => e.kind !== 'remark') };
  const now = matchingEntries(acl);
  const matching = commonEnds(old, now);
  return { ...matching, middle: now.slice(matching.head, now.length - matching.tail) };
}

function commonEnds<T>(
  a: readonly T[],
  b: readonly T[],
  same: (a: T, b: T) => boolean = Object.is,
): { readonly head: number; readonly tail: number } {
  const most = Math.min(a.length, b.length);
  let head = 0;
  while (head < most && same(a[head]!, b[head]!)) head++;
  let tail = 0;
  while (tail < most - head && same(a[a.length - 1 - tail]!, b[b.length - 1 - tail]!)) tail++;
  return { head, tail };
}

/** The dependent places after an edit between `head` and `tail` of what were `before` entries. */
function shiftedPlaces(
  places: readonly number[],
  { head, tail, before, middle }: SharedEnds & { readonly before: number },
): readonly number[] {
  const found = middle.flatMap((entry, i) => (usesTables(entry) ? [head + i] : []));
  if (places.length === 0) return found;
  const by = head + middle.length + tail - before;
  return [
    ...places.filter((p) => p < head),
    ...found,
    ...places.filter((p) => p >= before - tail).map((p) => p + by),
  ];
}

/** What the line matches is said elsewhere, and may change without the line. */
const usesTables = (entry: AclEntry): boolean =>
  entry.kind === 'ace' &&
  (entry.match.source.kind === 'group' ||
    entry.match.destination.kind === 'group' ||
    entry.match.protocol.kind === 'service-group' ||
    (entry.conditions.length > 0 && entry.conditions.some((c) => c.kind === 'time-range')));

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
      if (sameEffect(before[i]!, after[i]!)) continue;
      differing.push(...boxesThatDiffer(before[i]!, after[i]!));
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
  if (a.entry !== b.entry || a.action !== b.action || !isCertain(a) || !isCertain(b))
    return [...a.may, ...b.may];
  const { head, tail } = commonEnds(a.may, b.may, sameBox);
  const [onlyBefore, onlyAfter] = [a, b].map(({ may }) => may.slice(head, may.length - tail)) as [
    Box[],
    Box[],
  ];
  if (onlyBefore.length === 0 || onlyAfter.length === 0) return [...onlyBefore, ...onlyAfter];
  const unmatched = new Map<string, Box[]>();
  for (const box of onlyBefore) {
    const key = addressesOf(box);
    const group = unmatched.get(key);
    if (group) group.push(box);
    else unmatched.set(key, [box]);
  }
  const onlyNow = onlyAfter.filter((box) => {
    const group = unmatched.get(addressesOf(box));
    const at = group?.findIndex((other) => sameBox(box, other)) ?? -1;
    if (at >= 0) group!.splice(at, 1);
    return at < 0;
  });
  return [...[...unmatched.values()].flat(), ...onlyNow];
}

const addressesOf = ({ source, destination }: Box): string =>
  `${source.address} ${source.wildcard} ${destination.address} ${destination.wildcard}`;
