import type { KeyObject } from 'node:crypto';
import { verifyPlan } from '../../../scans/evidence/plan-seal.ts';
import { verifySeal } from '../../../scans/evidence/seal.ts';
import type { SealVerdict } from '../../../scans/evidence/signature.ts';
import { type InputFile, readInput } from '../files.ts';
import { loadPublicKeys } from '../keys.ts';
import { CONFORMS, DIFFERS, type ExitCode, type World } from '../world.ts';

export interface VerifyOptions {
  readonly key?: readonly string[] | undefined;
}

/** Proves that sealed evidence and plans are as they were written: 0 intact, 1 broken. */
export async function verify(
  world: World,
  files: readonly string[],
  options: VerifyOptions,
): Promise<ExitCode> {
  const keys = await loadPublicKeys(world, options.key);
  let exit: ExitCode = CONFORMS;
  for (const file of files) {
    const input = await readInput(world, file, 'evidence file');
    const proof = prove(input, keys);
    if (proof.kind === 'broken') exit = DIFFERS;
    world.stdout.write(
      `${input.name}: ${proof.kind === 'broken' ? `BROKEN: ${proof.reason}` : proof.message}\n`,
    );
  }
  return exit;
}

function prove({ text }: InputFile, keys: readonly KeyObject[] | undefined): SealVerdict {
  if (!isPlan(text)) return verifySeal(text, keys);
  return verifyPlan(text, keys) ?? { kind: 'broken', reason: 'not sealed' };
}

function isPlan(text: string): boolean {
  try {
    const document: unknown = JSON.parse(text);
    return (
      typeof document === 'object' &&
      document !== null &&
      Reflect.get(document, 'schema') === 'aclscope/plan/1'
    );
  } catch {
    return false;
  }
}
