import { toIpv4 } from '../../../src/model/address.ts';
import { ICMP, makePacket, TCP, UDP } from '../../../src/model/packet.ts';
import type { WirePacket } from './ipv4-octets.ts';
import {
  type Address,
  type Comparison,
  FLAG_NAMES,
  type Line,
  writeStandardTwice,
  writeTwice,
} from './lines.ts';
import type { Random } from './random.ts';
import type { LineWrittenTwice, ListWrittenTwice } from './written-twice.ts';

export interface RandomList extends ListWrittenTwice {
  /** What each line says, for making packets that come near it. */
  readonly said: readonly Line[];
}

const HOSTS = [
  0x0a000001, 0x0a000517, 0x0a0a05fe, 0xac100505, 0xc0a80223, 0xc0a8027e, 0xc0000201, 0xc000020a, 0xc6336402,
  0xc63364c8, 0xcb00714d, 0xcb00714e,
];
/** Prefixes, holes, and what is left of a netmask typed where a wildcard belongs. */
const WILDCARDS = [
  0x000000ff, 0x000000ff, 0x00000003, 0x0000ffff, 0x00ffffff, 0x00ff00ff, 0x000000fe, 0x0000feff, 0xff0000ff,
  0xffffff00, 0x00000101, 0xfffffffe, 0x7fffffff, 0x0a0a0a0a,
];
const PORTS = [
  20, 22, 23, 25, 53, 69, 80, 110, 111, 123, 137, 161, 179, 195, 500, 512, 513, 514, 520, 1023, 1024, 3389,
  65534,
];
const ICMP_TYPES = [0, 3, 5, 8, 11, 12, 13, 17];
const ICMP_CODES = [0, 1, 3, 4, 13];
const OTHER_PROTOCOLS = [2, 4, 47, 50, 88, 89, 99, 253];

/** The i-th random list: numbered and named, extended and (every eighth) standard ones by turns. */
export function randomList(random: Random, i: number): RandomList {
  const kind = i % 8 === 7 ? 'standard' : 'extended';
  const version = i % 3 === 2 ? '15.2' : '12.1';
  const numbered = i % 2 === 0;
  const name =
    kind === 'standard' ? (numbered ? `${1 + i}` : `FROM-${i}`) : numbered ? `${100 + i}` : `GATE-${i}`;
  const said: Line[] = [];
  const lines: LineWrittenTwice[] = [];
  for (const length = random.between(4, 16); lines.length < length; ) {
    const line = kind === 'standard' ? standardLine(random) : extendedLine(random, version);
    const written = kind === 'standard' ? writeStandardTwice(line) : writeTwice(line);
    // IOS takes no line twice.
    if (lines.some(({ ios }) => ios === written.ios)) continue;
    said.push(line);
    lines.push(written);
  }
  return { name, kind, version, lines, said };
}

function address(random: Random): Address {
  if (random.chance(0.4)) return { kind: 'any' };
  const host = random.pick(HOSTS);
  if (random.chance(0.3)) return { kind: 'host', address: host };
  return { kind: 'wildcard', address: host, wildcard: random.pick(WILDCARDS) };
}

const standardLine = (random: Random): Line => ({
  action: random.chance(0.5) ? 'permit' : 'deny',
  protocol: null,
  source: narrowAddress(random),
  destination: { kind: 'any' },
  byName: random.chance(0.5),
});

function narrowAddress(random: Random): Address {
  const found = address(random);
  return found.kind === 'any' ? { kind: 'host', address: random.pick(HOSTS) } : found;
}

function extendedLine(random: Random, version: ListWrittenTwice['version']): Line {
  const protocol = random.pick([
    TCP,
    TCP,
    TCP,
    TCP,
    UDP,
    UDP,
    ICMP,
    ICMP,
    null,
    random.pick(OTHER_PROTOCOLS),
  ]);
  const fragments = random.chance(protocol === null ? 0.3 : 0.12);
  const vague = protocol === null && !fragments;
  return {
    action: random.chance(0.5) ? 'permit' : 'deny',
    protocol,
    // A line for all of a host's packets is narrow, or it would leave the lines below without any.
    source: vague ? narrowAddress(random) : address(random),
    destination: vague ? narrowAddress(random) : address(random),
    ...(fragments ? { fragments } : layer4(random, protocol, version)),
    ...typeOfService(random),
    ...(version === '15.2' && random.chance(0.1)
      ? { ttl: comparison(random, [1, 2, 64, 128, 254], 255) }
      : {}),
    log: random.chance(0.1),
    byName: random.chance(0.6),
  };
}

function layer4(
  random: Random,
  protocol: number | null,
  version: ListWrittenTwice['version'],
): Partial<Line> {
  if (protocol === ICMP) {
    if (random.chance(0.2)) return {};
    const code = random.chance(0.5) ? random.pick(ICMP_CODES) : null;
    return { icmp: { type: random.pick(ICMP_TYPES), code } };
  }
  if (protocol !== TCP && protocol !== UDP) return {};
  return {
    ...(random.chance(0.25) ? { sourcePorts: portComparison(random, version) } : {}),
    ...(random.chance(0.7) ? { destinationPorts: portComparison(random, version) } : {}),
    ...(protocol === TCP && random.chance(0.3) ? { flags: flagCondition(random, version) } : {}),
  };
}

function flagCondition(random: Random, version: ListWrittenTwice['version']): NonNullable<Line['flags']> {
  if (random.chance(0.6)) return { kind: 'established' };
  const named = FLAG_NAMES.filter(() => random.chance(0.3));
  const set = named.length > 0 ? named : [random.pick(FLAG_NAMES)];
  if (version === '12.1') return { kind: 'bare', set };
  const clear = FLAG_NAMES.filter((name) => !set.includes(name) && random.chance(0.25));
  return { kind: random.chance(0.5) ? 'match-any' : 'match-all', set, clear };
}

function typeOfService(random: Random): Partial<Line> {
  if (random.chance(0.92)) return {};
  if (random.chance(0.4)) return { dscp: random.pick([0, 8, 10, 46]) };
  return random.chance(0.5)
    ? { precedence: random.pick([0, 5, 7]) }
    : { tos: random.pick([0, 4, 8]), ...(random.chance(0.3) ? { precedence: 0 } : {}) };
}

function portComparison(random: Random, version: ListWrittenTwice['version']): Comparison {
  const match = comparison(random, PORTS, 65535);
  const takesMore = version === '15.2' && (match.operator === 'eq' || match.operator === 'neq');
  if (!takesMore || random.chance(0.5)) return match;
  const more = PORTS.filter((port) => port !== match.first && random.chance(0.15)).slice(0, 9);
  return more.length > 0 ? { ...match, others: more } : match;
}

function comparison(random: Random, values: readonly number[], top: number): Comparison {
  const operator = random.pick(['eq', 'eq', 'neq', 'lt', 'gt', 'range'] as const);
  const first = random.pick(values);
  return operator === 'range' ? { operator, first, second: random.between(first, top) } : { operator, first };
}

/** A packet at or just beside what one line of the list asks for. */
export function packetNear(random: Random, list: RandomList): WirePacket {
  const line = random.pick(list.said);
  const protocol = near(random, 0.1, line.protocol ?? random.pick([TCP, UDP, ICMP, ...OTHER_PROTOCOLS]), () =>
    random.pick([TCP, UDP, ICMP, ...OTHER_PROTOCOLS]),
  );
  const later = random.chance(line.fragments ? 0.7 : 0.2);
  const packet = makePacket({
    source: toIpv4(addressNear(random, line.source)),
    destination: toIpv4(addressNear(random, line.destination)),
    protocol,
    nonInitialFragment: later,
    tosByte: tosNear(random, line),
    ttl: line.ttl ? valueNear(random, line.ttl, 255) : random.pick([1, 64, 64, 128, 255]),
    ...(protocol === TCP || protocol === UDP
      ? {
          sourcePort: valueNear(random, line.sourcePorts, 65535),
          destinationPort: valueNear(random, line.destinationPorts, 65535),
        }
      : {}),
    ...(protocol === TCP
      ? { tcpFlags: random.chance(0.6) ? random.pick([2, 4, 16, 18, 1, 0, 20, 41]) : random.between(0, 63) }
      : {}),
    ...(protocol === ICMP ? icmpNear(random, line) : {}),
    ...(protocol === 2 ? { igmpType: random.between(1, 7) } : {}),
  });
  return {
    packet,
    moreFragments: random.chance(later ? 0.5 : 0.1),
    fragmentOffset: random.pick([1, 2, 3, 185, 4096, 8000]),
    optionWords: random.chance(0.1) ? random.between(1, 10) : 0,
  };
}

const near = <T>(random: Random, miss: number, hit: T, other: () => T): T =>
  random.chance(miss) ? other() : hit;

function addressNear(random: Random, pattern: Address): number {
  if (pattern.kind === 'any') return random.pick(HOSTS);
  const free = pattern.kind === 'host' ? 0 : pattern.wildcard;
  const inside = (pattern.address & ~free) | (random.between(0, 0xffffffff) & free);
  // One wrong bit, anywhere: at times under the wildcard, where it does not matter.
  return (random.chance(0.12) ? inside ^ (1 << random.between(0, 31)) : inside) >>> 0;
}

function valueNear(random: Random, asked: Comparison | undefined, top: number): number {
  if (!asked)
    return random.pick([0, 22, 25, 53, 80, 514, 1023, 1024, 49152, 65535].map((v) => Math.min(v, top)));
  const edges = [asked.first, asked.second ?? asked.first, ...(asked.others ?? [])];
  const value = random.chance(0.8)
    ? random.pick(edges) + random.pick([-1, 0, 0, 1])
    : random.pick([0, top, random.between(0, top)]);
  return Math.max(0, Math.min(top, value));
}

function icmpNear(random: Random, line: Line): { readonly icmpType: number; readonly icmpCode: number } {
  const type = line.icmp?.type ?? random.pick(ICMP_TYPES);
  const code = line.icmp?.code ?? random.pick(ICMP_CODES);
  return {
    icmpType: near(random, 0.2, type, () =>
      random.pick([...ICMP_TYPES, Math.max(0, type - 1), type + 1, 255]),
    ),
    icmpCode: near(random, 0.25, code, () =>
      random.pick([...ICMP_CODES, Math.max(0, code - 1), code + 1, 255]),
    ),
  };
}

function tosNear(random: Random, line: Line): number {
  const asked =
    line.dscp !== undefined ? line.dscp << 2 : ((line.precedence ?? 0) << 5) | ((line.tos ?? 0) << 1);
  return near(random, 0.15, asked, () => asked ^ (1 << random.between(0, 7)));
}
