import type { AceAction } from '../../../src/model/access-list.ts';
import { formatIpv4 } from '../../../src/model/address.ts';
import type { LineWrittenTwice } from './written-twice.ts';

/** What a generated line says, before it is written down in either language. */
export interface Line {
  readonly action: AceAction;
  /** Null: `ip`. */
  readonly protocol: number | null;
  readonly source: Address;
  readonly destination: Address;
  readonly sourcePorts?: Comparison;
  readonly destinationPorts?: Comparison;
  readonly icmp?: { readonly type: number; readonly code: number | null };
  readonly flags?: Flags;
  readonly precedence?: number;
  readonly tos?: number;
  readonly dscp?: number;
  readonly ttl?: Comparison;
  readonly fragments?: boolean;
  readonly log?: boolean;
  /** Says ports and ICMP types by name where IOS has one. */
  readonly byName: boolean;
}

export type Address =
  | { readonly kind: 'any' }
  | { readonly kind: 'host'; readonly address: number }
  /** The address may have bits under the wildcard: IOS ignores them. */
  | { readonly kind: 'wildcard'; readonly address: number; readonly wildcard: number };

export interface Comparison {
  readonly operator: 'eq' | 'neq' | 'lt' | 'gt' | 'range';
  readonly first: number;
  /** Of `range` only, not below `first`. */
  readonly second?: number;
  /** Of `eq` and `neq`, from 12.3(7)T: further numbers, none of them twice. */
  readonly others?: readonly number[];
}

export type Flags =
  | { readonly kind: 'established' }
  | { readonly kind: 'bare'; readonly set: readonly FlagName[] }
  | {
      readonly kind: 'match-any' | 'match-all';
      readonly set: readonly FlagName[];
      readonly clear: readonly FlagName[];
    };

export const FLAG_NAMES = ['ack', 'fin', 'psh', 'rst', 'syn', 'urg'] as const;
export type FlagName = (typeof FLAG_NAMES)[number];

// From the IOS command reference; 512 to 514 have other names in each protocol.
const TCP_NAMES: Readonly<Record<number, string>> = {
  20: 'ftp-data',
  23: 'telnet',
  25: 'smtp',
  53: 'domain',
  80: 'www',
  110: 'pop3',
  111: 'sunrpc',
  179: 'bgp',
  512: 'exec',
  513: 'login',
  514: 'cmd',
};
const UDP_NAMES: Readonly<Record<number, string>> = {
  53: 'domain',
  69: 'tftp',
  111: 'sunrpc',
  123: 'ntp',
  137: 'netbios-ns',
  161: 'snmp',
  195: 'dnsix',
  500: 'isakmp',
  512: 'biff',
  513: 'who',
  514: 'syslog',
  520: 'rip',
};
const ICMP_NAMES: Readonly<Record<string, string>> = {
  '0': 'echo-reply',
  '3': 'unreachable',
  '3/1': 'host-unreachable',
  '3/3': 'port-unreachable',
  '3/4': 'packet-too-big',
  '3/13': 'administratively-prohibited',
  '5': 'redirect',
  '5/1': 'host-redirect',
  '8': 'echo',
  '11': 'time-exceeded',
  '11/0': 'ttl-exceeded',
  '11/1': 'reassembly-timeout',
  '12/1': 'option-missing',
  '13': 'timestamp-request',
  '17': 'mask-request',
};
const PROTOCOL_NAMES: Readonly<Record<number, string>> = {
  1: 'icmp',
  2: 'igmp',
  4: 'ipinip',
  6: 'tcp',
  17: 'udp',
  47: 'gre',
  50: 'esp',
  88: 'eigrp',
  89: 'ospf',
};

export const writeTwice = (line: Line): LineWrittenTwice => ({
  action: line.action,
  ios: writeIos(line),
  nft: writeNft(line),
});

export const writeStandardTwice = (line: Line): LineWrittenTwice => ({
  action: line.action,
  // A standard list says a single host without `host`, too.
  ios: `${line.action} ${line.source.kind === 'host' && line.byName ? formatIpv4(line.source.address) : iosAddress(line.source)}`,
  nft: [nftAddress('saddr', line.source)],
});

function writeIos(line: Line): string {
  const { protocol, flags, icmp, byName } = line;
  const portNames = !byName ? {} : protocol === 6 ? TCP_NAMES : UDP_NAMES;
  const ports = (match: Comparison | undefined): string | false =>
    match !== undefined && iosComparison(match, portNames);
  const words = [
    line.action,
    protocol === null ? 'ip' : (PROTOCOL_NAMES[protocol] ?? `${protocol}`),
    iosAddress(line.source),
    ports(line.sourcePorts),
    iosAddress(line.destination),
    ports(line.destinationPorts),
    icmp && iosIcmp(icmp, byName),
    flags && iosFlags(flags),
    line.precedence !== undefined && `precedence ${line.precedence}`,
    line.tos !== undefined && `tos ${line.tos}`,
    line.dscp !== undefined && `dscp ${line.dscp}`,
    line.ttl !== undefined && `ttl ${iosComparison(line.ttl, {})}`,
    line.fragments && 'fragments',
    line.log && 'log',
  ];
  return words.filter(Boolean).join(' ');
}

function iosAddress(address: Address): string {
  switch (address.kind) {
    case 'any':
      return 'any';
    case 'host':
      return `host ${formatIpv4(address.address)}`;
    case 'wildcard':
      return `${formatIpv4(address.address)} ${formatIpv4(address.wildcard)}`;
  }
}

function iosComparison(
  { operator, first, second, others = [] }: Comparison,
  names: Readonly<Record<number, string>>,
): string {
  const operands = operator === 'range' ? [first, second!] : [first, ...others];
  return [operator, ...operands.map((value) => names[value] ?? `${value}`)].join(' ');
}

function iosIcmp({ type, code }: NonNullable<Line['icmp']>, byName: boolean): string {
  const name = byName ? ICMP_NAMES[code === null ? `${type}` : `${type}/${code}`] : undefined;
  return name ?? (code === null ? `${type}` : `${type} ${code}`);
}

function iosFlags(flags: Flags): string {
  switch (flags.kind) {
    case 'established':
      return 'established';
    case 'bare':
      return flags.set.join(' ');
    case 'match-any':
    case 'match-all':
      return [flags.kind, ...flags.set.map((f) => `+${f}`), ...flags.clear.map((f) => `-${f}`)].join(' ');
  }
}

/** Holds for non-initial fragments only. */
export const LATER_FRAGMENT = 'ip frag-off & 0x1fff != 0';
/**
 * Holds for whole packets and first fragments. nftables has to be told: from where a later fragment would have its
 * transport header it reads whatever octets stand there.
 */
export const HAS_LAYER4 = 'ip frag-off & 0x1fff == 0';

/** By the fragment table of the IOS documentation. */
function writeNft(line: Line): readonly string[] {
  const layer3 = [
    line.protocol !== null && `ip protocol ${line.protocol}`,
    nftAddress('saddr', line.source),
    nftAddress('daddr', line.destination),
    // The octet is precedence (3 bits), tos (4 bits), unused; dscp is its upper 6 bits.
    line.precedence !== undefined && `@nh,8,8 & 0xe0 == ${line.precedence << 5}`,
    line.tos !== undefined && `@nh,8,8 & 0x1e == ${line.tos << 1}`,
    line.dscp !== undefined && `ip dscp ${line.dscp}`,
    line.ttl !== undefined && `ip ttl ${nftComparison(line.ttl)}`,
  ];
  const join = (conditions: readonly (string | false | undefined)[]): string =>
    conditions.filter(Boolean).join(' ');
  if (line.fragments) return [join([...layer3, LATER_FRAGMENT])];
  const { icmp } = line;
  const protocol = line.protocol === 6 ? 'tcp' : 'udp';
  const layer4 = [
    line.sourcePorts && `${protocol} sport ${nftSourcePorts(line.sourcePorts)}`,
    line.destinationPorts && `${protocol} dport ${nftComparison(line.destinationPorts)}`,
    icmp && `icmp type ${icmp.type}`,
    icmp && icmp.code !== null && `icmp code ${icmp.code}`,
  ];
  const alternatives = line.flags ? nftFlags(line.flags) : [''];
  const asksLayer4 = layer4.some(Boolean) || line.flags !== undefined;
  if (!asksLayer4) return [join(layer3)];
  const whole = alternatives.map((flags) => join([...layer3, HAS_LAYER4, ...layer4, flags]));
  return line.action === 'permit' ? [...whole, join([...layer3, LATER_FRAGMENT])] : whole;
}

function nftAddress(field: 'saddr' | 'daddr', address: Address): string {
  switch (address.kind) {
    case 'any':
      return '';
    case 'host':
      return `ip ${field} ${formatIpv4(address.address)}`;
    case 'wildcard': {
      const mask = ~address.wildcard;
      return `ip ${field} & ${formatIpv4(mask)} == ${formatIpv4(address.address & mask)}`;
    }
  }
}

/**
 * nft (1.0.6) makes of `sport != a` beside `dport != b` one comparison of both ports at once, which then holds when
 * only one of them differs. A set of what is left over says the same and is not joined.
 */
function nftSourcePorts(match: Comparison): string {
  const { operator, first, others } = match;
  return operator === 'neq' && !others ? `{ 0-${first - 1}, ${first + 1}-65535 }` : nftComparison(match);
}

function nftComparison({ operator, first, second, others }: Comparison): string {
  const listed = others ? `{ ${[first, ...others].join(', ')} }` : `${first}`;
  switch (operator) {
    case 'eq':
      return listed;
    case 'neq':
      return `!= ${listed}`;
    case 'lt':
      return `< ${first}`;
    case 'gt':
      return `> ${first}`;
    case 'range':
      return `${first}-${second}`;
  }
}

function nftFlags(flags: Flags): readonly string[] {
  const some = (names: readonly FlagName[]): string => `tcp flags & (${names.join(' | ')})`;
  switch (flags.kind) {
    case 'established':
      return ['tcp flags & (ack | rst) != 0'];
    case 'bare':
      return [`${some(flags.set)} != 0`];
    case 'match-any':
      return [
        ...flags.set.map((name) => `tcp flags & ${name} == ${name}`),
        ...flags.clear.map((name) => `tcp flags & ${name} == 0`),
      ];
    case 'match-all':
      return [
        `${some([...flags.set, ...flags.clear])} == ${flags.set.length === 0 ? '0' : flags.set.join(' | ')}`,
      ];
  }
}
