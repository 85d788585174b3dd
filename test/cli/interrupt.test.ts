import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect } from 'chai';

/** More than a pipe holds: once it is written, the command has begun to read. */
const MORE_THAN_A_PIPE = '! a comment\n'.repeat(100_000);

describe('an interrupted command', () => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    it(`that only computes ends at the first ${signal}`, async () => {
      const child = spawn(process.execPath, ['--import', 'tsx', 'src/cli/main.ts', 'lint', '-'], {
        stdio: ['pipe', 'ignore', 'ignore'],
      });
      const ended = once(child, 'exit');
      child.stdin.on('error', () => {});
      await new Promise<void>((done) => child.stdin.write(MORE_THAN_A_PIPE, () => done()));
      const late = setTimeout(() => child.kill('SIGKILL'), 5_000);
      child.kill(signal);
      expect((await ended)[1]).to.equal(signal);
      clearTimeout(late);
    });
});
