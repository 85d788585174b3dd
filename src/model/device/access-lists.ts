import type { SourceSpan } from '../../diagnostics/source-span.ts';
import { type Acl, type AclEntry, type AclKind, isHostEntry, MAX_SEQUENCE } from '../access-list.ts';
import { entryIdentity } from '../ace-identity.ts';
import { formatIpv4, patternCovers } from '../address.ts';
import { mayUse } from '../ios-features.ts';
import type { Device } from './device.ts';
import type { Draft } from './draft.ts';
import { changed, type Effect, NO_EFFECT, refused, unchanged } from './effect.ts';
import { countEntry } from './group-uses.ts';
import type { OpenList } from './open-list.ts';
import { entriesOf, readList } from './read-list.ts';
import { typedList } from './typed-list.ts';

const openList = (draft: Draft, acl: Acl): OpenList =>
  draft.reading === 'file' ? readList(draft, acl) : typedList(draft, acl);

const conflict = (acl: Acl, wanted: AclKind): Effect =>
  refused(
    'kind-conflict',
    `${acl.name} is ${acl.kind === 'standard' ? 'a standard' : 'an extended'} list, not ${wanted}`,
  );

export function enterList(draft: Draft, name: string, kind: AclKind, span: SourceSpan): Effect {
  const acl = draft.device.acls.get(name);
  if (acl) return acl.kind === kind ? NO_EFFECT : conflict(acl, kind);
  draft.table('acls').set(name, { name, kind, entries: draft.made([]), span });
  return changed();
}

export function deleteList(draft: Draft, name: string, kind: AclKind | null): Effect {
  const acl = draft.device.acls.get(name);
  if (!acl) return unchanged(`there is no list ${name}`);
  if (kind !== null && acl.kind !== kind) return conflict(acl, kind);
  if (draft.groupUses) for (const entry of entriesOf(draft, acl)) countEntry(draft, entry, -1);
  if (draft.reading === 'file') draft.lists.delete(acl.entries);
  draft.table('acls').delete(name);
  return changed();
}

/** Appends, or with a sequence number inserts. */
export function addEntry(draft: Draft, name: string, kind: AclKind, entry: AclEntry): Effect {
  const existing = draft.device.acls.get(name);
  if (existing && existing.kind !== kind) return conflict(existing, kind);
  const list = existing ? openList(draft, existing) : null;
  const holder = entry.sequence === null ? undefined : list?.withNumber(entry.sequence);
  if (holder && holder.kind !== 'remark' && entry.kind !== 'remark') {
    return entryIdentity(holder) === entryIdentity(entry)
      ? unchanged(`entry ${entry.sequence} is there already`)
      : refused('duplicate-sequence', `% Duplicate sequence number: ${entry.sequence} is taken`);
  }
  if (existing && list && draft.reading === 'terminal') {
    const refusal = refuseEntry(draft.device, existing, list, entry);
    if (refusal) return refusal;
  }
  const last = list?.last ?? 0;
  let { sequence } = entry;
  if (sequence === null && mayUse(draft.device.version, 'sequence-numbers') && entry.kind !== 'remark') {
    sequence = last === 0 ? 10 : last + 10;
    if (sequence > MAX_SEQUENCE)
      return refused('sequence-exhausted', 'no sequence number is left after the last');
  }
  (list ?? newList(draft, name, kind, entry.span)).add(
    sequence === entry.sequence ? entry : { ...entry, sequence },
  );
  countEntry(draft, entry, 1);
  // A file shows its hosts where the device asks them; nothing behind the last number can be meant to win.
  if (draft.reading === 'file' || kind !== 'standard' || !list || sequence === null || sequence > last)
    return changed();
  const winners = hostsThatWin(list.entries, entry, sequence);
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
  if (entry.kind !== 'ace' || isHostEntry(entry)) return [];
  const { source } = entry.match;
  return entries.filter(
    (e) =>
      e.kind === 'ace' &&
      isHostEntry(e) &&
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

function newList(draft: Draft, name: string, kind: AclKind, span: SourceSpan): OpenList {
  const acl: Acl = { name, kind, entries: draft.made([]), span };
  draft.table('acls').set(name, acl);
  return openList(draft, acl);
}

/** What a terminal would not take, or take without effect. */
function refuseEntry(device: Device, acl: Acl, list: OpenList, entry: AclEntry): Effect | undefined {
  if (entry.kind === 'remark') return undefined;
  if (list.sameAs(entry)) return unchanged('an entry that says the same is in the list already');
  // From 15.x a host under an earlier range is refused; before that it stood there without effect.
  if (
    acl.kind === 'standard' &&
    entry.kind === 'ace' &&
    isHostEntry(entry) &&
    (device.version?.major ?? 0) >= 15
  ) {
    const host = entry.match.source;
    const covering = list.entries.find(
      (e) =>
        e.kind === 'ace' &&
        !isHostEntry(e) &&
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

export function removeEntry(
  draft: Draft,
  name: string,
  sequence: number | null,
  entry: AclEntry | null,
): Effect {
  const acl = draft.device.acls.get(name);
  if (!acl) return refused('not-there', `there is no list ${name}`);
  const list = openList(draft, acl);
  const found =
    sequence !== null ? list.withNumber(sequence) : entry !== null ? list.sameAs(entry) : undefined;
  if (!found)
    return refused(
      'not-there',
      sequence !== null ? `list ${name} has no entry ${sequence}` : `list ${name} has no such entry`,
    );
  list.remove(found);
  countEntry(draft, found, -1);
  return changed();
}

export function resequenceList(draft: Draft, name: string, start: number, step: number): Effect {
  const acl = draft.device.acls.get(name);
  if (!acl) return refused('not-there', `there is no list ${name}`);
  const list = openList(draft, acl);
  const { matching } = list;
  if (start + step * (matching - 1) > MAX_SEQUENCE)
    return refused('sequence-exhausted', `${matching} entries from ${start} by ${step} pass ${MAX_SEQUENCE}`);
  list.renumber(start, step);
  return changed();
}
