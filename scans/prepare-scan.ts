import type { ScannerBox } from '../src/model/evidence.ts';
import type { Plan } from '../src/model/plan.ts';
import type { Clock, ScanEngine } from './engine.ts';
import { sha256OfPlan } from './evidence/canonical-json.ts';
import { EvidenceBook } from './evidence/evidence-book.ts';
import { type Journal, type JournalContents, openJournal, readJournal } from './evidence/journal.ts';
import { placeOf } from './machine/scanner-box.ts';
import { lockTargets, type TargetLocks } from './machine/target-lock.ts';

export interface PrepareOptions {
  readonly engine: ScanEngine;
  readonly clock: Clock;
  /** Where every event is kept until the evidence is written; absent: nowhere. */
  readonly journalPath?: string | undefined;
  /** Goes on with the journal of an interrupted run of the same plan. */
  readonly resume?: boolean | undefined;
  /** The address that targets see, behind a NAT. */
  readonly behindNat?: string | null | undefined;
}

/** All that a scan has before its first packet leaves. */
export interface PreparedScan {
  /** Holds what an interrupted run has seen already. */
  readonly book: EvidenceBook;
  readonly journal: Journal | undefined;
  readonly box: ScannerBox;
  /** Dotted quad to send from; null leaves it to the system. */
  readonly source: string | null;
  readonly locks: TargetLocks;
  readonly planSha256: string;
  /** ISO time of the first run. */
  readonly started: string;
  /** What a reader must know of the circumstances. */
  readonly notes: readonly string[];
}

/** A scan that could not even begin: the message says why, and what to do. */
export class ScanRefusal extends Error {
  override readonly name = 'ScanRefusal';
}

/** Checks that a plan can be carried out, and takes hold of what that needs. Rejects with `ScanRefusal`. */
export async function prepareScan(plan: Plan, options: PrepareOptions): Promise<PreparedScan> {
  const { engine, clock } = options;
  const availability = await engine.checkAvailability();
  if (!availability.ok) throw new ScanRefusal(`engine ${engine.id}: ${availability.why}`);
  const planSha256 = sha256OfPlan(plan);
  const book = new EvidenceBook(plan);
  const earlier = await readEarlier(options, planSha256);
  for (const event of earlier?.events ?? []) book.take(event);

  const addresses = plan.targets.map((t) => t.address);
  const { source, box } = await placeOf(plan, options.behindNat ?? null);
  if (box === null) throw new ScanRefusal(`no route leads from here to ${addresses[0]}`);
  const locked = await lockTargets(addresses);
  if (locked.kind === 'busy') {
    throw new ScanRefusal(`another aclscope is probing ${locked.address}: wait for it, or stop it`);
  }
  const { locks } = locked;
  const started = earlier?.header.started ?? new Date(clock.now()).toISOString();
  const notes = describeStart(plan, box, availability.note, earlier);
  try {
    const journal = await startJournal(options, earlier, {
      schema: 'aclscope/journal/1',
      planSha256,
      vantage: plan.vantage,
      engine: engine.id,
      started,
      plan,
      box,
    });
    return { book, journal, box, source, locks, planSha256, started, notes };
  } catch (error) {
    locks.release();
    throw error;
  }
}

async function readEarlier(
  options: PrepareOptions,
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
  options: PrepareOptions,
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
