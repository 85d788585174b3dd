import { availableParallelism } from 'node:os';
import { startThreadNear } from '../../scans/threads/start-thread.ts';
import type { FindingsOf } from '../review/findings-of-change.ts';
import { byPlace, type Rules } from '../review/lint.ts';
import type { BesideOptions, FoundInChange } from '../review/review.ts';
import type { InputFile } from './files.ts';

/** All that a thread needs to read and type a snippet for itself. */
export interface BesideJob {
  readonly config: InputFile;
  readonly snippet: InputFile;
  /** What the user says of the train. */
  readonly version: string | null;
  readonly options: BesideOptions;
  /** How many shares of the findings one of the two threads has begun to look for. */
  readonly claim: Int32Array<SharedArrayBuffer>;
}

export type BesideMessage =
  | Pick<FoundInChange, 'hazards'>
  | { readonly share: number; readonly findings: FoundInChange['findings'] };

/** Another thread, which looks for hazards and then for findings. Nothing of it throws. */
export interface BesideThread {
  /** Looks for findings as well, share by share, until all are found. */
  readonly findings: (here: () => FindingsOf) => Promise<FoundInChange['findings']>;
  /** Null: it does not come to an end. The asking thread has to do it. */
  readonly hazards: () => Promise<FoundInChange['hazards'] | null>;
}

/** Shares of the findings: the rule that asks most of a long list, and all others. */
const SHARES: readonly Rules[] = [(rule) => rule === 'reply-blocked', (rule) => rule !== 'reply-blocked'];

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
  let hazards: FoundInChange['hazards'] | null = null;
  const shares = new Map<number, FoundInChange['findings']>();
  let tell = (): void => {};
  const ended = new Promise<void>((resolve) => {
    // What it cannot read or do, this thread will be told by itself.
    worker.once('error', () => resolve());
    worker.once('exit', () => resolve());
  });
  worker.on('message', (message: BesideMessage) => {
    if ('share' in message) shares.set(message.share, message.findings);
    else hazards = message.hazards;
    tell();
  });
  worker.unref();
  const wait = async (isThere: () => boolean): Promise<void> => {
    worker.ref();
    const told = new Promise<void>((resolve) => {
      tell = () => {
        if (isThere()) resolve();
      };
      tell();
    });
    await Promise.race([told, ended]);
  };
  return {
    findings: async (here) => {
      let look: FindingsOf | null = null;
      const lookFor = (rules: Rules): FoundInChange['findings'] => {
        look ??= here();
        return look(rules);
      };
      for (const { share, rules } of takeShares(claim)) shares.set(share, lookFor(rules));
      await wait(() => shares.size === SHARES.length);
      return SHARES.flatMap((rules, share) => shares.get(share) ?? lookFor(rules)).sort(byPlace);
    },
    hazards: async () => {
      await wait(() => hazards !== null);
      return hazards;
    },
  };
}

/** The shares that are left, one by one: asking for the next one takes it from the other thread. */
export function* takeShares(
  claim: BesideJob['claim'],
): Generator<{ readonly share: number; readonly rules: Rules }> {
  for (;;) {
    const share = Atomics.add(claim, 0, 1);
    const rules = SHARES[share];
    if (rules === undefined) return;
    yield { share, rules };
  }
}

function countLines({ text }: InputFile): number {
  let count = 1;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count++;
  return count;
}
