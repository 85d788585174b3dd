import { Readable } from 'node:stream';
import { runCli } from '../../src/cli/run-cli.ts';

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the real command line in this process: no terminal, a fixed clock, the given folder and input. */
export async function runCommand(
  argv: readonly string[],
  options: {
    readonly cwd?: string;
    readonly stdin?: string;
    readonly signal?: AbortSignal;
    readonly now?: Date;
    /** Hears each piece of standard error as it is written. */
    readonly onStderr?: (text: string) => void;
  } = {},
): Promise<Ran> {
  let stdout = '';
  let stderr = '';
  const code = await runCli(argv, {
    cwd: options.cwd ?? process.cwd(),
    env: {},
    stdin: Readable.from(options.stdin === undefined ? [] : [Buffer.from(options.stdin)]),
    stdout: {
      write: (text) => {
        stdout += text;
      },
      isTTY: false,
      columns: null,
    },
    stderr: {
      write: (text) => {
        stderr += text;
        options.onStderr?.(text);
      },
      isTTY: false,
      columns: null,
    },
    now: () => options.now ?? new Date(),
    signal: options.signal ?? new AbortController().signal,
  });
  return { code, stdout, stderr };
}
