import { NO_CANARY } from '../../src/model/evidence.ts';
import type { ProbeOutcome } from '../engine.ts';
import { ANSWERED, IN_FLIGHT, SILENT, WAITING } from './port-counts.ts';
import type { PortWork } from './port-work.ts';
import { accepts, clearer, isMute, sameMurmur, wordFor } from './probe-outcome.ts';
import { ENGINE_RETRY_MS, MAX_ENGINE_FAILS, type ScanState } from './scan-state.ts';
import { CEILING_PER_HOST, type TargetState } from './target-state.ts';
import type { ActiveWork } from './work-queue.ts';

/** Above this, ports that accept or refuse in mass vouch for one another. */
export const MAX_CONFIRMS = 256;
export const MAX_CLOSED_CONFIRMS = 64;

/** What becomes of a port when a probe of it is over: an answer, another try, or a second question. */
export class PortSettling {
  private readonly state: ScanState;

  constructor(state: ScanState) {
    this.state = state;
  }

  settle(entry: ActiveWork, index: number, outcome: ProbeOutcome, now: number): void {
    const { work } = entry;
    const target = this.state.targets[work.target]!;
    const late = work.status[index] !== IN_FLIGHT;
    if (late && (work.status[index] !== SILENT || isMute(outcome))) return;
    if (entry.done) return;
    if (outcome.kind === 'engine') {
      this.requeue(target, work, index, outcome.errno, now);
      return;
    }
    const rttMs = 'rttMs' in outcome ? outcome.rttMs : null;
    if (rttMs !== null) target.roundTrip.add(rttMs);
    if (work.earlier.size > 0 && work.earlier.has(index))
      this.settleSecondWord(target, work, index, outcome, now);
    else if (isMute(outcome)) this.settleMute(target, work, index, outcome, now);
    else {
      if (rttMs !== null && !entry.isFirst) target.slices.answered(work.lastSent[index]!, now, rttMs);
      this.settleAnswer(target, work, index, outcome, now, late);
    }
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
    work.setAnswered(index);
    target.answered++;
    if (outcome.kind === 'icmp') target.denials++;
    const unexpected = work.expected[index] === 0;
    if (accepts(outcome) && unexpected && work.confirms < MAX_CONFIRMS) {
      work.confirms++;
      this.askAgain(work, index, outcome, now);
    } else if (outcome.kind === 'closed' && unexpected && !target.plan.onLink) {
      if (work.closedSuspects.length <= MAX_CLOSED_CONFIRMS) work.closedSuspects.push(index);
    }
    this.state.answers.emit(target, work, index, this.state.answers.answerFor(target, work, index, outcome));
  }

  private requeue(target: TargetState, work: PortWork, index: number, errno: string, now: number): void {
    const given = ++work.engineFails[index]! >= MAX_ENGINE_FAILS;
    work.takeBack(index, given || work.earlier.has(index) ? ANSWERED : WAITING);
    if (!given) {
      work.delayed.push('engine', now + ENGINE_RETRY_MS, index);
      return;
    }
    this.state.unsent++;
    this.state.unsentErrno = errno;
    if (work.earlier.has(index)) return;
    const tainted = 'this machine could not send the probe';
    const silence = this.state.answers.answerFor(target, work, index, { kind: 'silent' });
    this.state.answers.emit(target, work, index, { ...silence, state: 'unobserved', reason: errno, tainted });
  }

  private settleMute(
    target: TargetState,
    work: PortWork,
    index: number,
    outcome: ProbeOutcome,
    now: number,
  ): void {
    const { settings } = this.state.options;
    if (target.watch?.phase() === 'resting') {
      // Sent before the rest, silent within it: as if it had not been sent.
      work.counts.move(index, WAITING, 0);
      return;
    }
    const sentAt = work.lastSent[index]!;
    if (target.lossyWindows.some(([start, end]) => sentAt >= start && sentAt < end)) {
      work.takeBack(index, WAITING);
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
      work.delayed.push('expected', Math.max(now, work.lastSent[index]! + gap), index);
    }
    this.emitMute(target, work, index);
  }

  emitMute(target: TargetState, work: PortWork, index: number): void {
    const tries = work.tries[index]!;
    const needed =
      work.expected[index] === 1
        ? this.state.options.settings.expectedOpenTries
        : this.state.neededTries(target);
    const lossy =
      tries >= this.state.options.settings.maxTries && tries < this.state.neededWithoutLimit(target);
    work.underTried[index] = tries < needed ? 1 : 0;
    const taint =
      target.watch === null
        ? NO_CANARY
        : tries < needed
          ? `silent ${tries} of ${needed} times`
          : lossy
            ? `${Math.round(target.loss.rate() * 100)}% of round trips were lost`
            : null;
    const answer = this.state.answers.answerFor(target, work, index, work.murmurs[work.murmur[index]!]!);
    this.state.answers.emit(target, work, index, taint === null ? answer : { ...answer, tainted: taint });
  }

  /** The first word stands until a second, fresh handshake has agreed or disagreed. */
  askAgain(work: PortWork, index: number, outcome: ProbeOutcome, now: number): void {
    work.earlier.set(index, {
      outcome,
      history: [wordFor(outcome)],
      stage: 'confirm',
      silentConfirms: 0,
    });
    const { perHost, settings } = this.state.options;
    const isHurried = perHost > CEILING_PER_HOST;
    const rest = isHurried ? settings.hurriedConfirmMs : settings.confirmSpacingMs;
    const rested = work.lastSent[index]! + rest;
    work.delayed.push('confirm', Math.max(now, rested), index);
  }

  private settleSecondWord(
    target: TargetState,
    work: PortWork,
    index: number,
    outcome: ProbeOutcome,
    now: number,
  ): void {
    const { settings } = this.state.options;
    const word = work.earlier.get(index)!;
    work.setAnswered(index);
    const agrees = accepts(word.outcome) ? accepts(outcome) : word.outcome.kind === outcome.kind;
    if (word.stage === 'confirm') {
      if (isMute(outcome) && ++word.silentConfirms < 3) {
        work.delayed.push('confirm', now + settings.retrySpacingMs, index);
        return;
      }
      if (agrees) {
        work.earlier.delete(index);
        this.state.answers.emit(
          target,
          work,
          index,
          this.state.answers.answerFor(target, work, index, clearer(word.outcome, outcome)),
        );
        return;
      }
      word.stage = 'unstable';
      work.delayed.push('unstable', now + settings.unstableRetryMs, index);
    } else work.earlier.delete(index);
    word.history.push(wordFor(outcome));
    target.accepted.delete(work.ports[index]!);
    this.state.answers.emit(target, work, index, {
      ...this.state.answers.answerFor(target, work, index, outcome),
      state: 'unstable',
      reason: word.history.join(', then '),
    });
  }
}
