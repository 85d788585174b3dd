import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';
import type { EmulatedPort } from '../../../scans/emulated-host.ts';
import { UsageError } from '../world.ts';

const run = promisify(execFile);

/** The demo's network in namespaces of its own: nothing of it is linked to the machine's. */
export interface DemoNetwork {
  /** Namespace from which a vantage probes. */
  readonly namespaceOf: (vantage: string) => string;
  readonly remove: () => Promise<void>;
}

/** Who looks from outside, each from a namespace of its own on the router's outer network. */
const OUTSIDE: readonly (readonly [vantage: string, address: string])[] = [
  ['internet', '203.0.113.77'],
  ['mailfilter', '192.168.1.30'],
  ['admin', '10.0.1.32'],
];

/**
 * The router's rules, written by hand from the list's intent and not from the model: customers' POP3 passes unless its
 * source is spoofed, and by the planted fault rsh does too.
 */
const ROUTER_RULES = `
table ip gw {
  chain forward {
    type filter hook forward priority 0; policy drop;
    iifname "lan" accept
    iifname "wan" ip saddr { 10.0.0.0/8, 127.0.0.0/8, 169.254.0.0/16, 172.16.0.0/12, 192.0.2.0/24, 192.168.0.0/16, 224.0.0.0/3 } drop
    iifname "wan" ip daddr 192.168.2.35 tcp dport { 110, 514 } accept
  }
}
`;

/** What listens on the server. */
export const SERVER_PORTS: readonly EmulatedPort[] = [
  { address: '192.168.2.35', port: 22, behaviour: { kind: 'open', greeting: 'SSH-2.0-OpenSSH_3.6.1p2\r\n' } },
  { address: '192.168.2.35', port: 25, behaviour: { kind: 'wrapped' } },
  {
    address: '192.168.2.35',
    port: 110,
    behaviour: { kind: 'open', greeting: '+OK POP3 giant.example.net ready\r\n' },
  },
  {
    address: '192.168.2.35',
    port: 143,
    behaviour: { kind: 'open', greeting: '* OK giant.example.net IMAP4rev1 ready\r\n' },
  },
  { address: '192.168.2.35', port: 514, behaviour: { kind: 'open', greeting: '' } },
];

/** Makes the namespaces, wires, rules and the server. `program` is the command line that runs this program. */
export async function makeDemoNetwork(program: readonly string[]): Promise<DemoNetwork> {
  if (process.getuid?.() !== 0)
    throw new UsageError(
      'demo --lab makes network namespaces and needs root',
      'aclscope demo does the same on loopback without',
    );
  for (const [tool, argument] of [
    ['ip', '-V'],
    ['nft', '--version'],
  ] as const) {
    await run(tool, [argument]).catch(() => {
      throw new UsageError(`demo --lab needs ${tool}`, 'Debian has it in iproute2 and nftables');
    });
  }
  const name = (part: string): string => `aclscope-demo-${process.pid}-${part}`;
  const made: string[] = [];
  let server: ChildProcess | null = null;
  const remove = async (): Promise<void> => {
    server?.kill('SIGKILL');
    for (const namespace of made) await run('ip', ['netns', 'del', namespace]).catch(() => undefined);
  };
  const ip = (...words: string[]) => run('ip', words);
  const within = (part: string, ...words: string[]) => run('ip', ['-n', name(part), ...words]);
  /** A wire between two namespaces, both ends made inside them. */
  const wire = (a: string, aName: string, b: string, bName: string) =>
    within(a, 'link', 'add', aName, 'type', 'veth', 'peer', 'name', bName, 'netns', name(b));
  try {
    const inside = [
      ['giant', '192.168.2.35'],
      ['friend', '192.168.2.50'],
    ] as const;
    for (const part of ['gw', ...[...OUTSIDE, ...inside].map(([part]) => part)]) {
      await ip('netns', 'add', name(part));
      made.push(name(part));
      await within(part, 'link', 'set', 'lo', 'up');
    }
    for (const [bridge, own] of [
      ['wan', '192.168.1.126/24'],
      ['lan', '192.168.2.1/24'],
    ] as const) {
      await within('gw', 'link', 'add', bridge, 'type', 'bridge');
      await within('gw', 'addr', 'add', own, 'dev', bridge);
      await within('gw', 'link', 'set', bridge, 'up');
    }
    const attach = async (part: string, address: string, bridge: string): Promise<void> => {
      await wire(part, 'eth0', 'gw', part);
      await within('gw', 'link', 'set', part, 'master', bridge, 'up');
      await within(part, 'addr', 'add', address, 'dev', 'eth0');
      await within(part, 'link', 'set', 'eth0', 'up');
    };
    for (const [part, address] of inside) await attach(part, `${address}/24`, 'lan');
    for (const [part, address] of OUTSIDE) {
      await attach(part, `${address}/32`, 'wan');
      await within(part, 'route', 'add', '192.168.1.126/32', 'dev', 'eth0');
      await within(part, 'route', 'add', 'default', 'via', '192.168.1.126');
      await within('gw', 'route', 'replace', `${address}/32`, 'dev', 'wan');
    }
    await within('giant', 'route', 'add', 'default', 'via', '192.168.2.1');
    await run('ip', ['netns', 'exec', name('gw'), 'sh', '-c', 'echo 1 > /proc/sys/net/ipv4/ip_forward']);
    await loadRules(name('gw'));
    server = await startServer(name('giant'), program);
    return { namespaceOf: (vantage) => name(vantage), remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function loadRules(namespace: string): Promise<void> {
  const nft = spawn('ip', ['netns', 'exec', namespace, 'nft', '-f', '-'], {
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  nft.stdin.end(ROUTER_RULES);
  const code = await new Promise<number | null>((done, fail) => nft.on('exit', done).on('error', fail));
  if (code !== 0) throw new Error(`nft refused the router's rules (exit ${code})`);
}

/** The server runs as this program's own hidden command inside its namespace, until it is ended. */
async function startServer(namespace: string, program: readonly string[]): Promise<ChildProcess> {
  const child = spawn('ip', ['netns', 'exec', namespace, ...program, 'demo-server'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise<void>((done, fail) => {
    child.stdout.once('data', () => done());
    child.once('exit', (code) => fail(new Error(`the demo's server ended early (exit ${code})`)));
  });
  return child;
}

/** Runs `aclscope scan` inside a vantage's namespace: the plan goes in, sealed evidence comes out. */
export async function scanInside(
  namespace: string,
  program: readonly string[],
  engine: string,
  plan: string,
  signal: AbortSignal,
): Promise<string> {
  const child = spawn(
    'ip',
    ['netns', 'exec', namespace, ...program, 'scan', '--plan', '-', '--engine', engine],
    {
      stdio: ['pipe', 'pipe', 'pipe'],
    },
  );
  const stop = (): void => void child.kill('SIGINT');
  signal.addEventListener('abort', stop);
  const out: Buffer[] = [];
  const said: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk));
  child.stdin.end(plan);
  const code = await new Promise<number | null>((done, fail) => child.on('close', done).on('error', fail));
  signal.removeEventListener('abort', stop);
  if (code !== 0 && code !== 3)
    throw new Error(
      `the scan inside ${namespace} failed (exit ${code}): ${Buffer.concat(said).toString('utf8')}`,
    );
  return Buffer.concat(out).toString('utf8');
}
