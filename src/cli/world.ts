import type { Readable } from 'node:stream';
import type { ReadStream, WriteStream } from 'node:tty';

/** The process as the commands see it: small, so that a test can run the real command line in-process. */
export interface World {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: Readable;
  readonly stdout: Sink;
  readonly stderr: Sink;
  /** The terminal, where input and output are one; a full-screen view needs both ends of it. */
  readonly terminal?: { readonly input: ReadStream; readonly output: WriteStream } | undefined;
  /** The wall clock; reports and evidence take their times from here. */
  readonly now: () => Date;
  /** Raised by Ctrl-C or a termination: commands that probe stop and keep what they saw. Whoever reads it must heed it:
   * until then a signal ends the process. */
  readonly signal: AbortSignal;
}

export interface Sink {
  readonly write: (text: string) => void;
  readonly isTTY: boolean;
  readonly columns: number | null;
  /** Waits until all that was written has left; why it could not, or null. Absent: it always can. */
  readonly flushed?: () => Promise<Error | null>;
}

/** Exit codes: 2 goes before 1, 1 before 3, 3 before 0. */
export const CONFORMS = 0;
export const DIFFERS = 1;
export const USAGE = 2;
export const INCOMPLETE = 3;
export type ExitCode = 0 | 1 | 2 | 3;

/** The user can mend this: the message says what is wrong, the mend what to do. Exit code 2. */
export class UsageError extends Error {
  readonly mend: string | null;

  constructor(message: string, mend: string | null = null) {
    super(message);
    this.name = 'UsageError';
    this.mend = mend;
  }
}

/** By name, not by class: a module that is loaded twice (by a test's loader, by a bundle) has two classes. */
export const isUsageError = (error: unknown): error is UsageError =>
  error instanceof Error && error.name === 'UsageError';

export const wantsColour = (world: World, sink: Sink): boolean =>
  sink.isTTY && !world.env.NO_COLOR && world.env.TERM !== 'dumb';
