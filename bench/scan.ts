import { rmSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Lab, upLab } from '../test/lab/lab.ts';
import { buildProgram } from '../test/lab/product.ts';
import { labObstacle } from '../test/lab/require-lab.ts';
import { stateOf, type Truth } from '../test/lab/truth.ts';
import { type Condition, conditions } from './scan/conditions.ts';
import { type Contender, contenders, type Said } from './scan/contenders.ts';
import { type Measured, measure } from './scan/measure.ts';

// Every contender through every condition, side by side on this machine, in network namespaces only. A fresh lab for
// each run: daemons, blocks and connection tables of the run before must not weigh on the next.

const usage = `usage: npm run bench:scan -- [--runs N] [--condition TEXT]... [--contender TEXT]... [--limit SECONDS] [--before-others] [--json FILE]`;

interface Score {
  readonly openFound: number;
  readonly openTrue: number;
  /** Ports given a state that they do not have. */
  readonly wrong: number;
  /** Ports left undecided or tainted: not wrong, but not answered. */
  readonly undecided: number;
}

interface Run extends Measured, Score {
  readonly condition: string;
  readonly contender: string;
}

function score(truth: Truth, said: { named: Map<number, Said>; others: Said }, openOnly: boolean): Score {
  let [openFound, openTrue, wrong, undecided] = [0, 0, 0, 0];
  for (let port = 1; port <= 65_535; port += 1) {
    const state = stateOf(truth, port);
    const really = state === 'wrapped' ? 'open' : state;
    const word = said.named.get(port) ?? said.others;
    if (really === 'open') openTrue += 1;
    if (really === 'open' && word === 'open') openFound += 1;
    else if (word === 'undecided') undecided += 1;
    else if (word === 'nothing') {
      if (!openOnly) undecided += 1;
      else if (really === 'open') wrong += 1;
    } else if (word !== really) wrong += 1;
  }
  return { openFound, openTrue, wrong, undecided };
}

async function runOnce(
  condition: Condition,
  contender: Contender,
  limit: number,
  beforeOthers: boolean,
): Promise<Run> {
  const lab: Lab = await upLab(condition.lab);
  try {
    for (const argv of contender.prepare?.(lab, condition) ?? []) {
      const { code, stderr } = await lab.exec(condition.vantage, argv);
      if (code !== 0) throw new Error(`${argv.join(' ')}: exit ${code}\n${stderr}`);
    }
    rmSync(join(lab.folder, 'bench.result'), { force: true });
    const measured = await measure(
      lab,
      condition.vantage,
      contender.command(lab, condition),
      limit,
      beforeOthers,
    );
    return {
      condition: condition.name,
      contender: contender.name,
      ...measured,
      ...score(
        lab.truth(condition.vantage),
        readResult(contender, lab, measured),
        contender.openOnly === true,
      ),
    };
  } finally {
    await lab.down();
  }
}

/** A scanner that was stopped or failed may have left nothing to read. */
function readResult(contender: Contender, lab: Lab, measured: Measured): ReturnType<Contender['read']> {
  try {
    return contender.read(lab, measured.stdout);
  } catch {
    return { named: new Map(), others: 'nothing' };
  }
}

const median = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

function row(runs: readonly Run[]): string {
  const middle = (of: (run: Run) => number, digits: number) => median(runs.map(of)).toFixed(digits);
  const worst = (of: (run: Run) => number) => Math.max(...runs.map(of));
  const exits = [...new Set(runs.map((run) => (run.code === null ? 'stopped' : run.code)))].join(' ');
  const cells = [
    runs[0]!.contender,
    middle((run) => run.wallSeconds, 2),
    middle((run) => run.cpuSeconds, 2),
    middle((run) => run.packetsSent, 0),
    middle((run) => run.rssMegabytes, 0),
    `${Math.min(...runs.map((run) => run.openFound))}/${runs[0]!.openTrue}`,
    worst((run) => run.wrong),
    worst((run) => run.undecided),
    exits,
  ];
  return `| ${cells.join(' | ')} |`;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      runs: { type: 'string', default: '3' },
      condition: { type: 'string', multiple: true },
      contender: { type: 'string', multiple: true },
      limit: { type: 'string', default: '300' },
      'before-others': { type: 'boolean', default: false },
      json: { type: 'string' },
    },
  });
  const obstacle = labObstacle(['nmap', 'masscan', 'portsentry']);
  if (obstacle !== null) {
    console.error(`${obstacle}\n${usage}`);
    return 2;
  }
  // The whole name of one means that one alone; other texts mean all that hold them.
  const chosen = <T extends { name: string }>(all: readonly T[], wanted: string[] | undefined) =>
    all.filter(
      ({ name }) =>
        wanted === undefined ||
        wanted.some((text) => (all.some((one) => one.name === text) ? name === text : name.includes(text))),
    );
  const scanners = chosen(contenders, values.contender);
  if (scanners.some(({ name }) => name.startsWith('aclscope'))) buildProgram();
  const all: Run[] = [];
  console.log(
    `${cpus().length} × ${cpus()[0]?.model}, Node ${process.version}; medians of ${values.runs} runs, worst`,
  );
  console.log('of open found, wrong and undecided; 65,535 ports');
  for (const condition of chosen(conditions, values.condition)) {
    console.log(`\n**${condition.name}**\n`);
    console.log(
      '| scanner | wall s | CPU s | packets sent | RSS MB | open found | wrong | undecided | exit |',
    );
    console.log('|---|---|---|---|---|---|---|---|---|');
    const runsOf = new Map<Contender, Run[]>(scanners.map((contender) => [contender, []]));
    // Turn by turn, so that whatever else the machine does meets all of them alike.
    for (let i = 0; i < Number(values.runs); i += 1) {
      for (const [contender, runs] of runsOf) {
        runs.push(await runOnce(condition, contender, Number(values.limit), values['before-others']));
      }
    }
    for (const runs of runsOf.values()) console.log(row(runs));
    all.push(...[...runsOf.values()].flat());
  }
  if (values.json !== undefined) {
    writeFileSync(
      values.json,
      JSON.stringify(
        all.map(({ stdout, ...run }) => run),
        null,
        2,
      ),
    );
  }
  return 0;
}

process.exitCode = await main();
