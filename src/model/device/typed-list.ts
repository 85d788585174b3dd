import { type Acl, type AclEntry, type AclKind, isHostEntry, matchingEntries } from '../access-list.ts';
import { entryIdentity } from '../ace-identity.ts';
import { patternCovers } from '../address.ts';
import type { Draft } from './draft.ts';
import type { OpenList } from './open-list.ts';

/**
 * What is looked up in a list at every edit. It belongs to one array of entries and moves on to the array that the
 * edit makes of it, so that a look-up costs the same in a long list; for an older state it is built again.
 */
interface ListIndex {
  readonly sequences: Map<number, AclEntry>;
  /** Built when first asked for; a file may have repeated an entry. */
  identities: Map<string, AclEntry[]> | null;
  last: number;
}

const indexes = new WeakMap<readonly AclEntry[], ListIndex>();

/** The list as it stands after the commands so far. */
export const typedList = (draft: Draft, acl: Acl): OpenList => new TypedList(draft, acl);

class TypedList implements OpenList {
  private readonly draft: Draft;
  private acl: Acl;
  private readonly index: ListIndex;

  constructor(draft: Draft, acl: Acl) {
    this.draft = draft;
    this.acl = acl;
    this.index = indexOf(acl.entries);
  }

  get entries(): readonly AclEntry[] {
    return this.acl.entries;
  }

  get last(): number {
    return this.index.last;
  }

  get matching(): number {
    return matchingEntries(this.acl).length;
  }

  withNumber(sequence: number): AclEntry | undefined {
    return this.index.sequences.get(sequence);
  }

  sameAs(entry: AclEntry): AclEntry | undefined {
    return this.identities().get(entryIdentity(entry))?.[0];
  }

  add(entry: AclEntry): void {
    const entries = this.writable();
    const { sequence } = entry;
    if (sequence === null || sequence > this.last) entries.push(entry);
    else entries.splice(placeOf(entries, this.acl.kind, entry, sequence), 0, entry);
    if (sequence !== null) {
      note(this.index.sequences, sequence, entry);
      this.index.last = Math.max(this.last, sequence);
    }
    if (this.index.identities) remember(this.index.identities, entry);
  }

  remove(entry: AclEntry): void {
    const entries = this.writable();
    entries.splice(entries.indexOf(entry), 1);
    const { index } = this;
    if (entry.sequence !== null) {
      index.sequences.delete(entry.sequence);
      if (entry.sequence === index.last)
        index.last = entries.findLast((e) => e.sequence !== null)?.sequence ?? 0;
    }
    const key = entryIdentity(entry);
    const same = index.identities?.get(key);
    if (same && same.length > 1) same.splice(same.indexOf(entry), 1);
    else index.identities?.delete(key);
  }

  renumber(start: number, step: number): void {
    let next = start;
    const entries = this.acl.entries.map((e) => {
      if (e.kind === 'remark') return e.sequence === null ? e : { ...e, sequence: next };
      const renumbered = { ...e, sequence: next };
      next += step;
      return renumbered;
    });
    this.draft.table('acls').set(this.acl.name, { ...this.acl, entries });
  }

  private identities(): Map<string, AclEntry[]> {
    const { index } = this;
    if (index.identities) return index.identities;
    index.identities = new Map();
    for (const entry of this.acl.entries) remember(index.identities, entry);
    return index.identities;
  }

  /** The list's entries, ready to be written, their index brought along. */
  private writable(): AclEntry[] {
    const before = this.acl.entries;
    const entries = this.draft.writable(before);
    if (entries === before) return entries;
    indexes.delete(before);
    indexes.set(entries, this.index);
    this.acl = { ...this.acl, entries };
    this.draft.table('acls').set(this.acl.name, this.acl);
    return entries;
  }
}

function indexOf(entries: readonly AclEntry[]): ListIndex {
  let index = indexes.get(entries);
  if (index) return index;
  index = { sequences: new Map(), identities: null, last: 0 };
  for (const entry of entries) {
    if (entry.sequence === null) continue;
    note(index.sequences, entry.sequence, entry);
    if (entry.sequence > index.last) index.last = entry.sequence;
  }
  indexes.set(entries, index);
  return index;
}

function note(sequences: Map<number, AclEntry>, sequence: number, entry: AclEntry): void {
  if (entry.kind !== 'remark' || !sequences.has(sequence)) sequences.set(sequence, entry);
}

function remember(identities: Map<string, AclEntry[]>, entry: AclEntry): void {
  const key = entryIdentity(entry);
  const same = identities.get(key);
  if (same) same.push(entry);
  else identities.set(key, [entry]);
}

/**
 * Where an entry goes by its number. In a standard list hosts are looked up first, whatever the numbers: a range put
 * before hosts that it covers still comes after them.
 */
function placeOf(entries: readonly AclEntry[], kind: AclKind, entry: AclEntry, sequence: number): number {
  let place = entries.findIndex((e) => e.sequence !== null && e.sequence > sequence);
  if (place < 0) return entries.length;
  // Remarks carry no number; those above the next entry speak of it and stay with it.
  while (place > 0 && entries[place - 1]!.kind === 'remark' && entries[place - 1]!.sequence === null) place--;
  if (kind !== 'standard' || entry.kind !== 'ace' || isHostEntry(entry)) return place;
  const { source } = entry.match;
  if (source.kind !== 'pattern') return place;
  const lastHost = entries.findLastIndex(
    (e) =>
      e.kind === 'ace' &&
      e.match.source.kind === 'pattern' &&
      isHostEntry(e) &&
      patternCovers(source.pattern, e.match.source.pattern),
  );
  return Math.max(place, lastHost + 1);
}
