import { NO_CANARY } from '../src/model/evidence.ts';
import { countRanges, type PortSet, rangesHave, rangesOf, subtractRanges } from '../src/model/ports.ts';
import type { CanaryChange } from './canary-watch.ts';
import {
  ACCEPTED,
  type Hold,
  type PortAnswer,
  type ProbeOutcome,
  type ScanEvent,
  type ScanOutcome,
  type ScanSettings,
  type WorkTarget,
} from './engine.ts';
import { ANSWERED, IN_FLIGHT, PortWork, SILENT, WAITING } from './port-work.ts';
import { accepts, clearer, isDenial, isMute, sameMurmur, wordFor } from './probe-outcome.ts';
import type { CanaryWindow } from './ramp-pace.ts';
import { createResultBatch, type ResultBatch } from './result-batch.ts';
import {
  CEILING_PER_HOST,
  createTargetState,
  type NegativeCanary,
  newTally,
  SLOTS,
  type TargetState,
} from './target-state.ts';
import { createTokenBucket, type TokenBucket } from './token-bucket.ts';

/** Names a probe between schedule and prober; opaque to the latter. */
export type ProbeKey = number;

/** What the schedule needs of whoever sends: see `drive`. */
export interface ProbeSender {
  /** How many more probes may be under way now. */
  readonly room: () => number;
  /** Exactly one `settle` follows, perhaps at once. */
  readonly start: (key: ProbeKey, target: number, port: number, timeoutMs: number, hold: Hold) => void;
}

/** Asks the canary of a target hundreds of times a second; the answers come to `settleWindow`. */
export interface RapidCanary {
  readonly start: (target: number, port: number) => void;
  readonly stop: (target: number) => void;
}

export interface ScheduleOptions {
  readonly perHost: number;
  readonly total: number;
  readonly settings: ScanSettings;
  /** How long to wait for an answer: before the first sample, at least, at most. */
  readonly timeouts: { readonly initialMs: number; readonly minMs: number; readonly maxMs: number };
  readonly start: number;
  readonly random: () => number;
  readonly sink: (event: ScanEvent) => void;
  readonly rapidCanary?: RapidCanary;
}

interface PendingWork {
  readonly target: number;
  readonly size: number;
  /** Listed only when their turn comes: 65,535 ports of 256 targets would fill the memory. */
  readonly list: () => readonly number[];
  readonly isFirst: boolean;
}

interface ActiveWork {
  readonly id: number;
  readonly work: PortWork;
  readonly isFirst: boolean;
  done: boolean;
}

/** Works under way at once: enough for the total pace, few enough to bound memory. */
const ACTIVE_WORKS = 24;
/** Above this, ports that accept or refuse in mass vouch for one another. */
const MAX_CONFIRMS = 256;
const MAX_CLOSED_CONFIRMS = 64;
const ENGINE_RETRY_MS = 200;
/** A rapid canary's answers are summed up in events about this far apart. */
const RAPID_EVENT_MS = 250;
/** A port that our own means fail this often is left unobserved. */
const MAX_ENGINE_FAILS = 12;
/** How many lossy stretches are remembered: longer ago than any probe under way. */
const LOSSY_KEPT = 200;
/** Ports of a suspected tarpit that are spoken to. */
const MAX_SPOKEN = 256;
/** Silent ports asked once more for an ICMP: of the witnesses, and of the sweep. */
const MAX_SIGNATURES = 40;
const SWEEP_SIGNATURES = 5;
/** An engine that failed this often in a row, for this long, will not recover. */
const ENGINE_FAILURES = 50;
const ENGINE_FAILURE_MS = 5000;

/**
 * Decides what to probe when, and what the answers amount to. It owns no socket and no clock: every call says the
 * time, so a whole scan can be replayed in a test.
 */
export class Schedule {
  private readonly options: ScheduleOptions;
  private readonly targets: readonly TargetState[];
  private readonly pending: PendingWork[];
  private readonly active: ActiveWork[] = [];
  private readonly byId = new Map<number, ActiveWork>();
  private readonly bucket: TokenBucket;
  private readonly batch: ResultBatch;
  private readonly commonAnswers = new Map<string, PortAnswer>();
  private readonly listen: Hold;
  private readonly speak: Hold;
  private nextId = 0;
  private turn = 0;
  private engineFailures = 0;
  private engineFailingSince = 0;
  private failure: string | null = null;
  private unsent = 0;
  private unsentErrno = '';
  private doneBefore = 0;
  private readonly totalPorts: number;
  private sent = 0;
  private lastRates = 0;
  private share = 1;
  private progressAt: number;
  private progressSent = 0;

  constructor(targets: readonly WorkTarget[], options: ScheduleOptions) {
    this.options = options;
    this.listen = { ms: options.settings.holdMs, speak: false };
    this.speak = { ms: options.settings.holdMs, speak: true };
    this.bucket = createTokenBucket(options.total, options.start);
    this.batch = createResultBatch(options.sink);
    this.progressAt = options.start;
    this.targets = targets.map((plan, index) => createTargetState(plan, index, options));
    this.pending = [...this.plannedWorks(true), ...this.plannedWorks(false)];
    this.totalPorts = this.pending.reduce((sum, w) => sum + w.size, 0);
    for (const w of this.pending) this.targets[w.target]!.worksLeft++;
    this.activate();
  }

  /** The ports whose answer matters most come in their own works, before all others. */
  private plannedWorks(isFirst: boolean): PendingWork[] {
    return this.targets.flatMap(({ plan, index }): PendingWork[] => {
      const first = [...new Set(plan.first)].filter((port) => rangesHave(plan.ports, port));
      if (isFirst) {
        return first.length === 0 ? [] : [{ target: index, size: first.length, list: () => first, isFirst }];
      }
      const rest = subtractRanges(plan.ports, rangesOf(first));
      const size = countRanges(rest);
      return size === 0 ? [] : [{ target: index, size, list: () => expand(rest), isFirst }];
    });
  }

  private activate(): void {
    while (this.active.length < ACTIVE_WORKS) {
      const next = this.pending.shift();
      if (!next) return;
      const { plan, stopped } = this.targets[next.target]!;
      if (stopped) continue;
      const work = new PortWork(next.target, next.list(), plan.expectedOpen, plan.earlierSilence);
      const { settings } = this.options;
      for (let i = 0; i < work.size; i++) {
        if (work.status[i] === SILENT && work.isSlow(i) && work.tries[i]! < settings.expectedOpenTries) {
          work.delayed.expected.push(0, i);
        }
      }
      work.startPass(this.neededTries(this.targets[next.target]!), next.isFirst, this.options.random);
      this.addActive(work, next.isFirst);
    }
  }

  private addActive(work: PortWork, isFirst: boolean): void {
    const entry = { id: this.nextId++, work, isFirst, done: false };
    this.active.push(entry);
    this.byId.set(entry.id, entry);
  }

  get finished(): boolean {
    return this.failure !== null || (this.active.length === 0 && this.pending.length === 0);
  }

  outcome(): ScanOutcome {
    if (this.failure !== null) return { kind: 'incomplete', reason: this.failure };
    const stopped = this.targets.filter((t) => t.stopped);
    if (stopped.length === 0) {
      return this.unsent === 0
        ? { kind: 'complete' }
        : {
            kind: 'incomplete',
            reason: `this machine could not probe ${this.unsent} ports: ${this.unsentErrno}`,
          };
    }
    return {
      kind: 'incomplete',
      reason: `the canary of ${stopped.map((t) => t.plan.name).join(', ')} fell silent and did not come back`,
    };
  }

  private neededTries(target: TargetState): number {
    const { minTries, maxTries } = this.options.settings;
    return target.loss.triesFor(target.portCount, minTries, maxTries);
  }

  /**
   * Uses only a share of the pace from now on. With 0 nothing is sent, canaries included: the silence before a pause is
   * believed only once the first canary after it has answered.
   */
  setShare(share: number, now: number): void {
    if (share === this.share) return;
    this.share = share;
    if (share === 0) for (const target of this.targets) this.stopRapid(target);
    else {
      const { total, perHost } = this.options;
      const whole = share === 1 ? total : Math.min(total, perHost * this.targets.length);
      this.bucket.setRate(whole * share, now);
    }
  }

  /** Sends all that may be sent now; returns the milliseconds until more may be, Infinity if that is up to answers. */
  fill(now: number, sender: ProbeSender): number {
    if (this.share === 0) return Number.POSITIVE_INFINITY;
    this.adaptPace(now);
    let wait = Number.POSITIVE_INFINITY;
    do {
      wait = this.sendPorts(now, sender);
    } while (this.finishWorks(now));
    return this.finished ? 0 : Math.min(wait, this.sendCanaries(now, sender));
  }

  private sendPorts(now: number, sender: ProbeSender): number {
    while (sender.room() > 0) {
      const bucketWait = this.bucket.waitMs(now);
      if (bucketWait > 0) return bucketWait;
      const wait = this.sendOne(now, sender);
      if (wait > 0) return wait;
    }
    return Number.POSITIVE_INFINITY;
  }

  /** 0 when a probe was sent, else milliseconds until one may be. */
  private sendOne(now: number, sender: ProbeSender): number {
    let wait = Number.POSITIVE_INFINITY;
    const count = this.active.length;
    for (const firstOnly of [true, false]) {
      for (let k = 0; k < count; k++) {
        const entry = this.active[(this.turn + k) % count]!;
        if (entry.isFirst !== firstOnly) continue;
        const ready = this.sendFrom(entry, now, sender);
        if (ready === 0) {
          this.turn = (this.turn + k + 1) % Math.max(1, this.active.length);
          return 0;
        }
        wait = Math.min(wait, ready);
      }
    }
    return wait;
  }

  private sendFrom(entry: ActiveWork, now: number, sender: ProbeSender): number {
    const { work } = entry;
    const target = this.targets[work.target]!;
    if (entry.done || target.stopped) return Number.POSITIVE_INFINITY;
    if (target.watch && !target.watch.permits()) return Number.POSITIVE_INFINITY;
    const { retrySpacingMs } = this.options.settings;
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
    this.bucket.take(now);
    work.unsetSilent(index);
    if (work.status[index] === ANSWERED) work.answered--;
    work.status[index] = IN_FLIGHT;
    work.inFlight++;
    if (work.tries[index]! < 255) work.tries[index]!++;
    if (work.tries[index] === 1) work.firstSent[index] = now;
    work.lastSent[index] = now;
    this.sent++;
    sender.start(
      entry.id * 65536 + index,
      work.target,
      work.ports[index]!,
      target.roundTrip.timeoutMs(),
      work.speak ? this.speak : this.listen,
    );
    return 0;
  }

  private sendCanaries(now: number, sender: ProbeSender): number {
    let wait = Number.POSITIVE_INFINITY;
    const asked = new Set<number>();
    for (const { work } of this.active) {
      const target = this.targets[work.target]!;
      if (asked.has(target.index) || target.stopped) continue;
      asked.add(target.index);
      const { watch, plan } = target;
      if (watch) {
        const due = watch.dueAt();
        if (due <= now && sender.room() > 0) {
          target.bucket.take(now);
          this.bucket.take(now);
          watch.sent(now);
          this.sent++;
          sender.start(
            this.canaryKey(target, 0),
            target.index,
            plan.canary!,
            this.canaryTimeout(target),
            ACCEPTED,
          );
        } else if (due > now) wait = Math.min(wait, due - now);
        if (!watch.permits()) continue;
      }
      for (const [k, negative] of target.negatives.entries()) {
        const wanted = negative.asked < negative.wanted && !negative.inFlight;
        if (!wanted || sender.room() <= 0) continue;
        if (negative.retryAt > now) {
          wait = Math.min(wait, negative.retryAt - now);
          continue;
        }
        negative.inFlight = true;
        target.bucket.take(now);
        this.bucket.take(now);
        this.sent++;
        sender.start(
          this.canaryKey(target, k + 1),
          target.index,
          negative.port,
          target.roundTrip.timeoutMs(),
          negative.asked > 0 ? this.speak : this.listen,
        );
      }
    }
    return wait;
  }

  /** A canary's miss costs half a minute, so it gets the whole time to answer. */
  private canaryTimeout(target: TargetState): number {
    return Math.max(target.roundTrip.timeoutMs(), this.options.timeouts.initialMs);
  }

  private canaryKey(target: TargetState, slot: number): ProbeKey {
    return -(1 + target.index * SLOTS + slot);
  }

  settle(key: ProbeKey, outcome: ProbeOutcome, now: number): void {
    if (outcome.kind === 'engine') this.noteEngineFailure(outcome.errno, now);
    else this.engineFailures = 0;
    if (key < 0) {
      const slot = (-key - 1) % SLOTS;
      const target = this.targets[Math.floor((-key - 1) / SLOTS)]!;
      if (slot === 0) this.settleCanary(target, outcome, now);
      else this.settleNegative(target, target.negatives[slot - 1]!, outcome, now);
      return;
    }
    const entry = this.byId.get(Math.floor(key / 65536));
    if (entry) this.settlePort(entry, key % 65536, outcome, now);
  }

  private noteEngineFailure(errno: string, now: number): void {
    if (this.engineFailures++ === 0) this.engineFailingSince = now;
    if (this.engineFailures < ENGINE_FAILURES || now - this.engineFailingSince < ENGINE_FAILURE_MS) return;
    this.failure = `this machine could not send: ${errno}, ${this.engineFailures} times in a row`;
  }

  private settleCanary(target: TargetState, outcome: ProbeOutcome, now: number): void {
    const watch = target.watch!;
    if (outcome.kind === 'engine' && ++target.canaryFails < MAX_ENGINE_FAILS) {
      watch.failed(now);
      return;
    }
    target.canaryFails = 0;
    const says =
      accepts(outcome) || outcome.kind === 'half-open'
        ? 'accepts'
        : outcome.kind === 'closed'
          ? 'closed'
          : null;
    if (target.canarySays === null && says !== null) {
      target.canarySays = says;
      if (says === 'closed') {
        this.note(
          `${target.plan.name}: port ${target.plan.canary}, the canary, refuses connections; its refusals show that packets pass`,
        );
      }
    }
    const good = says !== null && says === target.canarySays;
    const sentAt = now - ('rttMs' in outcome ? outcome.rttMs : 0);
    if (good) {
      if ('rttMs' in outcome) target.roundTrip.add(outcome.rttMs);
      target.loss.add(1, 0);
    } else if (isMute(outcome)) target.loss.add(0, 1);
    this.batch.flush();
    const change = good ? watch.answered(now) : watch.missed(now);
    this.options.sink({
      kind: 'canary',
      target: target.index,
      port: target.plan.canary!,
      canary: 'positive',
      sent: 1,
      answered: good ? 1 : 0,
      ttl: 'ttl' in outcome ? outcome.ttl : null,
      sentAt: good ? (watch.lastGood() ?? sentAt) : sentAt,
    });
    this.actOn(change, target, now);
    if (good && target.ramp && !target.rapid && target.worksLeft > 0) {
      target.rapid = true;
      target.rapidTally = newTally(now);
      this.options.rapidCanary?.start(target.index, target.plan.canary!);
    }
  }

  private stopRapid(target: TargetState): void {
    if (!target.rapid) return;
    target.rapid = false;
    this.emitTally(target, target.rapidTally.since);
    this.options.rapidCanary?.stop(target.index);
  }

  /** Takes what a rapid canary showed of a stretch of time. */
  settleWindow(index: number, window: CanaryWindow, now: number): void {
    const target = this.targets[index];
    const watch = target?.watch;
    if (!target || !watch || !target.ramp || !target.rapid) return;
    target.loss.add(window.answered, window.sent - window.answered);
    if (target.ramp.judge(window) === 'lossy') this.discount(target, window.start, window.end);
    target.bucket.setRate(target.ramp.rate(), now);
    this.tallyWindow(target, window);
    if (window.lastGood !== null) {
      if (watch.phase() !== 'good' && watch.phase() !== 'doubt') return;
      watch.sent(window.lastGood);
      watch.answered(now);
    } else if (window.sent >= 5 && (watch.phase() === 'good' || now >= watch.dueAt())) {
      watch.sent(window.end);
      this.actOn(watch.missed(now), target, now);
    }
  }

  private tallyWindow(target: TargetState, window: CanaryWindow): void {
    const tally = target.rapidTally;
    tally.sent += window.sent;
    tally.answered += window.answered;
    tally.lastGood = window.lastGood ?? tally.lastGood;
    tally.ttl = window.ttl ?? tally.ttl;
    if (window.end - tally.since >= RAPID_EVENT_MS) this.emitTally(target, window.end);
  }

  private emitTally(target: TargetState, until: number): void {
    const tally = target.rapidTally;
    target.rapidTally = newTally(until);
    if (tally.sent === 0) return;
    this.batch.flush();
    this.options.sink({
      kind: 'canary',
      target: target.index,
      port: target.plan.canary!,
      canary: 'positive',
      sent: tally.sent,
      answered: tally.answered,
      ttl: tally.ttl,
      sentAt: tally.lastGood ?? until,
    });
  }

  /** Silence of a stretch in which too much was lost is as if the probes had not been sent. */
  private discount(target: TargetState, start: number, end: number): void {
    target.lossyWindows.push([start, end]);
    if (target.lossyWindows.length > LOSSY_KEPT) target.lossyWindows.shift();
    this.batch.flush();
    for (const { work } of this.active) {
      if (work.target !== target.index) continue;
      const ports = work.discount(start, end);
      if (ports.length === 0) continue;
      this.options.sink({
        kind: 'withdrawn',
        target: target.index,
        ports,
        why: "too many of the canary's answers were lost at the time",
      });
    }
  }

  /** Answers reached this machine and were lost in it: silence since then proves nothing. */
  noteDrops(count: number, since: number, now: number): void {
    this.note(
      `this machine dropped ${count} packets that it had received; the silence since ${iso(since)} is probed again`,
    );
    for (const target of new Set(this.active.map(({ work }) => this.targets[work.target]!))) {
      this.discount(target, since, now);
      target.loss.add(0, 12);
    }
  }

  private actOn(change: CanaryChange, target: TargetState, now: number): void {
    const { name, canary } = target.plan;
    switch (change.kind) {
      case 'none':
        return;
      case 'rest':
        this.stopRapid(target);
        this.withdraw(target, change.since, 'the canary failed twice after them');
        this.note(
          `${name}: port ${canary}, the canary, failed twice at ${iso(now)}; silence since ${
            change.since === 0 ? 'the start' : iso(change.since)
          } is discarded, next try in ${Math.round((change.until - now) / 1000)} s`,
        );
        return;
      case 'back':
        this.note(`${name}: the canary answers again at ${iso(now)}`);
        return;
      case 'lost': {
        this.stopRapid(target);
        const since =
          change.lastGood === null
            ? 'it never answered'
            : `it answered last at ${iso(change.lastGood)}: from then on this scanner may have been blocked`;
        this.stop(target, `port ${canary}, the canary, is silent: ${since}`, now);
      }
    }
  }

  private withdraw(target: TargetState, since: number, why: string): void {
    this.batch.flush();
    for (const { work } of this.active) {
      if (work.target !== target.index) continue;
      const ports = work.withdrawSince(since);
      if (ports.length > 0) this.options.sink({ kind: 'withdrawn', target: target.index, ports, why });
    }
  }

  private stop(target: TargetState, reason: string, now: number): void {
    this.withdraw(target, target.watch?.lastGood() ?? 0, 'the canary fell silent');
    target.stopped = true;
    this.options.sink({ kind: 'stopped', target: target.index, reason, at: now });
    for (const entry of this.active) {
      if (entry.work.target === target.index) entry.done = true;
    }
  }

  private settleNegative(
    target: TargetState,
    negative: NegativeCanary,
    outcome: ProbeOutcome,
    now: number,
  ): void {
    negative.inFlight = false;
    if (outcome.kind === 'engine') {
      negative.retryAt = now + ENGINE_RETRY_MS;
      if (++negative.fails < MAX_ENGINE_FAILS) return;
      negative.fails = 0;
      negative.asked++;
      this.note(
        `${target.plan.name}: port ${negative.port}, a negative canary, could not be asked: ${outcome.errno}`,
      );
      return;
    }
    negative.asked++;
    const open = accepts(outcome) || outcome.kind === 'half-open';
    if (open) {
      target.openNegative = negative.port;
      target.negativeBanners.add(outcome.kind === 'open' ? outcome.banner : null);
    }
    this.batch.flush();
    this.options.sink({
      kind: 'canary',
      target: target.index,
      port: negative.port,
      canary: 'negative',
      sent: 1,
      answered: open ? 0 : 1,
      ttl: 'ttl' in outcome ? outcome.ttl : null,
      sentAt: now,
    });
  }

  private settlePort(entry: ActiveWork, index: number, outcome: ProbeOutcome, now: number): void {
    const { work } = entry;
    const target = this.targets[work.target]!;
    const late = work.status[index] !== IN_FLIGHT;
    if (late && (work.status[index] !== SILENT || isMute(outcome))) return;
    if (late) work.unsetSilent(index);
    else work.inFlight--;
    if (entry.done) return;
    if (outcome.kind === 'engine') {
      this.requeue(target, work, index, outcome.errno, now);
      return;
    }
    if ('rttMs' in outcome) target.roundTrip.add(outcome.rttMs);
    if (work.earlier.has(index)) this.settleSecondWord(target, work, index, outcome, now);
    else if (isMute(outcome)) this.settleMute(target, work, index, outcome, now);
    else this.settleAnswer(target, work, index, outcome, now, late);
  }

  private settleAnswer(
    target: TargetState,
    work: PortWork,
    index: number,
    outcome: ProbeOutcome,
    now: number,
    late: boolean,
  ): void {
    // An answer to a later try shows that the earlier ones were lost; ICMP denials may have been rate-limited instead.
    if (outcome.kind !== 'icmp') target.loss.add(1, late ? 0 : work.tries[index]! - 1);
    work.status[index] = ANSWERED;
    work.answered++;
    if (outcome.kind === 'icmp') target.denials++;
    const unexpected = work.expected[index] === 0;
    if (accepts(outcome) && unexpected && work.confirms < MAX_CONFIRMS) {
      work.confirms++;
      this.askAgain(work, index, outcome, now);
    } else if (outcome.kind === 'closed' && unexpected && !target.plan.onLink) {
      if (work.closedSuspects.length <= MAX_CLOSED_CONFIRMS) work.closedSuspects.push(index);
    }
    this.emit(target, work, index, this.answerFor(target, work, index, outcome));
  }

  private requeue(target: TargetState, work: PortWork, index: number, errno: string, now: number): void {
    work.tries[index]!--;
    const given = ++work.engineFails[index]! >= MAX_ENGINE_FAILS;
    work.status[index] = given || work.earlier.has(index) ? ANSWERED : WAITING;
    if (work.status[index] === ANSWERED) work.answered++;
    if (!given) {
      work.delayed.engine.push(now + ENGINE_RETRY_MS, index);
      return;
    }
    this.unsent++;
    this.unsentErrno = errno;
    if (work.earlier.has(index)) return;
    const tainted = 'this machine could not send the probe';
    const silence = this.answerFor(target, work, index, { kind: 'silent' });
    this.emit(target, work, index, { ...silence, state: 'unobserved', reason: errno, tainted });
  }

  private settleMute(
    target: TargetState,
    work: PortWork,
    index: number,
    outcome: ProbeOutcome,
    now: number,
  ): void {
    const { settings } = this.options;
    if (target.watch?.phase() === 'resting') {
      // Sent before the rest, silent within it: as if it had not been sent.
      work.tries[index] = 0;
      work.status[index] = WAITING;
      return;
    }
    const sentAt = work.lastSent[index]!;
    if (target.lossyWindows.some(([start, end]) => sentAt >= start && sentAt < end)) {
      work.tries[index]!--;
      work.status[index] = WAITING;
      return;
    }
    if (outcome.kind !== 'silent') {
      const known = work.murmurs.findIndex((m) => sameMurmur(m, outcome));
      if (known >= 0) work.murmur[index] = known;
      else if (work.murmurs.length < 255) work.murmur[index] = work.murmurs.push(outcome) - 1;
    }
    work.setSilent(index);
    const tries = work.tries[index]!;
    if (work.expected[index] === 1 && tries < settings.expectedOpenTries) {
      const gap = settings.expectedOpenSpanMs / Math.max(1, settings.expectedOpenTries - 1);
      work.delayed.expected.push(Math.max(now, work.lastSent[index]! + gap), index);
    }
    this.emitMute(target, work, index);
  }

  private emitMute(target: TargetState, work: PortWork, index: number): void {
    const tries = work.tries[index]!;
    const needed =
      work.expected[index] === 1 ? this.options.settings.expectedOpenTries : this.neededTries(target);
    const lossy = tries >= this.options.settings.maxTries && tries < this.neededWithoutLimit(target);
    work.underTried[index] = tries < needed ? 1 : 0;
    const taint =
      target.watch === null
        ? NO_CANARY
        : tries < needed
          ? `silent ${tries} of ${needed} times`
          : lossy
            ? `${Math.round(target.loss.rate() * 100)}% of round trips were lost`
            : null;
    const answer = this.answerFor(target, work, index, work.murmurs[work.murmur[index]!]!);
    this.emit(target, work, index, taint === null ? answer : { ...answer, tainted: taint });
  }

  private neededWithoutLimit(target: TargetState): number {
    return target.loss.triesFor(target.portCount, 1, 200);
  }

  /** The first word stands until a second, fresh handshake has agreed or disagreed. */
  private askAgain(work: PortWork, index: number, outcome: ProbeOutcome, now: number): void {
    work.earlier.set(index, {
      outcome,
      history: [wordFor(outcome)],
      stage: 'confirm',
      silentConfirms: 0,
    });
    work.delayed.confirm.push(now + this.options.settings.retrySpacingMs, index);
  }

  private settleSecondWord(
    target: TargetState,
    work: PortWork,
    index: number,
    outcome: ProbeOutcome,
    now: number,
  ): void {
    const { settings } = this.options;
    const word = work.earlier.get(index)!;
    work.status[index] = ANSWERED;
    work.answered++;
    const agrees = accepts(word.outcome) ? accepts(outcome) : word.outcome.kind === outcome.kind;
    if (word.stage === 'confirm') {
      if (isMute(outcome) && ++word.silentConfirms < 3) {
        work.delayed.confirm.push(now + settings.retrySpacingMs, index);
        return;
      }
      if (agrees) {
        work.earlier.delete(index);
        this.emit(target, work, index, this.answerFor(target, work, index, clearer(word.outcome, outcome)));
        return;
      }
      word.stage = 'unstable';
      work.delayed.unstable.push(now + settings.unstableRetryMs, index);
    } else work.earlier.delete(index);
    word.history.push(wordFor(outcome));
    target.accepted.delete(work.ports[index]!);
    this.emit(target, work, index, {
      ...this.answerFor(target, work, index, outcome),
      state: 'unstable',
      reason: word.history.join(', then '),
    });
  }

  /** Of the two commonest answers one object each serves all ports: a sweep gives 65,535 of them. */
  private answerFor(target: TargetState, work: PortWork, index: number, outcome: ProbeOutcome): PortAnswer {
    const tries = work.tries[index]!;
    const isPlain = (outcome.kind === 'closed' && !outcome.icmp) || outcome.kind === 'silent';
    if (!isPlain) return this.makeAnswer(target, tries, outcome);
    const key =
      outcome.kind === 'closed'
        ? `${outcome.reason} ${outcome.ttl} ${tries}`
        : `silent ${target.plan.protocol} ${tries}`;
    let answer = this.commonAnswers.get(key);
    if (!answer) {
      answer = this.makeAnswer(target, tries, outcome);
      this.commonAnswers.set(key, answer);
    }
    return answer;
  }

  private makeAnswer(target: TargetState, tries: number, outcome: ProbeOutcome): PortAnswer {
    const base = {
      icmp: null,
      ttl: null,
      tries,
      banner: null,
      confirmed: false,
      tainted: null,
    };
    switch (outcome.kind) {
      case 'open':
        return {
          ...base,
          state: 'open',
          reason: target.plan.protocol === 'udp' ? 'udp-response' : 'syn-ack',
          ttl: outcome.ttl,
          banner: outcome.banner,
          confirmed: true,
          tainted: this.taintOf(target, outcome.banner),
        };
      case 'wrapped':
        return {
          ...base,
          state: 'wrapped',
          reason: outcome.how,
          ttl: outcome.ttl,
          confirmed: true,
          tainted: this.taintOf(target, null),
        };
      case 'closed':
        return {
          ...base,
          state: 'closed',
          reason: outcome.reason,
          ttl: outcome.ttl,
          icmp: outcome.icmp ?? null,
        };
      case 'icmp': {
        const icmp = { type: outcome.type, code: outcome.code, from: outcome.from };
        return { ...base, state: isDenial(outcome) ? 'filtered' : 'unreachable', reason: 'icmp', icmp };
      }
      case 'unreachable':
        return { ...base, state: 'unreachable', reason: outcome.errno };
      case 'half-open':
        return { ...base, state: 'unstable', reason: 'syn-ack without a handshake', ttl: outcome.ttl };
      case 'silent':
      case 'engine':
        // An open UDP port may have nothing to say, so its silence shows neither state.
        return target.plan.protocol === 'udp'
          ? { ...base, state: 'unobserved', reason: 'open|filtered' }
          : { ...base, state: 'filtered', reason: 'timeout' };
    }
  }

  /** Where random ports are open, an open port shows nothing unless it speaks otherwise than they do. */
  private taintOf(target: TargetState, banner: string | null): string | null {
    if (target.openNegative === null) return null;
    if (banner !== null && !target.negativeBanners.has(banner)) return null;
    return `port ${target.openNegative}, chosen at random, answers alike: a tarpit or a SYN proxy may answer for all ports`;
  }

  private emit(target: TargetState, work: PortWork, index: number, answer: PortAnswer): void {
    const port = work.ports[index]!;
    const at = work.lastSent[index]!;
    const spanMs = at - work.firstSent[index]!;
    if (answer.state === 'open' || answer.state === 'wrapped') {
      target.accepted.set(port, { answer, spanMs, at });
    }
    this.batch.add(target.index, port, answer, spanMs, at);
  }

  /** Works whose ports all have their answer take their last steps; the finished ones go. True when any moved. */
  private finishWorks(now: number): boolean {
    let moved = false;
    let removed = false;
    for (const entry of this.active) {
      const { work } = entry;
      if (!entry.done) {
        if (work.inFlight > 0 || work.peek() >= 0 || work.delayedSize > 0) continue;
        const target = this.targets[work.target]!;
        if (target.watch && !target.watch.permits()) continue;
        const step = this.takeNextStep(entry, target, now);
        if (step === 'started') moved = true;
        if (step !== 'finished') continue;
        entry.done = true;
        if (target.worksLeft === 1) {
          this.taintAccepted(target);
          this.stopRapid(target);
        }
      }
      removed = true;
    }
    if (removed) this.removeDone();
    return moved || removed;
  }

  private removeDone(): void {
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

  /** The next step of a work that ran dry, in the order in which they build on one another. */
  private takeNextStep(
    entry: ActiveWork,
    target: TargetState,
    now: number,
  ): 'started' | 'waiting' | 'finished' {
    const { work } = entry;
    const { settings, random } = this.options;
    const needed = this.neededTries(target);
    if (work.startPass(needed, entry.isFirst, random)) return 'started';
    for (let i = 0; i < work.size; i++) {
      if (work.status[i] === SILENT && work.underTried[i] === 1 && work.tries[i]! >= needed) {
        this.emitMute(target, work, i);
      }
    }
    const suspects = work.closedSuspects.splice(0);
    if (suspects.length > 0 && suspects.length <= MAX_CLOSED_CONFIRMS) {
      for (const index of suspects) {
        const outcome: ProbeOutcome = { kind: 'closed', reason: 'rst', ttl: null, rttMs: 0 };
        this.askAgain(work, index, outcome, Math.max(work.lastSent[index]!, now - settings.retrySpacingMs));
      }
      return 'started';
    }
    if (!work.signatureDone) {
      work.signatureDone = true;
      this.chooseForSignature(entry, target);
    }
    if (target.worksLeft === 1 && !target.signatureAsked) {
      target.signatureAsked = true;
      if (this.startSignatureWork(target, now)) return 'waiting';
    }
    if (target.worksLeft === 1 && this.askNegativesAgain(target)) return 'waiting';
    if (target.worksLeft === 1 && this.startSpeakWork(target)) return 'waiting';
    if (!target.watch && this.options.rapidCanary && work.lastSilentSent + settings.lateListenMs > now) {
      return 'waiting';
    }
    if (target.watch && work.lastSilentSent > (target.watch.lastGood() ?? 0)) {
      target.watch.wantNow();
      return 'waiting';
    }
    return 'finished';
  }

  /** Marks the silent ones of the plan's witnesses, and a few of the sweep, to be asked for an ICMP at the end. */
  private chooseForSignature(entry: ActiveWork, target: TargetState): void {
    const { work } = entry;
    const silent: number[] = [];
    for (let i = 0; i < work.size; i++) {
      if (work.status[i] === SILENT && work.expected[i] === 0) silent.push(i);
    }
    const count = Math.min(silent.length, entry.isFirst ? MAX_SIGNATURES : SWEEP_SIGNATURES);
    for (let k = 0; k < count; k++) {
      const at = entry.isFirst ? k : k + Math.floor(this.options.random() * (silent.length - k));
      const index = silent[at]!;
      silent[at] = silent[k]!;
      target.signature.push({
        port: work.ports[index]!,
        tries: work.tries[index]!,
        firstSent: work.firstSent[index]!,
        lastSent: work.lastSent[index]!,
      });
    }
  }

  /**
   * Routers send such an ICMP twice a second at most, and the sweep has used them up. Only where one was seen, or the
   * pace is gentle enough not to mind the seconds.
   */
  private startSignatureWork(target: TargetState, now: number): boolean {
    const { settings, perHost } = this.options;
    if (target.signature.length === 0 || (target.denials === 0 && perHost > CEILING_PER_HOST)) return false;
    const chosen = target.denials > 0 ? target.signature : target.signature.slice(-SWEEP_SIGNATURES);
    const earlier = chosen.map(({ port, tries, firstSent, lastSent }) => ({
      ports: [[port, port]] as const,
      tries,
      spanMs: lastSent - firstSent,
      at: lastSent,
    }));
    const work = new PortWork(
      target.index,
      chosen.map((c) => c.port),
      [],
      earlier,
    );
    work.signatureDone = true;
    for (let i = 0; i < work.size; i++) {
      work.delayed.signature.push(now + (i + 1) * settings.signatureSpacingMs, i);
    }
    this.addActive(work, true);
    target.worksLeft++;
    // Its ports are counted already.
    this.doneBefore -= work.size;
    return true;
  }

  /** A tarpit may wake up during the scan, so what accepted is measured against random ports twice. */
  private askNegativesAgain(target: TargetState): boolean {
    if (target.accepted.size > 0) for (const negative of target.negatives) negative.wanted = 2;
    return target.negatives.some((n) => n.inFlight || n.asked < n.wanted);
  }

  /**
   * Where random ports accept too, only what a service says tells it from a tarpit: the silent ones are spoken to, as
   * the random ports were.
   */
  private startSpeakWork(target: TargetState): boolean {
    if (target.spokenTo || target.openNegative === null || target.plan.protocol === 'udp') return false;
    target.spokenTo = true;
    const mute = [...target.accepted]
      .filter(([, { answer }]) => answer.banner === null)
      .map(([port, { answer }]) => ({ port, rank: this.rankToSpeakTo(target, port, answer) }))
      .sort((a, b) => a.rank - b.rank)
      .map(({ port }) => port);
    if (mute.length === 0) return false;
    const work = new PortWork(target.index, mute.slice(0, MAX_SPOKEN), [], []);
    work.speak = true;
    work.signatureDone = true;
    work.confirms = MAX_CONFIRMS;
    work.startPass(1, false, this.options.random);
    this.addActive(work, true);
    target.worksLeft++;
    this.doneBefore -= work.size;
    return true;
  }

  /** Who stands open may yet speak; the plan's own ports matter most. */
  private rankToSpeakTo(target: TargetState, port: number, answer: PortAnswer): number {
    const matters = rangesHave(target.plan.expectedOpen, port) || target.plan.first.includes(port);
    return (answer.state === 'open' ? 0 : 2) + (matters ? 0 : 1);
  }

  /** Opens that came before a random port turned out open are tainted now. */
  private taintAccepted(target: TargetState): void {
    if (target.openNegative === null) return;
    for (const [port, { answer, spanMs, at }] of target.accepted) {
      const tainted = this.taintOf(target, answer.banner);
      if (tainted !== answer.tainted) this.batch.add(target.index, port, { ...answer, tainted }, spanMs, at);
    }
  }

  private adaptPace(now: number): void {
    if (now - this.lastRates < 100) return;
    this.lastRates = now;
    const asked = new Set<TargetState>(this.active.map(({ work }) => this.targets[work.target]!));
    for (const target of asked) {
      if (!target.ramp) target.bucket.setRate(target.pace * target.loss.slowdown(now), now);
    }
  }

  private note(text: string): void {
    this.options.sink({ kind: 'note', text });
  }

  /** Hands out what was gathered, and how far the scan is. */
  report(now: number): void {
    this.batch.flush();
    let done = this.doneBefore;
    let left = this.pending.reduce((sum, w) => sum + w.size * 2, 0);
    for (const { work } of this.active) {
      const needed = this.neededTries(this.targets[work.target]!);
      done += work.doneCount(needed);
      left += work.probesLeft(needed);
    }
    const seconds = (now - this.progressAt) / 1000;
    const perSecond = seconds > 0 ? (this.sent - this.progressSent) / seconds : 0;
    this.progressAt = now;
    this.progressSent = this.sent;
    this.options.sink({ kind: 'progress', done, total: this.totalPorts, sent: this.sent, left, perSecond });
  }
}

const iso = (ms: number): string => new Date(ms).toISOString();

function expand(set: PortSet): number[] {
  const ports: number[] = [];
  for (const [lo, hi] of set) for (let p = lo; p <= hi; p++) ports.push(p);
  return ports;
}
