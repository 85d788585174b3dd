import type { KeyObject } from 'node:crypto';
import type { Evidence } from '../src/model/evidence.ts';
import type { Plan } from '../src/model/plan.ts';
import {
  type Clock,
  DEFAULT_SETTINGS,
  type ScanEngine,
  type ScanEvent,
  type ScanOutcome,
  type ScanSettings,
} from './engine.ts';
import { scanEvidence } from './evidence/scan-evidence.ts';
import { sealEvidence } from './evidence/seal.ts';
import { systemClock } from './machine/clock.ts';
import type { PaceControl } from './pace/pace-control.ts';
import { type PreparedScan, type PrepareOptions, prepareScan } from './prepare-scan.ts';

export interface ScanProgress {
  /** Ports that have their answer, of all that this run has to ask. */
  readonly done: number;
  readonly total: number;
  readonly probesSent: number;
  readonly probesPerSecond: number;
  /** Null while nothing can be said. */
  readonly etaSeconds: number | null;
  /** The evidence as it stands, unsealed; costs milliseconds per target. */
  readonly snapshot: () => Evidence;
}

export interface RunScanOptions extends Omit<PrepareOptions, 'clock'> {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ScanProgress) => void;
  /** Every event as it comes: for a live view. */
  readonly onEvent?: ((event: ScanEvent) => void) | undefined;
  readonly paceControl?: PaceControl | undefined;
  /** What the engine has to say while it runs. */
  readonly onNote?: (text: string) => void;
  readonly settings?: Partial<ScanSettings>;
  readonly clock?: Clock;
  /** Signs the evidence. */
  readonly privateKey?: KeyObject | undefined;
}

/**
 * Probes what a plan names, with one engine, and gives sealed evidence. An abort, a lost canary or a full disk ends it
 * early with what was seen, its `completeness` saying so. Rejects with `ScanRefusal` when nothing was sent at all.
 */
export async function runScan(plan: Plan, options: RunScanOptions): Promise<Evidence> {
  const { engine, clock = systemClock } = options;
  const scan = await prepareScan(plan, { ...options, clock });
  const { book, journal, source, locks } = scan;
  const abort = new AbortController();
  const onAbort = () => abort.abort();
  options.signal?.addEventListener('abort', onAbort);
  if (options.signal?.aborted) abort.abort();

  const snapshot = () => {
    const running = { kind: 'incomplete', reason: 'the scan is still running' } as const;
    return writeEvidence(plan, engine, scan, clock, { completeness: running, targets: book.targets() });
  };
  const take = (event: ScanEvent) => {
    journal?.append(event);
    if (journal?.failure()) abort.abort();
    book.take(event);
    options.onEvent?.(event);
    if (event.kind === 'note') options.onNote?.(event.text);
    if (event.kind === 'progress') options.onProgress?.({ ...progressOf(event, plan), snapshot });
  };
  let outcome: ScanOutcome;
  try {
    outcome = await engine.scan(
      { targets: book.workTargets(), source },
      {
        pace: plan.pace,
        signal: abort.signal,
        clock,
        settings: { ...DEFAULT_SETTINGS, ...options.settings },
        paceControl: options.paceControl,
      },
      take,
    );
  } catch (error) {
    await journal?.close();
    throw error;
  } finally {
    options.signal?.removeEventListener('abort', onAbort);
    locks.release();
  }
  const closed = journal?.close();
  // While that waits for the disk.
  const targets = book.targets();
  await closed;
  const completeness = completenessOf(outcome, book.stops(), journal?.failure() ?? null);
  const notes = book.notesOnTtl();
  const evidence = writeEvidence(plan, engine, scan, clock, { completeness, targets, notes });
  return sealEvidence(evidence, options.privateKey);
}

const writeEvidence = (
  plan: Plan,
  engine: ScanEngine,
  scan: PreparedScan,
  clock: Clock,
  {
    completeness,
    targets,
    notes = [],
  }: Pick<Evidence, 'completeness' | 'targets'> & Partial<Pick<Evidence, 'notes'>>,
): Evidence =>
  scanEvidence(plan, { ...scan, engine: engine.id }, scan.box, {
    ended: clock.now(),
    completeness,
    targets,
    notes: [...scan.notes, ...scan.book.notes, ...notes],
  });

/** The journal's failure and the targets given up say more than that the engine did not come to its end. */
function completenessOf(
  outcome: ScanOutcome,
  stops: readonly string[],
  failure: string | null,
): Evidence['completeness'] {
  const reasons = failure === null ? [...stops] : [failure, ...stops];
  if (reasons.length === 0 && outcome.kind === 'incomplete') reasons.push(outcome.reason);
  return reasons.length === 0 ? { kind: 'complete' } : { kind: 'incomplete', reason: reasons.join('; ') };
}

type ProgressEvent = Extract<ScanEvent, { kind: 'progress' }>;

const progressOf = (event: ProgressEvent, plan: Plan): Omit<ScanProgress, 'snapshot'> => ({
  done: event.done,
  total: event.total,
  probesSent: event.sent,
  probesPerSecond: event.perSecond,
  etaSeconds: estimateSeconds(event, plan),
});

/** By the pace measured while there is one, else by the plan's. */
function estimateSeconds(event: ProgressEvent, plan: Plan): number | null {
  const planned = Math.min(plan.pace.total, plan.pace.perHost * plan.targets.length);
  const rate = event.perSecond > 1 ? event.perSecond : planned;
  return rate > 0 ? Math.round(event.left / rate) : null;
}
