import { spawnSync } from 'node:child_process';
import type { Context } from 'mocha';
import { skipBecause } from './skip.ts';

const isThere = (command: string): boolean =>
  spawnSync('sh', ['-c', 'command -v "$1"', 'sh', command]).status === 0;

/**
 * For tests that hold a parser against the program whose files it reads: skips, with the reason, where a program is not
 * installed or `unshare` with these options is not allowed, so that nothing outside the test's own namespaces is touched.
 */
export function requireProgram(
  context: Context,
  commands: readonly string[],
  unshare: readonly string[] = [],
): void {
  const lacking = commands.filter((command) => !isThere(command));
  if (lacking.length > 0) skipBecause(context, `not installed: ${lacking.join(', ')}`);
  if (unshare.length > 0 && spawnSync('unshare', [...unshare, 'true']).status !== 0)
    skipBecause(context, `no right to unshare ${unshare.join(' ')}`);
}
