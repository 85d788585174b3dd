import fc from 'fast-check';

/** Lines that IOS would take, in every form that the model holds. */

const octet = fc.integer({ min: 0, max: 255 });
const address = fc.tuple(octet, octet, octet, octet).map((o) => o.join('.'));
const mask = fc
  .integer({ min: 0, max: 32 })
  .map((n) =>
    [24, 16, 8, 0].map((s) => ((n === 0 ? 0 : (0xffffffff << (32 - n)) >>> 0) >>> s) & 255).join('.'),
  );
const port = fc.oneof(
  fc.integer({ min: 0, max: 65535 }).map(String),
  fc.constantFrom('www', 'telnet', 'domain', 'smtp'),
);
const udpPort = fc.oneof(
  fc.integer({ min: 0, max: 65535 }).map(String),
  fc.constantFrom('syslog', 'ntp', 'domain', 'who'),
);
const name = fc.stringMatching(/^[A-Z][A-Z0-9_]{2,8}$/).filter((n) => !/^(ANY|HOST|LOG|EQ)/.test(n));
const words = (...parts: fc.Arbitrary<string>[]): fc.Arbitrary<string> =>
  fc.tuple(...parts).map((p) => p.filter((w) => w !== '').join(' '));
const maybe = (part: fc.Arbitrary<string>): fc.Arbitrary<string> => fc.oneof(fc.constant(''), part);

const place = fc.oneof(
  { weight: 3, arbitrary: fc.constant('any') },
  { weight: 3, arbitrary: address.map((a) => `host ${a}`) },
  { weight: 3, arbitrary: words(address, address) },
  { weight: 1, arbitrary: name.map((n) => `object-group ${n}`) },
);
const ports = (p: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 3, arbitrary: fc.constant('') },
    { weight: 3, arbitrary: p.map((x) => `eq ${x}`) },
    { weight: 1, arbitrary: fc.array(p, { minLength: 2, maxLength: 10 }).map((x) => `eq ${x.join(' ')}`) },
    { weight: 1, arbitrary: p.map((x) => `neq ${x}`) },
    { weight: 1, arbitrary: p.map((x) => `gt ${x}`) },
    { weight: 1, arbitrary: p.map((x) => `lt ${x}`) },
    { weight: 1, arbitrary: words(fc.constant('range'), p, p) },
  );
const tail = words(
  maybe(fc.constantFrom('precedence critical', 'tos 5', 'dscp af21', 'dscp 3', 'precedence 2 tos min-delay')),
  maybe(fc.constantFrom('ttl eq 1', 'ttl range 3 9', 'ttl neq 1 2', 'ttl lt 7')),
  maybe(fc.constantFrom('option record-route', 'option 7')),
  maybe(name.map((n) => `time-range ${n}`)),
  maybe(fc.constantFrom('log', 'log-input', 'log TAG1')),
);
const action = fc.constantFrom('permit', 'deny');
const flags = fc.constantFrom(
  'established',
  'syn',
  'ack rst',
  'match-any +syn -ack',
  'match-all +fin -psh -urg',
);

const extendedEntry: fc.Arbitrary<string> = fc.oneof(
  words(
    action,
    fc.constantFrom('ip', 'gre', 'esp', 'ospf', '77', 'igmp'),
    place,
    place,
    maybe(fc.constant('fragments')),
    tail,
  ),
  words(action, fc.constant('tcp'), place, ports(port), place, ports(port), maybe(flags), tail),
  words(action, fc.constant('udp'), place, ports(udpPort), place, ports(udpPort), tail),
  words(
    action,
    fc.constant('icmp'),
    place,
    place,
    maybe(fc.constantFrom('echo', 'host-unreachable', '8 0', '3', '200 7', 'packet-too-big')),
    tail,
  ),
  words(
    action,
    name.map((n) => `object-group ${n}`),
    place,
    place,
    tail,
  ),
  fc.stringMatching(/^[ -~]{0,40}$/).map((t) => `remark ${t.trim()}`.trim()),
);

const standardEntry: fc.Arbitrary<string> = fc.oneof(
  words(action, fc.constant('any'), maybe(fc.constant('log'))),
  words(action, address, maybe(fc.constant('log'))),
  words(action, address, address, maybe(fc.constant('log'))),
  fc.constant('remark hosts'),
);

const numbered = fc
  .tuple(fc.integer({ min: 100, max: 199 }), fc.array(extendedEntry, { maxLength: 6 }))
  .map(([n, es]) => es.map((e) => `access-list ${n} ${e}`));
const standard = fc
  .tuple(fc.integer({ min: 1, max: 99 }), fc.array(standardEntry, { maxLength: 6 }))
  .map(([n, es]) => es.map((e) => `access-list ${n} ${e}`));
const named = fc
  .tuple(
    name,
    fc.array(fc.tuple(fc.option(fc.integer({ min: 1, max: 500 })), extendedEntry), { maxLength: 8 }),
  )
  .map(([n, es]) => [
    `ip access-list extended EXT${n}`,
    ...es.map(([seq, e]) => ` ${seq === null || e.startsWith('remark') ? '' : `${seq} `}${e}`),
    ...(es.length > 5
      ? [
          ' evaluate MIRROR',
          ' dynamic GATE timeout 5 permit ip any any',
          ' permit tcp any any reflect MIRROR timeout 9',
        ]
      : []),
  ]);
const iface = fc
  .tuple(
    fc.constantFrom('FastEthernet0/0', 'Fa0/1', 'Serial1/0:0', 'Vlan10', 'GigabitEthernet0/0/1.20'),
    fc.subarray(
      [
        'description to the ! outside',
        'ip vrf forwarding RED',
        'ip address 192.0.2.1 255.255.255.0',
        'ip address 198.51.100.1 255.255.255.128 secondary',
        'ip access-group 150 in',
        'ip access-group OUT out',
        'ip nat outside',
        'no ip unreachables',
        'no ip proxy-arp',
        'ip inspect FW in',
        'ip verify unicast reverse-path 5',
        'zone-member security OUT',
        'standby 3 ip 192.0.2.254',
        'ip ospf 7 area 0',
        'rate-limit input access-group 101 8000 1500 2000 conform-action transmit exceed-action drop',
        'ipv6 address 2001:db8::1/64',
        'tunnel source FastEthernet0/0',
        'tunnel destination 203.0.113.9',
        'tunnel mode ipip',
        'tunnel key 7',
        'ip ospf shutdown',
        'shutdown',
      ],
      { minLength: 0 },
    ),
  )
  .map(([n, lines]) => [`interface ${n}`, ...lines.map((l) => ` ${l}`)]);
const route = words(
  fc.constant('ip route'),
  maybe(fc.constant('vrf RED')),
  fc.constantFrom('0.0.0.0 0.0.0.0', '10.0.0.0 255.0.0.0', '192.0.2.64 255.255.255.192'),
  fc.oneof(address, fc.constantFrom('Null0', 'dhcp', 'Serial0/0', 'FastEthernet0/0 192.0.2.1')),
  maybe(fc.integer({ min: 1, max: 255 }).map(String)),
  maybe(fc.constantFrom('tag 7', 'name UP', 'track 3', 'permanent')),
).map((l) => [l]);
const nat = fc
  .constantFrom(
    'ip nat pool P 198.51.100.1 198.51.100.9 netmask 255.255.255.0',
    'ip nat inside source list 7 pool P overload',
    'ip nat inside source list 8 interface FastEthernet0/0 overload',
    'ip nat inside source static tcp 10.0.0.5 80 198.51.100.5 8080 extendable',
    'ip nat inside source static 10.0.0.6 interface Fa0/0',
    'ip nat inside source static network 10.1.0.0 198.51.100.0 /24',
    'ip nat outside source static 203.0.113.9 10.9.9.9',
    'ip nat inside destination list 9 pool P',
  )
  .map((l) => [l]);
const group = fc
  .tuple(
    name,
    fc.array(
      fc.oneof(
        address.map((a) => `host ${a}`),
        words(address, mask),
        fc.constantFrom('range 10.0.0.1 10.0.0.9', 'group-object OTHER', 'any', '10.0.0.0 /8'),
      ),
      { maxLength: 4 },
    ),
  )
  .map(([n, ms]) => [`object-group network NET${n}`, ...ms.map((m) => ` ${m}`)]);
const service = fc
  .tuple(
    name,
    fc.array(
      fc.constantFrom(
        'tcp eq www',
        'tcp',
        'udp source gt 1023 eq ntp',
        'tcp-udp eq domain',
        'icmp echo',
        'icmp 3 9',
        'gre',
        '200',
        'ip',
        'tcp range 1 5',
        'tcp neq 80',
        'udp lt 9',
        'tcp gt 65535',
        'group-object S2',
      ),
      { maxLength: 5 },
    ),
  )
  .map(([n, ms]) => [`object-group service SVC${n}`, ...ms.map((m) => ` ${m}`)]);
const range = fc
  .subarray([
    'absolute start 08:00 1 January 2004 end 18:30 29 February 2004',
    'periodic weekdays 8:00 to 18:00',
    'periodic monday 9:00 to friday 17:00',
    'periodic weekend 0:00 to 23:59',
  ])
  .map((ls) => ['time-range HOURS', ...ls.map((l) => ` ${l}`)]);
const other = fc
  .constantFrom(
    ['line vty 0 4', ' access-class 7 in', ' transport input ssh'],
    ['line vty 5 15', ' access-class OUT out vrf-also'],
    [
      'router ospf 1',
      ' network 10.0.0.0 0.255.255.255 area 0',
      ' neighbor 192.0.2.2',
      ' distribute-list 5 in',
    ],
    ['router rip', ' network 10.0.0.0'],
    ['router eigrp 7', ' network 10.1.0.0 0.0.255.255'],
    ['route-map RM permit 10', ' match ip address 101 102'],
    ['class-map match-any C', ' match access-group name WEB'],
    ['crypto map M 10 ipsec-isakmp', ' match address 120'],
    ['snmp-server community public RO 5'],
    ['ip tcp intercept mode watch', 'ip tcp intercept list 101'],
    ['no ip routing', 'ip default-gateway 192.0.2.9'],
    ['no ip classless', 'ip icmp rate-limit unreachable 100'],
    ['no ip http server', 'ip http access-class 5'],
    ['ip vrf BLUE'],
    ['ipv6 access-list V6', ' permit ipv6 any any'],
    ['control-plane', ' service-policy input COPP'],
    ['ip inspect name FW tcp'],
    ['ip inspect name FW http java-list 5'],
    ['queue-list 1 protocol ip 1 list 101'],
  )
  .map((l) => [...l]);

/** A configuration of some of everything, framed or not. */
export const configText: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom('version 12.1', 'version 12.4', 'version 15.2', ''),
    fc.array(fc.oneof(numbered, standard, named, iface, route, nat, group, service, range, other), {
      maxLength: 14,
    }),
    fc.boolean(),
  )
  .map(([version, blocks, end]) =>
    [version, 'hostname gw', ...blocks.flatMap((b) => [...b, '!']), ...(end ? ['end'] : [])]
      .filter((l) => l !== '')
      .map((l) => `${l}\n`)
      .join(''),
  );
