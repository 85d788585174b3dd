import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Context } from 'mocha';
import { loadLibc } from '../../../scans/native/libc.ts';
import type { AceAction } from '../../../src/model/access-list.ts';
import { skipBecause } from '../../support/skip.ts';
import { mustRun } from '../command.ts';
import type { ListWrittenTwice } from './written-twice.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const sender = fileURLToPath(new URL('./send-frames.ts', import.meta.url));
/** Belongs to the receiving end, so that its IP stack looks at the checksums of what is sent there. */
export const RECEIVER = '198.51.100.2';
const ROUNDS = 4;

export interface KernelDecision {
  readonly verdict: AceAction;
  /** Place in the list; null: no line matched. */
  readonly line: number | null;
}

/** What the receiving IP stack counted, by the names of /proc/net/snmp. */
export type StackCounters = Readonly<Record<string, number>>;

export interface KernelAnswer {
  /** List name to each packet's decision, in the packets' order. */
  readonly decisions: ReadonlyMap<string, readonly KernelDecision[]>;
  readonly counters: StackCounters;
}

export function requireKernelFilter(context: Context): void {
  const obstacle = kernelFilterObstacle();
  if (obstacle !== null) skipBecause(context, obstacle);
}

/** Tried for real: neither root nor the commands make sure of an ingress hook. */
function kernelFilterObstacle(): string | null {
  if (process.platform !== 'linux') return "the kernel's packet filter is asked on Linux only";
  if (process.getuid?.() !== 0) return 'network namespaces need root';
  for (const command of ['ip', 'nft', 'unshare', 'nsenter', 'sysctl'])
    if (spawnSync(command, ['--version']).error) return `not installed: ${command}`;
  const hook = 'table netdev t { chain c { type filter hook ingress device "lo" priority 0; }; }';
  const attempt = spawnSync('unshare', ['--net', 'nft', '-f', '-'], { input: hook, encoding: 'utf8' });
  if (attempt.status !== 0) return `no network namespace with nftables at ingress: ${attempt.stderr.trim()}`;
  const loaded = loadLibc();
  return 'libc' in loaded ? null : loaded.why;
}

/**
 * Sends every packet through all lists at once. The filter sits at ingress, before reassembly and connection
 * tracking; a packet is known by its IP identification, which is its place among the packets plus one.
 */
export async function askKernel(
  lists: readonly ListWrittenTwice[],
  packets: readonly Buffer[],
): Promise<KernelAnswer> {
  if (packets.length > 65535) throw new Error('more packets than IP identifications');
  const network = await joinTwo();
  try {
    const chainOf = new Map(lists.map((list, i) => [`list${i}`, list]));
    await mustRun([...network.receiver, 'nft', '-f', '-'], { input: ruleset(chainOf) });
    const rest = new Map(packets.map((octets, i) => [i + 1, octets]));
    for (let round = 0; round < ROUNDS && rest.size > 0; round++) {
      await network.send([...rest.values()]);
      for (const [id] of await elementsOf(network.receiver, 'seen')) rest.delete(id!);
    }
    if (rest.size > 0) throw new Error(`${rest.size} packets never arrived`);
    const decisions = new Map<string, readonly KernelDecision[]>();
    for (const [chain, { name }] of chainOf)
      decisions.set(name, await decisionsOf(network.receiver, chain, packets.length));
    return { decisions, counters: await countersOf(network.receiver) };
  } finally {
    await network.down();
  }
}

interface TwoNamespaces {
  /** Command prefix that enters the receiving namespace. */
  readonly receiver: readonly string[];
  readonly send: (packets: readonly Buffer[]) => Promise<void>;
  readonly down: () => Promise<void>;
}

/**
 * Two namespaces with a cable between them and no name: each lives as long as a process that waits for the end
 * of its input, which comes when this process ends, however it ends.
 */
async function joinTwo(): Promise<TwoNamespaces> {
  const holders: ChildProcess[] = [];
  const down = async (): Promise<void> => {
    await Promise.all(
      holders.map((holder) => {
        if (holder.exitCode !== null || holder.signalCode !== null) return undefined;
        const ended = new Promise((resolve) => holder.once('exit', resolve));
        holder.kill('SIGKILL');
        return ended;
      }),
    );
  };
  try {
    const [from, to] = [await holdNamespace(holders), await holdNamespace(holders)];
    const enter = (pid: number): readonly string[] => ['nsenter', `--net=/proc/${pid}/ns/net`, '--'];
    await mustRun(
      `${enter(from).join(' ')} ip link add wire type veth peer name wire netns ${to}`.split(' '),
    );
    await mustRun([
      ...enter(to),
      'sysctl',
      '-qw',
      'net.ipv4.conf.all.rp_filter=0',
      'net.ipv4.conf.default.rp_filter=0',
    ]);
    await mustRun([...enter(to), 'sysctl', '-qw', 'net.ipv4.conf.wire.rp_filter=0', 'net.ipv4.ip_forward=0']);
    await mustRun([...enter(to), 'ip', 'address', 'add', `${RECEIVER}/32`, 'dev', 'wire']);
    for (const end of [from, to]) await mustRun([...enter(end), 'ip', 'link', 'set', 'wire', 'up']);
    const own = await linkOf(enter(from));
    const peer = await linkOf(enter(to));
    const command = [...enter(from), process.execPath, '--import', 'tsx', sender];
    const namespace = readlinkSync(`/proc/${from}/ns/net`);
    return {
      receiver: enter(to),
      async send(packets) {
        const input = packets.map((octets) => `${octets.toString('hex')}\n`).join('');
        const argv = [...command, namespace, `${own.ifindex}`, own.address, peer.address];
        await mustRun(argv, { input, cwd: root });
      },
      down,
    };
  } catch (error) {
    await down();
    throw error;
  }
}

async function holdNamespace(holders: ChildProcess[]): Promise<number> {
  const holder = spawn('unshare', ['--net', 'sh', '-c', 'echo here; exec cat > /dev/null'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  holders.push(holder);
  await new Promise<void>((resolve, reject) => {
    holder.stdout.once('data', () => resolve());
    holder.once('error', reject);
    holder.once('exit', (code, signal) => reject(new Error(`unshare ended with ${signal ?? code}`)));
  });
  const { pid } = holder;
  if (pid === undefined || readlinkSync(`/proc/${pid}/ns/net`) === readlinkSync('/proc/self/ns/net'))
    throw new Error('no network namespace of its own');
  return pid;
}

async function linkOf(
  enter: readonly string[],
): Promise<{ readonly ifindex: number; readonly address: string }> {
  const links = JSON.parse(await mustRun([...enter, 'ip', '-json', 'link', 'show', 'wire'])) as {
    ifindex: number;
    address: string;
  }[];
  return links[0]!;
}

/** Each list a chain that every packet goes through; what decided is noted in two sets, by packet and line. */
function ruleset(chainOf: ReadonlyMap<string, ListWrittenTwice>): string {
  const set = (name: string, key: string): string =>
    `set ${name} { typeof ${key}; flags dynamic; size 65535; }`;
  const conclude = (chain: string, verdict: AceAction, mark: number): string =>
    `meta mark set ${mark} add @${chain}-${verdict} { ip id . meta mark } return`;
  const out = ['table netdev differential {', set('seen', 'ip id')];
  for (const [chain, { lines }] of chainOf) {
    out.push(set(`${chain}-permit`, 'ip id . meta mark'), set(`${chain}-deny`, 'ip id . meta mark'));
    out.push(`chain ${chain} {`);
    lines.forEach(({ action, nft }, i) => {
      for (const condition of nft) out.push(`${condition} ${conclude(chain, action, i + 1)}`);
    });
    out.push(conclude(chain, 'deny', 0), '}');
  }
  out.push('chain ingress {', 'type filter hook ingress device "wire" priority 0; policy accept;');
  out.push('meta protocol != ip return', 'add @seen { ip id }');
  for (const chain of chainOf.keys()) out.push(`jump ${chain}`);
  out.push('}', '}', '');
  return out.join('\n');
}

async function decisionsOf(
  receiver: readonly string[],
  chain: string,
  packets: number,
): Promise<readonly KernelDecision[]> {
  const decisions = new Array<KernelDecision | undefined>(packets);
  for (const verdict of ['permit', 'deny'] as const)
    for (const [id, mark] of await elementsOf(receiver, `${chain}-${verdict}`)) {
      if (decisions[id! - 1]) throw new Error(`${chain} decided packet ${id} twice`);
      decisions[id! - 1] = { verdict, line: mark === 0 ? null : mark! - 1 };
    }
  return Array.from(decisions, (decision, i) => {
    if (!decision) throw new Error(`${chain} did not decide packet ${i + 1}`);
    return decision;
  });
}

type Element = number | { readonly concat: readonly number[] };

async function elementsOf(receiver: readonly string[], set: string): Promise<readonly (readonly number[])[]> {
  const text = await mustRun([...receiver, 'nft', '-j', '-n', 'list', 'set', 'netdev', 'differential', set]);
  const { nftables } = JSON.parse(text) as { nftables: { set?: { elem?: readonly Element[] } }[] };
  const elements = nftables.flatMap((object) => object.set?.elem ?? []);
  return elements.map((element) => (typeof element === 'number' ? [element] : element.concat));
}

/** Two lines a protocol, first the names and then the numbers. */
async function countersOf(receiver: readonly string[]): Promise<StackCounters> {
  const rows = (await mustRun([...receiver, 'cat', '/proc/self/net/snmp'])).trim().split('\n');
  const counters: Record<string, number> = {};
  for (let i = 0; i + 1 < rows.length; i += 2) {
    const [protocol, ...names] = rows[i]!.split(/\s+/);
    const values = rows[i + 1]!.split(/\s+/).slice(1);
    names.forEach((name, n) => {
      counters[`${protocol!.slice(0, -1)}${name}`] = Number(values[n]);
    });
  }
  return counters;
}
