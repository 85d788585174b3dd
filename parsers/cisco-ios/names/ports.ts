import type { IosFeature } from '../../../src/model/ios-features.ts';
import { type Keywords, keywords } from '../keywords.ts';

export interface PortName {
  readonly port: number;
  /** Set where only some trains know the name. */
  readonly needs?: IosFeature;
}

type Row = readonly [name: string, port: number, needs?: IosFeature];

const TCP_NAMES: readonly Row[] = [
  ['echo', 7],
  ['discard', 9],
  ['daytime', 13],
  ['chargen', 19],
  ['ftp-data', 20],
  ['ftp', 21],
  ['telnet', 23],
  ['smtp', 25],
  ['time', 37],
  ['whois', 43],
  ['tacacs', 49],
  ['domain', 53],
  ['gopher', 70],
  ['finger', 79],
  ['www', 80],
  ['hostname', 101],
  ['pop2', 109],
  ['pop3', 110],
  ['sunrpc', 111],
  ['ident', 113],
  ['nntp', 119],
  ['msrpc', 135, 'xe-names'],
  ['bgp', 179],
  ['irc', 194],
  ['pim-auto-rp', 496],
  ['exec', 512],
  ['login', 513],
  ['cmd', 514],
  ['lpd', 515],
  ['talk', 517],
  ['uucp', 540],
  ['klogin', 543],
  ['kshell', 544],
  ['drip', 3949, 'drip-port'],
  ['onep-plain', 15001, 'xe-names'],
  ['onep-tls', 15002, 'xe-names'],
];

// 512–514 carry other names than in TCP: a table per protocol, never one for both.
const UDP_NAMES: readonly Row[] = [
  ['echo', 7],
  ['discard', 9],
  ['time', 37],
  ['nameserver', 42],
  ['tacacs', 49],
  ['domain', 53],
  ['bootps', 67],
  ['bootpc', 68],
  ['tftp', 69],
  ['sunrpc', 111],
  ['ntp', 123],
  ['netbios-ns', 137],
  ['netbios-dgm', 138],
  ['netbios-ss', 139],
  ['snmp', 161],
  ['snmptrap', 162],
  ['xdmcp', 177],
  ['dnsix', 195],
  ['mobile-ip', 434],
  ['pim-auto-rp', 496],
  ['isakmp', 500],
  ['biff', 512],
  ['who', 513],
  ['syslog', 514],
  ['talk', 517],
  ['rip', 520],
  ['ripv6', 521, 'xe-names'],
  ['non500-isakmp', 4500, 'non500-isakmp'],
];

/** Spellings that IOS takes, or took, and does not print. */
const TCP_ALIASES: readonly Row[] = [
  ['syslog', 514],
  // What the first releases with them called onep-plain and onep-tls.
  ['connectedapps-plain', 15001, 'xe-names'],
  ['connectedapps-tls', 15002, 'xe-names'],
];
const UDP_ALIASES: readonly Row[] = [
  ['tacacs-ds', 49],
  ['dns', 53],
];

function table(names: readonly Row[], aliases: readonly Row[]): Keywords<PortName> {
  const rows = [...names, ...aliases].map(
    ([name, port, needs]) => [name, needs === undefined ? { port } : { port, needs }] as const,
  );
  return keywords(
    rows,
    aliases.map(([name]) => name),
  );
}

export const TCP_PORTS = table(TCP_NAMES, TCP_ALIASES);
export const UDP_PORTS = table(UDP_NAMES, UDP_ALIASES);

const printed = (names: readonly Row[]): ReadonlyMap<number, string> =>
  new Map(names.filter(([, , needs]) => needs === undefined).map(([name, port]) => [port, name]));

/** Names that every train prints; a number is always read back alike. */
export const TCP_PORT_NAMES = printed(TCP_NAMES);
export const UDP_PORT_NAMES = printed(UDP_NAMES);
