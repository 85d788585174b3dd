import { describeRows } from '../support/path-rows.ts';

const router = (version: string, more: string): string => `version ${version}
hostname gw
object-group network ADMINS
 host 203.0.113.7
interface GigabitEthernet0/0
 ip address 198.51.100.1 255.255.255.0
 ip access-group EDGE in
interface GigabitEthernet0/1
 vrf forwarding MGMT
 ip address 192.0.2.1 255.255.255.0
interface GigabitEthernet0/2
 ip address 10.0.0.1 255.255.255.0
ip route 0.0.0.0 0.0.0.0 198.51.100.254
ip access-list extended EDGE
 permit tcp object-group ADMINS any eq 22
 permit tcp host 203.0.113.8 any eq 22
 permit tcp any any range 80 443
 permit udp any any
 deny tcp any any eq 22
 permit tcp any any eq telnet
${more}end
`;
const admin = '203.0.113.7';
const ssh = (from: string, more: object = {}) => ({ from, to: '198.51.100.1', dport: '22', ...more });

describeRows('lists with object groups before the router itself', [
  {
    title: 'IOS-XE may ignore the line, so what it alone permits is undetermined',
    config: router('17.3', ''),
    q: ssh(admin),
    forward: 'undetermined',
    because: [15],
  },
  {
    title: 'what another line decides is not',
    config: router('17.3', ''),
    q: ssh('203.0.113.8'),
    forward: 'permit 16',
  },
  {
    title: 'nor what none permits',
    config: router('17.3', ''),
    q: ssh('203.0.113.9'),
    forward: 'deny 19',
  },
  {
    title: 'packets that pass through meet the line',
    config: router('17.3', ''),
    q: { from: admin, to: '10.0.0.5', dport: '22' },
    forward: 'permit 15',
  },
  {
    title: 'classic IOS has no route processor apart',
    config: router('12.4', ''),
    q: ssh(admin),
    forward: 'permit 15',
  },
  {
    title: 'a virtual address is the router itself',
    config: router('17.3', 'interface GigabitEthernet0/2\n standby 1 ip 10.0.0.3\n'),
    q: { from: admin, to: '10.0.0.3', dport: '22' },
    forward: 'undetermined',
    because: [15],
  },
]);

const LINES =
  'line vty 0 4\n access-class 5 in\nline vty 5 15\n access-class 6 in\naccess-list 5 permit 203.0.113.8\n';

describeRows('terminal lines', [
  {
    title: 'let in whom one of their lists permits',
    config: router('12.4', `${LINES}access-list 6 permit 203.0.113.9\n`),
    q: ssh('203.0.113.8'),
    forward: 'permit 25',
  },
  {
    title: 'keep out whom none permits',
    config: router('12.4', `${LINES}access-list 6 permit 203.0.113.9\n`),
    q: ssh(admin),
    forward: 'deny implicit 5',
  },
  {
    title: 'a list that does not exist keeps nobody out',
    config: router('12.4', LINES),
    q: ssh(admin),
    forward: 'permit',
  },
  {
    title: 'every range must carry a list: one without lets all in',
    config: router('12.4', LINES.replace(' access-class 6 in\n', ' login\n')),
    q: ssh(admin),
    forward: 'permit 15',
  },
  {
    title: 'but not by a protocol that it does not speak',
    config: router('12.4', LINES.replace(' access-class 6 in\n', ' transport input telnet\n')),
    q: ssh(admin),
    forward: 'deny implicit 5',
  },
  {
    title: 'which it lets in',
    config: router('12.4', LINES.replace(' access-class 6 in\n', ' transport input telnet\n')),
    q: { ...ssh(admin), dport: '23' },
    forward: 'permit 20',
  },
  {
    title: 'refuse logins from a VRF',
    config: router('12.4', 'line vty 0 4\n access-class 5 in\naccess-list 5 permit any\n'),
    q: { from: '192.0.2.9', to: '192.0.2.1', dport: '22' },
    forward: 'deny 22',
  },
  {
    title: 'unless vrf-also stands there',
    config: router('12.4', 'line vty 0 4\n access-class 5 in vrf-also\naccess-list 5 permit any\n'),
    q: { from: '192.0.2.9', to: '192.0.2.1', dport: '22' },
    forward: 'permit 23',
  },
]);

describeRows('other services of the router', [
  {
    title: 'the web server asks its access-class',
    config: router('12.4', 'ip http server\nip http access-class 8\naccess-list 8 permit 203.0.113.8\n'),
    q: { ...ssh(admin), dport: '80' },
    forward: 'deny implicit 8',
  },
  {
    title: 'which lets its own in',
    config: router('12.4', 'ip http server\nip http access-class 8\naccess-list 8 permit 203.0.113.8\n'),
    q: { ...ssh('203.0.113.8'), dport: '443' },
    forward: 'permit 23',
  },
  {
    title: 'other ports do not',
    config: router('12.4', 'ip http server\nip http access-class 8\naccess-list 8 permit 203.0.113.8\n'),
    q: { ...ssh(admin), dport: '81' },
    forward: 'permit 17',
  },
  {
    title: 'nor do packets that only pass through',
    config: router('12.4', 'ip http server\nip http access-class 8\naccess-list 8 permit 203.0.113.8\n'),
    q: { from: admin, to: '10.0.0.5', dport: '80' },
    forward: 'permit 17',
  },
  {
    title: 'a community answers its list',
    config: router('12.4', 'snmp-server community alpha RO 8\naccess-list 8 permit 203.0.113.8\n'),
    q: { ...ssh('203.0.113.8'), proto: 'udp', dport: '161' },
    forward: 'permit 22',
  },
  {
    title: 'and nobody else',
    config: router('12.4', 'snmp-server community alpha RO 8\naccess-list 8 permit 203.0.113.8\n'),
    q: { ...ssh(admin), proto: 'udp', dport: '161' },
    forward: 'deny implicit 8',
  },
  {
    title: 'unless another community has no list',
    config: router(
      '12.4',
      'snmp-server community alpha RO 8\nsnmp-server community beta RO\naccess-list 8 permit 203.0.113.8\n',
    ),
    q: { ...ssh(admin), proto: 'udp', dport: '161' },
    forward: 'permit 18',
  },
  {
    title: 'or a group of SNMPv3 has none',
    config: router(
      '12.4',
      'snmp-server community alpha RO 8\nsnmp-server group ops v3 priv\naccess-list 8 permit 203.0.113.8\n',
    ),
    q: { ...ssh(admin), proto: 'udp', dport: '161' },
    forward: 'permit 18',
  },
  {
    title: 'which its own list mends',
    config: router(
      '12.4',
      'snmp-server community alpha RO 8\nsnmp-server group ops v3 priv access 8\naccess-list 8 permit 203.0.113.8\n',
    ),
    q: { ...ssh(admin), proto: 'udp', dport: '161' },
    forward: 'deny implicit 8',
  },
  {
    title: 'the clock answers any of its lists',
    config: router(
      '12.4',
      'ntp access-group peer 8\nntp access-group serve-only 9\naccess-list 8 permit 203.0.113.8\naccess-list 9 permit 203.0.113.9\n',
    ),
    q: { ...ssh('203.0.113.9'), proto: 'udp', dport: '123' },
    forward: 'permit 24',
  },
  {
    title: 'and nobody else',
    config: router(
      '12.4',
      'ntp access-group peer 8\nntp access-group serve-only 9\naccess-list 8 permit 203.0.113.8\naccess-list 9 permit 203.0.113.9\n',
    ),
    q: { ...ssh(admin), proto: 'udp', dport: '123' },
    forward: 'deny implicit 8',
  },
  {
    title: "the control plane's policy may drop whatever goes to the router",
    config: router('12.4', 'control-plane\n service-policy input COPP\n'),
    q: { ...ssh(admin), dport: '80' },
    forward: 'undetermined',
    because: [22],
  },
  {
    title: 'but not what passes through',
    config: router('12.4', 'control-plane\n service-policy input COPP\n'),
    q: { from: admin, to: '10.0.0.5', dport: '80' },
    forward: 'permit 17',
  },
]);
