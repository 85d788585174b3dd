import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker, type WorkerOptions } from 'node:worker_threads';

/** Probes leave nothing but short-lived garbage behind: a small nursery is swept as fast as a large one, and stays small. */
const LIMITS = { maxYoungGenerationSizeMb: 6 };

/** Starts a module of this folder as a thread. */
export const startThread = (
  name: 'native-thread' | 'pool-thread',
  options: Pick<WorkerOptions, 'workerData' | 'transferList'> = {},
): Worker => startThreadNear(import.meta.url, name, { ...options, resourceLimits: LIMITS });

/**
 * Starts a module as a thread, by its name and the address of any module in its folder. Built, it is a script; in a
 * checkout it is TypeScript, which Node 20 reads in the main thread only, so the thread first registers the loader that
 * the checkout runs under.
 */
export function startThreadNear(
  near: string,
  name: string,
  options: Pick<WorkerOptions, 'workerData' | 'transferList' | 'resourceLimits'>,
): Worker {
  if (!near.endsWith('.ts')) return new Worker(new URL(`./${name}.cjs`, near), options);
  const require = createRequire(near);
  const loader = JSON.stringify(pathToFileURL(require.resolve('tsx/esm/api').replace(/\.cjs$/, '.mjs')).href);
  const module = JSON.stringify(new URL(`./${name}.ts`, near).href);
  const code = `import(${loader}).then(({ register }) => { register(); return import(${module}); })`;
  return new Worker(code, { ...options, eval: true });
}
