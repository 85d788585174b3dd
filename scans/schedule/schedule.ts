import { ACCEPTED, type Hold, type ProbeOutcome, type ScanOutcome, type WorkTarget } from '../engine.ts';
import type { CanaryWindow } from '../pace/ramp-pace.ts';
import { CanaryDesk } from './canary-desk.ts';
import { LastSteps } from './last-steps.ts';
import { PortSettling } from './port-settling.ts';
import type { PortWork } from './port-work.ts';
import { type ProbeKey, type ProbeSender, ScanState, type ScheduleOptions } from './scan-state.ts';
import { CEILING_PER_HOST, type TargetState } from './target-state.ts';
import type { ActiveWork } from './work-queue.ts';

/** An engine that failed this often in a row, for this long, will not recover. */
const ENGINE_FAILURES = 50;
const ENGINE_FAILURE_MS = 5000;
/** Probes of one work that are sent before the next one has its turn. */
const MOST_IN_A_ROW = 32;

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
    return works.active.every(({ work }) => !work.inPass);
  }

  /** Whether a scan in haste has asked all it knows to ask, and waits for what is under way. */
  private onlyWaits(): boolean {
    const { options, works } = this.state;
    if (options.perHost <= CEILING_PER_HOST || works.pendingProbes > 0) return false;
    return works.active.every(({ work }) => !work.inPass);
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
    let wait = this.sendRested(now, sender);
    while (sender.room() > 0) {
      const bucketWait = this.state.bucket.waitMs(now);
      if (bucketWait > 0) return Math.min(wait, bucketWait);
      const untilNext = this.sendSome(now, sender);
      if (untilNext > 0) {
        wait = Math.min(wait, untilNext);
        break;
      }
    }
    return wait;
  }

  /** Ports whose rest is over go before all passes. Returns the milliseconds until the next one may be asked. */
  private sendRested(now: number, sender: ProbeSender): number {
    let wait = Number.POSITIVE_INFINITY;
    for (const entry of this.state.works.active) {
      const { work } = entry;
      if (!this.mayAsk(entry)) continue;
      while (work.delayed.dueAt <= now && sender.room() > 0) {
        const target = this.state.targets[work.target]!;
        const bucketWait = Math.max(target.bucket.waitMs(now), this.state.bucket.waitMs(now));
        if (bucketWait > 0) {
          wait = Math.min(wait, bucketWait);
          break;
        }
        const index = work.takeRested(now);
        if (index < 0) break;
        target.bucket.take(now);
        this.state.bucket.take(now);
        this.ask(entry, index, this.holdFor(work, index), now, sender);
      }
      if (work.delayed.dueAt > now) wait = Math.min(wait, Math.max(0.5, work.delayed.dueAt - now));
    }
    return wait;
  }

  /** 0 when probes of one work were sent, else milliseconds until any may be. Works take turns, the first ones before all. */
  private sendSome(now: number, sender: ProbeSender): number {
    const { active } = this.state.works;
    let wait = Number.POSITIVE_INFINITY;
    for (const firstOnly of [true, false]) {
      for (let k = 0; k < active.length; k++) {
        const entry = active[(this.turn + k) % active.length]!;
        if (entry.isFirst !== firstOnly || !this.mayAsk(entry)) continue;
        const untilNext = this.sendFrom(entry, now, sender);
        if (untilNext === 0) {
          this.turn = (this.turn + k + 1) % active.length;
          return 0;
        }
        wait = Math.min(wait, untilNext);
      }
    }
    return wait;
  }

  private mayAsk({ work, done }: ActiveWork): boolean {
    const { stopped, watch } = this.state.targets[work.target]!;
    return !done && !stopped && (watch === null || watch.permits());
  }

  /** Goes on with the pass of one work for a while. */
  private sendFrom(entry: ActiveWork, now: number, sender: ProbeSender): number {
    const { work } = entry;
    const target = this.state.targets[work.target]!;
    const { retrySpacingMs } = this.state.options.settings;
    const most = Math.min(MOST_IN_A_ROW, target.bucket.available(now), this.state.bucket.available(now));
    const hold = work.speak ? this.state.speak : this.state.listen;
    let sent = 0;
    while (sent < most && sender.room() > 0) {
      const index = work.takeDue(now, retrySpacingMs);
      if (index < 0) break;
      sent++;
      this.ask(entry, index, hold, now, sender);
    }
    if (sent === 0) {
      const untilDue = work.dueAt(retrySpacingMs) - now;
      return Math.max(0.5, untilDue, target.bucket.waitMs(now));
    }
    target.bucket.take(now, sent);
    this.state.bucket.take(now, sent);
    return 0;
  }

  private ask(entry: ActiveWork, index: number, hold: Hold, now: number, sender: ProbeSender): void {
    const { work, id, isFirst } = entry;
    const target = this.state.targets[work.target]!;
    work.beginTry(index, now);
    if (!isFirst) target.slices.sent(now);
    this.state.sent++;
    const timeoutMs = target.roundTrip.timeoutMs();
    sender.start(id * 65536 + index, work.target, work.ports[index]!, timeoutMs, hold);
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
        if (work.inPass) continue;
        const target = this.state.targets[work.target]!;
        if (target.watch && !target.watch.permits()) continue;
        if (work.inFlight > 0 || work.delayed.size > 0) {
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
