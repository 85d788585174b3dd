import { type CompiledAcl, type CompiledEntry, compileAcl, isCertain } from '../acl/compile.ts';
import { type Box, sameBox } from '../headerspace/box.ts';
import type { Acl, AclEntry } from '../model/access-list.ts';
import type { Device } from '../model/device.ts';
import { inheritAddressRows } from './cut-to-region.ts';

/** A list in one state of the device. Equal objects filter alike. */
export interface TrackedList {
  readonly acl: Acl;
  /** One for each entry that takes part in matching, in the device's order. */
  readonly entries: readonly CompiledEntry[];
  readonly compiled: CompiledAcl;
}

/**
 * Compiles the lists of a run of states, of which each differs from the one before in a line or two: what did not
 * change is taken over, so that a state costs about as much as its change.
 */
export class ListTracker {
  private readonly clock: number | null;
  private readonly plain = new WeakMap<AclEntry, CompiledEntry>();
  private readonly lists = new WeakMap<Acl, Map<string, TrackedList>>();
  private readonly tables = new Map<object, number>();
  private readonly latest = new Map<string, { readonly made: TrackedList; readonly tables: string }>();

  constructor(clock: number | null) {
    this.clock = clock;
  }

  /** null: no such list. */
  list(device: Device, name: string): TrackedList | null {
    const acl = device.acls.get(name);
    if (!acl) return null;
    const key = dependsOnTables(acl)
      ? `${this.number(device.objectGroups)} ${this.number(device.timeRanges)}`
      : '';
    const known = this.lists.get(acl);
    const found = known?.get(key);
    if (found) return found;
    const made = this.compile(device, acl, key);
    if (known) known.set(key, made);
    else this.lists.set(acl, new Map([[key, made]]));
    this.latest.set(name, { made, tables: key });
    return made;
  }

  private number(table: object): number {
    let n = this.tables.get(table);
    if (n === undefined) {
      n = this.tables.size;
      this.tables.set(table, n);
    }
    return n;
  }

  private compile(device: Device, acl: Acl, tables: string): TrackedList {
    const matching = acl.entries.filter((e) => e.kind !== 'remark');
    const latest = this.latest.get(acl.name);
    const base = latest?.made.entries ?? [];
    const sameTables = latest?.tables === tables;
    const same = (compiled: CompiledEntry, entry: AclEntry): boolean =>
      compiled.entry === entry && (sameTables || !usesTables(entry));
    let head = 0;
    while (head < base.length && head < matching.length && same(base[head]!, matching[head]!)) head++;
    let tail = 0;
    const most = Math.min(base.length, matching.length) - head;
    while (tail < most && same(base[base.length - 1 - tail]!, matching[matching.length - 1 - tail]!)) tail++;
    const middle = matching.slice(head, matching.length - tail).map((e) => this.entry(device, acl, e));
    const entries = base.slice(0, head).concat(middle, base.slice(base.length - tail));
    inheritAddressRows(base, entries, head, tail);
    return {
      acl,
      entries,
      compiled: { acl, entries, otherwise: entries.length === 0 ? 'permit' : 'deny' },
    };
  }

  private entry(device: Device, acl: Acl, entry: AclEntry): CompiledEntry {
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

const dependent = new WeakMap<Acl, boolean>();

function dependsOnTables(acl: Acl): boolean {
  let depends = dependent.get(acl);
  if (depends === undefined) {
    depends = acl.entries.some(usesTables);
    dependent.set(acl, depends);
  }
  return depends;
}

/** What the line matches is said elsewhere, and may change without the line. */
const usesTables = (entry: AclEntry): boolean =>
  entry.kind === 'ace' &&
  (entry.match.source.kind === 'group' ||
    entry.match.destination.kind === 'group' ||
    entry.match.protocol.kind === 'service-group' ||
    (entry.conditions.length > 0 && entry.conditions.some((c) => c.kind === 'time-range')));

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
    for (let i = 0; i < before.length; i++) {
      if (sameEffect(before[i]!, after[i]!)) continue;
      differing.push(...boxesThatDiffer(before[i]!, after[i]!));
      if (++moved > 64) break;
    }
    if (moved <= 64) return differing;
  }
  let head = 0;
  const most = Math.min(before.length, after.length);
  while (head < most && sameEffect(before[head]!, after[head]!)) head++;
  let tail = 0;
  while (tail < most - head && sameEffect(before[before.length - 1 - tail]!, after[after.length - 1 - tail]!))
    tail++;
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
  const unmatched = new Map<string, Box[]>();
  for (const box of a.may) {
    const key = addressesOf(box);
    const group = unmatched.get(key);
    if (group) group.push(box);
    else unmatched.set(key, [box]);
  }
  const onlyNow = b.may.filter((box) => {
    const group = unmatched.get(addressesOf(box));
    const at = group?.findIndex((other) => sameBox(box, other)) ?? -1;
    if (at >= 0) group!.splice(at, 1);
    return at < 0;
  });
  return [...[...unmatched.values()].flat(), ...onlyNow];
}

const addressesOf = ({ source, destination }: Box): string =>
  `${source.address} ${source.wildcard} ${destination.address} ${destination.wildcard}`;
