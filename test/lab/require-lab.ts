import { spawnSync } from 'node:child_process';
import type { Context } from 'mocha';
import { skipBecause } from '../support/skip.ts';

const needed = [
  'ip',
  'nft',
  'nsenter',
  'sysctl',
  'ss',
  'sshd',
  'ssh-keygen',
  'xinetd',
  'tcpserver',
  'tcprules',
];

function isInstalled(command: string): boolean {
  return spawnSync('bash', ['-c', 'command -v "$1"', 'look', command]).status === 0;
}

/** Why no lab can be brought up here, or null. Tried for real in a throwaway namespace: being root need not suffice. */
export function labObstacle(alsoNeeded: readonly string[] = []): string | null {
  if (process.platform !== 'linux') return 'the lab needs Linux network namespaces';
  if (process.getuid?.() !== 0) return 'the lab needs root';
  const missing = [...needed, ...alsoNeeded].filter((command) => !isInstalled(command));
  if (missing.length > 0) return `not installed: ${missing.join(', ')}`;
  const attempt = spawnSync('unshare', ['--net', 'nft', 'list', 'ruleset'], { encoding: 'utf8' });
  return attempt.status === 0 ? null : `no network namespace with nftables: ${attempt.stderr.trim()}`;
}

/** Skips the test, with the reason, where the lab cannot be; in CI it has to be. */
export function requireLab(context: Context, alsoNeeded: readonly string[] = []): void {
  const obstacle = labObstacle(alsoNeeded);
  if (obstacle !== null) skipBecause(context, obstacle);
}
