import type { PortSet } from '../src/model/ports.ts';
import type { EarlierSilence, ProbeOutcome } from './engine.ts';

/** Where a port of a work stands. */
export const WAITING = 0;
export const IN_FLIGHT = 1;
export const SILENT = 2;
export const ANSWERED = 3;

/** What a port said before it is asked a second time, for a contradiction to be seen. */
export interface EarlierWord {
  readonly outcome: ProbeOutcome;
  readonly history: string[];
  stage: 'confirm' | 'unstable';
  silentConfirms: number;
}

/** First in, first out, with a time before which the head may not be taken. Delays of one queue are all alike. */
export class DelayQueue {
  private readonly due: number[] = [];
  private readonly items: number[] = [];
  private head = 0;

  push(dueAt: number, item: number): void {
    this.due.push(dueAt);
    this.items.push(item);
  }

  /** When the head may be taken; Infinity when there is none. */
  dueAt(): number {
    return this.head < this.items.length ? this.due[this.head]! : Number.POSITIVE_INFINITY;
  }

  shift(): number {
    const item = this.items[this.head++]!;
    if (this.head > 1024 && this.head * 2 > this.items.length) {
      this.due.splice(0, this.head);
      this.items.splice(0, this.head);
      this.head = 0;
    }
    return item;
  }

  get size(): number {
    return this.items.length - this.head;
  }

  clear(): void {
    this.head = this.items.length;
  }
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
  /** Ports to be asked again after a fixed rest, before any pass goes on. */
  readonly delayed = {
    expected: new DelayQueue(),
    confirm: new DelayQueue(),
    unstable: new DelayQueue(),
    engine: new DelayQueue(),
    signature: new DelayQueue(),
  };
  private readonly queues: readonly DelayQueue[] = Object.values(this.delayed);
  /** Silent ports by their tries; `owingByTries` without those expected open, whose tries no pass brings. */
  private readonly silentByTries = new Uint32Array(256);
  private readonly owingByTries = new Uint32Array(256);
  private silent = 0;
  answered = 0;
  inFlight = 0;
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
    this.ports = Uint16Array.from(ports);
    this.status = new Uint8Array(n);
    this.tries = new Uint8Array(n);
    this.firstSent = new Float64Array(n);
    this.lastSent = new Float64Array(n);
    this.expected = new Uint8Array(n);
    this.underTried = new Uint8Array(n);
    this.engineFails = new Uint8Array(n);
    this.murmur = new Uint8Array(n);
    const isExpected = new Uint8Array(65536);
    for (const [lo, hi] of expectedOpen) isExpected.fill(1, lo, hi + 1);
    const silenceOf = indexSilence(earlier);
    for (let i = 0; i < n; i++) {
      const port = ports[i]!;
      this.expected[i] = isExpected[port]!;
      if (!silenceOf) continue;
      const silence = earlier[silenceOf[port]! - 1];
      if (!silence) continue;
      this.status[i] = SILENT;
      this.tries[i] = silence.tries;
      this.firstSent[i] = silence.at - silence.spanMs;
      this.lastSent[i] = silence.at;
      this.countSilent(i, 1);
      this.lastSilentSent = Math.max(this.lastSilentSent, silence.at);
    }
  }

  get size(): number {
    return this.ports.length;
  }

  /** Index of the next port of the pass, or −1 at its end; `readyAt` says from when it may be sent. */
  peek(): number {
    return this.head < this.order.length ? this.order[this.head]! : -1;
  }

  advance(): void {
    this.head++;
  }

  readyAt(index: number, retrySpacingMs: number): number {
    return this.lastSent[index] === 0 ? 0 : this.lastSent[index]! + retrySpacingMs;
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
    this.status[index] = SILENT;
    this.countSilent(index, 1);
    this.lastSilentSent = Math.max(this.lastSilentSent, this.lastSent[index]!);
  }

  /** Leaves silence, for whatever comes next. */
  unsetSilent(index: number): void {
    if (this.status[index] === SILENT) this.countSilent(index, -1);
  }

  private countSilent(index: number, change: 1 | -1): void {
    const tries = this.tries[index]!;
    this.silent += change;
    this.silentByTries[tries]! += change;
    if (this.expected[index] === 0) this.owingByTries[tries]! += change;
  }

  /**
   * Whether another pass may begin although probes of the last one are under way: at least as many ports wait for it.
   * One connection held open for seconds must not hold all others up.
   */
  owesPass(needed: number): boolean {
    let owing = this.size - this.answered - this.silent - this.inFlight;
    for (let tries = 1; tries < needed; tries++) owing += this.owingByTries[tries]!;
    return owing > 0 && owing >= this.inFlight;
  }

  /** Forgets silence met since a moment; returns the ports. They are probed again from the beginning. */
  withdrawSince(since: number): number[] {
    const ports: number[] = [];
    for (let i = 0; i < this.size; i++) {
      if (this.status[i] !== SILENT || this.lastSent[i]! < since) continue;
      this.unsetSilent(i);
      this.status[i] = WAITING;
      this.tries[i] = 0;
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
      this.unsetSilent(i);
      this.status[i] = WAITING;
      this.tries[i]!--;
      ports.push(this.ports[i]!);
    }
    return ports;
  }

  get delayedSize(): number {
    return this.queues.reduce((sum, queue) => sum + queue.size, 0);
  }

  /** When the next delayed port may be asked; Infinity while there is none. */
  delayedDueAt(): number {
    let due = Number.POSITIVE_INFINITY;
    for (const queue of this.queues) due = Math.min(due, queue.dueAt());
    return due;
  }

  /** Takes the next delayed port that is due; −1 where what was due has been answered or is under way. */
  takeDelayed(now: number): number {
    for (const queue of this.queues) {
      if (queue.dueAt() > now) continue;
      const index = queue.shift();
      const status = this.status[index];
      const stale = status === IN_FLIGHT || (queue === this.delayed.expected && status !== SILENT);
      return stale ? -1 : index;
    }
    return -1;
  }

  /** Ports that have their answer, given how many tries silence needs. */
  doneCount(needed: number): number {
    let done = this.answered;
    for (let tries = needed; tries < this.silentByTries.length; tries++) done += this.silentByTries[tries]!;
    return done;
  }

  /** Probes still likely, judged by what part of the tries so far stayed silent. */
  probesLeft(needed: number): number {
    let silent = 0;
    let owed = 0;
    for (let tries = 1; tries < this.silentByTries.length; tries++) {
      const count = this.silentByTries[tries]!;
      silent += count;
      if (tries < needed) owed += count * (needed - tries);
    }
    const untried = this.size - this.answered - silent;
    const share = silent + this.answered === 0 ? 1 : silent / (silent + this.answered);
    return Math.round(untried * (1 + share * (needed - 1)) + owed);
  }
}

/** Port → 1 + place in `earlier`, 0 where there is none; undefined when there is nothing to index. */
function indexSilence(earlier: readonly EarlierSilence[]): Uint16Array | undefined {
  if (earlier.length === 0) return undefined;
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
