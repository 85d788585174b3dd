import { keepSpareThread, type SpareThread } from '../../scans/threads/engine-thread.ts';
import { runProgram } from './run-program.ts';
import { scanCommand } from './scan-command.ts';
import type { ExitCode, World } from './world.ts';

/**
 * Runs a command line that begins with `scan`, with the thread that was started for it, if one was. What this needs is
 * bundled into one file: a scan's first packet waits for it.
 */
export function runScanCli(
  argv: readonly string[],
  world: World,
  thread: SpareThread | null,
): Promise<ExitCode> {
  if (thread !== null) keepSpareThread(thread);
  return runProgram(argv, world, [scanCommand]);
}
