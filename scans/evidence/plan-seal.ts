import type { KeyObject } from 'node:crypto';
import type { Plan } from '../../src/model/plan.ts';
import { sha256OfPlan } from './canonical-json.ts';
import { checkSignature, isRecord, readSignature, type SealVerdict, signText } from './signature.ts';

const signedText = (hash: string): string => `aclscope/plan/1 ${hash}`;

/** Seals a plan as it stands, so that a box sees whether it changed on the way; with an ed25519 private key, also by whom. */
export function sealPlan(plan: Plan, privateKey?: KeyObject): Plan {
  const hash = sha256OfPlan(JSON.parse(JSON.stringify(plan)) as object);
  return {
    ...plan,
    seal: {
      algorithm: 'sha256',
      sha256: hash,
      signature: privateKey ? signText(signedText(hash), privateKey) : null,
    },
  };
}

/**
 * Proves a plan's text, or names what is wrong with it. A plan without a seal was written by hand: null, unless keys are
 * asked for, which it cannot satisfy.
 */
export function verifyPlan(text: string, trusted?: readonly KeyObject[]): SealVerdict | null {
  const document: unknown = JSON.parse(text);
  if (!isRecord(document)) return { kind: 'broken', reason: 'not a plan of aclscope' };
  const { seal } = document;
  if (seal === undefined)
    return trusted ? { kind: 'broken', reason: 'not sealed, though a signature was asked for' } : null;
  const signature = isRecord(seal) ? readSignature(seal.signature) : undefined;
  if (!isRecord(seal) || signature === undefined)
    return { kind: 'broken', reason: 'tampered: the seal itself is not readable' };
  const hash = sha256OfPlan(document);
  if (seal.sha256 !== hash) return { kind: 'broken', reason: 'it was changed after it was made' };
  return checkSignature(signature, signedText(hash), trusted);
}
