import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parsePlan } from '../../parsers/plan.ts';
import { readJournal } from '../../scans/evidence/journal.ts';
import { formatDiagnostic } from '../diagnostics/diagnostic.ts';
import type { Evidence } from '../model/evidence.ts';
import type { Plan } from '../model/plan.ts';
import { type CarryOutOptions, carryOut } from './carry-out.ts';
import { isFileOrAbsent, refuseHeldFile, writeOutput } from './files.ts';
import { isUsageError, UsageError, type World } from './world.ts';

export interface KeepOptions extends Omit<CarryOutOptions, 'journalPath'> {
  /** File of the evidence; standard output where absent or `-`. */
  readonly output: string | undefined;
  /** The command that goes on with the scan should it be interrupted. */
  readonly again: string;
}

export interface Kept {
  readonly evidence: Evidence;
  /** The evidence as it was written. */
  readonly text: string;
  /** The command that goes on with it, where it was interrupted and can be. */
  readonly toResume: string | null;
}

/**
 * Carries a plan out and writes its evidence. Until that is whole, a journal beside it holds all that was seen, so that
 * a scan that was killed, or whose evidence found no room on the disk, can go on.
 */
export async function keepEvidence(world: World, plan: Plan, options: KeepOptions): Promise<Kept> {
  await refuseHeldFile(world, options.output);
  const journalPath = await journalFor(world, options.output);
  const evidence = await carryOut(world, plan, { ...options, journalPath });
  const text = `${JSON.stringify(evidence, null, 2)}\n`;
  try {
    await writeOutput(world, options.output, text);
  } catch (error) {
    if (journalPath === undefined || !isUsageError(error)) throw error;
    // A journal that found no room either holds the beginning only; the rest is asked again.
    const held =
      evidence.completeness.kind === 'complete'
        ? `nothing is lost: ${options.output}.journal holds what was seen`
        : `${options.output}.journal holds what was seen before`;
    throw new UsageError(error.message, `${held}; make room, then: ${options.again}`);
  }
  const unwritten = await world.stdout.flushed?.();
  if (unwritten && journalPath === undefined)
    throw new UsageError(
      'standard output was closed before the evidence was written: it is lost',
      'give it a file with -o FILE (run and watch: --evidence FILE)',
    );
  if (journalPath === undefined) return { evidence, text, toResume: null };
  if (evidence.completeness.kind === 'incomplete') return { evidence, text, toResume: options.again };
  await rm(journalPath, { force: true });
  return { evidence, text, toResume: null };
}

/** None when the evidence goes to standard output, a pipe or a device: there is no place beside those. */
async function journalFor(world: World, output: string | undefined): Promise<string | undefined> {
  if (output === undefined || output === '-') return undefined;
  const path = resolve(world.cwd, output);
  return (await isFileOrAbsent(path)) ? `${path}.journal` : undefined;
}

/** The plan that an interrupted scan into this file was carrying out: it is in the journal. */
export async function planOfInterrupted(world: World, output: string): Promise<Plan> {
  const name = `${output}.journal`;
  const reading = await readJournal(resolve(world.cwd, name));
  if (reading.kind === 'absent') throw new UsageError(`there is no journal ${name} to resume`);
  if (reading.kind === 'unreadable')
    throw new UsageError(`the journal ${name} cannot be read: ${reading.reason}`);
  const { plan } = reading.contents.header;
  if (plan === undefined)
    throw new UsageError(`the journal ${name} does not hold its plan`, 'go on with aclscope scan --resume');
  const { value, diagnostics } = parsePlan(JSON.stringify(plan), name);
  if (value === undefined) throw new UsageError(diagnostics.map(formatDiagnostic).join('\n'));
  return value;
}
