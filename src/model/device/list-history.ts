import type { Acl, AclEntry, AclKind } from '../access-list.ts';

/** What one command did to a list: an entry gone from a place, or one put there. */
export interface EntryEdit {
  readonly at: number;
  /** The same place, counted without remarks. */
  readonly atMatching: number;
  readonly gone: AclEntry | null;
  readonly added: AclEntry | null;
}

/** Entries that were made for somebody who asked. */
interface Made {
  readonly edits: number;
  readonly entries: readonly AclEntry[];
}

/** The states before and after a command, and one of the ends. */
const MOST_MADE = 3;

/**
 * The entries of a list through the states that commands leave it in. All of these states live as long as the
 * simulation, and each holding its own entries would take the square of a long list: kept are the first entries and
 * what each command did to them. The latest entries are edited where they stand, until somebody has seen them; those
 * of other states are made when they are asked for.
 */
export class ListHistory {
  private readonly first: readonly AclEntry[];
  private readonly edits: EntryEdit[] = [];
  private latest: AclEntry[];
  private isSeen = true;
  /** The one last asked for first. */
  private made: readonly Made[] = [];
  private countMatching: number;

  constructor(entries: readonly AclEntry[]) {
    this.first = entries;
    this.latest = entries as AclEntry[];
    this.countMatching = entries.reduce((n, e) => n + matches(e), 0);
  }

  /** The latest entries, to be looked at and not to be kept: the next edit changes them. */
  get now(): readonly AclEntry[] {
    return this.latest;
  }

  /** How many of the latest entries are no remarks. */
  get matching(): number {
    return this.countMatching;
  }

  insert(at: number, entry: AclEntry): void {
    this.edits.push({ at, atMatching: this.matchingAbove(at), gone: null, added: entry });
    this.writable().splice(at, 0, entry);
    this.countMatching += matches(entry);
  }

  remove(at: number): void {
    const gone = this.latest[at]!;
    this.edits.push({ at, atMatching: this.matchingAbove(at), gone, added: null });
    this.writable().splice(at, 1);
    this.countMatching -= matches(gone);
  }

  /** The list as it stands after the latest edit. */
  state({ name, kind, span }: Pick<Acl, 'name' | 'kind' | 'span'>): Acl {
    return stateOf({ name, kind, span }, { history: this, edits: this.edits.length });
  }

  /** The entries after so many edits; nobody changes them. */
  after(edits: number): readonly AclEntry[] {
    if (edits === this.edits.length) {
      this.isSeen = true;
      return this.latest;
    }
    if (edits === 0) return this.first;
    const known = this.made.find((m) => m.edits === edits);
    const found = known ?? { edits, entries: this.make(edits) };
    this.made = [found, ...this.made.filter((m) => m !== found)].slice(0, MOST_MADE);
    return found.entries;
  }

  edit(number: number): EntryEdit {
    return this.edits[number]!;
  }

  /** From the nearest state before it whose entries are there. */
  private make(edits: number): readonly AclEntry[] {
    let base: Made = { edits: 0, entries: this.first };
    for (const made of this.made) if (made.edits < edits && made.edits > base.edits) base = made;
    const entries = base.entries.slice();
    for (let i = base.edits; i < edits; i++) apply(entries, this.edits[i]!);
    return entries;
  }

  private writable(): AclEntry[] {
    if (this.isSeen) this.latest = this.latest.slice();
    this.isSeen = false;
    return this.latest;
  }

  private matchingAbove(at: number): number {
    if (this.countMatching === this.latest.length) return at;
    if (at === this.latest.length) return this.countMatching;
    let count = 0;
    for (let i = 0; i < at; i++) count += matches(this.latest[i]!);
    return count;
  }
}

const matches = (entry: AclEntry): number => (entry.kind === 'remark' ? 0 : 1);

function apply(entries: AclEntry[], { at, gone, added }: EntryEdit): void {
  if (gone) entries.splice(at, 1);
  if (added) entries.splice(at, 0, added);
}

/** Where in a history a list stands. */
interface Standing {
  readonly history: ListHistory;
  readonly edits: number;
}

const STANDING = Symbol('standing in a history');

interface ListState extends Acl {
  readonly [STANDING]: Standing;
}

/** One for all states, which thus share their shape. */
const ENTRIES: PropertyDescriptor = {
  enumerable: true,
  get(this: ListState): readonly AclEntry[] {
    const { history, edits } = this[STANDING];
    return history.after(edits);
  },
};

/** What copies such a list copies its entries, and leaves its history behind. */
function stateOf(
  header: { readonly name: string; readonly kind: AclKind; readonly span: Acl['span'] },
  standing: Standing,
): Acl {
  Object.defineProperty(header, STANDING, { value: standing });
  return Object.defineProperty(header, 'entries', ENTRIES) as ListState;
}

const standingOf = (acl: Acl): Standing | undefined => (acl as Partial<ListState>)[STANDING];

/** What led from one state of a list to the other, where that was one edit; else null. */
export function editBetween(before: Acl, after: Acl): EntryEdit | null {
  const [from, to] = [standingOf(before), standingOf(after)];
  if (to === undefined) return null;
  if (from === undefined)
    return to.edits === 1 && to.history.after(0) === before.entries ? to.history.edit(0) : null;
  return from.history === to.history && to.edits === from.edits + 1 ? to.history.edit(from.edits) : null;
}
