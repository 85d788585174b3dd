import type { ScanEngine, ScanSettings } from '../../scans/engine.ts';
import { chooseEngine, ENGINES, findEngine } from '../../scans/engines.ts';
import { type RunScanOptions, runScan, type ScanProgress } from '../../scans/run-scan.ts';
import { nearest } from '../diagnostics/nearest.ts';
import type { Evidence } from '../model/evidence.ts';
import type { Plan } from '../model/plan.ts';
import { startProgress } from './progress.ts';
import { UsageError, type World } from './world.ts';

export interface CarryOutOptions {
  readonly engine: ScanEngine;
  readonly journalPath?: string | undefined;
  readonly resume?: boolean | undefined;
  readonly behindNat?: string | undefined;
  readonly settings?: Partial<ScanSettings> | undefined;
  /** No progress line: several scans share the terminal. */
  readonly quiet?: boolean | undefined;
  /** `say` writes a line that stays, above the progress. */
  readonly onProgress?: (progress: ScanProgress, say: (text: string) => void) => void;
  readonly onEvent?: RunScanOptions['onEvent'];
  /** Where the engine's notes go instead of stderr. */
  readonly onNote?: RunScanOptions['onNote'];
  readonly paceControl?: RunScanOptions['paceControl'];
  /** Signs the evidence. */
  readonly privateKey?: RunScanOptions['privateKey'];
  /** Ends the scan early, as a signal to the process does. */
  readonly stop?: AbortSignal | undefined;
}

/** The engine of that name, whether or not it works here; undefined for `auto`. @throws UsageError for any other name */
export function knownEngine(name: string): ScanEngine | undefined {
  if (name === 'auto') return undefined;
  const engine = findEngine(name);
  if (engine) return engine;
  const ids = ['auto', ...ENGINES.map((e) => e.id)];
  const close = nearest(name, ids);
  throw new UsageError(
    `there is no engine "${name}"`,
    close ? `did you mean "${close}"?` : `engines: ${ids.join(', ')}`,
  );
}

/** The named engine when it works here, or with `auto` the best that does; said on stderr with the reason. */
export async function engineOption(world: World, name: string): Promise<ScanEngine> {
  const engine = knownEngine(name);
  if (engine === undefined) {
    const chosen = await chooseEngine();
    world.stderr.write(`engine ${chosen.engine.id} (${chosen.why})\n`);
    return chosen.engine;
  }
  const availability = await engine.checkAvailability();
  if (!availability.ok)
    throw new UsageError(
      `engine ${engine.id}: ${availability.why}`,
      '--engine auto takes the best that works here',
    );
  return engine;
}

/** Carries a plan out with progress on stderr; a scan that could not begin is the user's to mend. */
export async function carryOut(world: World, plan: Plan, options: CarryOutOptions): Promise<Evidence> {
  const progress = options.quiet ? null : startProgress(world, `${plan.vantage} (${options.engine.id})`);
  const say = (text: string): void => (progress ? progress.say(text) : world.stderr.write(`${text}\n`));
  try {
    return await runScan(plan, {
      engine: options.engine,
      signal: options.stop ? AbortSignal.any([world.signal, options.stop]) : world.signal,
      onEvent: options.onEvent,
      paceControl: options.paceControl,
      privateKey: options.privateKey,
      onProgress: (p) => {
        progress?.update({
          done: p.done,
          total: p.total,
          perSecond: p.probesPerSecond,
          left: (p.etaSeconds ?? 0) * p.probesPerSecond,
        });
        options.onProgress?.(p, say);
      },
      onNote: options.onNote ?? ((text) => say(`${plan.vantage}: ${text}`)),
      ...(options.journalPath === undefined ? {} : { journalPath: options.journalPath }),
      resume: options.resume ?? false,
      behindNat: options.behindNat ?? null,
      ...(options.settings === undefined ? {} : { settings: options.settings }),
    });
  } catch (error) {
    if (error instanceof Error && error.name === 'ScanRefusal') throw new UsageError(error.message);
    throw error;
  } finally {
    progress?.end();
  }
}
