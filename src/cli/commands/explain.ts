import { reachedAs, reachedThrough } from '../../exposure/intended.ts';
import { formatIpv4, hostPattern, type Ipv4, parseIpv4 } from '../../model/address.ts';
import type { Interface } from '../../model/router-config.ts';
import { declaredIngress, findIngress, type Ingress } from '../../router/ingress.ts';
import { findInterface, type Network } from '../../router/network.ts';
import { tracePackets } from '../../router/trace.ts';
import { loadSubject, type Subject } from '../load-subject.ts';
import { oneTarget } from '../one-target.ts';
import { addressOption, type PacketOptions, packetOption } from '../packet-options.ts';
import { refuseIosVersion } from '../pointless-options.ts';
import { header, type OutputOptions, writeReport } from '../report-output.ts';
import { isSiteFile, loadSiteLazily } from '../site-file.ts';
import { unknownName, unknownTarget } from '../unknown-names.ts';
import { CONFORMS, type ExitCode, INCOMPLETE, UsageError, type World } from '../world.ts';

export interface ExplainOptions extends PacketOptions, OutputOptions {
  readonly from: string;
  readonly to: string;
  readonly in?: string | undefined;
  readonly out?: string | undefined;
  readonly iosVersion?: string | undefined;
  readonly clock?: string | undefined;
}

/** Traces one packet and its reply. */
export async function explain(world: World, file: string, options: ExplainOptions): Promise<ExitCode> {
  const subject = isSiteFile(file)
    ? await siteSubject(world, file, options)
    : await configSubject(world, file, options);
  const packet = packetOption(hostPattern(subject.from), hostPattern(subject.to), options);
  const trace = subject.ownSegment
    ? {
        ...NO_ROUTER,
        assumptions: ['both ends are on one segment: no router list stands between them'],
      }
    : tracePackets(subject.network, subject.ingress, [packet.box], {
        egress: subject.egress,
        declared: subject.declared,
      });
  await writeReport(
    world,
    {
      kind: 'explain',
      header: header(`${options.from} -> ${options.to}`, subject.inputs, null),
      diagnostics: subject.diagnostics,
      assumptions: [...subject.translation, ...trace.assumptions],
      packet: {
        source: formatIpv4(subject.from),
        sourcePorts: packet.sourcePorts,
        destination: formatIpv4(subject.to),
        destinationPort: packet.destinationPort,
        protocol: packet.protocol,
        condition: packet.condition,
      },
      trace,
    },
    options,
  );
  return trace.verdict === 'undetermined' ? INCOMPLETE : CONFORMS;
}

const ANSWER = { verdict: 'permit', decidedBy: null, hops: [], translations: [], doubts: [] } as const;
const NO_ROUTER = { ...ANSWER, reply: ANSWER };

interface Asked extends Subject {
  readonly from: Ipv4;
  readonly to: Ipv4;
  readonly ingress: Ingress;
  readonly egress: Interface | null;
  readonly declared: boolean;
  /** By which address a named target is reached, where that is not its own. */
  readonly translation: readonly string[];
  readonly ownSegment: boolean;
}

async function configSubject(world: World, file: string, options: ExplainOptions): Promise<Asked> {
  const subject = await loadSubject(world, file, options);
  const from = addressOption(options.from, '--from');
  const to = addressOption(options.to, '--to');
  return {
    ...subject,
    from,
    to,
    ingress: ingressFor(subject.network, from, options.in),
    egress: egressFor(subject.network, options.out),
    declared: options.in !== undefined,
    translation: [],
    ownSegment: false,
  };
}

/** With a site, vantages and targets may be called by name. */
async function siteSubject(world: World, file: string, options: ExplainOptions): Promise<Asked> {
  refuseIosVersion(options.iosVersion);
  const loaded = await loadSiteLazily(world, file, options.clock);
  const { site } = loaded;
  const vantage = site.vantages.get(options.from);
  const target = oneTarget(site, options.to);
  const from =
    vantage?.address ??
    parseIpv4(options.from) ??
    unknownName('vantage', options.from, [...site.vantages.keys()]);
  const ingress =
    options.in === undefined && vantage?.enters
      ? declaredIngress(loaded.network, vantage.enters.router, vantage.enters.interface)
      : ingressFor(loaded.network, from, options.in);
  // A target by its name is what stands for it where the packet enters; an address is that address.
  const globals = target ? reachedAs(ingress, target.address) : [];
  const to = globals[0] ?? parseIpv4(options.to) ?? unknownTarget(site, options.to);
  const declared = options.in !== undefined || vantage?.enters != null;
  return {
    network: loaded.network,
    inputs: [
      { role: 'site', file: loaded.input.name, sha256: loaded.input.sha256 },
      ...loaded.configs.map((c) => ({ role: 'config' as const, file: c.input.name, sha256: c.input.sha256 })),
    ],
    diagnostics: loaded.diagnostics,
    from,
    to,
    ingress,
    egress: egressFor(loaded.network, options.out),
    declared,
    translation: target ? reachedThrough(target, globals.slice(0, 1), globals.slice(1)) : [],
    ownSegment: !declared && vantage?.segment != null && vantage.segment === target?.segment,
  };
}

export function ingressFor(network: Network, from: Ipv4, written: string | undefined): Ingress {
  if (written === undefined) return findIngress(network, from);
  const ingress = declaredIngress(network, null, written);
  if (ingress.kind === 'unknown') throw new UsageError(`--in: ${ingress.reason}`);
  return ingress;
}

export function egressFor(network: Network, written: string | undefined): Interface | null {
  if (written === undefined) return null;
  for (const router of network.routers) {
    const found = findInterface(router.config, written);
    if (found) return found;
  }
  const known = network.routers.flatMap((r) => [...r.config.interfaces.keys()]);
  throw new UsageError(`--out: there is no interface "${written}"`, `known: ${known.join(', ') || 'none'}`);
}
