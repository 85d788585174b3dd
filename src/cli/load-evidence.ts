import { parseEvidence } from '../../parsers/evidence.ts';
import { verifySeal } from '../../scans/seal.ts';
import { formatDiagnostic } from '../diagnostics/diagnostic.ts';
import type { EvidenceFile } from '../exposure/sightings.ts';
import type { Evidence } from '../model/evidence.ts';
import type { Site } from '../model/site.ts';
import { readForeign } from './commands/import.ts';
import { type InputFile, readInput } from './files.ts';
import { UsageError, type World } from './world.ts';

/**
 * Reads evidence for a site: our own documents, or `VANTAGE=FILE` for another tool's output. Evidence of another
 * site, from an undeclared vantage, or whose seal is broken is refused.
 */
export async function loadEvidence(world: World, site: Site, argument: string): Promise<EvidenceFile> {
  const foreign = /^([\w.-]+)=(.+)$/.exec(argument);
  if (foreign && site.vantages.has(foreign[1]!)) {
    const input = await readInput(world, foreign[2]!, 'scan output');
    const evidence = readForeign(world, input, { vantage: foreign[1]!, site: site.name });
    return { file: input.name, sha256: input.sha256, evidence };
  }
  const input = await readInput(world, argument, 'evidence file');
  const { value: evidence, diagnostics } = parseEvidence(input.text, input.name);
  if (evidence === undefined) throw new UsageError(diagnostics.map(formatDiagnostic).join('\n'));
  for (const d of diagnostics) world.stderr.write(`${formatDiagnostic(d)}\n`);
  checkBelongs(site, evidence, input.name);
  checkSeal(evidence, input);
  return { file: input.name, sha256: input.sha256, evidence };
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

/** Imported evidence has no seal; a scan's must be whole. */
function checkSeal(evidence: Evidence, input: InputFile): void {
  if (evidence.seal === undefined && evidence.origin.kind === 'import') return;
  if (evidence.seal === undefined)
    throw new UsageError(
      `${input.name} says that it is a scan's evidence, but has no seal`,
      'fetch the file again from the box that wrote it',
    );
  const proof = verifySeal(input.text);
  if (proof.kind === 'broken')
    throw new UsageError(
      `${input.name} is refused: ${proof.reason}`,
      'fetch the file again from the box that wrote it',
    );
}
