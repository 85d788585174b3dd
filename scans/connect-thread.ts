import { networkInterfaces } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { parseIpv4 } from '../src/model/address.ts';
import { systemClock } from './clock.ts';
import { drive } from './drive.ts';
import type { EngineThreadData, EngineThreadMessage } from './engine-thread.ts';
import { ConnectPool } from './native/connect-pool.ts';
import { loadLibc } from './native/libc.ts';
import { chooseSocketLimit } from './socket-limit.ts';

const { work, pace, settings, abortFlag } = workerData as EngineThreadData;
const post = (message: EngineThreadMessage) => parentPort?.postMessage(message);
const loaded = loadLibc();
if ('why' in loaded) throw new Error(loaded.why);

const ownAddresses = new Set(
  Object.values(networkInterfaces()).flatMap((entries) => entries?.map((e) => e.address) ?? []),
);
const outcome = await drive(
  work,
  { pace, settings, clock: systemClock, aborted: () => Atomics.load(abortFlag, 0) !== 0 },
  (event) => post({ kind: 'event', event }),
  (settle) =>
    new ConnectPool({
      libc: loaded.libc,
      clock: systemClock,
      addresses: work.targets.map((t) => parseIpv4(t.address)!),
      source: work.source === null ? null : parseIpv4(work.source)!,
      maxSockets: chooseSocketLimit(settings.maxSockets),
      ownAddresses,
      settle,
    }),
);
post({ kind: 'outcome', outcome });
