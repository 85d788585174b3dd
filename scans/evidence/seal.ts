import type { KeyObject } from 'node:crypto';
import type { Evidence, EvidenceSeal } from '../../src/model/evidence.ts';
import { canonicalJson, sha256 } from './canonical-json.ts';
import { checkSignature, isRecord, readSignature, type SealVerdict, signText } from './signature.ts';

interface Part {
  readonly name: string;
  readonly value: unknown;
}

/** The document cut into what can be named when it was changed: its head, each target, and what follows them. */
function partsOf(document: Readonly<Record<string, unknown>>): Part[] {
  const { seal: _, targets, listeners, sessions, notes, ...head } = document;
  const list = Array.isArray(targets) ? targets : [];
  return [
    { name: 'head', value: head },
    ...list.map((value: unknown, i) => ({ name: `target ${i + 1}${nameOfTarget(value)}`, value })),
    { name: 'listeners, sessions and notes', value: { listeners, sessions, notes } },
  ];
}

function nameOfTarget(value: unknown): string {
  if (!isRecord(value)) return '';
  const name = typeof value.target === 'string' ? value.target : value.address;
  return typeof name === 'string' ? ` (${name} ${String(value.protocol)})` : '';
}

function chainOf(parts: readonly Part[]): EvidenceSeal['parts'] {
  let link = '';
  return parts.map(({ name, value }) => {
    const hash = sha256(canonicalJson(value));
    link = sha256(`${link}\n${name}\n${hash}`);
    return { name, sha256: hash, chain: link };
  });
}

const signedText = (parts: EvidenceSeal['parts']): string =>
  `aclscope/evidence/1 ${parts.at(-1)?.chain ?? ''}`;

/** Seals evidence as it stands; with an ed25519 private key the seal also shows who did. */
export function sealEvidence(evidence: Evidence, privateKey?: KeyObject): Evidence {
  // Hashed as a reader will find it: what JSON cannot hold must not count.
  const document: unknown = JSON.parse(JSON.stringify(evidence));
  const parts = chainOf(partsOf(isRecord(document) ? document : {}));
  return {
    ...evidence,
    seal: {
      algorithm: 'sha256',
      parts,
      signature: privateKey ? signText(signedText(parts), privateKey) : null,
    },
  };
}

interface ReadSeal {
  readonly parts: readonly { readonly name: string; readonly sha256: string; readonly chain: string }[];
  readonly signature: ReturnType<typeof readSignature>;
}

function readSeal(value: unknown): ReadSeal | undefined {
  if (!isRecord(value) || value.algorithm !== 'sha256' || !Array.isArray(value.parts)) return undefined;
  const parts: { name: string; sha256: string; chain: string }[] = [];
  for (const part of value.parts) {
    if (!isRecord(part)) return undefined;
    const { name, sha256: hash, chain } = part;
    if (typeof name !== 'string' || typeof hash !== 'string' || typeof chain !== 'string') return undefined;
    parts.push({ name, sha256: hash, chain });
  }
  const signature = readSignature(value.signature);
  return signature === undefined ? undefined : { parts, signature };
}

/**
 * Proves a text of sealed evidence, or names what is wrong with it. `trusted`: the only keys whose signature counts.
 * An unsigned seal shows accidents and careless edits; who can edit the file can also seal it anew.
 */
export function verifySeal(text: string, trusted?: readonly KeyObject[]): SealVerdict {
  const broken = (reason: string): SealVerdict => ({ kind: 'broken', reason });
  let document: unknown;
  try {
    // Editors and mail put a byte order mark before it; what was sealed follows.
    document = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch {
    return broken('truncated or altered: the text is not whole JSON');
  }
  if (!isRecord(document) || document.schema !== 'aclscope/evidence/1')
    return broken('not evidence of aclscope');
  if (document.seal === undefined) return broken('not sealed');
  const seal = readSeal(document.seal);
  if (!seal) return broken('tampered: the seal itself is not readable');
  const found = chainOf(partsOf(document));
  const difference = compareParts(seal.parts, found);
  if (difference) return broken(difference);
  return checkSignature(seal.signature, signedText(seal.parts), trusted);
}

function compareParts(sealed: ReadSeal['parts'], found: EvidenceSeal['parts']): string | undefined {
  const hashes = (parts: readonly { readonly sha256: string }[]) => parts.map((p) => p.sha256);
  const sealedHashes = hashes(sealed);
  const foundHashes = hashes(found);
  const sameSet = [...sealedHashes].sort().join() === [...foundHashes].sort().join();
  if (sameSet && sealedHashes.join() !== foundHashes.join())
    return 'swapped: the parts stand in another order';
  if (found.length < sealed.length) {
    const missing = sealed.filter((p) => !foundHashes.includes(p.sha256)).map((p) => p.name);
    return `truncated: ${missing.join(', ')} of the seal ${missing.length === 1 ? 'is' : 'are'} missing`;
  }
  if (found.length > sealed.length)
    return `tampered: ${found.length - sealed.length} parts were added after sealing`;
  const changed = found.filter((p, i) => p.sha256 !== sealed[i]!.sha256);
  if (changed.length > 0) return `tampered: ${changed.map((p) => p.name).join(', ')} changed after sealing`;
  if (found.some((p, i) => p.chain !== sealed[i]!.chain || p.name !== sealed[i]!.name)) {
    return 'tampered: the chain of hashes does not fit its parts';
  }
  return undefined;
}
