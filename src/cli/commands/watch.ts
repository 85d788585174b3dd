import type { AuditReport } from '../../../reports/report.ts';
import { createPaceControl } from '../../../scans/pace-control.ts';
import { auditExit, makeAuditReport } from '../audit-report.ts';
import { carryOut, engineOption } from '../carry-out.ts';
import { sha256, writeOutput } from '../files.ts';
import { loadSite } from '../load-site.ts';
import { addressOption } from '../packet-options.ts';
import { chosenFormat, writeReport } from '../report-output.ts';
import { startLiveAudit } from '../watch/live-audit.ts';
import { openView } from '../watch/open-view.ts';
import { steerPace } from '../watch/pace-steps.ts';
import { toScreenEvent } from '../watch/scan-to-screen.ts';
import { CONFORMS, type ExitCode, type World } from '../world.ts';
import type { Evidence } from '../../model/evidence.ts';
import { chosenVantage, describePlan, makePlan } from './plan.ts';
import type { RunOptions } from './run.ts';

/** `run` live: a full screen while it probes; the evidence is kept and the report printed however it ends. */
export async function watch(world: World, file: string, options: RunOptions): Promise<ExitCode> {
  chosenFormat('audit', options.format);
  const loaded = await loadSite(world, file);
  const vantage = chosenVantage(loaded, options.vantage);
  const plan = makePlan(world, loaded, vantage, options);
  for (const warning of plan.warnings) world.stderr.write(`warning: ${warning}\n`);
  world.stderr.write(describePlan(plan));
  if (options.dryRun) {
    world.stderr.write('nothing was sent (--dry-run)\n');
    return CONFORMS;
  }
  if (options.behindNat !== undefined) addressOption(options.behindNat, '--behind-nat');
  const engine = await engineOption(world, options.engine);
  const kept = options.evidence ?? defaultEvidenceFile(vantage.name, world.now());
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
    const evidence = await carryOut(world, plan, {
      engine,
      behindNat: options.behindNat,
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
    const text = `${JSON.stringify(evidence, null, 2)}\n`;
    await writeOutput(world, kept, text);
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
  await writeReport(world, report, options);
  return auditExit(report.result);
}

/** Quitting keeps everything, so there is always a file: `internet-20261123T051200Z.json`. */
const defaultEvidenceFile = (vantage: string, now: Date): string =>
  `${vantage.replace(/[^\w.-]/g, '_')}-${now.toISOString().replace(/[-:]|\.\d+/g, '')}.json`;

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
