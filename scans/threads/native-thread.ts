import { availableParallelism, networkInterfaces } from 'node:os';
import { parentPort } from 'node:worker_threads';
import { parseIpv4 } from '../../src/model/address.ts';
import { countRanges } from '../../src/model/ports.ts';
import { drive, type Prober, type ProberEvents } from '../drive.ts';
import type { ScanOptions, ScanWork } from '../engine.ts';
import { systemClock } from '../machine/clock.ts';
import { chooseSocketLimit, socketsForPace } from '../machine/socket-limit.ts';
import { ConnectPool } from '../native/connect-pool.ts';
import { DatagramPool } from '../native/datagram-pool.ts';
import { HandshakeCanaryProber } from '../native/handshake-canary.ts';
import { loadLibc } from '../native/libc.ts';
import { PairedPool } from '../native/paired-pool.ts';
import { RawSocketError } from '../native/raw-socket.ts';
import { SynProber } from '../native/syn-prober.ts';
import { openPaceControl } from '../pace/pace-control.ts';
import { joinProbers } from '../two-protocols.ts';
import type { EngineThreadData, EngineThreadMessage } from './engine-thread.ts';

const post = (message: EngineThreadMessage) => parentPort?.postMessage(message);
const loaded = loadLibc();

/** Probes a second, and ports in all. */
const LARGE = 10_000;

/** A second thread is worth its start only where much is asked fast, and there is a processor for it. */
const isLarge = (work: ScanWork, pace: ScanOptions['pace']): boolean =>
  pace.overrideCeiling &&
  Math.min(pace.total, pace.perHost * work.targets.length) >= LARGE &&
  work.targets.reduce((sum, { ports }) => sum + countRanges(ports), 0) >= LARGE &&
  availableParallelism() > 1;

async function probe({ manner, work, pace, settings, abortFlag, paceCell }: EngineThreadData): Promise<void> {
  if ('why' in loaded) throw new Error(loaded.why);
  const common = {
    libc: loaded.libc,
    clock: systemClock,
    addresses: work.targets.map((t) => parseIpv4(t.address)!),
    source: work.source === null ? null : parseIpv4(work.source)!,
    maxSockets: chooseSocketLimit(settings.maxSockets),
    ownAddresses: new Set(
      Object.values(networkInterfaces()).flatMap((entries) => entries?.map((e) => e.address) ?? []),
    ),
  };
  const connections = chooseSocketLimit(
    settings.maxSockets ?? (pace.overrideCeiling ? socketsForPace(pace.perHost) : null),
  );
  const openProber = (events: ProberEvents): Prober =>
    joinProbers(
      work.targets.map((t) => t.protocol),
      () =>
        manner === 'syn'
          ? new SynProber({ ...common, events })
          : new HandshakeCanaryProber({
              clock: systemClock,
              events,
              openPool: (settle) => {
                const options = { ...common, maxSockets: connections, settle };
                return isLarge(work, pace) ? new PairedPool(options) : new ConnectPool(options);
              },
            }),
      () => new DatagramPool({ ...common, settle: events.settle }),
    );
  try {
    const outcome = await drive(
      work,
      {
        pace,
        settings,
        clock: systemClock,
        aborted: () => Atomics.load(abortFlag, 0) !== 0,
        ...(paceCell === null ? {} : { paceControl: openPaceControl(paceCell) }),
      },
      (event) => post({ kind: 'event', event }),
      openProber,
    );
    post({ kind: 'outcome', outcome });
  } catch (error) {
    if (!(error instanceof RawSocketError)) throw error;
    post({
      kind: 'outcome',
      outcome: { kind: 'incomplete', reason: `${error.message}: use --engine connect` },
    });
  }
}

post({ kind: 'loaded', obstacle: 'why' in loaded ? loaded.why : null });
// A thread lives for one work, which it may have to wait for. What goes wrong must end it as an error.
parentPort?.once('message', (data: EngineThreadData) => {
  void probe(data);
});
