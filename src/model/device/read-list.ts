import type { Acl, AclEntry, AclKind } from '../access-list.ts';
import type { Draft } from './draft.ts';
import { NumberedRows } from './numbered-rows.ts';
import type { OpenList } from './open-list.ts';
import type { Place } from './stretch.ts';

/** The list as far as the file was read; only there may its entries be behind. */
export function readList(draft: Draft, acl: Acl): OpenList {
  const entries = draft.writable(acl.entries);
  if (entries !== acl.entries) draft.table('acls').set(acl.name, { ...acl, entries });
  let list = draft.lists.get(entries);
  if (list) return list;
  list = new ReadList(draft, acl.kind, entries);
  draft.lists.set(entries, list);
  return list;
}

/** The entries that a list has by now. */
export const entriesOf = (draft: Draft, acl: Acl): readonly AclEntry[] =>
  draft.lists.get(acl.entries)?.entries ?? acl.entries;

/**
 * A list in a file. As long as its lines come in the order of their numbers, as a device prints them, it is but an
 * array; what disturbs that makes rows of it, which end in the array when the file does.
 */
class ReadList implements OpenList {
  private readonly draft: Draft;
  private readonly kind: AclKind;
  private readonly array: AclEntry[];
  private rows: NumberedRows | null = null;
  private highest = 0;
  private highestIsRemark = true;
  private found: Place | undefined;

  constructor(draft: Draft, kind: AclKind, array: AclEntry[]) {
    this.draft = draft;
    this.kind = kind;
    this.array = array;
    if (array.some((e) => e.sequence !== null)) this.disturb();
  }

  get entries(): readonly AclEntry[] {
    return this.rows?.values() ?? this.array;
  }

  get last(): number {
    return this.rows?.last ?? this.highest;
  }

  get matching(): number {
    return this.rows?.matching ?? this.array.reduce((n, e) => n + Number(e.kind !== 'remark'), 0);
  }

  withNumber(sequence: number): AclEntry | undefined {
    if (!this.rows && (sequence > this.highest || (sequence === this.highest && this.highestIsRemark)))
      return undefined;
    this.found = this.disturb().withNumber(sequence);
    return this.found?.entry;
  }

  sameAs(entry: AclEntry): AclEntry | undefined {
    this.found = this.disturb().sameAs(entry);
    return this.found?.entry;
  }

  add(entry: AclEntry): void {
    const { sequence } = entry;
    if (!this.rows && (sequence === null || sequence >= this.highest)) {
      this.array.push(entry);
      if (sequence === null) return;
      this.highestIsRemark = entry.kind === 'remark' && (sequence > this.highest || this.highestIsRemark);
      this.highest = sequence;
    } else this.disturb().enter(entry);
  }

  remove(entry: AclEntry): void {
    if (this.found?.entry === entry) this.disturb().remove(this.found);
  }

  renumber(start: number, step: number): void {
    this.disturb().renumber(start, step);
  }

  private disturb(): NumberedRows {
    if (this.rows) return this.rows;
    const rows = new NumberedRows(this.kind, this.array);
    this.rows = rows;
    this.draft.fallBehind(this.array, () => rows.values());
    return rows;
  }
}
