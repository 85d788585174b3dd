import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { parseConfig } from '../../parsers/cisco-ios/parse-config.ts';
import { statedBesideLists } from '../../src/router/stated-effects.ts';
import { ask } from '../support/ask.ts';
import { runCommand } from '../support/run-command.ts';

interface Lines {
  /** Under the interface of arrival, under the one behind, and of the whole router. */
  readonly outside?: string;
  readonly inside?: string;
  readonly router?: string;
}

const withLines = ({ outside = '', inside = '', router = '' }: Lines): string => `version 15.1
hostname gw
interface FastEthernet0/0
 ip address 203.0.113.1 255.255.255.0
 ip access-group EDGE in
${outside}interface Vlan10
 ip address 192.0.2.1 255.255.255.0
${inside}ip route 0.0.0.0 0.0.0.0 203.0.113.254
${router}ip access-list extended EDGE
 permit tcp any any eq 443
 permit tcp any host 203.0.113.1 eq 22
access-list 10 permit any
line vty 0 4
 access-class 10 in
end
`;

/** Everything that an answer says, verdict first. */
function saidOf(config: string, to: 'host' | 'router', ownPort = '22'): string {
  const [address, dport] = to === 'host' ? ['192.0.2.10', '443'] : ['203.0.113.1', ownPort];
  const trace = ask(config, { from: '203.0.113.77', to: address!, in: 'FastEthernet0/0', dport: dport! });
  const { doubts } = trace.verdict === 'undetermined' ? trace : trace.reply;
  return [trace.verdict, ...doubts.map((d) => d.reason), ...trace.assumptions].join('\n');
}

/** `lint`: null where it concerns no packet that a list sees. */
type Row = readonly [says: string, lines: Lines, told: RegExp, lint?: RegExp | null];

/** Of packets that pass through: the answer and the lint say what may be otherwise. */
const THROUGH: readonly Row[] = [
  ['inspection', { outside: ' ip inspect FW in\n' }, /stateful inspection .* may drop/],
  ['intrusion prevention', { outside: ' ip ips IPS in\n' }, /intrusion prevention may drop/],
  ['intrusion detection', { outside: ' ip audit AUD in\n' }, /intrusion detection may drop/],
  [
    'a rate limit of everything',
    { inside: ' rate-limit output 8000 1500 2000 conform-action transmit exceed-action drop\n' },
    /Vlan10: a rate limit may drop/,
    /a rate limit may drop packets \(Vlan10 line/,
  ],
  [
    'a rate limit of a list',
    { outside: ' rate-limit input access-group 10 8000 1500 2000 conform-action drop exceed-action drop\n' },
    /a rate limit may drop/,
  ],
  ['a service policy', { outside: ' service-policy input PM\n' }, /a service policy may drop/],
  [
    'a service policy of a circuit',
    { outside: ' pvc 1/32\n  service-policy input PM\n' },
    /a service policy may drop/,
  ],
  ['policy routing', { outside: ' ip policy route-map PBR\n' }, /policy routing may choose/],
  ['encryption', { outside: ' crypto map CM\n' }, /encryption may take packets away/],
  ['an easy VPN client', { outside: ' crypto ipsec client ezvpn EZ\n' }, /encryption may take packets away/],
  ['web redirection', { outside: ' ip wccp web-cache redirect in\n' }, /web redirection may change/],
  ['a list of MAC addresses', { outside: ' mac access-group MACS in\n' }, /a list of MAC addresses may drop/],
  ['labels', { outside: ' mpls ip\n' }, /packets that carry labels meet no list/],
  [
    'storm control of broadcasts',
    { outside: ' storm-control broadcast level 1.00\n' },
    /storm control of broadcasts may drop ARP requests/,
  ],
  [
    'a private VLAN of a port',
    { router: 'interface FastEthernet0/2\n switchport mode private-vlan host\n' },
    /FastEthernet0\/2: a private VLAN keeps hosts apart/,
    /a private VLAN keeps hosts apart/,
  ],
  [
    'a private VLAN of the router’s own interface',
    { inside: ' private-vlan mapping 101,102\n' },
    /Vlan10: a private VLAN keeps hosts apart/,
    /a private VLAN keeps hosts apart/,
  ],
  [
    'a line that a dialer list brings up',
    { outside: ' dialer-group 1\n', router: 'dialer-list 1 protocol ip list 10\n' },
    /only what the dialer list names brings the line up/,
  ],
  [
    'a limit of translations',
    { router: 'ip nat translation max-entries 100\n' },
    /packets that need a translation more than the router may keep are dropped/,
  ],
  [
    'rate limits of the switching engine',
    { router: 'mls rate-limit unicast acl input 500\n' },
    /a rate limit of the switching engine may drop/,
  ],
  ['storm control of unicasts', { outside: ' storm-control unicast level 1.00\n' }, /storm control may drop/],
  [
    'fragments that are dropped',
    { outside: ' ip virtual-reassembly drop-fragments\n' },
    /virtual reassembly drops fragments/,
  ],
  ['a bridge', { outside: ' bridge-group 1\n' }, /the effect of "bridge-group 1" is not modelled/],
  [
    'zones',
    { outside: ' zone-member security OUT\n' },
    /only one of .* is in a zone/,
    /zones decide what passes/,
  ],
  [
    'a check of sources',
    { outside: ' ip verify source\n' },
    /what this check of sources drops/,
    /a check of sources may drop/,
  ],
  ['a VLAN access map', { router: 'vlan filter VM vlan-list 10\n' }, /a VLAN access map may drop/],
  ['inspection of ARP', { router: 'ip arp inspection vlan 10\n' }, /the inspection of ARP may silence/],
  ['DHCP snooping', { router: 'ip dhcp snooping vlan 10\n' }, /DHCP snooping may drop/],
  [
    'a MAC address that is dropped',
    { router: 'mac address-table static 0000.5e00.5301 vlan 10 drop\n' },
    /frames of a MAC address are dropped/,
  ],
  [
    'flow specifications',
    { router: 'flowspec\n address-family ipv4\n  local-install interface-all\n' },
    /flow specifications .* may drop/,
  ],
  ['TCP intercept', { router: 'ip tcp intercept list 10\n' }, /TCP intercept answers/],
  ['security group tags', { router: 'cts role-based enforcement\n' }, /security group tags/],
  [
    'the list of a port',
    { router: 'interface FastEthernet0/2\n switchport access vlan 10\n ip access-group 10 in\n' },
    /FastEthernet0\/2 has no address: if it is a port of Vlan10, list 10 may drop/,
    /lists of ports see packets within a VLAN \(FastEthernet0\/2 line/,
  ],
  [
    'the security of a port',
    { router: 'interface FastEthernet0/2\n switchport access vlan 10\n switchport port-security\n' },
    /FastEthernet0\/2: a port of a VLAN may drop frames/,
    /a port of a VLAN may drop frames .*\(FastEthernet0\/2 line/,
  ],
];

/** Of packets to the router itself. */
const TO_ROUTER: readonly Row[] = [
  [
    "the control plane's policy",
    { router: 'control-plane\n service-policy input COPP\n' },
    /^undetermined\n.*control plane's policy may drop/,
    /the control plane may drop/,
  ],
  [
    "a filter of the control plane's ports",
    { router: 'control-plane host\n service-policy type port-filter input PF\n' },
    /^undetermined\n.*control plane's policy may drop/,
    /the control plane may drop/,
  ],
  [
    "the control plane's policy on answers",
    { router: 'control-plane\n service-policy output COPP\n' },
    /^permit\n.*may drop the reply/,
    /the control plane may drop/,
  ],
  [
    'policy routing of its own packets',
    { router: 'ip local policy route-map OWN\n' },
    /^permit\n.*may drop the reply/,
    null,
  ],
  [
    'an interface for management',
    { router: 'control-plane host\n management-interface Vlan10 allow ssh\n' },
    /^undetermined\n.*takes management by the interfaces that it names/,
    /the control plane may drop/,
  ],
  [
    'a list for the router itself',
    { router: 'ip receive access-list 10\n' },
    /^undetermined\n.*`ip receive` may drop/,
    /a list for packets to the router itself/,
  ],
  [
    'a block of logins',
    { router: 'login block-for 100 attempts 3 within 100\n' },
    /^permit\n.*after failed logins/,
    /after failed logins/,
  ],
];

const NEAR_MISSES: readonly (readonly [says: string, lines: Lines])[] = [
  [
    'definitions that nothing uses',
    {
      router:
        'class-map match-all X\n match access-group 10\npolicy-map PM\n class X\n  drop\nip inspect name FW tcp\nip ips name IPS\nvlan access-map VM 10\n action drop\nzone security OUT\n',
    },
  ],
  [
    'limits of multicasts',
    {
      outside: ' storm-control multicast level 1.00\n ip multicast boundary 10\n',
      router: 'mls rate-limit multicast ipv4 partial 1000 100\nmls qos\n',
    },
  ],
  [
    'dialer lists of every packet, or of no line',
    {
      outside: ' dialer-group 1\n',
      router: 'dialer-list 1 protocol ip permit\ndialer-list 2 protocol ip list 10\n',
    },
  ],
  ['a limit of how long translations stay', { router: 'ip nat translation timeout 300\n' }],
  ['what concerns packets with options alone', { router: 'no ip source-route\nip options drop\n' }],
  [
    "the router's own answers and sessions",
    {
      outside: ' no ip unreachables\n ip tcp adjust-mss 1360\n',
      router: 'ip tcp synwait-time 5\nip icmp redirect host\n',
    },
  ],
  ['a port without a list', { router: 'interface FastEthernet0/2\n switchport access vlan 10\n' }],
  [
    'label settings without labels, and reassembly',
    { outside: ' mpls mtu 1500\n ip virtual-reassembly in\n' },
  ],
  ['ARP inspection of no VLAN', { router: 'ip arp inspection validate src-mac\n' }],
];

describe('what a configuration says beside its lists', () => {
  const bare = { host: saidOf(withLines({}), 'host'), router: saidOf(withLines({}), 'router') };
  const lintOf = (text: string): string => statedBesideLists(parseConfig(text, 'gw.cfg').value).join('\n');

  it('is nothing where it has nothing but lists', () => {
    expect([bare.host, bare.router, lintOf(withLines({}))]).to.deep.equal(['permit', 'permit', '']);
  });

  for (const [rows, to] of [
    [THROUGH, 'host'],
    [TO_ROUTER, 'router'],
  ] as const)
    for (const [says, lines, told, lint = told] of rows)
      it(`is told of packets to a ${to}, and by lint: ${says}`, () => {
        const config = withLines(lines);
        expect(saidOf(config, to)).to.match(told);
        if (to === 'router') expect(saidOf(config, 'host')).to.equal(bare.host);
        if (lint !== null) expect(lintOf(config)).to.match(lint);
      });

  for (const [says, lines] of NEAR_MISSES)
    it(`is not told where it drops nothing: ${says}`, () => {
      const config = withLines(lines);
      expect([saidOf(config, 'host'), saidOf(config, 'router'), lintOf(config)]).to.deep.equal([
        bare.host,
        bare.router,
        '',
      ]);
    });

  it('tells of the TTL security of BGP for its port alone', () => {
    const peer = 'router bgp 65000\n neighbor 203.0.113.9 remote-as 65001\n';
    const bgp = (more: string, port = '179'): string =>
      saidOf(withLines({ router: peer + more }).replace('eq 22', 'any'), 'router', port);
    const secured = ' neighbor 203.0.113.9 ttl-security hops 2\n';
    expect(bgp(secured)).to.contain('BGP 65000 hears 203.0.113.9 by TTL security');
    expect(bgp(secured, '22')).not.to.contain('TTL security');
    expect(bgp('')).not.to.contain('TTL security');
  });

  it('tells of what is carried that the packets which carry it are not followed', () => {
    const TUNNEL =
      'interface Tunnel0\n ip address 10.0.0.1 255.255.255.252\n tunnel source FastEthernet0/0\n tunnel destination 198.51.100.1\n';
    const through = (prefix: string): string =>
      saidOf(withLines({ router: `${TUNNEL}ip route ${prefix} 10.0.0.2\n` }), 'host');
    expect(through('192.0.2.10 255.255.255.255')).to.match(
      /^permit\nTunnel0: the packets that carry this tunnel/,
    );
    expect(through('192.0.2.11 255.255.255.255')).to.equal(bare.host);
  });

  it('takes management where an interface and a service are named', () => {
    const named = (line: string): string =>
      saidOf(withLines({ router: `control-plane host\n management-interface ${line}\n` }), 'router');
    expect(named('Fa0/0 allow ssh')).to.equal('permit');
    expect(named('Fa0/0 allow snmp')).to.match(/^undetermined/);
  });

  it('keeps the list of a port from counting as one without effect', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'aclscope-stated-'));
    try {
      const port = 'interface FastEthernet0/2\n ip access-group 111 in\n';
      const list = 'access-list 111 permit tcp any any\n';
      const idle = async (config: string): Promise<boolean> => {
        writeFileSync(join(folder, 'gw.cfg'), config);
        return (await runCommand(['lint', 'gw.cfg'], { cwd: folder })).stdout.includes('unbound-interface');
      };
      expect(await idle(withLines({ router: port + list }))).to.equal(false);
      expect(await idle(withLines({ router: port + list }).replace('Vlan10', 'FastEthernet0/1'))).to.equal(
        true,
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('stands in the reports of lint, of the intended exposure and of an audit', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'aclscope-stated-'));
    try {
      writeFileSync(join(folder, 'gw.cfg'), withLines({ outside: ' service-policy input PM\n' }));
      writeFileSync(
        join(folder, 'site.yaml'),
        `site: s
routers: [{ name: gw, config: gw.cfg }]
targets: { web: { address: 192.0.2.10 } }
vantages: { outside: { address: 203.0.113.77, enters: gw FastEthernet0/0 } }
policy: []
`,
      );
      for (const command of ['lint', 'intended', 'audit']) {
        const { stdout } = await runCommand([command, 'site.yaml', '--format', 'json'], { cwd: folder });
        const { assumptions } = JSON.parse(stdout) as { assumptions: readonly string[] };
        expect(assumptions.join('\n'), command).to.match(/a service policy may drop packets.*line 6\b/);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
