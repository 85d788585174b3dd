import type { Hold, ScanEvent, ScanSettings, WorkTarget } from '../engine.ts';
import type { Timeouts } from '../pace/round-trip.ts';
import { TokenBucket } from '../pace/token-bucket.ts';
import { PortAnswers } from './port-answers.ts';
import { createResultBatch, type ResultBatch } from './result-batch.ts';
import { createTargetState, type TargetState } from './target-state.ts';
import { WorkQueue } from './work-queue.ts';

/** Names a probe between schedule and prober; opaque to the latter. */
export type ProbeKey = number;

/** What the schedule needs of whoever sends: see `drive`. */
export interface ProbeSender {
  /** How many more probes may be under way now. */
  readonly room: () => number;
  /** Exactly one `settle` follows, perhaps at once. */
  readonly start: (key: ProbeKey, target: number, port: number, timeoutMs: number, hold: Hold) => void;
  /** Ends the holds of connections that have been silent for this long. */
  readonly hurry?: (leastMs: number) => void;
}

/** Asks the canary of a target many times a second; the answers come to `settleWindow`. */
export interface RapidCanary {
  readonly start: (target: number, port: number) => void;
  readonly stop: (target: number) => void;
}

export interface ScheduleOptions {
  readonly perHost: number;
  readonly total: number;
  readonly settings: ScanSettings;
  readonly timeouts: Timeouts;
  readonly start: number;
  readonly random: () => number;
  readonly sink: (event: ScanEvent) => void;
  readonly rapidCanary?: RapidCanary;
  /** The prober also hears answers that come after a probe's time. */
  readonly hearsLate?: boolean;
}

/** A port that our own means fail this often is left unobserved. */
export const MAX_ENGINE_FAILS = 12;
export const ENGINE_RETRY_MS = 200;

/** As many ports more than have answered are supposed to be there, unheard so far. */
const UNHEARD = 10;

/**
 * Ports whose answers may have got lost. Only a port that would answer can be missed, and how many do, the sweep shows:
 * where 2 of 65,535 answered, 65,533 are not at risk.
 */
const losable = (target: TargetState): number => Math.min(target.portCount, target.answered + UNHEARD);

/**
 * Ports that a sweep may be expected to miss. Another try costs a host that answers next to nothing, since few of its
 * ports are still silent; of a host that keeps silent it costs a whole sweep.
 */
const mayMiss = (target: TargetState): number =>
  target.answered * 2 > target.portCount ? 0.0001 : TOLERATED_MISSES;
/** Above this, silence is no longer called certain. */
const TOLERATED_MISSES = 0.01;

/** What the parts of a schedule have in common: the targets, the works, and where answers go. */
export class ScanState {
  readonly options: ScheduleOptions;
  readonly targets: readonly TargetState[];
  readonly works: WorkQueue;
  /** The pace in all; each target has its own besides. */
  readonly bucket: TokenBucket;
  readonly batch: ResultBatch;
  readonly answers: PortAnswers;
  readonly listen: Hold;
  readonly speak: Hold;
  sent = 0;
  /** Ports that our own means could not ask, and the last reason. */
  unsent = 0;
  unsentErrno = '';

  constructor(targets: readonly WorkTarget[], options: ScheduleOptions) {
    const { holdMs } = options.settings;
    this.options = options;
    this.listen = { ms: holdMs, speak: false };
    this.speak = { ms: holdMs, speak: true };
    this.bucket = new TokenBucket(options.total, options.start);
    this.batch = createResultBatch(options.sink);
    this.answers = new PortAnswers(this.batch);
    this.targets = targets.map((plan, index) => createTargetState(plan, index, options));
    this.works = new WorkQueue(this.targets, options, (target) => this.neededTries(target));
  }

  /** Tries after which the silence of a target's port is no accident. */
  neededTries(target: TargetState): number {
    const { minTries, maxTries } = this.options.settings;
    return target.loss.triesFor(losable(target), mayMiss(target), minTries, maxTries);
  }

  neededWithoutLimit(target: TargetState): number {
    return target.loss.triesFor(losable(target), TOLERATED_MISSES, 1, 200);
  }

  note(text: string): void {
    this.options.sink({ kind: 'note', text });
  }
}
