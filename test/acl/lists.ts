import fc from 'fast-check';
import type { CompileEnvironment } from '../../src/acl/compile.ts';
import type {
  Ace,
  AceAction,
  AceCondition,
  AceMatch,
  Acl,
  AclEntry,
  AddressMatch,
  PortMatch,
} from '../../src/model/access-list.ts';
import {
  type AddressPattern,
  ANY_ADDRESS,
  hostPattern,
  parseIpv4,
  parseWildcardMask,
  toAddressPattern,
  toIpv4,
} from '../../src/model/address.ts';
import { ACK, makePacket, type Packet, RST, SYN } from '../../src/model/packet.ts';
import { type Ranges, toRanges } from '../../src/model/ports.ts';
import { matchesSlowly } from './slow-first-match.ts';

/** Small constructors, so that a test's list reads like a list. */
export const NO_ENVIRONMENT: CompileEnvironment = {
  objectGroups: new Map(),
  timeRanges: new Map(),
  clock: null,
};

export const spanOf = (line: number, text = `line ${line}`): Ace['span'] => ({
  file: 'test.cfg',
  line,
  column: 1,
  endColumn: text.length + 1,
  text,
});

export function listOf(...entries: readonly AclEntry[]): Acl {
  const numbered = entries.map((entry, i) => ({ ...entry, span: spanOf(i + 1, entry.span.text) }));
  return { name: 'TEST', kind: 'extended', entries: numbered, span: spanOf(0) };
}

/** `any`, `10.0.0.1` or `10.0.0.0 0.255.255.255`. */
export function address(text: string): AddressMatch {
  if (text === 'any') return { kind: 'pattern', pattern: ANY_ADDRESS };
  const [value, wildcard] = text.split(' ');
  if (wildcard === undefined) return { kind: 'pattern', pattern: hostPattern(parseIpv4(value!)!) };
  return { kind: 'pattern', pattern: toAddressPattern(parseIpv4(value!)!, parseWildcardMask(wildcard)!) };
}

type Operator = 'eq' | 'neq' | 'lt' | 'gt' | 'range';

function rangesFor(operator: Operator, operands: readonly number[], top: number): Ranges {
  const [first, second] = operands as [number, number?];
  switch (operator) {
    case 'eq':
      return toRanges(operands.map((p) => [p, p]));
    case 'neq': {
      const sorted = [...operands].sort((a, b) => a - b);
      return toRanges([
        ...sorted.map((p, i): [number, number] => [i === 0 ? 0 : sorted[i - 1]! + 1, p - 1]),
        [sorted.at(-1)! + 1, top],
      ]);
    }
    case 'lt':
      return toRanges([[0, first - 1]]);
    case 'gt':
      return toRanges([[first + 1, top]]);
    case 'range':
      return toRanges([[Math.min(first, second!), Math.max(first, second!)]]);
  }
}

export const ports = (operator: Operator, ...operands: readonly number[]): PortMatch => ({
  kind: 'ports',
  operator,
  operands,
  set: rangesFor(operator, operands, 65535),
});

const PROTOCOLS: Readonly<Record<string, number>> = { icmp: 1, igmp: 2, tcp: 6, udp: 17, gre: 47, sctp: 132 };

export function ace(
  action: AceAction,
  protocol: string,
  source: string,
  destination: string,
  more: Partial<AceMatch> = {},
  conditions: readonly AceCondition[] = [],
): Ace {
  return {
    kind: 'ace',
    action,
    match: {
      protocol: protocol === 'ip' ? { kind: 'ip' } : { kind: 'number', number: PROTOCOLS[protocol]! },
      source: address(source),
      destination: address(destination),
      ...more,
    },
    conditions,
    log: null,
    sequence: null,
    hits: null,
    span: spanOf(0, `${action} ${protocol} ${source} ${destination} ${JSON.stringify(more)}`),
  };
}

export const permit = (
  protocol: string,
  source: string,
  destination: string,
  more?: Partial<AceMatch>,
  conditions?: readonly AceCondition[],
): Ace => ace('permit', protocol, source, destination, more, conditions);
export const deny = (
  protocol: string,
  source: string,
  destination: string,
  more?: Partial<AceMatch>,
  conditions?: readonly AceCondition[],
): Ace => ace('deny', protocol, source, destination, more, conditions);

export const toPort = (...operands: readonly number[]): Partial<AceMatch> => ({
  destinationPorts: ports('eq', ...operands),
});

export const tcpPacket = (
  source: string,
  destination: string,
  destinationPort: number,
  more: Partial<Packet> = {},
): Packet =>
  makePacket({
    source: parseIpv4(source)!,
    destination: parseIpv4(destination)!,
    protocol: 6,
    sourcePort: 49152,
    destinationPort,
    tcpFlags: SYN,
    ...more,
  });

/** How often a property is tried; the variable asks for more, say 20 times, when there is time. */
export const tries = (usual: number): { numRuns: number } => ({
  numRuns: usual * Number(process.env.ACLSCOPE_PROPERTY_FACTOR ?? 1),
});

/**
 * A small world: every random line is made of these few values, and `everyPacket` has one packet for each way
 * in which such lines can tell packets apart. What holds for all of these packets holds for all packets.
 */
const BASE = parseIpv4('10.0.0.0')!;
// Bits that random patterns fix or free, high and low and apart, so that prefixes and holes both occur.
const BITS = [1 << 24, 1 << 8, 1];
const EDGES = [0, 22, 80, 1024] as const;

/** The addresses of the small world that have these bits, wherever they are not free. */
export const patternOf = (value: number, free: number): AddressPattern =>
  toAddressPattern(spread(value) | BASE, spread(free));

const patternArbitrary: fc.Arbitrary<string> = fc.oneof(
  { weight: 2, arbitrary: fc.constant('any') },
  {
    weight: 8,
    arbitrary: fc
      .tuple(fc.integer({ min: 0, max: 7 }), fc.integer({ min: 0, max: 7 }))
      .map(([value, free]) => `${dotted(spread(value) | BASE)} ${dotted(spread(free))}`),
  },
  // Free in the high bits and fixed in the low ones: no prefix at all.
  {
    weight: 1,
    arbitrary: fc
      .integer({ min: 0, max: 7 })
      .map((value) => `${dotted(spread(value))} ${dotted(0xfffffffe & ~(1 << 8))}`),
  },
);

const spread = (three: number): number =>
  BITS.reduce((all, bit, i) => ((three >> i) & 1 ? all | bit : all), 0);
const dotted = (value: number): string => [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');

const portArbitrary: fc.Arbitrary<PortMatch> = fc.oneof(
  fc.constantFrom(...EDGES).map((p) => ports('eq', p)),
  fc.constantFrom(22, 80).map((p) => ports('neq', p)),
  fc.constantFrom(22, 80, 1024).map((p) => ports('lt', p)),
  fc.constantFrom(22, 80, 1024).map((p) => ports('gt', p - 1)),
  fc
    .constantFrom(
      ...([
        [0, 65535],
        [22, 79],
        [80, 22],
        [80, 65535],
        [0, 1023],
      ] as const),
    )
    .map(([a, b]) => ports('range', a, b)),
  fc.constant(ports('eq', 22, 1024)),
);

const layer4Arbitrary = (protocol: string): fc.Arbitrary<Partial<AceMatch>> => {
  const plain = fc.constant<Partial<AceMatch>>({});
  const withPorts = fc
    .tuple(fc.option(portArbitrary, { nil: undefined }), fc.option(portArbitrary, { nil: undefined }))
    .map(([sourcePorts, destinationPorts]) => ({
      ...(sourcePorts ? { sourcePorts } : {}),
      ...(destinationPorts ? { destinationPorts } : {}),
    }));
  const flags = fc
    .constantFrom<NonNullable<AceMatch['tcpFlags']>[]>(
      { kind: 'established' },
      { kind: 'any', set: RST, clear: 0, explicit: false },
      { kind: 'all', set: SYN, clear: ACK, explicit: true },
      { kind: 'any', set: SYN, clear: ACK, explicit: true },
    )
    .map((tcpFlags) => ({ tcpFlags }));
  const both = fc.tuple(withPorts, flags).map(([p, f]) => ({ ...p, ...f }));
  const fragments = fc.constant<Partial<AceMatch>>({ fragments: true });
  switch (protocol) {
    case 'tcp':
      return fc.oneof(plain, withPorts, withPorts, flags, both, fragments);
    case 'udp':
      return fc.oneof(plain, withPorts, withPorts, fragments);
    case 'icmp':
      return fc.oneof(
        plain,
        fc
          .tuple(fc.constantFrom(0, 3, 8), fc.constantFrom(null, 0, 1))
          .map(([type, code]) => ({ icmp: { type, code } })),
        fragments,
      );
    case 'igmp':
      return fc.oneof(
        plain,
        fc.constantFrom(1, 2).map((igmpType) => ({ igmpType })),
      );
    default:
      return fc.oneof(plain, plain, fragments);
  }
};

const extrasArbitrary: fc.Arbitrary<Partial<AceMatch>> = fc.oneof(
  { weight: 10, arbitrary: fc.constant({}) },
  {
    weight: 1,
    arbitrary: fc.constant<Partial<AceMatch>>({ tos: [{ kind: 'precedence', mask: 0xe0, value: 0xa0 }] }),
  },
  {
    weight: 1,
    arbitrary: fc.constant<Partial<AceMatch>>({ tos: [{ kind: 'dscp', mask: 0xfc, value: 0xb8 }] }),
  },
  {
    weight: 1,
    arbitrary: fc.constant<Partial<AceMatch>>({ ttl: { operator: 'lt', operands: [2], set: [[0, 1]] } }),
  },
);

export const aceArbitrary: fc.Arbitrary<Ace> = fc
  .constantFrom('ip', 'tcp', 'tcp', 'tcp', 'udp', 'icmp', 'igmp', 'gre')
  .chain((protocol) =>
    fc
      .tuple(
        fc.constantFrom<AceAction>('permit', 'deny'),
        patternArbitrary,
        patternArbitrary,
        layer4Arbitrary(protocol),
        extrasArbitrary,
      )
      .map(([action, source, destination, layer4, extras]) =>
        ace(action, protocol, source, destination, { ...layer4, ...extras }),
      ),
  );

export const aclArbitrary = (maxLength = 8): fc.Arbitrary<Acl> =>
  fc.array(aceArbitrary, { minLength: 1, maxLength }).map((aces) => listOf(...aces));

const ADDRESSES = [0, 1, 2, 3, 4, 5, 6, 7]
  .flatMap((three) => [spread(three) | BASE, spread(three)])
  .map(toIpv4);
const PORTS = [0, 1, 22, 23, 79, 80, 81, 1023, 1024, 2000];
const FEW_PORTS = [0, 10, 22, 50, 80, 500, 1024, 2000];

function* headers(): Generator<Partial<Packet> & Pick<Packet, 'protocol'>> {
  for (const sourcePort of FEW_PORTS)
    for (const destinationPort of FEW_PORTS) {
      yield { protocol: 17, sourcePort, destinationPort };
      for (const tcpFlags of [0, SYN, ACK, RST, SYN | ACK, SYN | RST, ACK | RST, SYN | ACK | RST])
        yield { protocol: 6, sourcePort, destinationPort, tcpFlags };
    }
  for (const icmpType of [0, 3, 8, 11])
    for (const icmpCode of [0, 1, 2]) yield { protocol: 1, icmpType, icmpCode };
  for (const igmpType of [0, 1, 2]) yield { protocol: 2, igmpType };
  for (const protocol of [47, 132]) yield { protocol };
  for (const protocol of [1, 2, 6, 17, 47, 132]) yield { protocol, nonInitialFragment: true };
}

const HEADERS = [...headers()];
const SHADES: readonly Partial<Packet>[] = [
  {},
  { tosByte: 0xa0 },
  { tosByte: 0xb8 },
  { ttl: 1 },
  { tosByte: 0xb8, ttl: 1 },
  { tosByte: 0xa0, ttl: 1 },
];

/** One packet drawn from the small world. */
export const packetArbitrary: fc.Arbitrary<Packet> = fc
  .tuple(
    fc.constantFrom(...ADDRESSES),
    fc.constantFrom(...ADDRESSES),
    fc.constantFrom(...HEADERS),
    fc.constantFrom(...SHADES),
    fc.constantFrom(...PORTS),
  )
  .map(([source, destination, header, shade, port]) =>
    makePacket({
      ...header,
      ...shade,
      source,
      destination,
      ...(header.destinationPort ? { destinationPort: port } : {}),
    }),
  );

/** One packet of every kind that the lists, made of `aclArbitrary`'s values, can tell apart. */
export function* everyPacket(lists: readonly Acl[]): Generator<Packet> {
  const used = lists.flatMap((l) => l.entries).filter((e) => e.kind === 'ace');
  const sources = distinctAddresses(used.map((a) => a.match.source));
  const destinations = distinctAddresses(used.map((a) => a.match.destination));
  const shades = used.some((a) => a.match.tos ?? a.match.ttl) ? SHADES : [{}];
  const anywhere = used.map((a) => ({
    ...a,
    match: { ...a.match, source: address('any'), destination: address('any') },
  }));
  const kinds = new Map<string, Packet>();
  for (const header of HEADERS)
    for (const shade of shades) {
      const packet = makePacket({ ...header, ...shade, source: ADDRESSES[0]!, destination: ADDRESSES[0]! });
      const key = anywhere.map((a) => (matchesSlowly(a, packet) ? 1 : 0)).join('');
      const whole = packet.nonInitialFragment ? 'fragment' : 'whole';
      if (!kinds.has(`${whole} ${key}`)) kinds.set(`${whole} ${key}`, packet);
    }
  for (const source of sources)
    for (const destination of destinations)
      for (const kind of kinds.values()) yield { ...kind, source, destination };
}

/** One address for each set of patterns that it is in. */
function distinctAddresses(matches: readonly AddressMatch[]): readonly Packet['source'][] {
  const byPatterns = new Map<string, Packet['source']>();
  for (const a of ADDRESSES) {
    const key = matches
      .map((m) => (m.kind === 'pattern' && ((a ^ m.pattern.address) & ~m.pattern.wildcard) === 0 ? 1 : 0))
      .join('');
    if (!byPatterns.has(key)) byPatterns.set(key, a);
  }
  return [...byPatterns.values()];
}
