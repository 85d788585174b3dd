import { formatIpv4 } from '../../src/model/address.ts';

/**
 * Lists shaped like real ones, after the idea of ClassBench: pools of sites that lines share, a mix of widths,
 * services and protocols per profile, narrow lines first. The same seed gives the same text.
 */
export type ProfileName = 'acl' | 'fw' | 'ipc';

interface Profile {
  /** Cumulative-free weights; they need not add up to 1. */
  readonly protocols: Weighted<string>;
  readonly source: Weighted<Width>;
  readonly destination: Weighted<Width>;
  readonly sourceService: Weighted<Service>;
  readonly destinationService: Weighted<Service>;
  readonly services: readonly number[];
  readonly sites: number;
  readonly servers: number;
  readonly deny: number;
}
type Weighted<T> = readonly (readonly [weight: number, value: T])[];
type Width = 'any' | 'huge' | 'site' | 'subnet' | 'pair' | 'host' | 'server';
type Service = 'any' | 'eq' | 'high' | 'range';

const PROFILES: Readonly<Record<ProfileName, Profile>> = {
  acl: {
    protocols: [
      [85, 'tcp'],
      [8, 'ip'],
      [4, 'icmp'],
      [3, 'udp'],
    ],
    source: [
      [45, 'host'],
      [25, 'pair'],
      [20, 'subnet'],
      [6, 'site'],
      [2, 'huge'],
      [2, 'any'],
    ],
    destination: [
      [50, 'server'],
      [15, 'host'],
      [20, 'subnet'],
      [10, 'site'],
      [2, 'huge'],
      [3, 'any'],
    ],
    sourceService: [[1, 'any']],
    destinationService: [
      [85, 'eq'],
      [6, 'range'],
      [9, 'any'],
    ],
    services: [
      1521, 1526, 1221, 1433, 135, 1525, 14753, 1711, 1724, 1704, 1717, 1708, 80, 443, 21, 25, 5555, 6000,
    ],
    sites: 60,
    servers: 40,
    deny: 0.3,
  },
  fw: {
    protocols: [
      [57, 'tcp'],
      [33, 'udp'],
      [4, 'icmp'],
      [5, 'gre'],
      [1, 'ip'],
    ],
    source: [
      [46, 'any'],
      [22, 'huge'],
      [20, 'pair'],
      [12, 'host'],
      [16, 'subnet'],
      [2, 'site'],
    ],
    destination: [
      [28, 'any'],
      [22, 'huge'],
      [25, 'pair'],
      [25, 'host'],
      [20, 'subnet'],
      [4, 'site'],
    ],
    sourceService: [
      [55, 'any'],
      [30, 'eq'],
      [20, 'high'],
    ],
    destinationService: [
      [70, 'eq'],
      [14, 'high'],
      [8, 'range'],
      [10, 'any'],
    ],
    services: [22, 53, 123, 80, 25, 750, 161, 69, 88, 544, 67, 110, 7648, 24032, 873, 37, 754],
    sites: 30,
    servers: 60,
    deny: 0.3,
  },
  ipc: {
    protocols: [
      [30, 'icmp'],
      [27, 'ip'],
      [28, 'udp'],
      [15, 'tcp'],
    ],
    source: [
      [35, 'pair'],
      [35, 'host'],
      [18, 'subnet'],
      [5, 'site'],
      [5, 'huge'],
      [2, 'any'],
    ],
    destination: [
      [30, 'pair'],
      [40, 'server'],
      [18, 'subnet'],
      [5, 'site'],
      [5, 'huge'],
      [2, 'any'],
    ],
    sourceService: [
      [40, 'any'],
      [60, 'eq'],
    ],
    destinationService: [
      [75, 'eq'],
      [10, 'range'],
      [15, 'any'],
    ],
    services: [123, 22, 53, 161, 80, 119, 1433, 9003, 143, 514, 69, 25],
    sites: 80,
    servers: 80,
    deny: 0.3,
  },
};

const HOST_BITS: Readonly<Record<Width, readonly [number, number]>> = {
  any: [32, 32],
  huge: [30, 31],
  site: [10, 16],
  subnet: [2, 9],
  pair: [1, 1],
  host: [0, 0],
  server: [0, 0],
};

interface Line {
  readonly text: string;
  readonly width: number;
}

export function generateConfig(profileName: ProfileName, count: number, seed: number): string {
  const profile = PROFILES[profileName];
  const random = xorshift(seed);
  const below = (n: number): number => Math.floor(random() * n);
  const pick = <T>(choices: Weighted<T>): T => {
    let at = random() * choices.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, value] of choices) {
      at -= weight;
      if (at < 0) return value;
    }
    return choices[choices.length - 1]![1];
  };
  // A bigger list is a bigger network: sites and servers grow with it, more slowly than lines.
  const growth = Math.sqrt(count / 1000);
  const octets = (): number => ((1 + below(222)) << 24) | (below(256) << 16) | (below(256) << 8) | below(256);
  const sites = Array.from({ length: Math.ceil(profile.sites * growth) }, octets);
  const servers = Array.from({ length: Math.ceil(profile.servers * growth) }, octets);

  const address = (width: Width): { text: string; bits: number } => {
    const [low, high] = HOST_BITS[width];
    const bits = low + below(high - low + 1);
    if (bits === 32) return { text: 'any', bits };
    const pool = width === 'server' ? servers : sites;
    // Squaring prefers the front of the pool: a few sites own most lines.
    const base = pool[Math.floor(random() ** 2 * pool.length)]!;
    const within = width === 'server' ? base : (base & 0xffff0000) | below(65536);
    const value = width === 'huge' ? octets() : within;
    const wildcard = bits === 0 ? 0 : 0xffffffff >>> (32 - bits);
    const masked = (value & ~wildcard) >>> 0;
    return {
      text: bits === 0 ? `host ${formatIpv4(masked)}` : `${formatIpv4(masked)} ${formatIpv4(wildcard)}`,
      bits,
    };
  };
  const service = (kind: Service): { text: string; bits: number } => {
    switch (kind) {
      case 'any':
        return { text: '', bits: 16 };
      case 'high':
        return { text: ' gt 1023', bits: 16 };
      case 'eq': {
        const known = random() < 0.85;
        const at = Math.floor(random() ** 2 * profile.services.length);
        return { text: ` eq ${known ? profile.services[at] : 1 + below(32000)}`, bits: 0 };
      }
      case 'range': {
        const from = 1 + below(30000);
        return { text: ` range ${from} ${from + 1 + below(200)}`, bits: 5 };
      }
    }
  };

  const lines = new Map<string, Line>();
  for (let tries = 0; lines.size < count && tries < count * 20; tries++) {
    const protocol = pick(profile.protocols);
    const source = address(pick(profile.source));
    const destination = address(pick(profile.destination));
    const ported = protocol === 'tcp' || protocol === 'udp';
    const from = ported ? service(pick(profile.sourceService)) : { text: '', bits: 16 };
    const to = ported ? service(pick(profile.destinationService)) : { text: '', bits: 16 };
    const match = `${protocol} ${source.text}${from.text} ${destination.text}${to.text}`;
    if (match === 'ip any any' || lines.has(match)) continue;
    const action = random() < profile.deny ? 'deny' : 'permit';
    const width = source.bits + destination.bits + (from.bits + to.bits) / 4 + (protocol === 'ip' ? 4 : 0);
    lines.set(match, { text: ` ${action} ${match}`, width: width + random() * 8 });
  }
  const sorted = [...lines.values()].sort((a, b) => a.width - b.width).map((line) => line.text);
  return [
    'version 12.4',
    `hostname ${profileName}-${count}-${seed}`,
    '!',
    'interface FastEthernet0/0',
    ' ip address 192.0.2.1 255.255.255.0',
    ' ip access-group BENCH in',
    '!',
    'ip access-list extended BENCH',
    ...sorted,
    ' deny ip any any',
    '!',
    'end',
    '',
  ].join('\n');
}

/** Numbers in [0, 1), the same for the same seed. */
export function xorshift(seed: number): () => number {
  let x = (seed * 2654435761) | 1;
  return () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return (x >>> 0) / 4294967296;
  };
}
