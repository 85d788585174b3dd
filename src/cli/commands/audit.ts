import type { EvidenceFile } from '../../exposure/sightings.ts';
import { auditExit, makeAuditReport } from '../audit-report.ts';
import { loadEvidence } from '../load-evidence.ts';
import { loadSite } from '../load-site.ts';
import { chosenFormat, type OutputOptions, writeReport } from '../report-output.ts';
import type { ExitCode, World } from '../world.ts';
import { unknownName } from './intended.ts';

export interface AuditOptions extends OutputOptions {
  readonly vantage?: readonly string[] | undefined;
}

/** Intended against observed: one verdict per flow. */
export async function audit(
  world: World,
  file: string,
  evidenceFiles: readonly string[],
  options: AuditOptions,
): Promise<ExitCode> {
  chosenFormat('audit', options.format);
  const loaded = await loadSite(world, file);
  for (const name of options.vantage ?? [])
    if (!loaded.site.vantages.has(name)) unknownName('vantage', name, [...loaded.site.vantages.keys()]);
  const evidence: EvidenceFile[] = [];
  for (const argument of evidenceFiles) evidence.push(await loadEvidence(world, loaded.site, argument));
  const report = makeAuditReport(world, loaded, evidence, {
    vantages: options.vantage && options.vantage.length > 0 ? options.vantage : null,
  });
  await writeReport(world, report, options);
  return auditExit(report.result);
}
