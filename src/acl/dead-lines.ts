import type { GAVE_UP } from '../headerspace/sweep.ts';
import { rowsAround } from './acl-rows.ts';
import type { CompiledAcl, CompiledEntry } from './compile.ts';
import { type DeadAce, DeadAceSearch, type Fate, FEW_LINES } from './dead-aces.ts';

/**
 * The dead lines of a list for whoever asks about some of its lines only: of each it is said what `findDeadAces`
 * says, at the cost of the lines that overlap it. Nothing is done before the first question.
 */
export class DeadLines {
  private readonly compiled: CompiledAcl;
  private search: DeadAceSearch | null = null;
  private readonly alive: (readonly CompiledEntry[])[] = [];
  private readonly described = new Map<CompiledEntry, DeadAce | null | typeof GAVE_UP>();

  constructor(compiled: CompiledAcl) {
    this.compiled = compiled;
  }

  isDead(entry: CompiledEntry): boolean {
    return this.searching().fateOf(entry) === 'dead';
  }

  /** Surely so; where the question is too hard, that is not said. */
  isAlive(entry: CompiledEntry): boolean {
    return this.searching().fateOf(entry) === 'alive';
  }

  /** null: some packet reaches it. */
  describe(entry: CompiledEntry): DeadAce | null | typeof GAVE_UP {
    let found = this.described.get(entry);
    if (found === undefined) {
      found = this.searching().examineAlone(entry);
      this.described.set(entry, found);
    }
    return found;
  }

  /** These lines are going to be asked about. */
  expect(entries: readonly CompiledEntry[]): void {
    if (entries.length > FEW_LINES) this.searching().settleByDraws(entries);
  }

  /** Some packet reaches these lines, as the caller knows. */
  areAlive(entries: readonly CompiledEntry[]): void {
    if (this.search === null) this.alive.push(entries);
    else this.search.areAlive(entries);
  }

  private searching(): DeadAceSearch {
    if (this.search === null) {
      this.search = new DeadAceSearch(this.compiled);
      for (const entries of this.alive) this.search.areAlive(entries);
    }
    return this.search;
  }
}

const known = new WeakMap<CompiledAcl, DeadLines>();

/** The dead lines of a list, kept with it: rules look at more of its lines when what they say of some is in doubt. */
export function deadLinesOf(compiled: CompiledAcl): DeadLines {
  let lines = known.get(compiled);
  if (lines === undefined) {
    lines = new DeadLines(compiled);
    known.set(compiled, lines);
  }
  return lines;
}

/** What rules about dead lines find of each of these lines, at the cost of what overlaps them. */
export function fatesOf(
  compiled: CompiledAcl,
  entries: readonly CompiledEntry[],
): readonly (Exclude<Fate, 'dead'> | DeadAce['rule'])[] {
  if (entries.length === 0) return [];
  const search = new DeadAceSearch(compiled, undefined, rowsAround(compiled, entries));
  return entries.map((entry) => {
    const fate = search.fateOf(entry);
    return fate === 'dead' ? search.ruleOf(entry) : fate;
  });
}
