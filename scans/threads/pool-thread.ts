import { workerData } from 'node:worker_threads';
import { systemClock } from '../machine/clock.ts';
import { ConnectPool } from '../native/connect-pool.ts';
import { loadLibc } from '../native/libc.ts';
import {
  AnswerRing,
  CLOSED,
  HURRY,
  OrderRing,
  type PoolThreadData,
  READY,
  STOP,
  WAKE,
} from '../native/pool-talk.ts';

// A second pool of handshakes: what the probing thread orders, this one carries out, on another processor.

/** Attempts begun before their answers are looked for. */
const BURST = 64;
/** Orders come without an event that could end a sleep in epoll. */
const NAP_MS = 1;
const SLEEP_MS = 50;

function serve(data: PoolThreadData): void {
  const loaded = loadLibc();
  if ('why' in loaded) throw new Error(loaded.why);
  const { flags } = data;
  const orders = new OrderRing(data.orders);
  const answers = new AnswerRing(data.answers, data.letters);
  const pool = new ConnectPool({
    ...data,
    libc: loaded.libc,
    clock: systemClock,
    settle: (key, outcome) => answers.put(key, outcome),
  });
  Atomics.store(flags, READY, 1);
  while (Atomics.load(flags, STOP) === 0) {
    const wake = Atomics.load(flags, WAKE);
    const leastMs = Atomics.exchange(flags, HURRY, 0);
    if (leastMs > 0) pool.hurry(leastMs);
    for (let i = 0; i < BURST && pool.room() > 0; i++) {
      const order = orders.take();
      if (!order) break;
      pool.start(order.key, order.target, order.port, order.timeoutMs, order.hold);
    }
    if (pool.underWay > 0) pool.poll(orders.size > 0 ? 0 : NAP_MS);
    else if (orders.size === 0) Atomics.wait(flags, WAKE, wake, SLEEP_MS);
  }
  pool.close();
  Atomics.store(flags, CLOSED, 1);
  Atomics.notify(flags, CLOSED);
  data.letters.close();
}

serve(workerData as PoolThreadData);
