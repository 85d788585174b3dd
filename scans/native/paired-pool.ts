import { setImmediate as turnOfEvents } from 'node:timers/promises';
import { MessageChannel, type MessagePort, type Worker } from 'node:worker_threads';
import type { Hold, ProbeOutcome } from '../engine.ts';
import { startThread } from '../threads/start-thread.ts';
import { ConnectPool } from './connect-pool.ts';
import {
  AnswerRing,
  CLOSED,
  FLAGS,
  HURRY,
  OrderRing,
  type PoolThreadData,
  READY,
  STOP,
  WAKE,
} from './pool-talk.ts';
import type { SocketPoolOptions } from './probe-sockets.ts';
import { allocateRing } from './record-ring.ts';

/** Orders that lie ready for the other thread: what it takes while this one does something else. */
const BACKLOG = 128;
/** While answers of the other thread are awaited this one wakes so often: they come without an event. */
const NAP_MS = 1;
/** Without an answer for so long it is looked whether the other thread still lives. */
const DOUBT_MS = 200;
/** The other thread is given so long to close its sockets: this one may end, and would end it, right after. */
const CLOSING_MS = 200;

/**
 * Two pools of handshakes, one in this thread and one in another: where packets are carried by the processor that
 * sends them, one processor alone is the limit. The other thread loads while this one already probes.
 */
export class PairedPool {
  private readonly options: SocketPoolOptions;
  private readonly own: ConnectPool;
  private readonly flags = new Int32Array(new SharedArrayBuffer(FLAGS * 4));
  private readonly orders: OrderRing;
  private readonly answers: AnswerRing;
  private readonly letters: MessagePort;
  private readonly thread: Worker;
  private readonly limit: number;
  /** Keys of the probes that the other thread has, or is to have. */
  private readonly away = new Set<number>();
  private alive = true;
  private heardAt = 0;
  /** How many probes the other thread was ever given. */
  ordered = 0;

  constructor(options: SocketPoolOptions) {
    const maxSockets = Math.ceil(options.maxSockets / 2);
    this.options = options;
    this.limit = maxSockets;
    this.own = new ConnectPool({ ...options, maxSockets });
    const capacity = 2 ** Math.ceil(Math.log2(maxSockets));
    const orders = allocateRing(capacity);
    const answers = allocateRing(capacity);
    const { port1, port2 } = new MessageChannel();
    this.orders = new OrderRing(orders);
    this.answers = new AnswerRing(answers, port1);
    this.letters = port1;
    const { addresses, source, ownAddresses } = options;
    const data: PoolThreadData = {
      ...{ orders, answers, flags: this.flags, letters: port2 },
      ...{ addresses, source, ownAddresses, maxSockets },
    };
    this.thread = startThread('pool-thread', { workerData: data, transferList: [port2] });
    const gone = () => this.lose();
    this.thread.on('error', gone);
    this.thread.on('exit', gone);
    this.thread.unref();
  }

  room(): number {
    return this.own.room() + this.roomAway();
  }

  private roomAway(): number {
    return this.alive && Atomics.load(this.flags, READY) === 1 ? this.limit - this.away.size : 0;
  }

  start(key: number, target: number, port: number, timeoutMs: number, hold: Hold): void {
    // Canaries take the way that most probes take, behind those that wait there: they share their fate, which they tell.
    const away = this.roomAway() > 0 && (key < 0 || this.orders.size < BACKLOG || this.own.room() <= 0);
    if (!away) {
      this.own.start(key, target, port, timeoutMs, hold);
      return;
    }
    if (this.away.size === 0) this.heardAt = this.options.clock.now();
    this.away.add(key);
    this.ordered++;
    this.orders.put({ key, target, port, timeoutMs, hold });
    Atomics.add(this.flags, WAKE, 1);
    Atomics.notify(this.flags, WAKE);
  }

  poll(waitMs: number): void | Promise<void> {
    this.hear();
    this.own.poll(this.away.size > 0 ? Math.min(NAP_MS, waitMs) : waitMs);
    this.hear();
    if (this.away.size > 0 && this.options.clock.now() - this.heardAt > DOUBT_MS) return turnOfEvents();
  }

  private hear(): void {
    if (this.answers.drain(this.settleAway) > 0) this.heardAt = this.options.clock.now();
  }

  private readonly settleAway = (key: number, outcome: ProbeOutcome): void => {
    if (this.away.delete(key)) this.options.settle(key, outcome);
  };

  /** Lets connections that are held end their hold after this long already. */
  hurry(leastMs: number): void {
    this.own.hurry(leastMs);
    Atomics.store(this.flags, HURRY, Math.ceil(leastMs));
    Atomics.add(this.flags, WAKE, 1);
    Atomics.notify(this.flags, WAKE);
  }

  /** What the other thread had goes back as not asked; from now on this one does all. */
  private lose(): void {
    if (!this.alive) return;
    this.hear();
    this.alive = false;
    const lost = [...this.away];
    this.away.clear();
    for (const key of lost) this.options.settle(key, { kind: 'engine', errno: 'THREADLOST' });
  }

  /** Ends the other thread at once, as a fault in it would. */
  async terminateThread(): Promise<void> {
    await this.thread.terminate();
  }

  close(): void {
    const hasSockets = this.alive && Atomics.load(this.flags, READY) === 1;
    this.alive = false;
    Atomics.store(this.flags, STOP, 1);
    Atomics.add(this.flags, WAKE, 1);
    Atomics.notify(this.flags, WAKE);
    this.own.close();
    if (hasSockets) Atomics.wait(this.flags, CLOSED, 0, CLOSING_MS);
    this.letters.close();
  }
}
