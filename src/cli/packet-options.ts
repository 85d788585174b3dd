import { PROTOCOLS } from '../../parsers/cisco-ios/names/protocols.ts';
import { type Box, makeBox } from '../headerspace/box.ts';
import { type AddressPattern, type Ipv4, parseIpv4 } from '../model/address.ts';
import { hasPorts, ICMP, SYN, TCP, TCP_FLAG_NAMES, UDP } from '../model/packet.ts';
import type { PortSet } from '../model/ports.ts';
import { DISTANT_TTL } from '../router/plain-packets.ts';
import { UsageError } from './world.ts';

/** The options by which a packet is named on the command line, as typed. */
export interface PacketOptions {
  readonly proto: string;
  readonly sport?: string | undefined;
  readonly dport?: string | undefined;
  readonly flags?: string | undefined;
  readonly icmpType?: string | undefined;
  readonly icmpCode?: string | undefined;
  readonly fragment?: boolean | undefined;
  readonly dscp?: string | undefined;
}

export interface AskedPacket {
  readonly box: Box;
  readonly protocol: string;
  readonly sourcePorts: PortSet | null;
  readonly destinationPort: number | null;
  readonly condition: string | null;
}

/** A client's port where none is given: the range in which hosts choose theirs. */
const EPHEMERAL: PortSet = [[49152, 65535]];

export function addressOption(text: string, option: string): Ipv4 {
  const address = parseIpv4(text);
  if (address === undefined)
    throw new UsageError(
      `${option} "${text}" is not an IPv4 address`,
      'write four numbers from 0 to 255, such as 192.0.2.1',
    );
  return address;
}

function numberOption(text: string, option: string, most: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(value <= most)) throw new UsageError(`${option} "${text}" is not a number from 0 to ${most}`);
  return value;
}

function protocolOption(text: string): number | 'ip' {
  if (text === 'ip') return 'ip';
  const known = /^\d+$/.test(text)
    ? numberOption(text, '--proto', 255)
    : PROTOCOLS.exact.get(text.toLowerCase())?.number;
  if (known === undefined || known === null)
    throw new UsageError(
      `--proto "${text}" is not a protocol`,
      'tcp, udp, icmp, ip, gre, esp, ospf …, or a number from 0 to 255',
    );
  return known;
}

function flagsOption(text: string): number {
  let bits = 0;
  for (const word of text.toLowerCase().split(/[,+]/)) {
    const flag = TCP_FLAG_NAMES.find(([name]) => name === word);
    if (!flag)
      throw new UsageError(
        `--flags: "${word}" is not a TCP flag`,
        `flags: ${TCP_FLAG_NAMES.map(([n]) => n).join(', ')}`,
      );
    bits |= flag[1];
  }
  return bits;
}

/** The packets that the options describe. TCP means an initial SYN in a whole packet unless flags say otherwise. */
export function packetOption(
  source: AddressPattern,
  destination: AddressPattern,
  options: PacketOptions,
): AskedPacket {
  const protocol = protocolOption(options.proto);
  const ported = protocol !== 'ip' && hasPorts(protocol);
  for (const [name, value] of [
    ['--sport', options.sport],
    ['--dport', options.dport],
  ] as const)
    if (value !== undefined && !ported)
      throw new UsageError(`${name} needs --proto tcp or udp, not ${options.proto}`);
  if (options.icmpType !== undefined && protocol !== ICMP)
    throw new UsageError('--icmp-type needs --proto icmp');
  if (options.icmpCode !== undefined && options.icmpType === undefined)
    throw new UsageError('--icmp-code needs --icmp-type');
  if (options.flags !== undefined && protocol !== TCP) throw new UsageError('--flags needs --proto tcp');
  if (options.fragment && (options.sport ?? options.dport ?? options.flags ?? options.icmpType) !== undefined)
    throw new UsageError(
      'a non-initial fragment carries no ports, flags or ICMP type',
      'leave them out, or leave out --fragment',
    );
  const dport = options.dport === undefined ? null : numberOption(options.dport, '--dport', 65535);
  const sport = options.sport === undefined ? null : numberOption(options.sport, '--sport', 65535);
  const flags = options.flags === undefined ? SYN : flagsOption(options.flags);
  const sourcePorts: PortSet = sport === null ? EPHEMERAL : [[sport, sport]];
  const type = options.icmpType === undefined ? null : numberOption(options.icmpType, '--icmp-type', 255);
  const code = options.icmpCode === undefined ? null : numberOption(options.icmpCode, '--icmp-code', 255);
  const dscp = options.dscp === undefined ? null : numberOption(options.dscp, '--dscp', 63);
  const box = makeBox({
    source,
    destination,
    protocol,
    ttl: DISTANT_TTL,
    ...(options.fragment ? { fragments: 'non-initial' as const } : { fragments: 'whole' as const }),
    ...(ported && !options.fragment ? { sourcePorts } : {}),
    ...(dport === null ? {} : { destinationPorts: [[dport, dport]] as PortSet }),
    ...(protocol === TCP && !options.fragment ? { tcpFlags: { exactly: flags } } : {}),
    ...(type === null ? {} : { icmp: { type, code } }),
    ...(dscp === null ? {} : { tos: [[dscp * 4, dscp * 4 + 3]] as PortSet }),
  });
  const words = [
    ...(options.fragment ? ['non-initial fragment'] : []),
    ...(protocol === TCP && !options.fragment
      ? [
          TCP_FLAG_NAMES.filter(([, bit]) => flags & bit)
            .map(([n]) => n)
            .join('+') || 'no flags',
        ]
      : []),
    ...(type === null ? [] : [`type ${type}${code === null ? '' : ` code ${code}`}`]),
    ...(dscp === null ? [] : [`dscp ${dscp}`]),
  ];
  return {
    box,
    protocol:
      protocol === TCP ? 'tcp' : protocol === UDP ? 'udp' : protocol === ICMP ? 'icmp' : String(protocol),
    sourcePorts: ported && !options.fragment ? sourcePorts : null,
    destinationPort: dport,
    condition: words.length > 0 ? words.join(', ') : null,
  };
}
