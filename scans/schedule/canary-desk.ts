import { ACCEPTED, type Hold, type ProbeOutcome } from '../engine.ts';
import type { CanaryWindow } from '../pace/ramp-pace.ts';
import type { CanaryChange, CanaryWatch } from './canary-watch.ts';
import { accepts, isMute } from './probe-outcome.ts';
import {
  ENGINE_RETRY_MS,
  MAX_ENGINE_FAILS,
  type ProbeKey,
  type ProbeSender,
  type ScanState,
} from './scan-state.ts';
import { type NegativeCanary, newTally, SLOTS, type TargetState } from './target-state.ts';

/** A rapid canary's answers are summed up in events about this far apart. */
const RAPID_EVENT_MS = 250;
/** How many lossy stretches are remembered: longer ago than any probe under way. */
const LOSSY_KEPT = 200;

/** Asks the canaries of all targets, and takes back the silence for which they do not vouch. */
export class CanaryDesk {
  private readonly state: ScanState;

  constructor(state: ScanState) {
    this.state = state;
  }

  /** Asks the canaries that are due; returns the milliseconds until another one is. */
  send(now: number, sender: ProbeSender): number {
    let wait = Number.POSITIVE_INFINITY;
    for (const target of this.state.works.activeTargets()) {
      if (target.stopped) continue;
      const { watch } = target;
      if (watch) wait = Math.min(wait, this.askPositive(target, watch, now, sender));
      if (!watch || watch.permits()) wait = Math.min(wait, this.askNegatives(target, now, sender));
    }
    return wait;
  }

  private askPositive(target: TargetState, watch: CanaryWatch, now: number, sender: ProbeSender): number {
    const due = watch.dueAt();
    if (due > now) return due - now;
    if (sender.room() <= 0) return Number.POSITIVE_INFINITY;
    watch.sent(now);
    const timeout = this.canaryTimeout(target);
    this.ask(target, { slot: 0, port: target.plan.canary!, timeout, hold: ACCEPTED }, now, sender);
    return Number.POSITIVE_INFINITY;
  }

  private askNegatives(target: TargetState, now: number, sender: ProbeSender): number {
    let wait = Number.POSITIVE_INFINITY;
    for (const [k, negative] of target.negatives.entries()) {
      const wanted = negative.asked < negative.wanted && !negative.inFlight;
      if (!wanted || sender.room() <= 0) continue;
      if (negative.retryAt > now) {
        wait = Math.min(wait, negative.retryAt - now);
        continue;
      }
      negative.inFlight = true;
      const { speak, listen } = this.state;
      const hold = negative.asked > 0 ? speak : listen;
      const timeout = target.roundTrip.timeoutMs();
      this.ask(target, { slot: k + 1, port: negative.port, timeout, hold }, now, sender);
    }
    return wait;
  }

  private ask(
    target: TargetState,
    canary: {
      readonly slot: number;
      readonly port: number;
      readonly timeout: number;
      readonly hold: Hold;
    },
    now: number,
    sender: ProbeSender,
  ): void {
    target.bucket.take(now);
    this.state.bucket.take(now);
    this.state.sent++;
    const key = -(1 + target.index * SLOTS + canary.slot);
    sender.start(key, target.index, canary.port, canary.timeout, canary.hold);
  }

  /** A canary's miss costs half a minute, so it gets the whole time to answer. */
  private canaryTimeout(target: TargetState): number {
    return Math.max(target.roundTrip.timeoutMs(), this.state.options.timeouts.initialMs);
  }

  settle(key: ProbeKey, outcome: ProbeOutcome, now: number): void {
    const slot = (-key - 1) % SLOTS;
    const target = this.state.targets[Math.floor((-key - 1) / SLOTS)]!;
    if (slot === 0) this.settlePositive(target, outcome, now);
    else this.settleNegative(target, target.negatives[slot - 1]!, outcome, now);
  }

  private settlePositive(target: TargetState, outcome: ProbeOutcome, now: number): void {
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
        this.state.note(
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
    this.state.batch.flush();
    const change = good ? watch.answered(now) : watch.missed(now);
    this.state.options.sink({
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
      this.state.options.rapidCanary?.start(target.index, target.plan.canary!);
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
      this.state.note(
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
    this.state.batch.flush();
    this.state.options.sink({
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

  stopRapid(target: TargetState): void {
    if (!target.rapid) return;
    target.rapid = false;
    this.emitTally(target, target.rapidTally.since);
    this.state.options.rapidCanary?.stop(target.index);
  }

  /** Takes what a rapid canary showed of a stretch of time. */
  settleWindow(index: number, window: CanaryWindow, now: number): void {
    const target = this.state.targets[index];
    const watch = target?.watch;
    if (!target || !watch || !target.ramp || !target.rapid) return;
    if (target.ramp.judge(window, now) === 'lossy') this.discount(target, window.start, window.end);
    // Of a stretch that does not count, the loss does not count either: it says nothing of the tries that do.
    else target.loss.add(window.answered, window.sent - window.answered);
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

  /** A host that answers every probe of a sweep shows that the path bears the pace, sooner than its canary alone. */
  climb(now: number): void {
    for (const { work } of this.state.works.active) {
      const target = this.state.targets[work.target]!;
      if (!target.rapid || !target.ramp?.heedsSweep()) continue;
      for (const { start, full } of target.slices.take(now)) target.ramp.judgeSweep(start, full, now);
      target.bucket.setRate(target.ramp.rate(), now);
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
    this.state.batch.flush();
    this.state.options.sink({
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
    this.state.batch.flush();
    for (const { work } of this.state.works.active) {
      if (work.target !== target.index) continue;
      const ports = work.discount(start, end);
      if (ports.length === 0) continue;
      this.state.options.sink({
        kind: 'withdrawn',
        target: target.index,
        ports,
        why: "too many of the canary's answers were lost at the time",
      });
    }
  }

  /** Answers reached this machine and were lost in it: silence since then proves nothing. */
  noteDrops(count: number, since: number, now: number): void {
    this.state.note(
      `this machine dropped ${count} packets that it had received; the silence since ${iso(since)} is probed again`,
    );
    for (const target of this.state.works.activeTargets()) {
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
        this.state.note(
          `${name}: port ${canary}, the canary, failed twice at ${iso(now)}; silence since ${
            change.since === 0 ? 'the start' : iso(change.since)
          } is discarded, next try in ${Math.round((change.until - now) / 1000)} s`,
        );
        return;
      case 'back':
        this.state.note(`${name}: the canary answers again at ${iso(now)}`);
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
    this.state.batch.flush();
    for (const { work } of this.state.works.active) {
      if (work.target !== target.index) continue;
      const ports = work.withdrawSince(since);
      if (ports.length > 0) this.state.options.sink({ kind: 'withdrawn', target: target.index, ports, why });
    }
  }

  private stop(target: TargetState, reason: string, now: number): void {
    this.withdraw(target, target.watch?.lastGood() ?? 0, 'the canary fell silent');
    target.stopped = true;
    this.state.options.sink({ kind: 'stopped', target: target.index, reason, at: now });
    for (const entry of this.state.works.active) {
      if (entry.work.target === target.index) entry.done = true;
    }
  }
}

const iso = (ms: number): string => new Date(ms).toISOString();
