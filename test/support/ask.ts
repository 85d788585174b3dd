import { parseConfig } from '../../parsers/cisco-ios/parse-config.ts';
import { type PacketOptions, packetOption } from '../../src/cli/packet-options.ts';
import { intendedFlow } from '../../src/exposure/intended.ts';
import { type AddressPattern, hostPattern, type Ipv4, parseIpv4 } from '../../src/model/address.ts';
import type { IntendedFlow, Trace } from '../../src/model/exposure.ts';
import type { Interface } from '../../src/model/router-config.ts';
import { declaredIngress, findIngress } from '../../src/router/ingress.ts';
import { buildNetwork, findInterface, type Network } from '../../src/router/network.ts';
import { tracePackets } from '../../src/router/trace.ts';

/** Configs of routers in a row, by name. */
export type Configs = string | Readonly<Record<string, string>>;

export function networkOf(configs: Configs, clock: number | null = null): Network {
  const named = typeof configs === 'string' ? { gw: configs } : configs;
  return buildNetwork(
    Object.entries(named).map(([name, text]) => ({ name, config: parseConfig(text, `${name}.cfg`).value })),
    { clock },
  );
}

export const ip = (text: string): Ipv4 => {
  const address = parseIpv4(text);
  if (address === undefined) throw new Error(`${text} is not an address`);
  return address;
};

export interface Question extends Partial<PacketOptions> {
  readonly from: string;
  readonly to: string;
  readonly in?: string;
  readonly out?: string;
  readonly clock?: number;
}

/** Asks about one packet as the command line does. */
export function ask(configs: Configs, q: Question): Trace {
  const network = networkOf(configs, q.clock ?? null);
  const { box } = packetOption(hostPattern(ip(q.from)), hostPattern(ip(q.to)), { proto: 'tcp', ...q });
  return tracePackets(
    network,
    q.in === undefined ? findIngress(network, ip(q.from)) : declaredIngress(network, null, q.in),
    [box],
    {
      egress: q.out === undefined ? null : egressNamed(network, q.out),
      declared: q.in !== undefined,
    },
  );
}

/** `Fa0/1`, or `inner Fa0/1` where there are several routers. */
function egressNamed(network: Network, written: string): Interface | null {
  const [router, name] = written.includes(' ') ? written.split(' ') : [network.routers[0]!.name, written];
  const { config } = network.routers.find((r) => r.name === router)!;
  return findInterface(config, name ?? '') ?? null;
}

/** `permit 7`, `deny implicit 150`, `permit`, `undetermined`: a verdict and the line that decided, in a word. */
export function inShort(answer: Pick<Trace, 'verdict' | 'decidedBy'>): string {
  const by = answer.decidedBy;
  return by === null
    ? answer.verdict
    : 'line' in by
      ? `${answer.verdict} ${by.line}`
      : `${answer.verdict} implicit ${by.acl}`;
}

export function intendedOf(
  configs: Configs,
  from: string,
  to: string,
  options: { readonly in?: string; readonly sources?: readonly AddressPattern[] } = {},
): IntendedFlow {
  const network = networkOf(configs);
  return intendedFlow(
    network,
    {
      name: from,
      address: ip(from),
      sources: options.sources ?? [hostPattern(ip(from))],
      ingress:
        options.in === undefined
          ? findIngress(network, ip(from))
          : declaredIngress(network, null, options.in),
      ownSegment: false,
      declared: options.in !== undefined,
    },
    { name: to, address: ip(to) },
    'tcp',
  );
}
