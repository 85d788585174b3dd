import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Context } from 'mocha';
import type { Evidence } from '../../src/model/evidence.ts';
import type { Plan } from '../../src/model/plan.ts';
import { skipBecause } from '../support/skip.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
const script = (name: string): string => fileURLToPath(new URL(`./${name}`, import.meta.url));

export const SCANNER = '198.51.100.1';
export const HOST = '198.51.100.2';

let count = 0;

/** Two network namespaces joined by a cable and by nothing else; no packet can leave them. */
export interface NamespacePair {
  /** Replaces the host's packet filter by these rules of its input chain. */
  readonly filter: (rules: readonly string[]) => Promise<void>;
  readonly host: (command: string, ...args: string[]) => Promise<string>;
  /** The same on the scanner's side. */
  readonly scanner: (command: string, ...args: string[]) => Promise<string>;
  /** Runs a plan from the scanner's side and gives its evidence. */
  readonly scan: (plan: Plan, options: NamespaceScan) => Promise<Evidence>;
  readonly startScan: (
    plan: Plan,
    options: NamespaceScan,
  ) => { readonly child: ChildProcess; readonly evidence: Promise<Evidence>; readonly notes: string[] };
  readonly down: () => Promise<void>;
}

export interface NamespaceScan {
  readonly engine: string;
  readonly settings?: object;
  /** Runs as an ordinary user. */
  readonly unprivileged?: boolean;
  readonly journalPath?: string;
  readonly resume?: boolean;
}

export function needNamespaces(context: Context): void {
  if (process.getuid?.() !== 0) skipBecause(context, 'network namespaces need root');
  for (const tool of ['/usr/sbin/ip', '/usr/sbin/nft']) {
    if (!existsSync(tool)) skipBecause(context, `${tool} is not installed`);
  }
}

/** Removes what a test run left behind that was killed: its process id stands in the names. */
async function removeLeftovers(): Promise<void> {
  const { stdout } = await run('ip', ['netns', 'list']);
  for (const line of stdout.split('\n')) {
    const found = /^(aclscope-(\d+)-\d+-[ab])\b/.exec(line);
    if (!found || existsSync(`/proc/${found[2]}`)) continue;
    await run('ip', ['netns', 'del', found[1]!]).catch(() => undefined);
  }
}

/** What listens on the host: `{"110":"speaks"}` and the like, see host-in-namespace.ts. */
export async function joinNamespaces(listeners: Readonly<Record<number, string>>): Promise<NamespacePair> {
  await removeLeftovers();
  const name = `aclscope-${process.pid}-${++count}`;
  const [a, b] = [`${name}-a`, `${name}-b`];
  const children: ChildProcess[] = [];
  const ip = (...args: string[]) => run('ip', args);
  const inside = (ns: string, ...args: string[]) => run('ip', ['netns', 'exec', ns, ...args], { cwd: root });
  const down = async () => {
    for (const child of children) {
      if (child.exitCode === null && child.signalCode === null) {
        const ended = new Promise((resolve) => child.once('exit', resolve));
        child.kill('SIGKILL');
        await ended;
      }
    }
    await ip('netns', 'del', a).catch(() => undefined);
    await ip('netns', 'del', b).catch(() => undefined);
  };
  try {
    await ip('netns', 'add', a);
    await ip('netns', 'add', b);
    await ip('-n', a, 'link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'eth0', 'netns', b);
    await ip('-n', a, 'addr', 'add', `${SCANNER}/24`, 'dev', 'eth0');
    await ip('-n', b, 'addr', 'add', `${HOST}/24`, 'dev', 'eth0');
    for (const ns of [a, b]) {
      await ip('-n', ns, 'link', 'set', 'lo', 'up');
      await ip('-n', ns, 'link', 'set', 'eth0', 'up');
    }
    await inside(b, 'sysctl', '-qw', 'net.ipv4.icmp_ratelimit=0', 'net.ipv4.icmp_ratemask=0');
    await inside(
      b,
      'sysctl',
      '-qw',
      'net.ipv4.icmp_msgs_per_sec=100000',
      'net.ipv4.icmp_msgs_burst=10000',
    ).catch(() => undefined);
    const node = process.execPath;
    const servers = spawn(
      'ip',
      [
        'netns',
        'exec',
        b,
        node,
        '--import',
        'tsx',
        script('host-in-namespace.ts'),
        JSON.stringify(listeners),
      ],
      { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] },
    );
    children.push(servers);
    await new Promise<void>((resolve, reject) => {
      servers.stdout.once('data', () => resolve());
      servers.once('exit', (code) => reject(new Error(`the host ended with ${code}`)));
    });
    const startScan: NamespacePair['startScan'] = (plan, options) => {
      const become = options.unprivileged
        ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--no-new-privs', '--inh-caps=-all']
        : [];
      const args = [node, '--import', 'tsx', script('scan-in-namespace.ts')];
      const child = spawn('ip', ['netns', 'exec', a, ...become, ...args], {
        cwd: root,
        stdio: ['pipe', 'pipe', 'pipe'],
      });
      children.push(child);
      child.stdin.end(JSON.stringify({ plan, ...options }));
      let text = '';
      const notes: string[] = [];
      child.stdout.on('data', (chunk: Buffer) => {
        text += chunk.toString('utf8');
      });
      child.stderr.on('data', (chunk: Buffer) => {
        notes.push(...chunk.toString('utf8').split('\n').filter(Boolean));
      });
      const evidence = new Promise<Evidence>((resolve, reject) => {
        child.once('close', (code, signal) => {
          if (code === 0) resolve(JSON.parse(text) as Evidence);
          else reject(new Error(`the scan ended with ${signal ?? code}: ${notes.join('\n')}`));
        });
      });
      evidence.catch(() => undefined);
      return { child, evidence, notes };
    };
    return {
      async filter(rules) {
        const table = `table inet aclscope
delete table inet aclscope
table inet aclscope {
  chain input {
    type filter hook input priority 0; policy accept;
    ${rules.join('\n    ')}
  }
}
`;
        const child = spawn('ip', ['netns', 'exec', b, 'nft', '-f', '-'], {
          stdio: ['pipe', 'inherit', 'inherit'],
        });
        child.stdin.end(table);
        await new Promise<void>((resolve, reject) => {
          child.once('exit', (code) =>
            code === 0 ? resolve() : reject(new Error(`nft ended with ${code}`)),
          );
        });
      },
      host: async (command, ...args) => (await inside(b, command, ...args)).stdout,
      scanner: async (command, ...args) => (await inside(a, command, ...args)).stdout,
      startScan,
      scan: (plan, options) => startScan(plan, options).evidence,
      down,
    };
  } catch (error) {
    await down();
    throw error;
  }
}
