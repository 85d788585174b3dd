import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Evidence } from '../src/model/evidence.ts';
import type { Plan } from '../src/model/plan.ts';
import { buildProgram, program } from '../test/lab/product.ts';

// One scan of many hosts: addresses of 127.0.0.0/8 in a network namespace of its own, where all of them answer.

const CANARY = 9;
const namespace = `aclscope-many-${process.pid}`;

const planOf = (hosts: number, ports: number, perHost: number, total: number): Plan => ({
  schema: 'aclscope/plan/1',
  site: 'many',
  siteSha256: '0'.repeat(64),
  vantage: 'here',
  vantageAddress: '127.0.0.1',
  created: new Date().toISOString(),
  coverage: 'exhaustive',
  targets: Array.from({ length: hosts }, (_, i) => ({
    name: `host-${i}`,
    address: `127.77.${i >> 8}.${i & 255}`,
    protocol: 'tcp' as const,
    ports: [[1, ports]] as const,
    first: [CANARY],
    expectedOpen: [[CANARY, CANARY]] as const,
    canary: CANARY,
    negativeCanaries: [],
    onLink: true,
  })),
  pace: { perHost, total, overrideCeiling: perHost > 500 },
  warnings: [],
});

/** Largest resident memory of a process so far, MB; NaN once it is gone. */
function peakMegabytes(pid: number): number {
  try {
    return Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
  } catch {
    return Number.NaN;
  }
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      hosts: { type: 'string', default: '256' },
      ports: { type: 'string', default: '65535' },
      engine: { type: 'string', default: 'syn' },
      'per-host': { type: 'string', default: '5000' },
      total: { type: 'string', default: '100000' },
    },
  });
  const hosts = Number(values.hosts);
  const folder = mkdtempSync(join(tmpdir(), 'aclscope-many-'));
  const ip = (...args: string[]) => {
    const { status, stderr } = spawnSync('ip', args, { encoding: 'utf8' });
    if (status !== 0) throw new Error(`ip ${args.join(' ')}: ${stderr}`);
  };
  buildProgram();
  ip('netns', 'add', namespace);
  const inside = ['netns', 'exec', namespace, process.execPath];
  const listener = spawn('ip', [
    ...inside,
    '-e',
    `require('net').createServer((s) => { s.on('error', () => {}); s.end('ready\\r\\n'); }).listen(${CANARY}, '0.0.0.0')`,
  ]);
  try {
    ip('-n', namespace, 'link', 'set', 'lo', 'up');
    const plan = planOf(hosts, Number(values.ports), Number(values['per-host']), Number(values.total));
    writeFileSync(join(folder, 'plan.json'), JSON.stringify(plan));
    const output = join(folder, 'evidence.json');
    await sleep(500);
    const started = Date.now();
    const scan = spawn(
      'ip',
      [
        ...inside,
        program,
        'scan',
        '--plan',
        join(folder, 'plan.json'),
        '--engine',
        values.engine,
        '-o',
        output,
      ],
      { stdio: 'ignore' },
    );
    let code: number | null | undefined;
    scan.on('close', (value) => {
      code = value;
    });
    let peak = 0;
    while (code === undefined) {
      peak = Math.max(peak, peakMegabytes(scan.pid!) || 0);
      await sleep(100);
    }
    const seconds = (Date.now() - started) / 1000;
    const evidence = JSON.parse(readFileSync(output, 'utf8')) as Evidence;
    const wrong = evidence.targets.flatMap((t) =>
      t.observations.filter(
        (o) => o.state !== 'closed' && !(o.ports.length === 1 && o.ports[0]![0] === CANARY),
      ),
    );
    const probes = hosts * Number(values.ports);
    console.log(
      `${hosts} hosts × ${values.ports} ports, ${values.engine}: exit ${code}, ${evidence.completeness.kind}, ${seconds.toFixed(1)} s, ` +
        `${Math.round(probes / seconds)} probes/s, peak RSS ${Math.round(peak)} MB, ${wrong.length} runs of wrong ports`,
    );
    return wrong.length === 0 && code === 0 ? 0 : 1;
  } finally {
    listener.kill();
    ip('netns', 'del', namespace);
    rmSync(folder, { recursive: true });
  }
}

process.exitCode = await main();
