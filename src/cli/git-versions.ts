import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type InputFile, sha256 } from './files.ts';
import { UsageError, type World } from './world.ts';

/** One file as it stood at two commits. */
export interface TwoVersions {
  readonly before: InputFile;
  readonly after: InputFile;
}

const run = promisify(execFile);

/** Reads PATH at both ends of BASE..HEAD from the repository around the working folder. */
export async function readGitVersions(world: World, range: string, path: string): Promise<TwoVersions> {
  const ends = /^([^.\s-][^\s]*?)\.\.\.?([^.\s-][^\s]*)$/.exec(range);
  if (!ends)
    throw new UsageError(
      `--git "${range}" is not a range of commits`,
      'write it as BASE..HEAD, for example origin/main..HEAD',
    );
  return { before: await readAt(world, ends[1]!, path), after: await readAt(world, ends[2]!, path) };
}

async function readAt(world: World, commit: string, path: string): Promise<InputFile> {
  const name = `${commit}:${path}`;
  try {
    const { stdout } = await run('git', ['show', '--end-of-options', `${commit}:./${path}`], {
      cwd: world.cwd,
      maxBuffer: 512 * 1024 * 1024,
    });
    return { name, text: stdout, sha256: sha256(stdout) };
  } catch (error) {
    const stderr = (error as { stderr?: string }).stderr?.trim();
    throw new UsageError(
      `git has no ${name}${stderr ? `: ${stderr.split('\n')[0]}` : ''}`,
      'give a path relative to this folder that both commits have',
    );
  }
}
