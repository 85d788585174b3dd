import {
  type CompiledAcl,
  type CompiledEntry,
  type CompileEnvironment,
  compileAcl,
  compileLine,
} from '../acl/compile.ts';
import {
  type Acl,
  type AclEntry,
  groupsNamedBy,
  type MatchingEntry,
  matchingEntries,
} from '../model/access-list.ts';
import type { Device } from '../model/device/device.ts';
import { type EntryEdit, editBetween } from '../model/device/list-history.ts';
import { inheritNumbers } from './entry-rows.ts';
import { commonEnds, inheritEnds, type SharedEnds } from './shared-ends.ts';

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

  /** The list as other parts of a review compile it: with every entry's place in it. null: no such list. */
  whole(device: Device, name: string): CompiledAcl | null {
    const acl = device.acls.get(name);
    return acl === undefined ? null : compileAcl(acl, this.environment(device));
  }

  private environment({ objectGroups, timeRanges }: Device): CompileEnvironment {
    return { objectGroups, timeRanges, clock: this.clock };
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
    const edit = base === undefined ? null : editBetween(base.acl, acl);
    const { head, tail, middle } = edit ? aroundEdit(edit, base!.entries.length) : editedFrom(base, acl);
    const old = base?.entries ?? [];
    const env = this.environment(device);
    const compiled = middle.map((entry) => this.entry(env, entry));
    // Most lines of a long list are typed behind its last one, where one copy is enough.
    const top = head === old.length ? old : old.slice(0, head);
    const entries = tail === 0 ? top.concat(compiled) : top.concat(compiled, old.slice(old.length - tail));
    const dependent = shiftedPlaces(base?.dependent ?? [], { head, tail, before: old.length, middle });
    const again = base === undefined || base.tables === tables ? [] : dependent;
    for (const place of again)
      if (place < head || place >= entries.length - tail)
        entries[place] = this.entry(env, entries[place]!.entry);
    inheritNumbers(old, entries, { head, tail }, again);
    if (edit && again.length === 0) inheritEnds(old, entries, { head, tail });
    return {
      acl,
      entries,
      fresh: compiled,
      compiled: { acl, entries, otherwise: entries.length === 0 ? 'permit' : 'deny' },
      dependent,
      tables,
    };
  }

  private entry(env: CompileEnvironment, entry: MatchingEntry): CompiledEntry {
    const depends = usesTables(entry);
    const known = depends ? undefined : this.plain.get(entry);
    if (known) return known;
    const made = compileLine(entry, env);
    if (!depends) this.plain.set(entry, made);
    return made;
  }
}

/** What the matching entries of a list share with those of its earlier state, and those in between. */
interface Edited extends SharedEnds {
  readonly middle: readonly MatchingEntry[];
}

function editedFrom(base: TrackedList | undefined, acl: Acl): Edited {
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

function aroundEdit({ atMatching: head, gone, added }: EntryEdit, before: number): Edited {
  const isLineGone = gone !== null && gone.kind !== 'remark';
  return {
    head,
    tail: before - head - (isLineGone ? 1 : 0),
    middle: added === null || added.kind === 'remark' ? [] : [added],
  };
}

/** The dependent places after an edit between `head` and `tail` of what were `before` entries. */
function shiftedPlaces(
  places: readonly number[],
  { head, tail, before, middle }: Edited & { readonly before: number },
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
export const usesTables = (entry: AclEntry): boolean =>
  entry.kind === 'ace' &&
  (groupsNamedBy(entry).length > 0 ||
    (entry.conditions.length > 0 && entry.conditions.some((c) => c.kind === 'time-range')));
