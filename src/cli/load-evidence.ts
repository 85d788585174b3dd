import type { KeyObject } from 'node:crypto';
import { parseEvidence } from '../../parsers/evidence.ts';
import { parsePlan } from '../../parsers/plan.ts';
import { sha256OfPlan } from '../../scans/evidence/canonical-json.ts';
import { parseJournal } from '../../scans/evidence/journal.ts';
import { evidenceOfJournal } from '../../scans/evidence/journal-evidence.ts';
import { verifySeal } from '../../scans/evidence/seal.ts';
import { formatDiagnostic } from '../diagnostics/diagnostic.ts';
import type { EvidenceFile } from '../exposure/sightings.ts';
import type { Evidence } from '../model/evidence.ts';
import type { Site } from '../model/site.ts';
import { readForeign } from './commands/import.ts';
import { loadPlan } from './commands/scan.ts';
import { type InputFile, isThere, readInput } from './files.ts';
import { loadPublicKeys } from './keys.ts';
import { unknownName } from './unknown-names.ts';
import { UsageError, type World } from './world.ts';

export interface EvidenceProofs {
  /** Public keys (PEM files): evidence that none of them signed is refused. */
  readonly key?: readonly string[] | undefined;
  /** Plans: a scan that carried none of them out is refused. */
  readonly plan?: readonly string[] | undefined;
}

/**
 * Reads evidence for a site: our own documents, or `VANTAGE=FILE` for another tool's output. What is of another site,
 * from an undeclared vantage, of another plan, not signed as asked, given twice, or whose seal is broken is refused.
 */
export async function loadEvidence(
  world: World,
  site: Site,
  given: readonly string[],
  proofs: EvidenceProofs = {},
): Promise<readonly EvidenceFile[]> {
  const keys = await loadPublicKeys(world, proofs.key);
  const plans: KnownPlan[] = [];
  for (const file of proofs.plan ?? []) {
    const plan = await loadPlan(world, file);
    plans.push({ file, sha256: sha256OfPlan(plan), created: plan.created });
  }
  const files: EvidenceFile[] = [];
  for (const argument of given) {
    const file = await loadOne(world, site, argument, keys);
    const plan = proofs.plan === undefined ? null : planOf(file, plans);
    refuseRepeated(file, files);
    files.push(plan ? { ...file, planCreated: plan.created } : file);
  }
  return files;
}

interface KnownPlan {
  readonly file: string;
  readonly sha256: string;
  readonly created: string;
}

async function loadOne(
  world: World,
  site: Site,
  argument: string,
  keys: readonly KeyObject[] | undefined,
): Promise<EvidenceFile> {
  const foreign = /^([\w.-]+)=(.+)$/.exec(argument);
  if (foreign && site.vantages.has(foreign[1]!)) {
    const input = await readInput(world, foreign[2]!, 'scan output');
    const evidence = readForeign(world, input, { vantage: foreign[1]!, site: site.name });
    return { file: input.name, sha256: input.sha256, evidence };
  }
  if (foreign && !(await isThere(world, argument)))
    unknownName('vantage', foreign[1]!, [...site.vantages.keys()]);
  const input = await readInput(world, argument, 'evidence file');
  if (isJournal(input.text)) return loadJournal(world, site, input, keys);
  const { value: evidence, diagnostics } = parseEvidence(input.text, input.name);
  if (evidence === undefined) throw new UsageError(diagnostics.map(formatDiagnostic).join('\n'));
  for (const d of diagnostics) world.stderr.write(`${formatDiagnostic(d)}\n`);
  checkBelongs(site, evidence, input.name);
  checkSeal(evidence, input, keys);
  return { file: input.name, sha256: input.sha256, evidence };
}

const isJournal = (text: string): boolean => text.startsWith('{"schema":"aclscope/journal/1"');

/** A scan that runs still, or was killed: its journal tells what it has seen so far. It has no seal yet. */
async function loadJournal(
  world: World,
  site: Site,
  input: InputFile,
  keys: readonly KeyObject[] | undefined,
): Promise<EvidenceFile> {
  if (keys)
    throw new UsageError(
      `${input.name} is refused: a journal is not signed, though a signature was asked for`,
      'wait for the evidence that the scan writes at its end, or leave --key out',
    );
  const evidence = readJournalEvidence(input);
  checkBelongs(site, evidence, input.name);
  world.stderr.write(`${input.name}: a scan that is not over; what it has seen so far is audited\n`);
  return { file: input.name, sha256: input.sha256, evidence };
}

function readJournalEvidence(input: InputFile): Evidence {
  const reading = parseJournal(Buffer.from(input.text, 'utf8'));
  if (reading.kind === 'unreadable')
    throw new UsageError(`the journal ${input.name} cannot be read: ${reading.reason}`);
  const { header } = reading.contents;
  const { value: plan, diagnostics } = parsePlan(JSON.stringify(header.plan ?? null), input.name);
  if (plan === undefined) throw new UsageError(diagnostics.map(formatDiagnostic).join('\n'));
  let written: string;
  try {
    written = JSON.stringify(evidenceOfJournal(reading.contents, plan));
  } catch {
    throw new UsageError(`the journal ${input.name} cannot be read: its events do not fit its plan`);
  }
  const parsed = parseEvidence(written, input.name);
  if (parsed.value === undefined) throw new UsageError(parsed.diagnostics.map(formatDiagnostic).join('\n'));
  return parsed.value;
}

function checkBelongs(site: Site, evidence: Evidence, file: string): void {
  if (evidence.site !== null && evidence.site !== site.name)
    throw new UsageError(
      `${file} is evidence of site "${evidence.site}", not of "${site.name}"`,
      'give the evidence that was taken for this site',
    );
  if (!site.vantages.has(evidence.vantage))
    throw new UsageError(
      `${file} was seen from "${evidence.vantage}", which this site does not declare`,
      `vantages of this site: ${[...site.vantages.keys()].join(', ')}`,
    );
}

/** Imported evidence has no seal, so no key can vouch for it; a scan's must be whole. */
function checkSeal(evidence: Evidence, input: InputFile, keys: readonly KeyObject[] | undefined): void {
  if (evidence.seal === undefined && evidence.origin.kind === 'import') {
    if (keys)
      throw new UsageError(
        `${input.name} is refused: imported evidence is not signed, though a signature was asked for`,
        `give the tool's own output instead, as ${evidence.vantage}=FILE, or leave --key out`,
      );
    return;
  }
  if (evidence.seal === undefined)
    throw new UsageError(
      `${input.name} says that it is a scan's evidence, but has no seal`,
      'fetch the file again from the box that wrote it',
    );
  const proof = verifySeal(input.text, keys);
  if (proof.kind === 'broken')
    throw new UsageError(
      `${input.name} is refused: ${proof.reason}`,
      keys
        ? 'fetch the file again from the box that wrote it, or sign there: aclscope scan --sign'
        : 'fetch the file again from the box that wrote it',
    );
}

/** The plan that a scan carried out; null for what no plan asked for. */
function planOf({ file, evidence }: EvidenceFile, plans: readonly KnownPlan[]): KnownPlan | null {
  if (evidence.origin.kind === 'import') return null;
  const plan = plans.find((p) => p.sha256 === evidence.planSha256);
  if (plan) return plan;
  throw new UsageError(
    `${file} is refused: it carries out none of the given plans, so it may be replayed from an earlier scan`,
    `give its plan too, or scan with ${plans.map((p) => p.file).join(' or ')}`,
  );
}

/** One observation told twice is not two: a copy must not stand in for another scan. */
function refuseRepeated(file: EvidenceFile, before: readonly EvidenceFile[]): void {
  const linkOf = ({ evidence }: EvidenceFile): string | undefined => evidence.seal?.parts.at(-1)?.chain;
  const link = linkOf(file);
  const same = before.find((b) =>
    link === undefined
      ? b.sha256 === file.sha256 && b.evidence.vantage === file.evidence.vantage
      : linkOf(b) === link,
  );
  if (same)
    throw new UsageError(
      `${file.file} is refused: it is a copy of ${same.file}, replayed`,
      'give each scan once',
    );
}
