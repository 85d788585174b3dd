import type { Worker } from 'node:worker_threads';
import type { ScanEvent, ScanOptions, ScanOutcome, ScanWork } from '../engine.ts';
import { loadLibc } from '../native/libc.ts';
import type { PaceControl } from '../pace/pace-control.ts';
import { startThread } from './start-thread.ts';

/** What a probing thread is given. The flag is 0 until the scan is to stop. */
export interface EngineThreadData {
  readonly manner: 'connect' | 'syn';
  readonly work: ScanWork;
  readonly pace: ScanOptions['pace'];
  readonly settings: ScanOptions['settings'];
  readonly abortFlag: Int32Array<SharedArrayBuffer>;
  readonly paceCell: PaceControl['cell'] | null;
}

export type EngineThreadMessage =
  /** The first, once it is loaded: why it can make no native calls, or null. */
  | { readonly kind: 'loaded'; readonly obstacle: string | null }
  | { readonly kind: 'event'; readonly event: ScanEvent }
  | { readonly kind: 'outcome'; readonly outcome: ScanOutcome };

export interface SpareThread {
  readonly worker: Worker;
  /** Why it can make no native calls; null: it can. Undefined: it died before it said. */
  readonly obstacle: Promise<string | null | undefined>;
}

let spare: SpareThread | null = null;

/**
 * Starts a probing thread before there is work for it, so that it loads while this thread reads the plan. It keeps no
 * process alive.
 */
export function startSpareThread(): SpareThread {
  const worker = startThread('native-thread');
  const obstacle = new Promise<string | null | undefined>((resolve) => {
    worker.once('message', (message: EngineThreadMessage) =>
      resolve(message.kind === 'loaded' ? message.obstacle : undefined),
    );
    worker.on('error', () => resolve(undefined));
    worker.on('exit', () => resolve(undefined));
  });
  worker.unref();
  return { worker, obstacle };
}

/** Keeps a thread for the next work; one that dies unused is forgotten. */
export function keepSpareThread(thread: SpareThread): void {
  const forget = () => {
    if (spare === thread) spare = null;
  };
  thread.worker.on('error', forget);
  thread.worker.on('exit', forget);
  spare = thread;
}

/**
 * Why native calls cannot be made here, or null. A thread that is at hand says so for this one, which then need not
 * load what makes them.
 */
export async function findNativeObstacle(): Promise<string | null> {
  if (spare !== null) {
    const { worker, obstacle } = spare;
    worker.ref();
    const said = await obstacle;
    worker.unref();
    if (said !== undefined) return said;
  }
  const loaded = loadLibc();
  return 'why' in loaded ? loaded.why : null;
}

function takeThread(): Worker {
  const worker = spare?.worker ?? startThread('native-thread');
  spare = null;
  worker.ref();
  return worker;
}

/** Runs an engine's blocking loop in a thread of its own, so that the screen and the journal stay live. */
export function runEngineThread(
  manner: EngineThreadData['manner'],
  work: ScanWork,
  options: ScanOptions,
  sink: (event: ScanEvent) => void,
): Promise<ScanOutcome> {
  const abortFlag = new Int32Array(new SharedArrayBuffer(4));
  const data: EngineThreadData = {
    manner,
    work,
    pace: options.pace,
    settings: options.settings,
    abortFlag,
    paceCell: options.paceControl?.cell ?? null,
  };
  const stop = () => {
    Atomics.store(abortFlag, 0, 1);
    Atomics.notify(abortFlag, 0);
  };
  if (options.signal.aborted) stop();
  options.signal.addEventListener('abort', stop);
  const worker = takeThread();
  worker.postMessage(data);
  return new Promise<ScanOutcome>((resolve, reject) => {
    worker.on('message', (message: EngineThreadMessage) => {
      // Its sockets are closed by now; how long the thread then takes to end is nobody's concern.
      if (message.kind === 'outcome') resolve(message.outcome);
      else if (message.kind === 'event') {
        // A listener's fault must end the scan as a rejection, not the process as an uncaught exception.
        try {
          sink(message.event);
        } catch (error) {
          stop();
          reject(error);
        }
      }
    });
    worker.on('error', reject);
    worker.on('exit', (code) => {
      resolve({ kind: 'incomplete', reason: `the probing thread died with code ${code}` });
    });
  }).finally(() => options.signal.removeEventListener('abort', stop));
}
