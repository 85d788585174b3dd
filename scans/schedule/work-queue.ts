import { countRanges, type PortSet, rangesHave, rangesOf, subtractRanges } from '../../src/model/ports.ts';
import type { ScanSettings } from '../engine.ts';
import { PortWork } from './port-work.ts';
import type { TargetState } from './target-state.ts';

interface PendingWork {
  readonly target: number;
  readonly size: number;
  /** Listed only when their turn comes: 65,535 ports of 256 targets would fill the memory. */
  readonly list: () => ArrayLike<number>;
  readonly isFirst: boolean;
}

export interface ActiveWork {
  readonly id: number;
  readonly work: PortWork;
  readonly isFirst: boolean;
  done: boolean;
}

/** Works under way at once: enough for the total pace, few enough to bound memory. */
const ACTIVE_WORKS = 24;

/** The works of all targets: first those whose answers matter most, then the sweeps, few of them under way at a time. */
export class WorkQueue {
  readonly active: ActiveWork[] = [];
  readonly totalPorts: number;
  /** Ports of works that are over. */
  doneBefore = 0;
  private readonly targets: readonly TargetState[];
  private readonly options: { readonly settings: ScanSettings; readonly random: () => number };
  private readonly neededTries: (target: TargetState) => number;
  private readonly pending: PendingWork[];
  private readonly byId = new Map<number, ActiveWork>();
  private nextId = 0;
  /** The sweeps wait until the first works are on their way: to lay one out takes longer than to ask those. */
  private sweepsWait = true;

  constructor(
    targets: readonly TargetState[],
    options: WorkQueue['options'],
    neededTries: (target: TargetState) => number,
  ) {
    this.targets = targets;
    this.options = options;
    this.neededTries = neededTries;
    this.pending = [...plannedWorks(targets, true), ...plannedWorks(targets, false)];
    this.totalPorts = this.pending.reduce((sum, w) => sum + w.size, 0);
    for (const w of this.pending) this.targets[w.target]!.worksLeft++;
    this.activate();
  }

  get isEmpty(): boolean {
    return this.active.length === 0 && this.pending.length === 0;
  }

  /** Probes that works not yet begun are likely to need. */
  get pendingProbes(): number {
    return this.pending.reduce((sum, w) => sum + w.size * 2, 0);
  }

  /** Whether `beginSweeps` has something to do. */
  get owesSweeps(): boolean {
    return this.sweepsWait && this.pending.length > 0 && this.active.length < ACTIVE_WORKS;
  }

  beginSweeps(): void {
    this.sweepsWait = false;
    this.activate();
  }

  find(id: number): ActiveWork | undefined {
    return this.byId.get(id);
  }

  /** Targets that have a work under way. */
  activeTargets(): ReadonlySet<TargetState> {
    return new Set(this.active.map(({ work }) => this.targets[work.target]!));
  }

  add(work: PortWork, isFirst: boolean): void {
    const entry = { id: this.nextId++, work, isFirst, done: false };
    this.active.push(entry);
    this.byId.set(entry.id, entry);
  }

  /** A work over ports that were counted already: it asks them once more. */
  addAgain(work: PortWork, target: TargetState): void {
    this.add(work, true);
    target.worksLeft++;
    this.doneBefore -= work.size;
  }

  /** Drops the works that are done and lets others begin. */
  removeDone(): void {
    for (let i = this.active.length - 1; i >= 0; i--) {
      const entry = this.active[i]!;
      if (!entry.done) continue;
      this.active.splice(i, 1);
      this.byId.delete(entry.id);
      const target = this.targets[entry.work.target]!;
      target.worksLeft--;
      this.doneBefore += target.stopped ? entry.work.doneCount(this.neededTries(target)) : entry.work.size;
    }
    this.activate();
  }

  private activate(): void {
    while (this.active.length < ACTIVE_WORKS) {
      const next = this.pending[0];
      if (!next || (this.sweepsWait && !next.isFirst)) return;
      this.pending.shift();
      const target = this.targets[next.target]!;
      if (target.stopped) continue;
      const { plan } = target;
      const work = new PortWork(next.target, next.list(), plan.expectedOpen, plan.earlierSilence);
      const { settings, random } = this.options;
      for (const i of work.silentPorts()) {
        if (work.isSlow(i) && work.tries[i]! < settings.expectedOpenTries)
          work.delayed.push('expected', 0, i);
      }
      work.startPass(this.neededTries(target), next.isFirst, random);
      this.add(work, next.isFirst);
    }
  }
}

/** The ports whose answer matters most come in their own works, before all others. */
function plannedWorks(targets: readonly TargetState[], isFirst: boolean): PendingWork[] {
  return targets.flatMap(({ plan, index }): PendingWork[] => {
    const first = [...new Set(plan.first)].filter((port) => rangesHave(plan.ports, port));
    if (isFirst) {
      return first.length === 0 ? [] : [{ target: index, size: first.length, list: () => first, isFirst }];
    }
    const rest = subtractRanges(plan.ports, rangesOf(first));
    const size = countRanges(rest);
    return size === 0 ? [] : [{ target: index, size, list: () => expand(rest), isFirst }];
  });
}

function expand(set: PortSet): Uint16Array {
  const ports = new Uint16Array(countRanges(set));
  let count = 0;
  for (const [lo, hi] of set) for (let p = lo; p <= hi; p++) ports[count++] = p;
  return ports;
}
