import { availableParallelism } from 'node:os';
import { startThreadNear } from '../../scans/threads/start-thread.ts';
import type { BesideOptions, FoundInChange } from '../review/review.ts';
import type { InputFile } from './files.ts';

/** All that a thread needs to read and type a snippet for itself. */
export interface BesideJob {
  readonly config: InputFile;
  readonly snippet: InputFile;
  /** What the user says of the train. */
  readonly version: string | null;
  readonly options: BesideOptions;
  /** Whether one of the two threads has begun to look for findings. */
  readonly claim: Int32Array<SharedArrayBuffer>;
}

export type BesideMessage = Pick<FoundInChange, 'hazards'> | Pick<FoundInChange, 'findings'>;

/** Another thread, which looks for hazards and, where it comes to that first, for findings. Nothing of it throws. */
export interface BesideThread {
  /** Null: it has not begun to look for them, or does not come to an end. The asking thread has to do it. */
  readonly findings: () => Promise<FoundInChange['findings'] | null>;
  readonly hazards: () => Promise<FoundInChange['hazards'] | null>;
}

/** Lines times commands. With less of them a review is over before another thread has read what this one has read. */
const MUCH_WORK = 1_000_000;

/** Whether a second thread pays for reading both texts once more. */
export const isMuchWork = (config: InputFile, snippet: InputFile): boolean =>
  availableParallelism() > 1 && countLines(config) * countLines(snippet) >= MUCH_WORK;

/** Begins to look beside this thread. The other one keeps no process alive until it is asked. */
export function lookBeside(
  job: Omit<BesideJob, 'claim'>,
  claim: BesideJob['claim'] = new Int32Array(new SharedArrayBuffer(4)),
): BesideThread {
  const worker = startThreadNear(import.meta.url, 'beside-thread', { workerData: { ...job, claim } });
  const found: Partial<FoundInChange> = {};
  let tell = (): void => {};
  const ended = new Promise<void>((resolve) => {
    // What it cannot read or do, this thread will be told by itself.
    worker.once('error', () => resolve());
    worker.once('exit', () => resolve());
  });
  worker.on('message', (message: BesideMessage) => {
    Object.assign(found, message);
    tell();
  });
  worker.unref();
  const wait = async <Part extends keyof FoundInChange>(part: Part): Promise<FoundInChange[Part] | null> => {
    worker.ref();
    const told = new Promise<void>((resolve) => {
      tell = () => {
        if (part in found) resolve();
      };
      tell();
    });
    await Promise.race([told, ended]);
    return found[part] ?? null;
  };
  return {
    findings: async () => (takeFindings(claim) ? null : wait('findings')),
    hazards: () => wait('hazards'),
  };
}

/** True for the first of the two threads that asks. */
export const takeFindings = (claim: BesideJob['claim']): boolean =>
  Atomics.compareExchange(claim, 0, 0, 1) === 0;

function countLines({ text }: InputFile): number {
  let count = 1;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count++;
  return count;
}
