import { type Lab, upLab } from './lab.ts';
import type { LabOptions } from './options.ts';

/** The same work for several engines at once, a lab for each. */
export interface SideBySide<T> {
  /** What the work brought with this engine, in its lab. */
  readonly result: (engine: string) => Promise<{ readonly lab: Lab; readonly value: T }>;
  readonly down: () => Promise<void>;
}

/**
 * Gives every engine a lab of its own and begins its work there. A gentle scan waits most of its time, so several of
 * them take little longer than one; labs share nothing, so no engine disturbs another.
 */
export function startSideBySide<T>(
  engines: readonly string[],
  options: Partial<LabOptions>,
  work: (lab: Lab, engine: string) => Promise<T>,
): SideBySide<T> {
  const labs = new Map<string, Promise<Lab>>();
  const results = new Map<string, Promise<{ lab: Lab; value: T }>>();
  for (const engine of engines) {
    const up = upLab(options);
    labs.set(engine, up);
    const result = up.then(async (lab) => ({ lab, value: await work(lab, engine) }));
    // Told to the test that asks for it, not to the process.
    result.catch(() => undefined);
    results.set(engine, result);
  }
  return {
    result: (engine) => {
      const result = results.get(engine);
      if (result === undefined) throw new Error(`${engine} was not started`);
      return result;
    },
    down: async () => {
      await Promise.all([...labs.values()].map((lab) => lab.then((l) => l.down())));
    },
  };
}
