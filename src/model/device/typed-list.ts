import { type Acl, type AclEntry, type AclKind, isHostEntry } from '../access-list.ts';
import { entryIdentity } from '../ace-identity.ts';
import { patternCovers } from '../address.ts';
import type { Draft } from './draft.ts';
import { ListHistory } from './list-history.ts';
import type { OpenList } from './open-list.ts';

/** What is looked up in a list at every edit, so that a look-up costs the same in a long list. */
interface ListIndex {
  readonly sequences: Map<number, AclEntry>;
  /** Built when first asked for; a file may have repeated an entry. */
  identities: Map<string, AclEntry[]> | null;
  last: number;
}

/** A list's latest state, ready for the next edit. */
interface Edited {
  readonly history: ListHistory;
  readonly index: ListIndex;
}

/** It belongs to one state and moves on to the one that an edit makes of it; for an older state it is made again. */
const edited = new WeakMap<Acl, Edited>();

/** The list as it stands after the commands so far. */
export const typedList = (draft: Draft, acl: Acl): OpenList => new TypedList(draft, acl);

class TypedList implements OpenList {
  private readonly draft: Draft;
  private acl: Acl;
  private readonly history: ListHistory;
  private readonly index: ListIndex;

  constructor(draft: Draft, acl: Acl) {
    this.draft = draft;
    this.acl = acl;
    const { history, index } = editedOf(acl);
    this.history = history;
    this.index = index;
  }

  get entries(): readonly AclEntry[] {
    return this.history.now;
  }

  get last(): number {
    return this.index.last;
  }

  get matching(): number {
    return this.history.matching;
  }

  withNumber(sequence: number): AclEntry | undefined {
    return this.index.sequences.get(sequence);
  }

  sameAs(entry: AclEntry): AclEntry | undefined {
    return this.identities().get(entryIdentity(entry))?.[0];
  }

  add(entry: AclEntry): void {
    const { entries, history, index } = this;
    const { sequence } = entry;
    const isLast = sequence === null || sequence > this.last;
    history.insert(isLast ? entries.length : placeOf(entries, this.acl.kind, entry, sequence), entry);
    this.moveOn();
    if (sequence !== null) {
      note(index.sequences, sequence, entry);
      index.last = Math.max(this.last, sequence);
    }
    if (index.identities) remember(index.identities, entry);
  }

  remove(entry: AclEntry): void {
    const { history, index } = this;
    history.remove(this.entries.indexOf(entry));
    this.moveOn();
    if (entry.sequence !== null) {
      index.sequences.delete(entry.sequence);
      if (entry.sequence === index.last)
        index.last = this.entries.findLast((e) => e.sequence !== null)?.sequence ?? 0;
    }
    const key = entryIdentity(entry);
    const same = index.identities?.get(key);
    if (same && same.length > 1) same.splice(same.indexOf(entry), 1);
    else index.identities?.delete(key);
  }

  renumber(start: number, step: number): void {
    let next = start;
    const entries = this.entries.map((e) => {
      if (e.kind === 'remark') return e.sequence === null ? e : { ...e, sequence: next };
      const renumbered = { ...e, sequence: next };
      next += step;
      return renumbered;
    });
    const { name, kind, span } = this.acl;
    this.draft.table('acls').set(name, { name, kind, entries, span });
  }

  private identities(): Map<string, AclEntry[]> {
    const { index } = this;
    if (index.identities) return index.identities;
    index.identities = new Map();
    for (const entry of this.entries) remember(index.identities, entry);
    return index.identities;
  }

  /** The device's list is the one after the edit from here on. */
  private moveOn(): void {
    edited.delete(this.acl);
    this.acl = this.history.state(this.acl);
    edited.set(this.acl, { history: this.history, index: this.index });
    this.draft.table('acls').set(this.acl.name, this.acl);
  }
}

function editedOf(acl: Acl): Edited {
  let known = edited.get(acl);
  if (known) return known;
  const { entries } = acl;
  known = { history: new ListHistory(entries), index: indexOf(entries) };
  edited.set(acl, known);
  return known;
}

function indexOf(entries: readonly AclEntry[]): ListIndex {
  const index: ListIndex = { sequences: new Map(), identities: null, last: 0 };
  for (const entry of entries) {
    if (entry.sequence === null) continue;
    note(index.sequences, entry.sequence, entry);
    if (entry.sequence > index.last) index.last = entry.sequence;
  }
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
