import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { formatIpv4, parseIpv4 } from '../../src/model/address.ts';
import type { Hold, ProbeOutcome } from '../engine.ts';
import { RECORD, RecordRing, type RingMemory } from './record-ring.ts';

/** What the thread of a second pool is given. */
export interface PoolThreadData {
  readonly orders: RingMemory;
  readonly answers: RingMemory;
  readonly flags: Int32Array<SharedArrayBuffer>;
  /** Carries the outcomes that no record holds. */
  readonly letters: MessagePort;
  readonly addresses: readonly number[];
  readonly source: number | null;
  readonly maxSockets: number;
  readonly ownAddresses: ReadonlySet<string>;
}

/**
 * Places in the flags: set once it takes orders; set to end it; the least hold asked for; counted up to wake it; set
 * once its sockets are closed.
 */
export const READY = 0;
export const STOP = 1;
export const HURRY = 2;
export const WAKE = 3;
export const CLOSED = 4;
export const FLAGS = 5;

const SILENT = 0;
const REFUSED = 1;
const ICMP = 2;
const LETTER = 3;

/** One probe for the other thread to make. */
export interface Order {
  readonly key: number;
  readonly target: number;
  readonly port: number;
  readonly timeoutMs: number;
  readonly hold: Hold;
}

/** Probes on their way to the other thread. */
export class OrderRing {
  private readonly ring: RecordRing;
  private readonly record = new Float64Array(RECORD);

  constructor(memory: RingMemory) {
    this.ring = new RecordRing(memory);
  }

  get size(): number {
    return this.ring.size;
  }

  put({ key, target, port, timeoutMs, hold }: Order): void {
    this.ring.put(key, target, port, timeoutMs, hold.ms, hold.speak ? 1 : 0);
  }

  take(): Order | undefined {
    const { record } = this;
    if (!this.ring.take(record)) return undefined;
    return {
      key: record[0]!,
      target: record[1]!,
      port: record[2]!,
      timeoutMs: record[3]!,
      hold: { ms: record[4]!, speak: record[5] === 1 },
    };
  }
}

/** Outcomes on their way back: the common ones as numbers, the others as letters, in one order. */
export class AnswerRing {
  private readonly ring: RecordRing;
  private readonly letters: MessagePort;
  private readonly record = new Float64Array(RECORD);

  constructor(memory: RingMemory, letters: MessagePort) {
    this.ring = new RecordRing(memory);
    this.letters = letters;
  }

  put(key: number, outcome: ProbeOutcome): void {
    if (outcome.kind === 'silent') this.ring.put(key, SILENT, 0, 0, 0, 0);
    else if (outcome.kind === 'closed' && outcome.reason === 'rst' && outcome.ttl === null && !outcome.icmp)
      this.ring.put(key, REFUSED, outcome.rttMs, 0, 0, 0);
    else if (outcome.kind === 'icmp')
      this.ring.put(key, ICMP, outcome.rttMs, outcome.type, outcome.code, parseIpv4(outcome.from)!);
    else {
      // The letter is there before the record that tells of it.
      this.letters.postMessage(outcome);
      this.ring.put(key, LETTER, 0, 0, 0, 0);
    }
  }

  /** Hands out all that came. */
  drain(settle: (key: number, outcome: ProbeOutcome) => void): number {
    const { record } = this;
    let count = 0;
    while (this.ring.take(record)) {
      count++;
      settle(record[0]!, this.outcomeOf(record));
    }
    return count;
  }

  private outcomeOf(record: Float64Array): ProbeOutcome {
    const rttMs = record[2]!;
    switch (record[1]) {
      case SILENT:
        return { kind: 'silent' };
      case REFUSED:
        return { kind: 'closed', reason: 'rst', ttl: null, rttMs };
      case ICMP:
        return { kind: 'icmp', type: record[3]!, code: record[4]!, from: formatIpv4(record[5]!), rttMs };
      default:
        return receiveMessageOnPort(this.letters)!.message as ProbeOutcome;
    }
  }
}
