// One measurement in a process of its own: ENGINE FILE SECONDS. Says what it measured as one line of JSON.
import { readFileSync } from 'node:fs';
import { parseConfig } from '../../parsers/cisco-ios/parse-config.ts';
import { renderReport } from '../../reports/registry.ts';
import { type CompiledAcl, compileAcl } from '../../src/acl/compile.ts';
import { findDeadAces } from '../../src/acl/dead-aces.ts';
import { diffAcls } from '../../src/acl/diff.ts';
import type { Acl } from '../../src/model/access-list.ts';
import { reviewConfigs } from '../../src/review/review.ts';
import { changeTenLines } from './change-list.ts';
import { findDeadByDiagram } from './decision-diagram.ts';
import { findDeadNaively } from './naive-search.ts';

const [engine, file, seconds] = process.argv.slice(2) as [string, string, string];
const parseStart = performance.now();
const config = parseConfig(readFileSync(file, 'utf8'), file).value;
const acl = [...config.acls.values()][0];
if (acl === undefined) throw new Error(`${file} has no access list`);
const parsed = performance.now();
const environment = { objectGroups: config.objectGroups, timeRanges: config.timeRanges, clock: null };

interface Outcome {
  readonly done: boolean;
  /** Lines looked at when time was up. */
  readonly reached: number;
  readonly found: readonly number[];
}

function run(list: Acl): Outcome {
  const compiled = compileAcl(list, environment);
  switch (engine) {
    case 'aclscope': {
      const dead = findDeadAces(compiled);
      const places = new Map(compiled.entries.map((e) => [e.entry, e.index]));
      return { done: true, reached: compiled.entries.length, found: dead.map((d) => places.get(d.ace)!) };
    }
    case 'diff': {
      const { gained, lost } = diffAcls(compiled, compileAcl(changeTenLines(list), environment));
      return { done: true, reached: compiled.entries.length, found: [gained.length, lost.length] };
    }
    case 'review':
      return reviewTenChanges(list);
    case 'naive':
      return drain(compiled, findDeadNaively(compiled));
    case 'diagram':
      return drain(compiled, findDeadByDiagram(compiled));
    default:
      throw new Error(`no engine ${engine}`);
  }
}

/** All that a review does once both texts are parsed: differences, lint before and after, the report as JSON. */
function reviewTenChanges(list: Acl): Outcome {
  const changed = { ...changeTenLines(list), name: list.name };
  const after = { ...config, acls: new Map([...config.acls, [list.name, changed]]) };
  const result = reviewConfigs(
    { config, diagnostics: [] },
    { config: after, diagnostics: [] },
    { clock: null, today: '2026-01-01' },
  );
  const header = { title: file, toolVersion: 'bench', generated: null, inputs: [] };
  const { assumptions } = result;
  const json = renderReport(
    { kind: 'review', header, result, floor: 'high', diagnostics: [], assumptions },
    'json',
  );
  if (!json.startsWith('{')) throw new Error('the report is no JSON');
  return { done: true, reached: list.entries.length, found: [result.gained.length, result.lost.length] };
}

function drain(compiled: CompiledAcl, answers: ReturnType<typeof findDeadNaively>): Outcome {
  const end = performance.now() + Number(seconds) * 1000;
  const found: number[] = [];
  for (const { line, dead } of answers) {
    if (dead) found.push(line);
    if (performance.now() > end) return { done: false, reached: line + 1, found };
  }
  return { done: true, reached: compiled.entries.length, found };
}

const cpuBefore = process.cpuUsage();
const outcome = run(acl);
const cpu = process.cpuUsage(cpuBefore);
console.log(
  JSON.stringify({
    ...outcome,
    lines: acl.entries.length,
    parseMs: parsed - parseStart,
    ms: performance.now() - parsed,
    /** Of all processors, so that it holds on a busy machine, too. */
    cpuMs: (cpu.user + cpu.system) / 1000,
    megabytes: process.resourceUsage().maxRSS / 1024,
  }),
);
