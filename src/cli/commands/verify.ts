import { createPublicKey } from 'node:crypto';
import { verifySeal } from '../../../scans/seal.ts';
import { readInput } from '../files.ts';
import { CONFORMS, DIFFERS, type ExitCode, UsageError, type World } from '../world.ts';

export interface VerifyOptions {
  readonly key?: string | undefined;
}

/** Proves that sealed evidence is as it was written: 0 intact, 1 broken. */
export async function verify(
  world: World,
  files: readonly string[],
  options: VerifyOptions,
): Promise<ExitCode> {
  const key = options.key === undefined ? undefined : await loadKey(world, options.key);
  let exit: ExitCode = CONFORMS;
  for (const file of files) {
    const input = await readInput(world, file, 'evidence file');
    const proof = verifySeal(input.text, key);
    if (proof.kind === 'broken') exit = DIFFERS;
    world.stdout.write(
      `${input.name}: ${proof.kind === 'broken' ? `BROKEN: ${proof.reason}` : proof.message}\n`,
    );
  }
  return exit;
}

async function loadKey(world: World, file: string) {
  const { text } = await readInput(world, file, 'public key');
  try {
    return createPublicKey(text);
  } catch {
    throw new UsageError(
      `${file} is not a public key in PEM form`,
      'openssl pkey -in key.pem -pubout writes one',
    );
  }
}
