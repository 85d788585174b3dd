import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process';

export interface CommandOptions {
  /** Milliseconds after which the whole process group is ended. */
  readonly timeout?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly cwd?: string;
}

export interface CommandResult {
  /** Null when a signal or the time limit ended it. */
  readonly code: number | null;
  readonly timedOut: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

export interface StartOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly stdio?: StdioOptions;
}

/** Starts a command as the leader of a process group of its own, so that it can be ended with all its children. */
export function startCommand(argv: readonly string[], options: StartOptions = {}): ChildProcess {
  const [file, ...args] = argv;
  if (file === undefined) throw new Error('no command given');
  return spawn(file, args, {
    detached: true,
    env: { ...process.env, ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    stdio: options.stdio ?? ['pipe', 'pipe', 'pipe'],
  });
}

/** Ends a command that `startCommand` started, and its children; one that has ended already is left in peace. */
export function endGroup(child: ChildProcess, signal: NodeJS.Signals = 'SIGKILL'): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Runs a command to its end; rejects only when it cannot be started. `watch` is shown the process as it starts. */
export function runCommand(
  argv: readonly string[],
  options: CommandOptions = {},
  watch: (child: ChildProcess) => void = () => {},
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = startCommand(argv, options);
    watch(child);
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      endGroup(child);
    }, options.timeout ?? 60_000);
    child.stdout?.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({
        code: timedOut ? null : code,
        timedOut,
        stdout: Buffer.concat(stdout).toString('utf8'),
        stderr: Buffer.concat(stderr).toString('utf8'),
      });
    });
    // A command that does not read its input closes the pipe under us; that is its choice.
    child.stdin?.on('error', () => {});
    child.stdin?.end(options.input ?? '');
  });
}

/** Runs a command that has to succeed and returns its standard output. */
export async function mustRun(argv: readonly string[], options: CommandOptions = {}): Promise<string> {
  const result = await runCommand(argv, options);
  if (result.code !== 0) {
    const ending = result.timedOut ? 'timed out' : `exit ${result.code}`;
    throw new Error(`${argv.join(' ')}: ${ending}\n${result.stderr}${result.stdout}`);
  }
  return result.stdout;
}
