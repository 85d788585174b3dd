import type { AuditReport } from '../../../reports/report.ts';
import { createPaceControl } from '../../../scans/pace/pace-control.ts';
import type { Evidence } from '../../model/evidence.ts';
import { auditExit, makeAuditReport } from '../audit-report.ts';
import { sha256 } from '../files.ts';
import { keepEvidence } from '../keep-evidence.ts';
import { prepareRun, type RunOptions } from '../prepare-run.ts';
import { writeReport } from '../report-output.ts';
import { startLiveAudit } from '../watch/live-audit.ts';
import { openView } from '../watch/open-view.ts';
import { steerPace } from '../watch/pace-steps.ts';
import { toScreenEvent } from '../watch/scan-to-screen.ts';
import { CONFORMS, type ExitCode, type World } from '../world.ts';

/** `run` live: a full screen while it probes; the evidence is kept and the report printed however it ends. */
export async function watch(world: World, file: string, options: RunOptions): Promise<ExitCode> {
  const prepared = await prepareRun(world, 'watch', file, options);
  if (prepared === null) return CONFORMS;
  const { loaded, vantage, plan, engine, evidenceFile: kept, again } = prepared;
  const auditOf = (evidence: Evidence, sha: string): AuditReport =>
    makeAuditReport(world, loaded, [{ file: kept, sha256: sha, evidence }], { vantages: [vantage.name] });

  const stop = new AbortController();
  const leave = new AbortController();
  const pace = createPaceControl();
  const view = openView(world, {
    ...steerPace(plan, pace, (event) => view.emit(event)),
    stop: () => {
      if (finished) leave.abort();
      stop.abort();
    },
  });
  let finished = false;
  const now = (): number => world.now().getTime();
  let report: AuditReport;
  let goOn: string | null;
  try {
    view.emit({
      kind: 'start',
      site: loaded.site.name,
      vantages: [
        {
          name: vantage.name,
          targets: plan.targets.map((t) => ({
            name: t.name,
            protocol: t.protocol,
            ports: t.ports,
            permitted: t.expectedOpen,
          })),
        },
      ],
      lists: auditOf(nothingSeen(plan.site, vantage.name), '').lists,
      steerable: engine.steerable,
      at: now(),
    });
    view.emit({ kind: 'state', vantage: vantage.name, state: 'running', reason: null });
    const live = startLiveAudit(now, view.emit);
    const { evidence, text, toResume } = await keepEvidence(world, plan, {
      engine,
      behindNat: options.behindNat,
      resume: options.resume,
      output: kept,
      again,
      quiet: true,
      stop: stop.signal,
      paceControl: pace,
      onEvent: (event) => {
        const shown = toScreenEvent(plan, event);
        if (shown) view.emit(shown);
      },
      onNote: () => {}, // It came as an event already.
      onProgress: (progress) => live.consider(() => auditOf(progress.snapshot(), '').result),
    });
    goOn = toResume;
    report = auditOf(evidence, sha256(text));
    live.conclude(report.result);
    const { completeness } = evidence;
    view.emit({
      kind: 'state',
      vantage: vantage.name,
      state: completeness.kind === 'complete' ? 'finished' : 'incomplete',
      reason: completeness.kind === 'complete' ? null : completeness.reason,
    });
    finished = true;
    if (view.fullScreen && !stop.signal.aborted) {
      view.emit({
        kind: 'note',
        vantage: null,
        text: `done, evidence kept in ${kept}: q closes this screen and prints the report`,
      });
      await anyOf(leave.signal, world.signal);
    }
  } finally {
    view.close();
  }
  if (kept !== '-') world.stderr.write(`evidence kept in ${kept}\n`);
  if (goOn !== null) world.stderr.write(`  go on with: ${goOn}\n`);
  await writeReport(world, report, options);
  return auditExit(report.result);
}

/** Evidence of a scan that has sent nothing: what the lists look like needs no probe. */
const nothingSeen = (site: string, vantage: string): Evidence => ({
  schema: 'aclscope/evidence/1',
  site,
  vantage,
  origin: { kind: 'scan', via: 'none', tool: 'aclscope', command: null, file: null },
  box: null,
  planSha256: null,
  siteSha256: null,
  started: null,
  ended: null,
  completeness: { kind: 'incomplete', reason: 'nothing was sent yet' },
  targets: [],
  listeners: [],
  sessions: [],
  notes: [],
});

const anyOf = (...signals: readonly AbortSignal[]): Promise<void> =>
  new Promise((done) => {
    if (signals.some((s) => s.aborted)) done();
    for (const s of signals) s.addEventListener('abort', () => done(), { once: true });
  });
