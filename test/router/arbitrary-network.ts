import fc from 'fast-check';
import { formatIpv4, parseIpv4 } from '../../src/model/address.ts';
import type { SlowAce, SlowInterface, SlowNetwork, SlowRoute, SlowRouter, SlowStatic } from './slow-path.ts';

const at = (text: string): number => parseIpv4(text) as number;
const network = (text: string, length: number): SlowNetwork => ({ address: at(text), length });

/** Hosts that questions and lines speak of: two on each network, some beyond, and the routers themselves. */
export const HOSTS = [
  '198.51.100.5',
  '198.51.100.10',
  '198.51.100.11',
  '198.51.100.1',
  '192.0.2.5',
  '192.0.2.6',
  '192.0.2.1',
  '192.0.2.21',
  '192.0.2.22',
  '10.0.0.5',
  '10.0.0.2',
  '10.0.1.5',
  '10.0.1.6',
  '172.16.0.5',
  '172.16.9.5',
  '203.0.113.7',
].map(at);

const NETWORKS: readonly SlowNetwork[] = [
  network('0.0.0.0', 0),
  network('198.51.100.0', 24),
  network('192.0.2.0', 28),
  network('192.0.2.16', 28),
  network('10.0.0.0', 23),
  network('10.0.1.0', 28),
  network('172.16.0.0', 16),
  ...HOSTS.map((address) => ({ address, length: 32 })),
];

/** Ports of lines lie below this one, which stands for all the others. */
export const OTHER_PORT = 8;

const port = fc.integer({ min: 0, max: OTHER_PORT - 1 });
const ports = fc.option(
  fc.tuple(port, port).map(([a, b]): [number, number] => [Math.min(a, b), Math.max(a, b)]),
  { freq: 2 },
);

const ace: fc.Arbitrary<SlowAce> = fc
  .record({
    permit: fc.boolean(),
    protocol: fc.constantFrom('ip' as const, 'tcp' as const, 'tcp' as const, 'udp' as const),
    source: fc.constantFrom(...NETWORKS),
    sourcePorts: ports,
    destination: fc.constantFrom(...NETWORKS),
    destinationPorts: ports,
    established: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
    timed: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
  })
  .map((a) => ({
    ...a,
    sourcePorts: a.protocol === 'ip' ? null : a.sourcePorts,
    destinationPorts: a.protocol === 'ip' ? null : a.destinationPorts,
    established: a.protocol === 'tcp' && a.established,
  }));

const list = fc.option(fc.array(ace, { maxLength: 5 }), { freq: 2 });

const iface = (
  name: string,
  address: string,
  length: number,
  mayBeShut = true,
): fc.Arbitrary<SlowInterface> =>
  fc.record({
    name: fc.constant(name),
    address: fc.constant(at(address)),
    length: fc.constant(length),
    in: list,
    out: list,
    nat: fc.constantFrom(null, null, 'inside' as const, 'outside' as const),
    shutdown: fc.integer({ min: 0, max: 14 }).map((n) => mayBeShut && n === 0),
  });

const route = (vias: readonly (string | null)[]): fc.Arbitrary<SlowRoute> =>
  fc
    .record({
      prefix: fc.constantFrom(
        network('0.0.0.0', 0),
        network('10.0.1.0', 28),
        network('192.0.2.0', 24),
        network('172.16.0.0', 16),
        network('172.16.0.0', 24),
        network('203.0.113.0', 24),
        network('198.51.100.10', 32),
      ),
      via: fc.constantFrom(...vias.map((v) => (v === null ? null : at(v)))),
      distance: fc.constantFrom(1, 1, 5),
    })
    .map(({ prefix, via, distance }) => ({ ...prefix, via, distance }));

const translation: fc.Arbitrary<SlowStatic> = fc.record({
  local: fc.constantFrom('192.0.2.5', '192.0.2.21', '10.0.1.5').map(at),
  global: fc.constantFrom('198.51.100.10', '198.51.100.11').map(at),
  ports: fc.option(
    fc.record({ protocol: fc.constantFrom('tcp' as const, 'udp' as const), local: port, global: port }),
    { freq: 2 },
  ),
});

/** One rule for one host and one for one address, as a device would have them. */
const translations = fc
  .uniqueArray(translation, { maxLength: 2, selector: (s) => s.local })
  .map((all) => all.filter((s, i) => all.findIndex((o) => o.global === s.global) === i));

const VIAS = ['198.51.100.254', '192.0.2.9', '192.0.2.25', '10.9.9.9', null];

/** An outer router with three networks, and an inner one behind it that may share one of them. */
export const someNetwork: fc.Arbitrary<readonly SlowRouter[]> = fc
  .record({
    outer: fc.record({
      name: fc.constant('outer'),
      interfaces: fc.tuple(
        iface('FastEthernet0/0', '198.51.100.1', 24, false),
        iface('FastEthernet0/1', '192.0.2.1', 28, false),
        iface('FastEthernet0/2', '192.0.2.17', 28),
        iface('FastEthernet0/3', '10.0.0.1', 28),
      ),
      routes: fc.array(route([...VIAS, '10.0.0.2', '10.0.0.2']), { maxLength: 5 }),
      statics: translations,
    }),
    inner: fc.record({
      name: fc.constant('inner'),
      interfaces: fc.tuple(
        iface('Ethernet0', '10.0.0.2', 28, false),
        iface('Ethernet1', '10.0.1.1', 28, false),
        iface('Ethernet2', '192.0.2.2', 28),
      ),
      routes: fc.array(route([...VIAS, '10.0.0.1', '10.0.0.1']), { maxLength: 4 }),
      statics: translations,
    }),
    shape: fc.constantFrom('one' as const, 'row' as const, 'ring' as const),
  })
  .map(({ outer, inner, shape }) => {
    if (shape === 'one') return [withoutRepeats(outer)];
    const [first, second, third] = inner.interfaces;
    const interfaces = shape === 'row' ? [first, second] : [first, second, third];
    return [withoutRepeats(outer), withoutRepeats({ ...inner, interfaces })];
  });

/** A table of connected networks alone would look like a piece of a configuration. */
const SOME_ROUTE: SlowRoute = { ...network('192.168.99.0', 24), via: null, distance: 1 };

/** A device keeps one route to a prefix by a next hop. */
const withoutRepeats = (router: SlowRouter): SlowRouter => ({
  ...router,
  routes: [SOME_ROUTE, ...router.routes].filter(
    (r, i, all) =>
      all.findIndex((o) => o.address === r.address && o.length === r.length && o.via === r.via) === i,
  ),
});

const mask = (length: number): string => formatIpv4(length === 0 ? 0 : (0xffffffff << (32 - length)) >>> 0);
const wildcard = (length: number): string => formatIpv4(length === 32 ? 0 : 0xffffffff >>> length);

const ends = (n: SlowNetwork, range: SlowAce['sourcePorts']): string =>
  `${n.length === 0 ? 'any' : n.length === 32 ? `host ${formatIpv4(n.address)}` : `${formatIpv4(n.address)} ${wildcard(n.length)}`}${
    range === null ? '' : range[0] === range[1] ? ` eq ${range[0]}` : ` range ${range[0]} ${range[1]}`
  }`;

const printAce = (a: SlowAce): string =>
  ` ${a.permit ? 'permit' : 'deny'} ${a.protocol} ${ends(a.source, a.sourcePorts)} ${ends(a.destination, a.destinationPorts)}${
    a.established ? ' established' : ''
  }${a.timed ? ' time-range SOMETIMES' : ''}`;

/** The configuration of such a router, as the device would show it. */
export function configOf(router: SlowRouter): string {
  const lines = [
    'version 12.4',
    `hostname ${router.name}`,
    'time-range SOMETIMES',
    ' periodic weekdays 9:00 to 17:00',
  ];
  const lists: string[] = [];
  for (const i of router.interfaces) {
    lines.push(`interface ${i.name}`, ` ip address ${formatIpv4(i.address)} ${mask(i.length)}`);
    for (const direction of ['in', 'out'] as const) {
      const aces = i[direction];
      if (aces === null) continue;
      const name = `${i.name.replace('/', '-')}-${direction}`;
      lines.push(` ip access-group ${name} ${direction}`);
      if (aces.length > 0) lists.push(`ip access-list extended ${name}`, ...aces.map(printAce));
    }
    if (i.nat) lines.push(` ip nat ${i.nat}`);
    if (i.shutdown) lines.push(' shutdown');
  }
  for (const r of router.routes)
    lines.push(
      `ip route ${formatIpv4(r.address)} ${mask(r.length)} ${r.via === null ? 'Null0' : formatIpv4(r.via)}${r.distance === 1 ? '' : ` ${r.distance}`}`,
    );
  for (const s of router.statics)
    lines.push(
      s.ports === null
        ? `ip nat inside source static ${formatIpv4(s.local)} ${formatIpv4(s.global)}`
        : `ip nat inside source static ${s.ports.protocol} ${formatIpv4(s.local)} ${s.ports.local} ${formatIpv4(s.global)} ${s.ports.global}`,
    );
  return `${[...lines, ...lists, 'end'].join('\n')}\n`;
}
