// Runs the plan that stands on standard input and prints the evidence; notes go to standard error.
import { text } from 'node:stream/consumers';
import { findEngine } from '../../scans/engines.ts';
import { runScan } from '../../scans/run-scan.ts';
import type { Plan } from '../../src/model/plan.ts';

const given = JSON.parse(await text(process.stdin)) as {
  plan: Plan;
  engine: string;
  settings?: object;
  journalPath?: string;
  resume?: boolean;
};
const abort = new AbortController();
process.once('SIGINT', () => abort.abort());
const evidence = await runScan(given.plan, {
  engine: findEngine(given.engine)!,
  settings: given.settings ?? {},
  signal: abort.signal,
  onNote: (note) => console.error(note),
  ...(given.journalPath === undefined ? {} : { journalPath: given.journalPath }),
  resume: given.resume ?? false,
});
console.log(JSON.stringify(evidence));
