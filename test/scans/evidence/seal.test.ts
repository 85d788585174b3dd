import { generateKeyPairSync } from 'node:crypto';
import { expect } from 'chai';
import { EvidenceBook } from '../../../scans/evidence/evidence-book.ts';
import { sealEvidence, verifySeal } from '../../../scans/evidence/seal.ts';
import type { Evidence } from '../../../src/model/evidence.ts';
import { makePlan } from '../make-plan.ts';

function makeEvidence(): Evidence {
  const one = makePlan({ ports: [[1, 100]] });
  const plan = {
    ...one,
    targets: [one.targets[0]!, { ...one.targets[0]!, name: 'second', address: '127.0.0.2' }],
  };
  const book = new EvidenceBook(plan);
  const answer = {
    state: 'closed',
    reason: 'rst',
    icmp: null,
    ttl: 63,
    tries: 1,
    banner: null,
    confirmed: false,
    tainted: null,
  } as const;
  book.take({ kind: 'results', target: 0, ports: [1, 2, 3], answer, spanMs: 0, at: 0 });
  return {
    schema: 'aclscope/evidence/1',
    site: 'test',
    vantage: 'here',
    origin: { kind: 'scan', via: 'connect', tool: 'aclscope', command: null, file: null },
    box: null,
    planSha256: null,
    siteSha256: null,
    started: null,
    ended: null,
    completeness: { kind: 'complete' },
    targets: book.targets(),
    listeners: [],
    sessions: [],
    notes: [],
  };
}

/** Any JSON, to be spoilt at will. */
type Loose = { [member: string]: Loose } & Loose[] & string;

function spoil(
  change: (document: Loose) => void,
  text = JSON.stringify(sealEvidence(makeEvidence())),
): string {
  const document = JSON.parse(text) as Loose;
  change(document);
  return JSON.stringify(document);
}
const reason = (text: string) => {
  const verdict = verifySeal(text);
  return verdict.kind === 'broken' ? verdict.reason : verdict.kind;
};

describe('the seal', () => {
  it('is intact on what was written, however it is laid out', () => {
    const sealed = sealEvidence(makeEvidence());
    expect(verifySeal(JSON.stringify(sealed)).kind).to.equal('intact');
    expect(verifySeal(JSON.stringify(sealed, null, 2)).kind).to.equal('intact');
    const reversed = Object.fromEntries(Object.entries(sealed).reverse());
    expect(verifySeal(JSON.stringify(reversed)).kind).to.equal('intact');
  });

  it('names the part that was changed', () => {
    expect(reason(spoil((d) => Object.assign(d.targets![0]!.observations![0]!, { state: 'open' })))).to.equal(
      'tampered: target 1 (giant tcp) changed after sealing',
    );
    expect(reason(spoil((d) => Object.assign(d, { vantage: 'elsewhere' })))).to.equal(
      'tampered: head changed after sealing',
    );
    expect(reason(spoil((d) => Object.assign(d, { notes: ['x'] })))).to.equal(
      'tampered: listeners, sessions and notes changed after sealing',
    );
    expect(reason(spoil((d) => Object.assign(d, { extra: 1 })))).to.equal(
      'tampered: head changed after sealing',
    );
  });

  it('tells a missing target, a swapped one and an added one apart', () => {
    expect(reason(spoil((d) => d.targets!.pop()))).to.equal(
      'truncated: target 2 (second tcp) of the seal is missing',
    );
    expect(reason(spoil((d) => d.targets!.reverse()))).to.equal('swapped: the parts stand in another order');
    expect(reason(spoil((d) => d.targets!.push(d.targets![0]!)))).to.equal(
      'tampered: 1 parts were added after sealing',
    );
  });

  it('sees a cut file, a missing seal, another document, and a forged chain', () => {
    const text = JSON.stringify(sealEvidence(makeEvidence()));
    expect(reason(text.slice(0, -20))).to.match(/^truncated or altered/);
    expect(reason(JSON.stringify(makeEvidence()))).to.equal('not sealed');
    expect(reason('{"schema":"aclscope/plan/1"}')).to.equal('not evidence of aclscope');
    expect(reason(spoil((d) => Object.assign(d.seal!.parts![0]!, { chain: '0'.repeat(64) })))).to.equal(
      'tampered: the chain of hashes does not fit its parts',
    );
    expect(reason(spoil((d) => Object.assign(d, { seal: 3 })))).to.match(/^tampered: the seal itself/);
  });

  it('holds behind a byte order mark, which is none of the document', () => {
    expect(verifySeal(`\ufeff${JSON.stringify(sealEvidence(makeEvidence()))}`)).to.include({
      kind: 'intact',
    });
  });

  it('proves the signer, and only the one asked for', () => {
    const mine = generateKeyPairSync('ed25519');
    const other = generateKeyPairSync('ed25519');
    const text = JSON.stringify(sealEvidence(makeEvidence(), mine.privateKey));
    expect(verifySeal(text, [mine.publicKey])).to.include({ kind: 'intact' });
    expect(verifySeal(text)).to.include({ kind: 'intact' });
    expect(verifySeal(text, [other.publicKey])).to.deep.equal({
      kind: 'broken',
      reason: 'signed with another key than the one that was asked for',
    });
    expect(verifySeal(JSON.stringify(sealEvidence(makeEvidence())), [mine.publicKey])).to.deep.equal({
      kind: 'broken',
      reason: 'not signed, though a signature was asked for',
    });
    const resealed = spoil((d) => {
      const sealed = sealEvidence({ ...makeEvidence(), vantage: 'elsewhere' });
      Object.assign(d, sealed, { seal: { ...sealed.seal, signature: d.seal!.signature } });
    }, text);
    expect(reason(resealed)).to.equal('tampered: the signature does not fit the seal');
  });
});
