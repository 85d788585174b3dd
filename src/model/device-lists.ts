import { entryIdentity } from './ace-identity.ts';
import type { Acl, AclEntry, AclKind } from './access-list.ts';
import { matchingEntries } from './access-list.ts';
import { formatIpv4, patternCovers } from './address.ts';
import type { Device } from './device.ts';
import type { Draft } from './device-draft.ts';
import { changed, type Effect, NO_EFFECT, refused, unchanged } from './effect.ts';
import { mayUse } from './ios-features.ts';
import type { SourceSpan } from '../diagnostics/source-span.ts';

export const MAX_SEQUENCE = 2147483647;

/**
 * What is looked up in a list at every edit. It belongs to one array of entries and moves on to the array that the
 * edit makes of it, so that a run of edits stays linear; for an older state it is built again.
 */
interface ListIndex {
  readonly sequences: Map<number, AclEntry>;
  /** Built when first asked for; a file may repeat an entry. */
  identities: Map<string, AclEntry[]> | null;
  /** Taken out of a file's list, but still among its entries: one sweep at the end keeps the reading linear. */
  readonly removed: Set<AclEntry>;
  last: number;
  /** A file's lines came out of the order of their numbers. */
  unsorted: boolean;
}

const indexes = new WeakMap<readonly AclEntry[], ListIndex>();

function indexOf(entries: readonly AclEntry[]): ListIndex {
  let index = indexes.get(entries);
  if (index) return index;
  index = { sequences: new Map(), identities: null, removed: new Set(), last: 0, unsorted: false };
  for (const entry of entries) {
    if (entry.sequence === null) continue;
    note(index.sequences, entry.sequence, entry);
    if (entry.sequence > index.last) index.last = entry.sequence;
  }
  indexes.set(entries, index);
  return index;
}

/** IOS-XE gives a remark the number of the entry that it speaks of, so a number is taken by entries only. */
function note(sequences: Map<number, AclEntry>, sequence: number, entry: AclEntry): void {
  if (entry.kind !== 'remark' || !sequences.has(sequence)) sequences.set(sequence, entry);
}

function identitiesOf(entries: readonly AclEntry[], index: ListIndex): Map<string, AclEntry[]> {
  if (index.identities) return index.identities;
  const found = new Map<string, AclEntry[]>();
  for (const entry of entries) if (!index.removed.has(entry)) remember(found, entry);
  index.identities = found;
  return found;
}

function remember(identities: Map<string, AclEntry[]>, entry: AclEntry): void {
  const key = entryIdentity(entry);
  const same = identities.get(key);
  if (same) same.push(entry);
  else identities.set(key, [entry]);
}

/** The list's entries, ready to be written, their index brought along. */
function writableEntries(draft: Draft, acl: Acl): { acl: Acl; entries: AclEntry[]; index: ListIndex } {
  const entries = draft.writable(acl.entries);
  if (entries === acl.entries) return { acl, entries, index: indexOf(entries) };
  const index = indexOf(acl.entries);
  indexes.delete(acl.entries);
  indexes.set(entries, index);
  const copy = { ...acl, entries };
  draft.table('acls').set(acl.name, copy);
  return { acl: copy, entries, index };
}

const conflict = (acl: Acl, wanted: AclKind): Effect =>
  refused(
    'kind-conflict',
    `${acl.name} is ${acl.kind === 'standard' ? 'a standard' : 'an extended'} list, not ${wanted}`,
  );

export function enterList(draft: Draft, name: string, kind: AclKind, span: SourceSpan): Effect {
  const acl = draft.device.acls.get(name);
  if (acl) return acl.kind === kind ? NO_EFFECT : conflict(acl, kind);
  draft.table('acls').set(name, { name, kind, entries: draft.writable([]), span });
  return changed();
}

export function deleteList(draft: Draft, name: string, kind: AclKind | null): Effect {
  const acl = draft.device.acls.get(name);
  if (!acl) return unchanged(`there is no list ${name}`);
  if (kind !== null && acl.kind !== kind) return conflict(acl, kind);
  draft.table('acls').delete(name);
  return changed();
}

/** Appends, or with a sequence number inserts. */
export function addEntry(draft: Draft, name: string, kind: AclKind, entry: AclEntry): Effect {
  const existing = draft.device.acls.get(name);
  if (existing && existing.kind !== kind) return conflict(existing, kind);
  const numbers = mayUse(draft.device.version, 'sequence-numbers');
  const before = existing?.entries ?? [];
  const index = indexOf(before);
  const holder = entry.sequence === null ? undefined : index.sequences.get(entry.sequence);
  if (holder && holder.kind !== 'remark' && entry.kind !== 'remark') {
    return entryIdentity(holder) === entryIdentity(entry)
      ? unchanged(`entry ${entry.sequence} is there already`)
      : refused('duplicate-sequence', `% Duplicate sequence number: ${entry.sequence} is taken`);
  }
  if (draft.reading === 'terminal') {
    const refusal = refuseEntry(draft.device, before, index, kind, entry);
    if (refusal) return refusal;
  }
  let sequence = entry.sequence;
  if (sequence === null && numbers && entry.kind !== 'remark') {
    sequence = index.last === 0 ? 10 : index.last + 10;
    if (sequence > MAX_SEQUENCE)
      return refused('sequence-exhausted', 'no sequence number is left after the last');
  }
  const numbered = sequence === entry.sequence ? entry : { ...entry, sequence };

  if (!existing) draft.table('acls').set(name, { name, kind, entries: draft.writable([]), span: entry.span });
  const { entries } = writableEntries(draft, draft.device.acls.get(name)!);
  const at = indexOf(entries);
  if (sequence === null || sequence > at.last) entries.push(numbered);
  else if (draft.reading === 'file') {
    entries.push(numbered);
    at.unsorted = true;
  } else entries.splice(placeOf(entries, kind, numbered, sequence), 0, numbered);
  if (sequence !== null) {
    note(at.sequences, sequence, numbered);
    at.last = Math.max(at.last, sequence);
  }
  if (at.identities) remember(at.identities, numbered);
  const winners = kind === 'standard' && sequence !== null ? hostsThatWin(before, numbered, sequence) : [];
  return changed(winners.length === 0 ? null : saidOf(winners));
}

function saidOf(winners: readonly AclEntry[]): string {
  const shown = winners.slice(0, MOST_HOSTS).map(hostText).join(', ');
  const rest = winners.length > MOST_HOSTS ? ` and ${winners.length - MOST_HOSTS} more` : '';
  return `a standard list asks its hosts first, so the entries of ${shown}${rest} win over this range, whatever its number`;
}

const MOST_HOSTS = 5;

/** Hosts of a standard list that an entry put before them means to treat otherwise. */
function hostsThatWin(entries: readonly AclEntry[], entry: AclEntry, sequence: number): readonly AclEntry[] {
  if (entry.kind !== 'ace' || isHost(entry)) return [];
  const { source } = entry.match;
  return entries.filter(
    (e) =>
      e.kind === 'ace' &&
      isHost(e) &&
      e.action !== entry.action &&
      (e.sequence ?? 0) > sequence &&
      source.kind === 'pattern' &&
      e.match.source.kind === 'pattern' &&
      patternCovers(source.pattern, e.match.source.pattern),
  );
}

const hostText = (entry: AclEntry): string =>
  entry.kind === 'ace' && entry.match.source.kind === 'pattern'
    ? formatIpv4(entry.match.source.pattern.address)
    : '';

/** What a terminal would not take, or take without effect. */
function refuseEntry(
  device: Device,
  entries: readonly AclEntry[],
  index: ListIndex,
  kind: AclKind,
  entry: AclEntry,
): Effect | undefined {
  if (entry.kind === 'remark') return undefined;
  if (identitiesOf(entries, index).has(entryIdentity(entry)))
    return unchanged('an entry that says the same is in the list already');
  // From 15.x a host under an earlier range is refused; before that it stood there without effect.
  if (kind === 'standard' && entry.kind === 'ace' && isHost(entry) && (device.version?.major ?? 0) >= 15) {
    const host = entry.match.source;
    const covering = entries.find(
      (e) =>
        e.kind === 'ace' &&
        !isHost(e) &&
        e.match.source.kind === 'pattern' &&
        host.kind === 'pattern' &&
        (entry.sequence === null || (e.sequence ?? 0) < entry.sequence) &&
        patternCovers(e.match.source.pattern, host.pattern),
    );
    if (covering)
      return refused('covered', `part of the existing rule at sequence num ${covering.sequence ?? '?'}`);
  }
  return undefined;
}

const isHost = (entry: AclEntry): boolean =>
  entry.kind === 'ace' && entry.match.source.kind === 'pattern' && entry.match.source.pattern.wildcard === 0;

/**
 * Where an entry goes by its number. In a standard list hosts are looked up first, whatever the numbers: a range put
 * before hosts that it covers still comes after them.
 */
function placeOf(entries: readonly AclEntry[], kind: AclKind, entry: AclEntry, sequence: number): number {
  let place = entries.findIndex((e) => e.sequence !== null && e.sequence > sequence);
  if (place < 0) return entries.length;
  // Remarks carry no number; those above the next entry speak of it and stay with it.
  while (place > 0 && entries[place - 1]!.kind === 'remark' && entries[place - 1]!.sequence === null) place--;
  if (kind !== 'standard' || entry.kind !== 'ace' || isHost(entry)) return place;
  const { source } = entry.match;
  if (source.kind !== 'pattern') return place;
  const lastHost = entries.findLastIndex(
    (e) =>
      e.kind === 'ace' &&
      e.match.source.kind === 'pattern' &&
      isHost(e) &&
      patternCovers(source.pattern, e.match.source.pattern),
  );
  return Math.max(place, lastHost + 1);
}

export function removeEntry(
  draft: Draft,
  name: string,
  sequence: number | null,
  entry: AclEntry | null,
): Effect {
  const acl = draft.device.acls.get(name);
  if (!acl) return refused('not-there', `there is no list ${name}`);
  const index = indexOf(acl.entries);
  const found =
    sequence !== null
      ? index.sequences.get(sequence)
      : entry !== null
        ? identitiesOf(acl.entries, index).get(entryIdentity(entry))?.[0]
        : undefined;
  if (!found)
    return refused(
      'not-there',
      sequence !== null ? `list ${name} has no entry ${sequence}` : `list ${name} has no such entry`,
    );
  const { entries, index: left } = writableEntries(draft, acl);
  if (draft.reading === 'file') {
    left.removed.add(found);
    for (let tail = entries.at(-1); tail && left.removed.delete(tail); tail = entries.at(-1)) entries.pop();
  } else entries.splice(entries.indexOf(found), 1);
  if (found.sequence !== null) {
    left.sequences.delete(found.sequence);
    if (found.sequence === left.last) left.last = lastSequence(entries, left);
  }
  const key = entryIdentity(found);
  const same = left.identities?.get(key);
  if (same && same.length > 1) same.splice(same.indexOf(found), 1);
  else left.identities?.delete(key);
  return changed();
}

function lastSequence(entries: readonly AclEntry[], index: ListIndex): number {
  if (index.unsorted)
    return entries.reduce((most, e) => (index.removed.has(e) ? most : Math.max(most, e.sequence ?? 0)), 0);
  return entries.findLast((e) => e.sequence !== null)?.sequence ?? 0;
}

export function resequenceList(draft: Draft, name: string, start: number, step: number): Effect {
  const acl = draft.device.acls.get(name);
  if (!acl) return refused('not-there', `there is no list ${name}`);
  settle(draft, acl);
  const swept = draft.device.acls.get(name) ?? acl;
  const count = matchingEntries(swept).length;
  if (start + step * (count - 1) > MAX_SEQUENCE)
    return refused('sequence-exhausted', `${count} entries from ${start} by ${step} pass ${MAX_SEQUENCE}`);
  let next = start;
  const entries = swept.entries.map((e) => {
    if (e.kind === 'remark') return e;
    const renumbered = { ...e, sequence: next };
    next += step;
    return renumbered;
  });
  draft.table('acls').set(name, { ...swept, entries });
  return changed();
}

/** Finishes the lists of a file: takes out what was removed, and puts numbered entries into their order. */
export function settleLists(draft: Draft): void {
  for (const acl of draft.device.acls.values()) settle(draft, acl);
}

function settle(draft: Draft, acl: Acl): void {
  const before = indexes.get(acl.entries);
  if (!before || (!before.unsorted && before.removed.size === 0)) return;
  const { entries, index } = writableEntries(draft, acl);
  if (index.removed.size > 0) {
    const left = entries.filter((e) => !index.removed.has(e));
    entries.length = 0;
    for (const entry of left) entries.push(entry);
    index.removed.clear();
  }
  if (!index.unsorted) return;
  const rank = new Map<AclEntry, number>();
  let next = Number.MAX_SAFE_INTEGER;
  for (let i = entries.length - 1; i >= 0; i--) {
    const entry = entries[i]!;
    if (entry.sequence !== null) next = entry.sequence;
    // In a standard list the hosts come first, as the device shows and tests them.
    rank.set(entry, acl.kind === 'standard' && isHost(entry) ? next - 2 * MAX_SEQUENCE : next);
  }
  entries.sort((a, b) => rank.get(a)! - rank.get(b)!);
  index.unsorted = false;
}
