import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { readInput } from './files.ts';
import { UsageError, type World } from './world.ts';

/** The public keys (PEM) whose signature counts; undefined where none was asked for. */
export async function loadPublicKeys(
  world: World,
  files: readonly string[] | undefined,
): Promise<readonly KeyObject[] | undefined> {
  if (files === undefined || files.length === 0) return undefined;
  const keys: KeyObject[] = [];
  for (const file of files) {
    const { text } = await readInput(world, file, 'public key');
    keys.push(
      read(file, 'public', 'openssl pkey -in key.pem -pubout -out key.pub writes one', () =>
        createPublicKey(text),
      ),
    );
  }
  return keys;
}

/** The private key (PEM) to sign with; undefined where none was named. */
export async function loadPrivateKey(world: World, file: string | undefined): Promise<KeyObject | undefined> {
  if (file === undefined) return undefined;
  const { text } = await readInput(world, file, 'private key');
  return read(file, 'private', 'openssl genpkey -algorithm ed25519 -out key.pem makes one', () =>
    createPrivateKey(text),
  );
}

function read(file: string, half: string, mend: string, make: () => KeyObject): KeyObject {
  let key: KeyObject | null = null;
  try {
    key = make();
  } catch {
    // Told below, together with keys of another kind.
  }
  if (key?.asymmetricKeyType !== 'ed25519')
    throw new UsageError(`${file} is not an ed25519 ${half} key in PEM form`, mend);
  return key;
}
