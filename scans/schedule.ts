import { CanaryDesk } from './canary-desk.ts';
import { ACCEPTED, type Hold, type ProbeOutcome, type ScanOutcome, type WorkTarget } from './engine.ts';
import { LastSteps } from './last-steps.ts';
import { PortSettling } from './port-settling.ts';
import { ANSWERED, IN_FLIGHT, type PortWork } from './port-work.ts';
import type { CanaryWindow } from './ramp-pace.ts';
import { type ProbeKey, type ProbeSender, ScanState, type ScheduleOptions } from './scan-state.ts';
import { CEILING_PER_HOST, type TargetState } from './target-state.ts';
import type { ActiveWork } from './work-queue.ts';

/** An engine that failed this often in a row, for this long, will not recover. */
const ENGINE_FAILURES = 50;
const ENGINE_FAILURE_MS = 5000;

/**
 * Decides what to probe when, and what the answers amount to. It owns no socket and no clock: every call says the
 * time, so a whole scan can be replayed in a test.
 */
export class Schedule {
  private readonly state: ScanState;
  private readonly canaries: CanaryDesk;
  private readonly settling: PortSettling;
  private readonly lastSteps: LastSteps;
  private turn = 0;
  private engineFailures = 0;
  private engineFailingSince = 0;
  private failure: string | null = null;
  private lastRates = 0;
  private share = 1;
  private progressAt: number;
  private progressSent = 0;

  constructor(targets: readonly WorkTarget[], options: ScheduleOptions) {
    this.state = new ScanState(targets, options);
    this.canaries = new CanaryDesk(this.state);
    this.settling = new PortSettling(this.state);
    this.lastSteps = new LastSteps(this.state, this.settling);
    this.progressAt = options.start;
  }

  get finished(): boolean {
    return this.failure !== null || this.state.works.isEmpty;
  }

  outcome(): ScanOutcome {
    if (this.failure !== null) return { kind: 'incomplete', reason: this.failure };
    const stopped = this.state.targets.filter((t) => t.stopped);
    if (stopped.length === 0) {
      return this.state.unsent === 0
        ? { kind: 'complete' }
        : {
            kind: 'incomplete',
            reason: `this machine could not probe ${this.state.unsent} ports: ${this.state.unsentErrno}`,
          };
    }
    return {
      kind: 'incomplete',
      reason: `the canary of ${stopped.map((t) => t.plan.name).join(', ')} fell silent and did not come back`,
    };
  }

  /**
   * Uses only a share of the pace from now on. With 0 nothing is sent, canaries included: the silence before a pause is
   * believed only once the first canary after it has answered.
   */
  setShare(share: number, now: number): void {
    if (share === this.share) return;
    this.share = share;
    if (share === 0) for (const target of this.state.targets) this.canaries.stopRapid(target);
    else {
      const { total, perHost } = this.state.options;
      const whole = share === 1 ? total : Math.min(total, perHost * this.state.targets.length);
      this.state.bucket.setRate(whole * share, now);
    }
  }

  /** Sends all that may be sent now; returns the milliseconds until more may be, Infinity if that is up to answers. */
  fill(now: number, sender: ProbeSender): number {
    if (this.share === 0) return Number.POSITIVE_INFINITY;
    if (this.mayBeginSweeps()) this.state.works.beginSweeps();
    this.adaptPace(now);
    this.canaries.climb(now);
    let wait = Number.POSITIVE_INFINITY;
    do {
      wait = this.sendPorts(now, sender);
    } while (this.finishWorks(now));
    if (this.finished) return 0;
    if (this.onlyWaits()) sender.hurry?.(this.leastHoldMs());
    const untilCanary = this.canaries.send(now, sender);
    // The first packets leave before the sweeps are laid out, but these wait for nothing else.
    return this.mayBeginSweeps() ? 0 : Math.min(wait, untilCanary);
  }

  /** Whether the first works are on their way: their canary first, and when it has answered, all of their ports. */
  private mayBeginSweeps(): boolean {
    const { sent, targets, works } = this.state;
    if (!works.owesSweeps) return false;
    if (works.active.length === 0) return true;
    if (sent === 0 && targets.some(({ watch }) => watch !== null)) return false;
    return works.active.every(({ work }) => work.peek() < 0);
  }

  /** Whether a scan in haste has asked all it knows to ask, and waits for what is under way. */
  private onlyWaits(): boolean {
    const { options, works } = this.state;
    if (options.perHost <= CEILING_PER_HOST || works.pendingProbes > 0) return false;
    return works.active.every(({ work }) => work.peek() < 0);
  }

  /**
   * How long a connection is watched at least before it is called open. A close may be lost: Linux repeats it after
   * 200 ms and a round trip, and again 200 or 400 ms later. That one matters only where packets do get lost.
   */
  private leastHoldMs(): number {
    const { settings } = this.state.options;
    let least = 0;
    for (const target of this.state.works.activeTargets()) {
      const hold = this.losesNothing(target) ? settings.losslessHoldMs : settings.hurriedHoldMs;
      least = Math.max(least, Math.ceil(hold + 2 * target.roundTrip.smoothedMs()));
    }
    return least;
  }

  /** Whether all but all ports have answered, and next to none of them to a later try than the first. */
  private losesNothing(target: TargetState): boolean {
    let answered = 0;
    let unanswered = 0;
    for (const { work } of this.state.works.active) {
      if (this.state.targets[work.target] !== target) continue;
      answered += work.answered;
      unanswered += work.size - work.answered;
    }
    return target.loss.isNegligible() && unanswered * 1000 < answered;
  }

  private sendPorts(now: number, sender: ProbeSender): number {
    while (sender.room() > 0) {
      const bucketWait = this.state.bucket.waitMs(now);
      if (bucketWait > 0) return bucketWait;
      const wait = this.sendOne(now, sender);
      if (wait > 0) return wait;
    }
    return Number.POSITIVE_INFINITY;
  }

  /** 0 when a probe was sent, else milliseconds until one may be. */
  private sendOne(now: number, sender: ProbeSender): number {
    let wait = Number.POSITIVE_INFINITY;
    const count = this.state.works.active.length;
    for (const firstOnly of [true, false]) {
      for (let k = 0; k < count; k++) {
        const entry = this.state.works.active[(this.turn + k) % count]!;
        if (entry.isFirst !== firstOnly) continue;
        const ready = this.sendFrom(entry, now, sender);
        if (ready === 0) {
          this.turn = (this.turn + k + 1) % Math.max(1, count);
          return 0;
        }
        wait = Math.min(wait, ready);
      }
    }
    return wait;
  }

  private sendFrom(entry: ActiveWork, now: number, sender: ProbeSender): number {
    const { work } = entry;
    const target = this.state.targets[work.target]!;
    if (entry.done || target.stopped) return Number.POSITIVE_INFINITY;
    if (target.watch && !target.watch.permits()) return Number.POSITIVE_INFINITY;
    const { retrySpacingMs } = this.state.options.settings;
    let index = -1;
    let delayedAt = work.delayedDueAt();
    while (index < 0 && delayedAt <= now) {
      const bucketWait = target.bucket.waitMs(now);
      if (bucketWait > 0) return bucketWait;
      index = work.takeDelayed(now);
      delayedAt = work.delayedDueAt();
    }
    while (index < 0) {
      const next = work.peek();
      if (next < 0) return Math.max(0.5, delayedAt - now);
      // Withdrawn, answered late or already under way again: this pass owes it nothing.
      if (work.status[next] === ANSWERED || work.status[next] === IN_FLIGHT) {
        work.advance();
        continue;
      }
      const ready = work.readyAt(next, retrySpacingMs);
      if (ready > now) return Math.max(0.5, Math.min(ready, delayedAt) - now);
      const bucketWait = target.bucket.waitMs(now);
      if (bucketWait > 0) return bucketWait;
      work.advance();
      index = next;
    }
    target.bucket.take(now);
    this.state.bucket.take(now);
    if (!entry.isFirst) target.slices.sent(now);
    work.unsetSilent(index);
    if (work.status[index] === ANSWERED) work.answered--;
    work.status[index] = IN_FLIGHT;
    work.inFlight++;
    if (work.tries[index]! < 255) work.tries[index]!++;
    if (work.tries[index] === 1) work.firstSent[index] = now;
    work.lastSent[index] = now;
    this.state.sent++;
    sender.start(
      entry.id * 65536 + index,
      work.target,
      work.ports[index]!,
      target.roundTrip.timeoutMs(),
      this.holdFor(work, index),
    );
    return 0;
  }

  /** A port that stood open was listened to then: of the handshake that confirms it, only that it comes about counts. */
  private holdFor(work: PortWork, index: number): Hold {
    if (work.earlier.get(index)?.outcome.kind === 'open') return ACCEPTED;
    return work.speak ? this.state.speak : this.state.listen;
  }

  settle(key: ProbeKey, outcome: ProbeOutcome, now: number): void {
    if (outcome.kind === 'engine') this.noteEngineFailure(outcome.errno, now);
    else this.engineFailures = 0;
    if (key < 0) {
      this.canaries.settle(key, outcome, now);
      return;
    }
    const entry = this.state.works.find(Math.floor(key / 65536));
    if (entry) this.settling.settle(entry, key % 65536, outcome, now);
  }

  settleWindow(target: number, window: CanaryWindow, now: number): void {
    this.canaries.settleWindow(target, window, now);
  }

  noteDrops(count: number, since: number, now: number): void {
    this.canaries.noteDrops(count, since, now);
  }

  private noteEngineFailure(errno: string, now: number): void {
    if (this.engineFailures++ === 0) this.engineFailingSince = now;
    if (this.engineFailures < ENGINE_FAILURES || now - this.engineFailingSince < ENGINE_FAILURE_MS) return;
    this.failure = `this machine could not send: ${errno}, ${this.engineFailures} times in a row`;
  }

  /** Works whose ports all have their answer take their last steps; the finished ones go. True when any moved. */
  private finishWorks(now: number): boolean {
    const { options } = this.state;
    let moved = false;
    let removed = false;
    for (const entry of this.state.works.active) {
      const { work } = entry;
      if (!entry.done) {
        if (work.peek() >= 0) continue;
        const target = this.state.targets[work.target]!;
        if (target.watch && !target.watch.permits()) continue;
        if (work.inFlight > 0 || work.delayedSize > 0) {
          const needed = this.state.neededTries(target);
          if (work.owesPass(needed)) moved = work.startPass(needed, entry.isFirst, options.random) || moved;
          continue;
        }
        const step = this.lastSteps.take(entry, target, now);
        if (step === 'started') moved = true;
        if (step !== 'finished') continue;
        entry.done = true;
        if (target.worksLeft === 1) {
          this.state.answers.taintAccepted(target);
          this.canaries.stopRapid(target);
        }
      }
      removed = true;
    }
    if (removed) this.state.works.removeDone();
    return moved || removed;
  }

  private adaptPace(now: number): void {
    if (now - this.lastRates < 100) return;
    this.lastRates = now;
    for (const target of this.state.works.activeTargets()) {
      if (!target.ramp) target.bucket.setRate(target.pace * target.loss.slowdown(now), now);
    }
  }

  /** Hands out what was gathered, and how far the scan is. */
  report(now: number): void {
    const { batch, works, targets, sent, options } = this.state;
    batch.flush();
    let done = works.doneBefore;
    let left = works.pendingProbes;
    for (const { work } of works.active) {
      const needed = this.state.neededTries(targets[work.target]!);
      done += work.doneCount(needed);
      left += work.probesLeft(needed);
    }
    const seconds = (now - this.progressAt) / 1000;
    const perSecond = seconds > 0 ? (sent - this.progressSent) / seconds : 0;
    this.progressAt = now;
    this.progressSent = sent;
    options.sink({ kind: 'progress', done, total: works.totalPorts, sent, left, perSecond });
  }
}
