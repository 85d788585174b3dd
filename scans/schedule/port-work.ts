import type { PortSet } from '../../src/model/ports.ts';
import type { EarlierSilence, ProbeOutcome } from '../engine.ts';
import { DelayedPorts } from './delayed-ports.ts';
import { ANSWERED, IN_FLIGHT, PortCounts, SILENT, WAITING } from './port-counts.ts';

/** What a port said before it is asked a second time, for a contradiction to be seen. */
export interface EarlierWord {
  readonly outcome: ProbeOutcome;
  readonly history: string[];
  stage: 'confirm' | 'unstable';
  silentConfirms: number;
}

/** Ports shuffled over the whole pass would share nothing, but a port must rest between tries: blocks do both. */
const SHUFFLE_BLOCK = 2048;

/** System ports (RFC 6335, section 6). */
const LAST_SYSTEM_PORT = 1023;

/**
 * A set of ports of one target on their way to an answer: compact arrays, since there may be 65,536 of them for each
 * of several hundred targets. Passes go over all ports that still need a try, each in a new order.
 */
export class PortWork {
  readonly target: number;
  readonly ports: Uint16Array;
  readonly counts: PortCounts;
  readonly status: Uint8Array;
  readonly tries: Uint8Array;
  readonly firstSent: Float64Array;
  readonly lastSent: Float64Array;
  readonly expected: Uint8Array;
  /** 1 where the last word sent out said that more tries are needed. */
  readonly underTried: Uint8Array;
  /** How often our own means failed. */
  readonly engineFails: Uint8Array;
  /** What an unanswered port said last: 0 nothing, else an index into `murmurs`. */
  readonly murmur: Uint8Array;
  readonly murmurs: ProbeOutcome[] = [{ kind: 'silent' }];
  readonly earlier = new Map<number, EarlierWord>();
  readonly delayed = new DelayedPorts();
  /** Latest send of a try that stayed silent. */
  lastSilentSent = 0;
  confirms = 0;
  signatureDone = false;
  /** Its connections are spoken to. */
  speak = false;
  readonly closedSuspects: number[] = [];
  private order: Uint16Array = new Uint16Array(0);
  private head = 0;
  private passes = 0;

  constructor(
    target: number,
    ports: ArrayLike<number>,
    expectedOpen: PortSet,
    earlier: readonly EarlierSilence[],
  ) {
    const n = ports.length;
    this.target = target;
    this.ports = ports instanceof Uint16Array ? ports : Uint16Array.from(ports);
    this.firstSent = new Float64Array(n);
    this.lastSent = new Float64Array(n);
    this.underTried = new Uint8Array(n);
    this.engineFails = new Uint8Array(n);
    this.murmur = new Uint8Array(n);
    this.counts = new PortCounts(this.ports, expectedOpen);
    this.expected = this.counts.expected;
    this.status = this.counts.status;
    this.tries = this.counts.tries;
    this.takeOver(earlier);
  }

  /** Silence that an earlier run met. */
  private takeOver(earlier: readonly EarlierSilence[]): void {
    if (earlier.length === 0) return;
    const silenceOf = indexSilence(earlier);
    for (let i = 0; i < this.size; i++) {
      const silence = earlier[silenceOf[this.ports[i]!]! - 1];
      if (!silence) continue;
      this.firstSent[i] = silence.at - silence.spanMs;
      this.lastSent[i] = silence.at;
      this.counts.move(i, SILENT, silence.tries);
      this.lastSilentSent = Math.max(this.lastSilentSent, silence.at);
    }
  }

  get size(): number {
    return this.ports.length;
  }

  /** Whether the pass still has ports to ask. */
  get inPass(): boolean {
    return this.head < this.order.length;
  }

  /** Takes the next port whose rest is over; −1 where there is none. */
  takeRested(now: number): number {
    for (;;) {
      const next = this.delayed.shift(now);
      if (!next) return -1;
      const status = this.status[next.index];
      // Else it has been answered or is under way.
      if (status !== IN_FLIGHT && (next.rest !== 'expected' || status === SILENT)) return next.index;
    }
  }

  /** Takes the next port of the pass that may be asked now; −1 where there is none: `dueAt` says when. */
  takeDue(now: number, retrySpacingMs: number): number {
    while (this.head < this.order.length) {
      const index = this.order[this.head]!;
      // Withdrawn, answered late or already under way again: this pass owes it nothing.
      const isOwed = this.status[index] !== ANSWERED && this.status[index] !== IN_FLIGHT;
      if (isOwed && this.restedAt(index, retrySpacingMs) > now) return -1;
      this.head++;
      if (isOwed) return index;
    }
    return -1;
  }

  /** When the pass goes on where it may not now; Infinity at its end. */
  dueAt(retrySpacingMs: number): number {
    return this.inPass ? this.restedAt(this.order[this.head]!, retrySpacingMs) : Number.POSITIVE_INFINITY;
  }

  private restedAt(index: number, retrySpacingMs: number): number {
    return this.lastSent[index] === 0 ? 0 : this.lastSent[index]! + retrySpacingMs;
  }

  /** Notes that a port is asked now. */
  beginTry(index: number, now: number): void {
    this.counts.move(index, IN_FLIGHT, this.tries[index]! + 1);
    if (this.tries[index] === 1) this.firstSent[index] = now;
    this.lastSent[index] = now;
  }

  /**
   * Starts a pass over the ports that wait or were silent fewer than `needed` times; false when there are none. The
   * first pass keeps the given order where `inOrder` is set, else system ports go before all others.
   */
  startPass(needed: number, inOrder: boolean, random: () => number): boolean {
    const all = new Uint16Array(this.size);
    let count = 0;
    for (let i = 0; i < this.size; i++) {
      const status = this.status[i];
      if (status === WAITING || (status === SILENT && this.tries[i]! < needed && !this.isSlow(i)))
        all[count++] = i;
    }
    if (count === 0) return false;
    const next = all.slice(0, count);
    if (this.passes > 0) next.sort((a, b) => this.lastSent[a]! - this.lastSent[b]!);
    if (this.passes > 0) {
      for (let at = 0; at < next.length; at += SHUFFLE_BLOCK)
        shuffle(next, at, Math.min(at + SHUFFLE_BLOCK, next.length), random);
    } else if (!inOrder) {
      // Where services are likeliest, answers are wanted first: what is open there is watched while the rest is asked.
      const others = next.findIndex((index) => this.ports[index]! > LAST_SYSTEM_PORT);
      const likely = others < 0 ? next.length : others;
      shuffle(next, 0, likely, random);
      shuffle(next, likely, next.length, random);
    }
    this.order = next;
    this.head = 0;
    this.passes++;
    return true;
  }

  /** Ports expected open have their own, slower tries. */
  isSlow(index: number): boolean {
    return this.expected[index] === 1 && this.tries[index]! > 0;
  }

  setSilent(index: number): void {
    this.counts.move(index, SILENT, this.tries[index]!);
    this.lastSilentSent = Math.max(this.lastSilentSent, this.lastSent[index]!);
  }

  setAnswered(index: number): void {
    this.counts.move(index, ANSWERED, this.tries[index]!);
  }

  /** As if the last try had not been made. */
  takeBack(index: number, status: typeof WAITING | typeof ANSWERED): void {
    this.counts.move(index, status, this.tries[index]! - 1);
  }

  /** The indices of all ports whose last word is silence. */
  silentPorts(): Uint16Array {
    const indices = new Uint16Array(this.counts.of(SILENT));
    let count = 0;
    for (let i = 0; count < indices.length; i++) if (this.status[i] === SILENT) indices[count++] = i;
    return indices;
  }

  get answered(): number {
    return this.counts.of(ANSWERED);
  }

  get inFlight(): number {
    return this.counts.of(IN_FLIGHT);
  }

  /**
   * Whether another pass may begin although probes of the last one are under way: at least as many ports wait for it.
   * One connection held open for seconds must not hold all others up.
   */
  owesPass(needed: number): boolean {
    const owing = this.counts.of(WAITING) + this.counts.owing(needed);
    return owing > 0 && owing >= this.inFlight;
  }

  /** Forgets silence met since a moment; returns the ports. They are probed again from the beginning. */
  withdrawSince(since: number): number[] {
    const ports: number[] = [];
    for (let i = 0; i < this.size; i++) {
      if (this.status[i] !== SILENT || this.lastSent[i]! < since) continue;
      this.counts.move(i, WAITING, 0);
      this.murmur[i] = 0;
      ports.push(this.ports[i]!);
    }
    return ports;
  }

  /** Takes back one try of every port that was silent when last asked in [start, end); returns the ports. */
  discount(start: number, end: number): number[] {
    const ports: number[] = [];
    for (let i = 0; i < this.size; i++) {
      const sent = this.lastSent[i]!;
      if (this.status[i] !== SILENT || sent < start || sent >= end) continue;
      this.takeBack(i, WAITING);
      ports.push(this.ports[i]!);
    }
    return ports;
  }

  /** Ports that have their answer, given how many tries silence needs. */
  doneCount(needed: number): number {
    return this.answered + this.counts.silentSince(needed);
  }

  /** Probes still likely, judged by what part of the tries so far stayed silent. */
  probesLeft(needed: number): number {
    const { answered } = this;
    const silent = this.counts.of(SILENT);
    let owed = 0;
    for (let tries = 1; tries < needed; tries++) owed += this.counts.silentAfter(tries) * (needed - tries);
    const untried = this.size - answered - silent;
    const share = silent + answered === 0 ? 1 : silent / (silent + answered);
    return Math.round(untried * (1 + share * (needed - 1)) + owed);
  }
}

/** Port → 1 + place in `earlier`, 0 where there is none. */
function indexSilence(earlier: readonly EarlierSilence[]): Uint16Array {
  const index = new Uint16Array(65536);
  earlier.slice(0, 65535).forEach((silence, place) => {
    for (const [lo, hi] of silence.ports) index.fill(place + 1, lo, hi + 1);
  });
  return index;
}

function shuffle(list: Uint16Array, from: number, to: number, random: () => number): void {
  for (let i = to - 1; i > from; i--) {
    const j = from + Math.floor(random() * (i - from + 1));
    const swap = list[i]!;
    list[i] = list[j]!;
    list[j] = swap;
  }
}
