import { createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import type { SealSignature } from '../../src/model/evidence.ts';
import { sha256 } from './canonical-json.ts';

export type SealVerdict =
  | { readonly kind: 'intact'; readonly signedBy: string | null; readonly message: string }
  | { readonly kind: 'broken'; readonly reason: string };

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const derOf = (key: KeyObject): string => key.export({ format: 'der', type: 'spki' }).toString('base64');

/** Signs what a seal ends in, so that it also shows who sealed. `privateKey`: ed25519. */
export const signText = (text: string, privateKey: KeyObject): SealSignature => ({
  algorithm: 'ed25519',
  publicKey: derOf(createPublicKey(privateKey)),
  value: sign(null, Buffer.from(text, 'utf8'), privateKey).toString('base64'),
});

/** null: there is none; undefined: not readable. */
export function readSignature(
  value: unknown,
): { readonly publicKey: string; readonly value: string } | null | undefined {
  if (value === null || value === undefined) return null;
  if (!isRecord(value)) return undefined;
  const { publicKey, value: bytes } = value;
  return typeof publicKey === 'string' && typeof bytes === 'string' ? { publicKey, value: bytes } : undefined;
}

/** Whether a signature fits; with `trusted` keys, only a signature by one of them will do. */
export function checkSignature(
  signature: { readonly publicKey: string; readonly value: string } | null | undefined,
  text: string,
  trusted?: readonly KeyObject[],
): SealVerdict {
  if (!signature) {
    return trusted
      ? { kind: 'broken', reason: 'not signed, though a signature was asked for' }
      : {
          kind: 'intact',
          signedBy: null,
          message: 'unchanged since it was sealed; not signed, so it does not show by whom',
        };
  }
  let key: KeyObject;
  try {
    key = createPublicKey({ key: Buffer.from(signature.publicKey, 'base64'), format: 'der', type: 'spki' });
  } catch {
    return { kind: 'broken', reason: 'tampered: the public key in the seal is not readable' };
  }
  if (trusted && !trusted.some((t) => derOf(t) === derOf(key))) {
    return { kind: 'broken', reason: 'signed with another key than the one that was asked for' };
  }
  if (!verify(null, Buffer.from(text, 'utf8'), key, Buffer.from(signature.value, 'base64'))) {
    return { kind: 'broken', reason: 'tampered: the signature does not fit the seal' };
  }
  const signedBy = sha256(derOf(key)).slice(0, 16);
  return {
    kind: 'intact',
    signedBy,
    message: `unchanged since it was sealed, signed by key ${signedBy}${trusted ? '' : ' (compare it with the one you expect)'}`,
  };
}
