import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker, type WorkerOptions } from 'node:worker_threads';

/** Probes leave nothing but short-lived garbage behind: a small nursery is swept as fast as a large one, and stays small. */
const LIMITS = { maxYoungGenerationSizeMb: 6 };

/**
 * Starts a module of this folder as a thread. Built, it is a script; in a checkout it is TypeScript, which Node 20
 * reads in the main thread only, so the thread first registers the loader that the checkout runs under.
 */
export function startThread(
  name: 'native-thread' | 'pool-thread',
  options: Pick<WorkerOptions, 'workerData' | 'transferList'> = {},
): Worker {
  if (!import.meta.url.endsWith('.ts')) {
    return new Worker(new URL(`./${name}.cjs`, import.meta.url), { ...options, resourceLimits: LIMITS });
  }
  const require = createRequire(import.meta.url);
  const loader = JSON.stringify(pathToFileURL(require.resolve('tsx/esm/api').replace(/\.cjs$/, '.mjs')).href);
  const module = JSON.stringify(new URL(`./${name}.ts`, import.meta.url).href);
  const code = `import(${loader}).then(({ register }) => { register(); return import(${module}); })`;
  return new Worker(code, { ...options, eval: true });
}
