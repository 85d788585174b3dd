import { mustRun } from './command.ts';
import { namespaceOf, type Place, places } from './naming.ts';

//   internet 203.0.113.77 ─┐                       mailfilter 192.168.1.30 ─┐
//                          isp ── 192.168.1.1 ──────────────── outside (switch) ── 192.168.1.126 router
//   admin    10.0.1.32   ──┘                                                               │ 192.168.2.1
//                                  friend 192.168.2.50 ── segment (switch) ────────────────┘
//                                  giant  192.168.2.35 ──┘

/** Further sources that the Internet host can probe from; ACEs 5, 6 and 4 of the full list deny the last three. */
const furtherSources = ['203.0.113.78', '198.51.100.23', '192.0.2.10', '192.168.64.7', '172.16.5.5'];

type Wire = readonly [placeA: Place, interfaceA: string, placeB: Place, interfaceB: string];

const wires: readonly Wire[] = [
  ['internet', 'eth0', 'isp', 'internet'],
  ['admin', 'eth0', 'isp', 'admin'],
  ['isp', 'outside', 'outside', 'isp'],
  ['mailfilter', 'eth0', 'outside', 'mailfilter'],
  ['router', 'outside', 'outside', 'router'],
  ['router', 'inside', 'segment', 'router'],
  ['friend', 'eth0', 'segment', 'friend'],
  ['giant', 'eth0', 'segment', 'giant'],
];

const toOutside = 'route add default via 192.168.1.1';

/** `ip` commands within each namespace, beyond bringing its interfaces up. */
const addresses: Readonly<Record<Place, readonly string[]>> = {
  internet: [
    'address add 203.0.113.77/24 dev eth0',
    ...furtherSources.map((source) => `address add ${source}/32 dev eth0`),
    'route add default via 203.0.113.1 src 203.0.113.77',
  ],
  isp: [
    'address add 203.0.113.1/24 dev internet',
    'address add 10.0.1.1/24 dev admin',
    'address add 192.168.1.1/24 dev outside',
    'route add 192.168.2.0/24 via 192.168.1.126',
    ...furtherSources
      .filter((source) => !source.startsWith('203.0.113.'))
      .map((source) => `route add ${source}/32 via 203.0.113.77`),
  ],
  admin: ['address add 10.0.1.32/24 dev eth0', 'route add default via 10.0.1.1'],
  mailfilter: [
    'address add 192.168.1.30/24 dev eth0',
    'route add 192.168.2.0/24 via 192.168.1.126',
    toOutside,
  ],
  router: ['address add 192.168.1.126/24 dev outside', 'address add 192.168.2.1/24 dev inside', toOutside],
  friend: ['address add 192.168.2.50/24 dev eth0', 'route add default via 192.168.2.1'],
  giant: ['address add 192.168.2.35/24 dev eth0', 'route add default via 192.168.2.1'],
  outside: [],
  segment: [],
};

const switches: readonly Place[] = ['outside', 'segment'];
const forwarders: readonly Place[] = ['router', 'isp'];

/** No IPv6: its neighbour discovery would put packets on wires whose every packet a test may count. */
const everywhere = [
  'net.ipv6.conf.all.disable_ipv6=1',
  'net.ipv6.conf.default.disable_ipv6=1',
  'net.ipv4.conf.all.rp_filter=0',
  'net.ipv4.conf.default.rp_filter=0',
];

/** A router's refusals are limited by its rules alone; hosts keep the kernel's usual limits. */
const onForwarders = ['net.ipv4.ip_forward=1', 'net.ipv4.icmp_ratelimit=0', 'net.ipv4.icmp_ratemask=0'];

function interfacesOf(place: Place): string[] {
  return wires.flatMap(([a, ifA, b, ifB]) => (a === place ? [ifA] : b === place ? [ifB] : []));
}

function setupOf(place: Place): string[] {
  const interfaces = interfacesOf(place);
  const bridge = switches.includes(place)
    ? [
        'link add br0 type bridge stp_state 0 forward_delay 0 mcast_snooping 0',
        'link set br0 up',
        ...interfaces.map((name) => `link set ${name} master br0`),
      ]
    : [];
  return [
    'link set lo up',
    ...bridge,
    ...interfaces.map((name) => `link set ${name} up`),
    ...addresses[place],
  ];
}

/** Makes the lab's namespaces and wires. Both ends of a wire are born inside: nothing ever touches the machine's own network. */
export async function buildNetwork(lab: string): Promise<void> {
  const creation = [
    ...places.map((place) => `netns add ${namespaceOf(lab, place)}`),
    ...wires.map(
      ([a, ifA, b, ifB]) =>
        `link add ${ifA} netns ${namespaceOf(lab, a)} type veth peer name ${ifB} netns ${namespaceOf(lab, b)}`,
    ),
  ];
  await mustRun(['ip', '-batch', '-'], { input: `${creation.join('\n')}\n` });
  await Promise.all(places.map((place) => configure(lab, place)));
}

async function configure(lab: string, place: Place): Promise<void> {
  const namespace = namespaceOf(lab, place);
  const settings = forwarders.includes(place) ? [...everywhere, ...onForwarders] : everywhere;
  await mustRun(['ip', 'netns', 'exec', namespace, 'sysctl', '-qw', ...settings]);
  await mustRun(['ip', '-n', namespace, '-batch', '-'], { input: `${setupOf(place).join('\n')}\n` });
}
