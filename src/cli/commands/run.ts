import type { AuditReport } from '../../../reports/report.ts';
import type { AuditFinding } from '../../model/audit.ts';
import type { Evidence } from '../../model/evidence.ts';
import { auditExit, makeAuditReport } from '../audit-report.ts';
import { sha256 } from '../files.ts';
import { keepEvidence } from '../keep-evidence.ts';
import { prepareRun, type RunOptions } from '../prepare-run.ts';
import { writeReport } from '../report-output.ts';
import { startLiveAudit } from '../watch/live-audit.ts';
import { CONFORMS, type ExitCode, type World } from '../world.ts';

/** Plan, scan and audit in one, from the box that it runs on. Grave findings are told while the sweep goes on. */
export async function run(world: World, file: string, options: RunOptions): Promise<ExitCode> {
  const prepared = await prepareRun(world, 'run', file, options);
  if (prepared === null) return CONFORMS;
  const { loaded, vantage, plan, engine, evidenceFile, again } = prepared;
  const auditOf = (evidence: Evidence, sha: string): AuditReport =>
    makeAuditReport(world, loaded, [{ file: evidenceFile, sha256: sha, evidence }], {
      vantages: [vantage.name],
    });
  let say = (text: string): void => world.stderr.write(`${text}\n`);
  const tell = tellNewFindings((text) => say(text));
  const live = startLiveAudit(
    () => world.now().getTime(),
    (event) => {
      if (event.kind === 'findings') tell(event.findings);
    },
  );
  const { evidence, text, toResume } = await keepEvidence(world, plan, {
    engine,
    behindNat: options.behindNat,
    resume: options.resume,
    output: evidenceFile,
    again,
    onProgress: (progress, sayAbove) => {
      say = sayAbove;
      live.consider(() => auditOf(progress.snapshot(), '').result);
    },
  });
  if (evidenceFile !== '-') world.stderr.write(`evidence kept in ${evidenceFile}\n`);
  if (toResume !== null) world.stderr.write(`  go on with: ${toResume}\n`);
  const report = auditOf(evidence, sha256(text));
  await writeReport(world, report, options);
  return auditExit(report.result);
}

/** Says each critical or high finding once, when it first stands. */
function tellNewFindings(say: (text: string) => void): (findings: readonly AuditFinding[]) => void {
  const told = new Set<string>();
  return (findings) => {
    for (const { kind, severity, message } of findings) {
      if (severity !== 'critical' && severity !== 'high') continue;
      if (told.has(`${kind} ${message}`)) continue;
      told.add(`${kind} ${message}`);
      say(`so far, ${severity}: ${message}`);
    }
  };
}
