import type { KeyObject } from 'node:crypto';
import type { Evidence, ScannerBox } from '../src/model/evidence.ts';
import type { Plan } from '../src/model/plan.ts';
import {
  type Clock,
  DEFAULT_SETTINGS,
  type ScanEngine,
  type ScanEvent,
  type ScanOutcome,
  type ScanSettings,
} from './engine.ts';
import { sha256OfPlan } from './evidence/canonical-json.ts';
import { EvidenceBook } from './evidence/evidence-book.ts';
import { type Journal, type JournalContents, openJournal, readJournal } from './evidence/journal.ts';
import { sealEvidence } from './evidence/seal.ts';
import { systemClock } from './machine/clock.ts';
import { chooseSource, describeBox } from './machine/scanner-box.ts';
import { lockTargets } from './machine/target-lock.ts';
import type { PaceControl } from './pace/pace-control.ts';

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

export interface RunScanOptions {
  readonly engine: ScanEngine;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ScanProgress) => void;
  /** Every event as it comes: for a live view. */
  readonly onEvent?: ((event: ScanEvent) => void) | undefined;
  readonly paceControl?: PaceControl | undefined;
  /** What the engine has to say while it runs. */
  readonly onNote?: (text: string) => void;
  /** Where every event is kept until the evidence is written; absent: nowhere. */
  readonly journalPath?: string;
  /** Goes on with the journal of an interrupted run of the same plan. */
  readonly resume?: boolean;
  /** The address that targets see, behind a NAT. */
  readonly behindNat?: string | null;
  readonly settings?: Partial<ScanSettings>;
  readonly clock?: Clock;
  /** Signs the evidence. */
  readonly privateKey?: KeyObject | undefined;
}

/** A scan that could not even begin: the message says why, and what to do. */
export class ScanRefusal extends Error {
  override readonly name = 'ScanRefusal';
}

/**
 * Probes what a plan names, with one engine, and gives sealed evidence. An abort, a lost canary or a full disk ends it
 * early with what was seen, its `completeness` saying so. Rejects with `ScanRefusal` when nothing was sent at all.
 */
export async function runScan(plan: Plan, options: RunScanOptions): Promise<Evidence> {
  const { engine } = options;
  const availability = await engine.checkAvailability();
  if (!availability.ok) throw new ScanRefusal(`engine ${engine.id}: ${availability.why}`);
  const planSha256 = sha256OfPlan(plan);
  const clock = options.clock ?? systemClock;
  const book = new EvidenceBook(plan);
  const earlier = await readEarlier(options, planSha256);
  for (const event of earlier?.events ?? []) book.take(event);

  const addresses = plan.targets.map((t) => t.address);
  const source = chooseSource(plan.vantageAddress, addresses);
  const box = await describeBox(addresses[0]!, source, options.behindNat ?? null);
  if (box === null) throw new ScanRefusal(`no route leads from here to ${addresses[0]}`);
  const locked = await lockTargets(addresses);
  if (locked.kind === 'busy') {
    throw new ScanRefusal(`another aclscope is probing ${locked.address}: wait for it, or stop it`);
  }
  const started = earlier?.header.started ?? new Date(clock.now()).toISOString();
  let journal: Journal | undefined;
  try {
    journal = await startJournal(options, earlier, {
      schema: 'aclscope/journal/1',
      planSha256,
      vantage: plan.vantage,
      engine: engine.id,
      started,
      plan,
      box,
    });
  } catch (error) {
    locked.locks.release();
    throw error;
  }

  const write = (
    completeness: Evidence['completeness'],
    notes: readonly string[],
    targets = book.targets(),
  ): Evidence => ({
    schema: 'aclscope/evidence/1',
    site: plan.site,
    vantage: plan.vantage,
    origin: { kind: 'scan', via: engine.id, tool: 'aclscope', command: null, file: null },
    box,
    planSha256,
    siteSha256: plan.siteSha256,
    started,
    ended: new Date(clock.now()).toISOString(),
    completeness,
    targets,
    listeners: [],
    sessions: [],
    notes,
  });
  const notes = describeStart(plan, box, availability.note, earlier);
  const abort = new AbortController();
  const onAbort = () => abort.abort();
  options.signal?.addEventListener('abort', onAbort);
  if (options.signal?.aborted) abort.abort();

  const take = (event: ScanEvent) => {
    journal?.append(event);
    if (journal?.failure()) abort.abort();
    book.take(event);
    options.onEvent?.(event);
    if (event.kind === 'note') options.onNote?.(event.text);
    if (event.kind === 'progress') {
      options.onProgress?.({
        done: event.done,
        total: event.total,
        probesSent: event.sent,
        probesPerSecond: event.perSecond,
        etaSeconds: estimateSeconds(event, plan),
        snapshot: () =>
          write({ kind: 'incomplete', reason: 'the scan is still running' }, [...notes, ...book.notes]),
      });
    }
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
    locked.locks.release();
  }
  const closed = journal?.close();
  // While that waits for the disk.
  const targets = book.targets();
  await closed;
  const failure = journal?.failure();
  const reasons = [
    ...(failure ? [failure] : []),
    ...book.stops(),
    ...(outcome.kind === 'incomplete' && book.stops().length === 0 && !failure ? [outcome.reason] : []),
  ];
  const completeness: Evidence['completeness'] =
    reasons.length === 0 ? { kind: 'complete' } : { kind: 'incomplete', reason: reasons.join('; ') };
  return sealEvidence(
    write(completeness, [...notes, ...book.notes, ...book.notesOnTtl()], targets),
    options.privateKey,
  );
}

async function readEarlier(
  options: RunScanOptions,
  planSha256: string,
): Promise<JournalContents | undefined> {
  if (options.journalPath === undefined) return undefined;
  const reading = await readJournal(options.journalPath);
  if (reading.kind === 'absent') {
    if (options.resume) throw new ScanRefusal(`there is no journal ${options.journalPath} to resume`);
    return undefined;
  }
  if (!options.resume) {
    throw new ScanRefusal(
      `${options.journalPath} holds an interrupted scan: go on with it (--resume), or delete the file`,
    );
  }
  if (reading.kind === 'unreadable') {
    throw new ScanRefusal(`the journal ${options.journalPath} cannot be read: ${reading.reason}`);
  }
  if (reading.contents.header.planSha256 !== planSha256) {
    throw new ScanRefusal(`the journal ${options.journalPath} belongs to another plan`);
  }
  return reading.contents;
}

async function startJournal(
  options: RunScanOptions,
  earlier: JournalContents | undefined,
  header: Parameters<typeof openJournal>[1],
): Promise<Journal | undefined> {
  if (options.journalPath === undefined) return undefined;
  try {
    return await openJournal(options.journalPath, earlier?.header ?? header, earlier?.wholeBytes);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ScanRefusal(`the journal cannot be opened: ${why}`);
  }
}

function describeStart(
  plan: Plan,
  box: ScannerBox,
  engineNote: string | null,
  earlier: JournalContents | undefined,
): string[] {
  const notes: string[] = [];
  if (engineNote) notes.push(engineNote);
  if (box.address !== plan.vantageAddress && box.behindNat !== plan.vantageAddress) {
    notes.push(
      `the probes left from ${box.address}, not from ${plan.vantageAddress}, the vantage's address in the plan`,
    );
  }
  if (plan.pace.overrideCeiling) {
    notes.push(`the ceiling was overridden: up to ${plan.pace.perHost} probes a second per host`);
  }
  if (earlier) {
    notes.push(
      `resumed from a journal begun at ${earlier.header.started}${earlier.truncated ? ', whose last line was cut' : ''}`,
    );
  }
  return notes;
}

/** By the pace measured while there is one, else by the plan's. */
function estimateSeconds(event: Extract<ScanEvent, { kind: 'progress' }>, plan: Plan): number | null {
  const planned = Math.min(plan.pace.total, plan.pace.perHost * plan.targets.length);
  const rate = event.perSecond > 1 ? event.perSecond : planned;
  return rate > 0 ? Math.round(event.left / rate) : null;
}
