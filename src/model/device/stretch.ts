import type { AclEntry } from '../access-list.ts';

/** Where an entry stands: it keeps its place when it is renumbered. */
export interface Place {
  entry: AclEntry;
  /** Set by the stretch that holds it. */
  run?: Run;
}

/** Neighbouring entries, few enough to move. */
interface Run {
  places: Place[];
  /** Entries that are no remarks, those of them that have a number, and remarks that have one. */
  matching: number;
  numbered: number;
  numberedRemarks: number;
  /** A resequencing that its entries have not seen yet. */
  pending: { readonly start: number; readonly step: number } | null;
}

const LONGEST_RUN = 256;

/**
 * Entries in the order of their numbers, those without one anywhere between. Whatever is done to it costs a run of
 * entries and a look at every run; a resequencing is kept with each run until its entries are asked for.
 */
export class Stretch {
  private readonly runs: Run[] = [];

  get matching(): number {
    return this.runs.reduce((sum, run) => sum + run.matching, 0);
  }

  /** The last number, 0 when there is none. */
  get last(): number {
    const run = this.runs.findLast(hasNumbers);
    return run ? this.read(run).findLast(isNumbered)!.entry.sequence! : 0;
  }

  push(place: Place): void {
    const run = this.lastRun();
    this.splice(run, run.places.length, [place]);
  }

  /** Puts places where a sequence number belongs, behind others of the same number. */
  insert(sequence: number, places: readonly Place[]): void {
    const run = this.runStartingBy(sequence);
    const at = run
      ? this.read(run).findLastIndex((p) => isNumbered(p) && p.entry.sequence! <= sequence) + 1
      : 0;
    this.splice(run ?? this.runs[0] ?? this.lastRun(), at, places);
  }

  /** The place of that number; a remark's only where no entry has it. */
  withNumber(sequence: number): Place | undefined {
    let remark: Place | undefined;
    const from = this.runStartingBy(sequence);
    for (let i = from ? this.runs.indexOf(from) : -1; i >= 0; i--) {
      const run = this.runs[i]!;
      for (const place of this.read(run)) {
        if (place.entry.sequence !== sequence) continue;
        if (place.entry.kind !== 'remark') return place;
        remark ??= place;
      }
      if (hasNumbers(run) && startOf(run) < sequence) break;
    }
    return remark;
  }

  remove(place: Place): void {
    const run = place.run!;
    this.splice(run, run.places.indexOf(place), [], 1);
  }

  /** Takes out the entries without a number that stand behind the last numbered one, first to last. */
  takeUnnumberedTail(): Place[] {
    const tail: Place[] = [];
    for (let run = this.runs.at(-1); run; run = this.runs.at(-1)) {
      const isLast = hasNumbers(run);
      const from = isLast ? this.read(run).findLastIndex(isNumbered) + 1 : 0;
      for (const place of run.places.slice(from).reverse()) tail.push(place);
      this.splice(run, from, [], run.places.length - from);
      if (isLast) break;
    }
    return tail.reverse();
  }

  /** Returns the number that would come next. A numbered remark has the number of the entry that it speaks of. */
  renumber(start: number, step: number): number {
    let next = start;
    for (const run of this.runs) {
      run.numbered = run.matching;
      run.pending = { start: next, step };
      next += step * run.matching;
    }
    return next;
  }

  *places(): Generator<Place> {
    for (const run of this.runs) yield* this.read(run);
  }

  /** The places of a run, their numbers up to date. */
  private read(run: Run): Place[] {
    if (!run.pending) return run.places;
    const { start, step } = run.pending;
    let next = start;
    for (const place of run.places) {
      const { entry } = place;
      if (takesNumber(entry)) place.entry = { ...entry, sequence: next };
      if (entry.kind !== 'remark') next += step;
    }
    run.pending = null;
    return run.places;
  }

  /** The last run whose first number is not above this one. */
  private runStartingBy(sequence: number): Run | undefined {
    return this.runs.findLast((run) => hasNumbers(run) && startOf(run) <= sequence);
  }

  private lastRun(): Run {
    const last = this.runs.at(-1);
    if (last) return last;
    const run = newRun();
    this.runs.push(run);
    return run;
  }

  /** Every change of a run, its counts with it; one that grew too long is cut. */
  private splice(run: Run, at: number, places: readonly Place[], gone = 0): void {
    const all = this.read(run);
    for (let i = at; i < at + gone; i++) count(run, all[i]!, -1);
    for (const place of places) {
      place.run = run;
      count(run, place, 1);
    }
    if (places.length <= 1) all.splice(at, gone, ...places);
    else run.places = [...all.slice(0, at), ...places, ...all.slice(at + gone)];
    if (run.places.length === 0) this.runs.splice(this.runs.lastIndexOf(run), 1);
    else if (run.places.length > LONGEST_RUN) this.runs.splice(this.runs.lastIndexOf(run), 1, ...cut(run));
  }
}

const newRun = (places: Place[] = []): Run => {
  const run: Run = { places, matching: 0, numbered: 0, numberedRemarks: 0, pending: null };
  for (const place of places) {
    place.run = run;
    count(run, place, 1);
  }
  return run;
};

function count(run: Run, { entry }: Place, by: 1 | -1): void {
  if (entry.kind !== 'remark') {
    run.matching += by;
    if (entry.sequence !== null) run.numbered += by;
  } else if (entry.sequence !== null) run.numberedRemarks += by;
}

function cut(run: Run): Run[] {
  const runs: Run[] = [];
  for (let i = 0; i < run.places.length; i += LONGEST_RUN / 2)
    runs.push(newRun(run.places.slice(i, i + LONGEST_RUN / 2)));
  return runs;
}

const hasNumbers = (run: Run): boolean => run.numbered + run.numberedRemarks > 0;

const isNumbered = ({ entry }: Place): boolean => entry.sequence !== null;

/** The first number of a run that has numbers. */
const startOf = (run: Run): number => run.pending?.start ?? run.places.find(isNumbered)!.entry.sequence!;

const takesNumber = (entry: AclEntry): boolean => entry.kind !== 'remark' || entry.sequence !== null;
