import { chooseSource, describeBox } from '../../../scans/machine/scanner-box.ts';
import { sendNoticedProbe } from '../../../scans/single-probes/noticed-probe.ts';
import { probeSshMethods } from '../../../scans/single-probes/ssh-methods.ts';
import { formatIpv4 } from '../../model/address.ts';
import type { Site, Target, Vantage } from '../../model/site.ts';
import { writtenNames } from '../../model/target-names.ts';
import { writeOutput } from '../files.ts';
import { loadSite } from '../load-site.ts';
import { oneTarget } from '../one-target.ts';
import { addressOption } from '../packet-options.ts';
import { unknownName, unknownTarget } from '../unknown-names.ts';
import { CONFORMS, type ExitCode, INCOMPLETE, UsageError, type World } from '../world.ts';

export const PROBES = ['ssh-methods', 'portsentry'] as const;

export interface ProbeOptions {
  readonly vantage: string;
  readonly target?: string | undefined;
  readonly port?: string | undefined;
  readonly udp?: boolean | undefined;
  readonly acceptBlock?: boolean | undefined;
  readonly behindNat?: string | undefined;
  readonly dryRun?: boolean | undefined;
  readonly output?: string | undefined;
}

/** One look at a declared target from a vantage, for the checklist to weigh beside what the host itself shows. */
interface Look {
  readonly vantage: Vantage;
  readonly target: Target;
  readonly address: string;
  readonly port: number;
  /** The address to bind to, where this box carries the vantage's; null behind a NAT. */
  readonly bind: string | null;
  /** As the target sees it. */
  readonly source: string;
}

export async function probe(
  world: World,
  what: (typeof PROBES)[number],
  file: string,
  options: ProbeOptions,
): Promise<ExitCode> {
  const { site } = await loadSite(world, file);
  const look = await lookOf(site, options, what === 'ssh-methods' ? '22' : undefined);
  return what === 'ssh-methods' ? askSsh(world, look, options) : alarmPortsentry(world, look, options);
}

function onlyTarget(site: Site): Target {
  const [first, ...others] = site.targets.values();
  if (first !== undefined && others.length === 0) return first;
  throw new UsageError(
    `the site has ${site.targets.size} targets, and nothing says which one is meant`,
    `add --target, one of ${writtenNames(site).join(', ')}`,
  );
}

async function lookOf(site: Site, options: ProbeOptions, usualPort: string | undefined): Promise<Look> {
  const vantage =
    site.vantages.get(options.vantage) ?? unknownName('vantage', options.vantage, [...site.vantages.keys()]);
  const target =
    options.target === undefined
      ? onlyTarget(site)
      : (oneTarget(site, options.target) ?? unknownTarget(site, options.target));
  const portText = options.port ?? usualPort;
  if (portText === undefined)
    throw new UsageError(
      'no port is named',
      'add --port: one that PortSentry watches (TCP_PORTS in portsentry.conf) and no service uses',
    );
  const port = /^\d{1,5}$/.test(portText) ? Number(portText) : 0;
  if (port < 1 || port > 65535) throw new UsageError(`--port "${portText}" is not a port`);
  const address = formatIpv4(target.address);
  const wanted = formatIpv4(vantage.address);
  if (options.behindNat !== undefined) addressOption(options.behindNat, '--behind-nat');
  const bind = chooseSource(wanted, [address]);
  if (!options.dryRun) await checkPlace(vantage, address, bind, options.behindNat ?? null);
  return { vantage, target, address, port, bind, source: wanted };
}

/** A probe from another place than the vantage would tell of that other place. */
async function checkPlace(
  vantage: Vantage,
  address: string,
  bind: string | null,
  behindNat: string | null,
): Promise<void> {
  const wanted = formatIpv4(vantage.address);
  const box = await describeBox(address, bind, behindNat);
  if (box === null) throw new UsageError(`no route leads from here to ${address}`);
  if (box.address !== wanted && box.behindNat !== wanted)
    throw new UsageError(
      `this box would send from ${box.address}, not from ${wanted}, the address of the vantage ${vantage.name}`,
      `run it there, or add --behind-nat ${wanted} when that is how the target sees this box`,
    );
}

const describe = ({ vantage, target, address, source, port }: Look, protocol: string): string =>
  `${protocol} port ${port} of ${target.name} (${address}) from ${vantage.name} (${source})`;

async function askSsh(world: World, look: Look, options: ProbeOptions): Promise<ExitCode> {
  if (options.dryRun) {
    world.stderr.write(
      `would open one SSH connection: ${describe(look, 'tcp')}; nothing was sent (--dry-run)\n`,
    );
    return CONFORMS;
  }
  const seen = await probeSshMethods(look, { signal: world.signal, now: world.now, source: look.bind });
  await writeOutput(world, options.output, seen.transcript);
  if (seen.kind === 'failed') {
    world.stderr.write(`${describe(look, 'tcp')}: no list of methods: ${seen.reason}\n`);
    return INCOMPLETE;
  }
  world.stderr.write(`${describe(look, 'tcp')}: offers ${seen.methods.join(', ')}\n`);
  return CONFORMS;
}

async function alarmPortsentry(world: World, look: Look, options: ProbeOptions): Promise<ExitCode> {
  const protocol = options.udp ? 'udp' : 'tcp';
  const what = describe(look, protocol);
  const danger = `PortSentry may shut ${look.source} out at once: silence seen from ${look.vantage.name} afterwards proves nothing`;
  if (options.dryRun) {
    world.stderr.write(`would send one probe: ${what}; nothing was sent (--dry-run)\n  ${danger}\n`);
    return CONFORMS;
  }
  if (!options.acceptBlock)
    throw new UsageError(
      `nothing was sent. ${danger}`,
      'finish every scan from there first, be sure of another way to the host, then add --accept-block',
    );
  world.stderr.write(`warning: ${danger}\n`);
  const at = world.now().toISOString();
  const outcome = await sendNoticedProbe(
    { address: look.address, source: look.bind, protocol, port: look.port },
    world.signal,
  );
  if (outcome.kind === 'engine') {
    world.stderr.write(`${what}: could not be sent: ${outcome.errno}\n`);
    return INCOMPLETE;
  }
  await writeOutput(
    world,
    options.output,
    `# aclscope probe portsentry: ${what}\nsent ${at} ${protocol} ${look.source} ${look.address} ${look.port} ${outcome.kind}\n`,
  );
  world.stderr.write(
    `${what}: sent, answer: ${outcome.kind}\n  now collect the host's bundle and the remote log, and look for it: aclscope checklist … --attach portsentry-probe=FILE\n`,
  );
  return CONFORMS;
}
