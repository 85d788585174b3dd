#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8';
import { type SpareThread, startSpareThread } from '../../scans/threads/engine-thread.ts';
import { wholeFileWrite } from './standard-output.ts';
import { WARM_UP } from './warm-up.ts';
import { INCOMPLETE, USAGE, type World } from './world.ts';

const argv = process.argv.slice(2);
const isScan = argv[0] === 'scan';

/** With these words nothing is sent, or by other means. A thread too many is no harm: it ends with the process. */
const WITHOUT_THREAD = /^(--dry-run|--help|-h|(--engine=)?(net-socket|nmap))$/;

/** Started first of all: it loads beside this one, which has the program itself to load and a plan to read. */
const thread: SpareThread | null =
  isScan && !argv.some((word) => WITHOUT_THREAD.test(word)) ? startSpareThread() : null;

/** Takes the signals over: from here on the first one asks to stop, and a second means now. */
function catchInterrupts(): AbortSignal {
  const controller = new AbortController();
  let interrupts = 0;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      controller.abort(signal);
      // What the journal has is kept.
      if (++interrupts > 1) process.exit(INCOMPLETE);
    });
  }
  return controller.signal;
}

let interruption: AbortSignal | null = null;

// A reader that closes its pipe (head, less) has seen enough: the rest is dropped, the exit code stays the command's.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return;
    if (stream === process.stdout) failOutput(error.message);
    process.exit(USAGE);
  });
}

function failOutput(reason: string): never {
  process.stderr.write(`aclscope: cannot write to standard output: ${reason}\n`);
  process.exit(USAGE);
}

const world: World = {
  cwd: process.cwd(),
  env: process.env,
  stdin: process.stdin,
  stdout: {
    write: wholeFileWrite(1, failOutput) ?? ((text) => void process.stdout.write(text)),
    isTTY: process.stdout.isTTY === true,
    columns: process.stdout.columns ?? null,
    flushed: () => new Promise((resolve) => process.stdout.write('', (error) => resolve(error ?? null))),
  },
  stderr: {
    write: (text) => void process.stderr.write(text),
    isTTY: process.stderr.isTTY === true,
    columns: process.stderr.columns ?? null,
  },
  terminal:
    process.stdin.isTTY && process.stdout.isTTY
      ? { input: process.stdin, output: process.stdout }
      : undefined,
  now: () => new Date(),
  // Only for commands that ask: one that computes has nothing to keep, and a signal ends it even while it is busy.
  get signal() {
    interruption ??= catchInterrupts();
    return interruption;
  },
};

if (!isScan) {
  // Not before the program is loaded and waits for its first file: what is compiled already, of Node and of ours, is taken as
  // it is under the usual flags only.
  setImmediate(() => setFlagsFromString(WARM_UP));
}
process.exitCode = isScan
  ? await (await import('./run-scan-cli.ts')).runScanCli(argv, world, thread)
  : await (await import('./run-cli.ts')).runCli(argv, world);
if (isScan) {
  await world.stdout.flushed?.();
  // Nobody needs to wait until its memory is taken apart.
  process.exit();
}
