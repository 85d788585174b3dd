import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { giantAddress, type Lab } from '../../test/lab/lab.ts';
import { program, siteFile } from '../../test/lab/product.ts';
import type { Condition } from './conditions.ts';

/** What a scanner said of one port: its state, or `nothing` where it gave none. */
export type Said = 'open' | 'closed' | 'filtered' | 'undecided' | 'nothing';

export interface Contender {
  readonly name: string;
  /** Commands to run before the measured one. */
  readonly prepare?: (lab: Lab, condition: Condition) => readonly (readonly string[])[];
  readonly command: (lab: Lab, condition: Condition) => readonly string[];
  /** Reads its own output: ports it named, and what it says of all others. */
  readonly read: (lab: Lab, stdout: string) => { named: Map<number, Said>; others: Said };
  /** It reports open ports only: its silence about a port is not a state. */
  readonly openOnly?: true;
}

const resultFile = (lab: Lab) => join(lab.folder, 'bench.result');

/** nmap's grepable line: `Ports: 22/open/tcp//ssh///, …` and `Ignored State: closed (65530)`. */
function readGrepable(lab: Lab): { named: Map<number, Said>; others: Said } {
  const text = readFileSync(resultFile(lab), 'utf8');
  const named = new Map<number, Said>();
  for (const [, port, state] of text.matchAll(/(\d+)\/(open|closed|filtered)\/tcp/g)) {
    named.set(Number(port), state as Said);
  }
  const ignored = /Ignored State: (\w+)/.exec(text)?.[1];
  return { named, others: (ignored as Said | undefined) ?? 'nothing' };
}

function nmap(name: string, args: readonly string[]): Contender {
  return {
    name,
    command: (lab) => ['nmap', '-n', '-Pn', ...args, '-p-', '-oG', resultFile(lab), giantAddress],
    read: readGrepable,
  };
}

function masscan(rate: number): Contender {
  return {
    name: `masscan --rate ${rate}`,
    // It waits for ever on a wire without traffic, so some is made.
    command: (lab) => [
      ...[
        'bash',
        '-c',
        'while sleep 0.1; do echo >/dev/udp/203.0.113.1/9; done & noise=$!; "$@"; code=$?; kill $noise; exit $code',
      ],
      ...[
        'masscan',
        'masscan',
        giantAddress,
        '-p1-65535',
        '--rate',
        String(rate),
        '--wait',
        '3',
        '-oL',
        resultFile(lab),
      ],
    ],
    read: (lab) => {
      const text = readFileSync(resultFile(lab), 'utf8');
      const open = [...text.matchAll(/^open tcp (\d+) /gm)].map(
        ([, port]) => [Number(port), 'open'] as const,
      );
      return { named: new Map<number, Said>(open), others: 'nothing' };
    },
    openOnly: true,
  };
}

interface EvidenceText {
  readonly targets: readonly {
    readonly observations: readonly {
      readonly ports: readonly (readonly [number, number])[];
      readonly state: string;
      readonly tainted: string | null;
    }[];
  }[];
}

function saidOf(state: string, tainted: string | null): Said {
  if (tainted !== null) return 'undecided';
  if (state === 'open' || state === 'wrapped') return 'open';
  return state === 'closed' || state === 'filtered' ? state : 'undecided';
}

/** Our own program, at the pace that a bench may use and an audit of a production network may not. */
function ours(engine: 'syn' | 'connect' | 'nmap', rate: number): Contender {
  const plan = (lab: Lab) => join(lab.folder, 'bench.plan.json');
  return {
    name: `aclscope ${engine}`,
    prepare: (lab, { vantage }) => [
      [
        ...[process.execPath, program, 'plan', siteFile(lab.options.acl), '--vantage', vantage],
        ...['--rate', String(rate), '--override-ceiling', '-o', plan(lab)],
      ],
    ],
    command: (lab) => [
      ...[process.execPath, program, 'scan', '--plan', plan(lab), '--engine', engine, '-o', resultFile(lab)],
    ],
    read: (lab) => {
      const evidence = JSON.parse(readFileSync(resultFile(lab), 'utf8')) as EvidenceText;
      const named = new Map<number, Said>();
      for (const { ports, state, tainted } of evidence.targets.flatMap((target) => target.observations)) {
        for (const [low, high] of ports) {
          for (let port = low; port <= high; port += 1) named.set(port, saidOf(state, tainted));
        }
      }
      return { named, others: 'nothing' };
    },
  };
}

export const contenders: readonly Contender[] = [
  ours('syn', 200_000),
  ours('connect', 200_000),
  ours('nmap', 5_000),
  nmap('nmap -sS -T4', ['-sS', '-T4']),
  nmap('nmap -sT -T4', ['-sT', '-T4']),
  masscan(10_000),
];
