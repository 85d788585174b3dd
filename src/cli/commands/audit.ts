import type { AuditReport } from '../../../reports/report.ts';
import { compareAudits } from '../../exposure/history.ts';
import type { BaselineComparison } from '../../model/history.ts';
import { auditExit, makeAuditReport } from '../audit-report.ts';
import { keepAudit, openHistory, readBaseline, toRecord } from '../history-store.ts';
import { type EvidenceProofs, loadEvidence } from '../load-evidence.ts';
import { loadSite } from '../load-site.ts';
import { chosenFormat, type OutputOptions, writeReport } from '../report-output.ts';
import { unknownName } from '../unknown-names.ts';
import type { ExitCode, World } from '../world.ts';

export interface AuditOptions extends OutputOptions, EvidenceProofs {
  readonly vantage?: readonly string[] | undefined;
  readonly baseline?: string | undefined;
  readonly history?: string | undefined;
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
  const evidence = await loadEvidence(world, loaded.site, evidenceFiles, options);
  const audited = makeAuditReport(world, loaded, evidence, {
    vantages: options.vantage && options.vantage.length > 0 ? options.vantage : null,
  });
  if (options.history !== undefined) await openHistory(world, options.history);
  // The baseline is read before this audit is kept: both may be the same folder.
  const report = { ...audited, comparison: await compareWithBaseline(world, audited, options.baseline) };
  if (options.history !== undefined) {
    const kept = await keepAudit(world, options.history, toRecord(world, report));
    world.stderr.write(`audit kept in ${kept}\n`);
  }
  await writeReport(world, report, options);
  return auditExit(report.result);
}

async function compareWithBaseline(
  world: World,
  { result }: AuditReport,
  baseline: string | undefined,
): Promise<BaselineComparison | null> {
  if (baseline === undefined) return null;
  const before = await readBaseline(world, baseline, result.site);
  if (before !== null) return compareAudits(before, result.findings);
  world.stderr.write(`${baseline} holds no earlier audit of ${result.site}: nothing to compare with\n`);
  return null;
}
