import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { endGroup } from '../../test/lab/command.ts';
import type { Lab } from '../../test/lab/lab.ts';
import { type LabVantage, namespaceOf } from '../../test/lab/naming.ts';
import { processesIn } from '../../test/lab/teardown.ts';

export interface Measured {
  /** Exit code; null where the time limit ended it. */
  readonly code: number | null;
  readonly wallSeconds: number;
  /** User and system time of the command and its children. */
  readonly cpuSeconds: number;
  readonly packetsSent: number;
  readonly packetsReceived: number;
  /** Highest sum of resident memory over the command's processes, looked at every 50 ms. */
  readonly rssMegabytes: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface Counters {
  readonly tx: number;
  readonly rx: number;
}

async function counters(lab: Lab, where: LabVantage): Promise<Counters> {
  const { stdout } = await lab.exec(where, ['ip', '-json', '-s', 'link', 'show', 'dev', 'eth0']);
  const [link] = JSON.parse(stdout) as { stats64: { tx: { packets: number }; rx: { packets: number } } }[];
  return { tx: link!.stats64.tx.packets, rx: link!.stats64.rx.packets };
}

function residentKilobytes(pids: readonly number[]): number {
  let sum = 0;
  for (const pid of pids) {
    try {
      sum += Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
    } catch {
      // It ended between the list and the look.
    }
  }
  return sum;
}

/**
 * Runs a command in a place of the lab and measures it; bash's `time` counts the CPU of its children too.
 * `beforeOthers`: in a scheduling group of its own (its session), ahead of whatever else the machine does.
 */
export async function measure(
  lab: Lab,
  where: LabVantage,
  argv: readonly string[],
  limitSeconds: number,
  beforeOthers: boolean,
): Promise<Measured> {
  const [out, err, times] = ['out', 'err', 'times'].map((name) => join(lab.folder, `bench.${name}`));
  const first = beforeOthers ? 'echo -20 >/proc/self/autogroup; renice -n -20 $$ >/dev/null; ' : '';
  // With that, Node reads a file of certificates at every start, whatever is run: 45 ms that no scan asks for.
  const usual = 'unset NODE_EXTRA_CA_CERTS; ';
  const script = `${first}${usual}TIMEFORMAT="%R %U %S"; { time "$@" >"$OUT" 2>"$ERR"; } 2>"$TIMES"`;
  const before = await counters(lab, where);
  const already = new Set(processesIn([namespaceOf(lab.name, where)]));
  const started = process.hrtime.bigint();
  const child = lab.start(where, ['bash', '-c', script, 'measured', ...argv], {
    env: { OUT: out!, ERR: err!, TIMES: times! },
    stdio: 'ignore',
  });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  let peak = 0;
  let code: number | null | undefined;
  ended.then((value) => {
    code = value;
  });
  while (code === undefined) {
    const pids = processesIn([namespaceOf(lab.name, where)]).filter((pid) => !already.has(pid));
    peak = Math.max(peak, residentKilobytes(pids));
    if (Number(process.hrtime.bigint() - started) / 1e9 > limitSeconds) endGroup(child);
    await sleep(50);
  }
  const [wall, user, system] = read(times!).trim().split('\n').at(-1)!.split(' ').map(Number);
  const after = await counters(lab, where);
  return {
    code,
    wallSeconds: wall || Number(process.hrtime.bigint() - started) / 1e9,
    cpuSeconds: (user ?? Number.NaN) + (system ?? Number.NaN),
    packetsSent: after.tx - before.tx,
    packetsReceived: after.rx - before.rx,
    rssMegabytes: peak / 1024,
    stdout: read(out!),
    stderr: read(err!),
  };
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
