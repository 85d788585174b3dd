import { type AclEntry, type AclKind, isHostEntry } from '../access-list.ts';
import { entryIdentity } from '../ace-identity.ts';
import { type Place, Stretch } from './stretch.ts';

/**
 * The entries of a list by their numbers, for the lines of a file, which may come in any order, take entries out and
 * renumber the list as often as they like.
 */
export class NumberedRows {
  private readonly kind: AclKind;
  /** A standard list's hosts, once its lines came out of order: the device shows and tests them first. */
  private hosts: Stretch | null = null;
  private rest = new Stretch();
  /** A key keeps its empty set: a map slows down where one key is deleted and set again and again. */
  private identities: Map<string, Set<Place>> | null = null;

  constructor(kind: AclKind, entries: readonly AclEntry[]) {
    this.kind = kind;
    for (const entry of entries) this.enter(entry);
  }

  get last(): number {
    return Math.max(this.hosts?.last ?? 0, this.rest.last);
  }

  get matching(): number {
    return (this.hosts?.matching ?? 0) + this.rest.matching;
  }

  /** Behind the last number, or in the order of its own; unnumbered remarks above an entry go where it goes. */
  enter(entry: AclEntry): void {
    const { sequence } = entry;
    const place: Place = { entry };
    if (sequence === null || sequence >= this.last) this.stretchOf(entry).push(place);
    else {
      if (this.kind === 'standard' && this.hosts === null) this.partHosts();
      const above = this.rest.takeUnnumberedTail();
      const stretch = this.stretchOf(entry);
      if (stretch === this.rest) above.push(place);
      else stretch.insert(sequence, [place]);
      if (above.length > 0) this.rest.insert(sequence, above);
    }
    if (this.identities) remember(this.identities, place);
  }

  withNumber(sequence: number): Place | undefined {
    const found = this.stretches().map((s) => s.withNumber(sequence));
    return found.find((p) => p && p.entry.kind !== 'remark') ?? found.find((p) => p !== undefined);
  }

  /** The first of the entries that say the same. */
  sameAs(entry: AclEntry): Place | undefined {
    return this.identified().get(entryIdentity(entry))?.values().next().value;
  }

  remove(place: Place): void {
    this.stretchOf(place.entry).remove(place);
    this.identities?.get(entryIdentity(place.entry))?.delete(place);
  }

  renumber(start: number, step: number): void {
    let next = start;
    for (const stretch of this.stretches()) next = stretch.renumber(next, step);
  }

  values(): AclEntry[] {
    const entries: AclEntry[] = [];
    for (const stretch of this.stretches()) for (const { entry } of stretch.places()) entries.push(entry);
    return entries;
  }

  private stretches(): readonly Stretch[] {
    return this.hosts ? [this.hosts, this.rest] : [this.rest];
  }

  private stretchOf(entry: AclEntry): Stretch {
    return this.hosts && isHostEntry(entry) ? this.hosts : this.rest;
  }

  private partHosts(): void {
    const places = [...this.rest.places()];
    this.hosts = new Stretch();
    this.rest = new Stretch();
    for (const place of places) this.stretchOf(place.entry).push(place);
  }

  private identified(): Map<string, Set<Place>> {
    if (this.identities) return this.identities;
    this.identities = new Map();
    for (const stretch of this.stretches())
      for (const place of stretch.places()) remember(this.identities, place);
    return this.identities;
  }
}

function remember(identities: Map<string, Set<Place>>, place: Place): void {
  const key = entryIdentity(place.entry);
  const same = identities.get(key);
  if (same) same.add(place);
  else identities.set(key, new Set([place]));
}
