import { expect } from 'chai';
import { HAZARD_RULES } from '../../src/review/hazards/registry.ts';
import { findHazards } from '../../src/review/hazards.ts';
import { configOf, hazardsOf, inShort, operatorAt, type } from './typed.ts';

/** The mail server's router, its outside list of four lines and a mask. */
const SHORT = `version 12.1
hostname gw
interface FastEthernet0/0
 ip address 192.0.2.126 255.255.255.0
 ip access-group 150 in
interface FastEthernet0/1
 ip address 198.51.100.1 255.255.255.0
ip route 0.0.0.0 0.0.0.0 192.0.2.1
access-list 150 permit tcp any host 198.51.100.35 eq 110
access-list 150 permit tcp host 203.0.113.32 host 192.0.2.126 eq telnet
access-list 150 permit tcp host 203.0.113.32 host 198.51.100.35 eq 22
access-list 150 deny ip any any log
end
`;
const ADMIN = operatorAt('203.0.113.32');
const REBUILT = `access-list 150 permit tcp any host 198.51.100.35 eq 110
access-list 150 permit tcp host 203.0.113.32 host 192.0.2.126 eq telnet
access-list 150 permit tcp host 203.0.113.32 host 198.51.100.35 eq 22
access-list 150 deny ip any any log
`;
const NUMBERED = SHORT.replace('version 12.1', 'version 12.4')
  .replaceAll('access-list 150 ', ' ')
  .replace(' permit tcp any', 'ip access-list extended 150\n permit tcp any');

const LINES = SHORT.replace(
  'end\n',
  'access-list 2 permit 203.0.113.32\nline vty 0 4\n access-class 2 in\n login\nend\n',
);
const NAMES_ITSELF = SHORT.replace('version 12.1', 'version 15.2').replace(
  'end\n',
  `access-list 123 permit tcp host 203.0.113.32 host 192.0.2.126
line vty 0 4
 access-class 123 in
 login
end
`,
);

/** A host of the operator's beside the same address in two tables, and another reached by either's default route. */
const TABLES = `version 15.1
hostname gw
ip vrf RED
 rd 1:1
interface FastEthernet0/0
 ip address 192.0.2.1 255.255.255.0
 ip access-group L in
interface FastEthernet0/1
 ip vrf forwarding RED
 ip address 10.0.0.1 255.255.255.0
 ip access-group R in
interface FastEthernet1/0
 ip address 10.0.0.1 255.255.255.0
interface FastEthernet1/1
 ip vrf forwarding RED
 ip address 172.16.0.1 255.255.255.0
ip route 0.0.0.0 0.0.0.0 192.0.2.254
ip route vrf RED 0.0.0.0 0.0.0.0 172.16.0.254
ip access-list extended L
 permit tcp any host 192.0.2.1 eq 22
ip access-list extended R
 permit tcp host 10.0.0.77 host 10.0.0.1 eq 22
 permit tcp any any eq 443
access-list 9 permit any
line vty 0 4
 access-class 9 in vrf-also
 transport input ssh
end
`;

const PARTED = SHORT.replace('FastEthernet0/1\n', 'FastEthernet0/1.10\n').replace(
  'interface FastEthernet0/1.10',
  `interface FastEthernet0/1
interface FastEthernet0/1.20
 ip address 10.2.0.1 255.255.255.0
interface FastEthernet0/1.10`,
);

interface Row {
  readonly says: string;
  readonly config?: string;
  readonly snippet: string;
  /** Every hazard: none, where the list is empty. */
  readonly hazards: readonly string[];
  readonly operator?: ReturnType<typeof operatorAt>;
}

const ROWS: Readonly<Record<string, readonly Row[]>> = {
  'permit-all': [
    {
      says: 'deleting a bound list lets everything pass',
      snippet: 'no access-list 150\n',
      hazards: ['1 permit-all critical'],
    },
    {
      says: 'deleting a list that is bound nowhere touches nothing',
      config: SHORT.replace(' ip access-group 150 in\n', ''),
      snippet: 'no access-list 150\n',
      hazards: [],
    },
    {
      says: 'removing the last entry of a bound list lets everything pass',
      config: NUMBERED.replace(/ permit tcp any[\s\S]*log\n/, ' permit tcp any any established\n'),
      snippet: 'ip access-list extended 150\nno 10\n',
      hazards: ['2 permit-all critical'],
    },
    {
      says: 'removing the last but one does not',
      config: NUMBERED.replace(
        / permit tcp any[\s\S]*log\n/,
        ' permit tcp any any established\n permit esp any any\n',
      ),
      snippet: 'ip access-list extended 150\nno 10\n',
      hazards: [],
    },
    {
      says: 'a class on the console lets nobody in from afar',
      snippet: 'line con 0\naccess-class 77 in\n',
      hazards: ['2 unknown-list critical'],
    },
    {
      says: 'on an interface that is shut down nothing passes anyway',
      config: SHORT.replace(' ip access-group 150 in', ' ip access-group 150 in\n shutdown'),
      snippet: 'no access-list 150\n',
      hazards: [],
    },
  ],
  'deny-all': [
    {
      says: 'the first line of a rebuilt list denies what its other lines permit',
      snippet: `no access-list 150\n${REBUILT}`,
      hazards: [
        '1 permit-all critical',
        '1 ephemeral-permit high',
        '2 deny-all critical',
        '2 ephemeral-deny high',
      ],
    },
    {
      says: 'a rebuilt list of one line denies what it means to deny',
      snippet: 'no access-list 150\naccess-list 150 permit tcp any host 198.51.100.35 eq 110\n',
      hazards: ['1 permit-all critical', '1 ephemeral-permit high'],
    },
    {
      says: 'the one line that follows a list deleted by a slip denies what the deleted lines permitted',
      snippet:
        'no access-list 150 permit tcp any host 198.51.100.35 eq 110\naccess-list 150 permit tcp any host 198.51.100.35 eq 143\n',
      hazards: [
        '1 list-deleted critical',
        '1 permit-all critical',
        '1 ephemeral-permit high',
        '2 deny-all critical',
      ],
    },
    {
      says: 'a line that permits all that the deleted ones did denies nobody',
      snippet:
        'no access-list 150 deny ip any any log\naccess-list 150 permit ip any any\naccess-list 150 deny ip any any log\n',
      hazards: ['1 list-deleted critical', '1 permit-all critical', '3 never-matches high'],
    },
    {
      says: 'a list that is not bound while it is built denies nobody',
      snippet: REBUILT.replaceAll('150', '151'),
      hazards: [],
    },
  ],
  lockout: [
    {
      says: 'a way in from the ports of clients alone is a way that can be cut',
      config: SHORT.replace(
        'host 203.0.113.32 host 192.0.2.126',
        'host 203.0.113.32 gt 1023 host 192.0.2.126',
      ).replace('end\n', 'line vty 0 4\n login\nend\n'),
      snippet: 'access-list 9 deny 203.0.113.32\nline vty 0 4\naccess-class 9 in\n',
      hazards: ['3 lockout critical'],
      operator: ADMIN,
    },
    {
      says: 'a list asks for ports that no client logs in from: there was no way to cut',
      config: SHORT.replace(
        'host 203.0.113.32 host 192.0.2.126',
        'host 203.0.113.32 lt 1024 host 192.0.2.126',
      ).replace('end\n', 'line vty 0 4\n login\nend\n'),
      snippet: 'access-list 9 deny 203.0.113.32\nline vty 0 4\naccess-class 9 in\n',
      hazards: [],
      operator: ADMIN,
    },
    {
      says: "the first line of the rebuilt list cuts the operator's session",
      snippet: `no access-list 150\n${REBUILT}`,
      operator: ADMIN,
      hazards: [
        '1 permit-all critical',
        '1 ephemeral-permit high',
        '2 deny-all critical',
        '2 lockout critical',
        '2 ephemeral-deny high',
      ],
    },
    {
      says: 'a swap to a list that forgets the operator cuts the session in the final state',
      snippet: `access-list 151 permit tcp any host 198.51.100.35 eq 110
interface FastEthernet0/0
 ip access-group 151 in
`,
      operator: ADMIN,
      hazards: ['3 lockout critical'],
    },
    {
      says: 'a swap to a list that keeps the operator does not',
      snippet: `access-list 151 permit tcp host 203.0.113.32 any eq telnet
access-list 151 permit tcp any host 198.51.100.35 eq 110
interface FastEthernet0/0
 ip access-group 151 in
`,
      operator: ADMIN,
      hazards: [],
    },
    {
      says: 'another address of the router is no help to a session that stands',
      snippet: `no access-list 150
access-list 150 permit tcp host 203.0.113.32 host 198.51.100.1 eq telnet
access-list 150 permit tcp any host 198.51.100.35 eq 110
`,
      operator: ADMIN,
      hazards: [
        '1 permit-all critical',
        '1 ephemeral-permit high',
        '2 deny-all critical',
        '2 lockout critical',
        '2 ephemeral-deny high',
      ],
    },
    {
      says: 'an access-class that names the address of the router lets nobody in on releases that see no destination',
      config: LINES,
      snippet:
        'access-list 123 permit tcp host 203.0.113.32 host 192.0.2.126 eq telnet\nline vty 0 4\naccess-class 123 in\n',
      operator: ADMIN,
      hazards: ['3 lockout critical'],
    },
    {
      says: 'one that names none serves on all',
      config: LINES,
      snippet:
        'access-list 123 permit tcp host 203.0.113.32 any eq telnet\nline vty 0 4\naccess-class 123 in\n',
      operator: ADMIN,
      hazards: [],
    },
    {
      says: 'where such a class stands it is one of those that compare it, and losing the line cuts the session',
      config: NAMES_ITSELF,
      snippet: 'ip access-list extended 123\n5 deny tcp host 203.0.113.32 any\n',
      operator: ADMIN,
      hazards: ['2 lockout critical'],
    },
    {
      says: 'another line for the same login changes nothing there',
      config: NAMES_ITSELF,
      snippet: 'ip access-list extended 123\n5 permit tcp host 203.0.113.33 host 192.0.2.126\n',
      operator: ADMIN,
      hazards: [],
    },
    {
      says: 'an access-class on the terminal lines cuts the session as well',
      config: SHORT.replace('end\n', 'access-list 2 permit 198.51.100.9\nline vty 0 4\n login\nend\n'),
      snippet: 'line vty 0 4\naccess-class 2 in\n',
      operator: ADMIN,
      hazards: ['2 lockout critical'],
    },
    {
      says: 'one that names the operator does not',
      config: SHORT.replace('end\n', 'access-list 2 permit 203.0.113.32\nline vty 0 4\n login\nend\n'),
      snippet: 'line vty 0 4\naccess-class 2 in\n',
      operator: ADMIN,
      hazards: [],
    },
    {
      says: 'what only packets with options or few hops left meet is no way cut',
      config: NUMBERED,
      snippet:
        'ip access-list extended 150\n5 deny ip any any option any-options\n6 deny ip any any ttl lt 6\n',
      operator: ADMIN,
      hazards: [],
    },
    {
      says: 'and hides no cut behind it',
      config: NUMBERED,
      snippet:
        'ip access-list extended 150\n5 deny ip any any option any-options\n6 deny ip any any ttl gt 6\n',
      operator: ADMIN,
      hazards: ['3 lockout critical'],
    },
    {
      says: 'the route back goes, and the session with it',
      snippet: 'no ip route 0.0.0.0 0.0.0.0 192.0.2.1\n',
      operator: ADMIN,
      hazards: ['1 lockout critical'],
    },
    {
      says: 'another route back stays',
      snippet: 'ip route 203.0.113.0 255.255.255.0 192.0.2.2\nno ip route 0.0.0.0 0.0.0.0 192.0.2.1\n',
      operator: ADMIN,
      hazards: [],
    },
    {
      says: 'shutting the interface of arrival down cuts the session',
      snippet: 'interface FastEthernet0/0\nshutdown\n',
      operator: ADMIN,
      hazards: ['2 lockout critical'],
    },
    ...(
      [
        ['in another table than the global one', 'ip access-list extended R\nno 10\n', '10.0.0.77', 2],
        [
          'by a class that no longer takes logins of tables',
          'line vty 0 4\naccess-class 9 in\n',
          '10.0.0.77',
          2,
        ],
        ['but not one from the global table', 'line vty 0 4\naccess-class 9 in\n', '203.0.113.9', null],
        ['by a route of its own table', 'no ip route 0.0.0.0 0.0.0.0 192.0.2.254\n', '203.0.113.9', 1],
        [
          'but not by the route of another',
          'no ip route vrf RED 0.0.0.0 0.0.0.0 172.16.0.254\n',
          '203.0.113.9',
          null,
        ],
        [
          'where its interface moves to another table',
          'interface Fa0/0\nip vrf forwarding RED\n',
          '203.0.113.9',
          2,
        ],
        ['where its table goes, and the addresses in it', 'no ip vrf RED\n', '10.0.0.77', 1],
      ] as const
    ).map(([says, snippet, operator, step]) => ({
      says: `a session is cut ${says}`,
      config: TABLES,
      snippet,
      operator: operatorAt(operator),
      hazards: step === null ? [] : [`${step} lockout critical`],
    })),
    {
      says: 'a sub-interface goes down with the interface that it is a part of',
      config: PARTED,
      snippet: 'interface FastEthernet0/1\nshutdown\n',
      operator: operatorAt('198.51.100.20'),
      hazards: ['2 lockout critical'],
    },
    {
      says: 'and stays up when another part of it goes down',
      config: PARTED,
      snippet: 'interface FastEthernet0/1.20\nshutdown\n',
      operator: operatorAt('198.51.100.20'),
      hazards: [],
    },
    ...(
      [
        [
          'translation leads the port of the login to another host',
          'ip nat inside source static tcp 198.51.100.22 22 interface FastEthernet0/0 22\n',
          1,
        ],
        [
          'translation leads the whole address to one',
          'ip nat inside source static 198.51.100.22 192.0.2.126\n',
          1,
        ],
        [
          'translation leads another port there',
          'ip nat inside source static tcp 198.51.100.22 80 interface FastEthernet0/0 80\n',
          null,
        ],
        [
          'the source is led back by the default route alone, which does not count',
          'interface Fa0/0\nip verify unicast source reachable-via rx\n',
          2,
        ],
        [
          'the default route counts',
          'interface Fa0/0\nip verify unicast source reachable-via rx allow-default\n',
          null,
        ],
        [
          'a zone pair says what reaches the router itself',
          'zone security OUT\nzone-pair security P source OUT destination self\ninterface Fa0/0\nzone-member security OUT\n',
          4,
        ],
        [
          'no zone pair does',
          'zone security OUT\nzone security IN\nzone-pair security P source OUT destination IN\ninterface Fa0/0\nzone-member security OUT\n',
          null,
        ],
      ] as const
    ).map(([says, snippet, step]) => ({
      says: `a session ${step === null ? 'stays' : 'is cut'} where ${says}`,
      config: NUMBERED.replace('version 12.4', 'version 15.1')
        .replace('access-group 150 in\n', 'access-group 150 in\n ip nat outside\n')
        .replace('eq telnet', 'eq 22'),
      snippet,
      operator: ADMIN,
      hazards: step === null ? [] : [`${step} lockout critical`],
    })),
    {
      says: 'another VLAN hears nobody of this one',
      config: PARTED.replace('FastEthernet0/1.10\n', 'FastEthernet0/1.10\n encapsulation dot1Q 10\n'),
      snippet: 'interface FastEthernet0/1.10\nencap dot1q 10\nencapsulation dot1Q 11\n',
      operator: operatorAt('198.51.100.20'),
      hazards: ['3 lockout critical'],
    },
    {
      says: 'nor is anybody heard by another protocol of the line, unless it is the one that was there',
      config: SHORT.replaceAll('FastEthernet0/1', 'Serial0/1'),
      snippet: 'interface Serial0/1\nencapsulation hdlc\nencapsulation ppp\n',
      operator: operatorAt('198.51.100.20'),
      hazards: ['3 lockout critical'],
    },
    {
      says: 'a route to nowhere leads back to nobody',
      snippet: 'ip route 203.0.113.32 255.255.255.255 Null0\n',
      operator: ADMIN,
      hazards: ['1 lockout critical'],
    },
    {
      says: 'without routing, and without a gateway, nothing leads back',
      snippet: 'no ip routing\n',
      operator: ADMIN,
      hazards: ['1 lockout critical'],
    },
    {
      says: 'a gateway for the router itself leads back',
      snippet: 'ip default-gateway 192.0.2.1\nno ip routing\n',
      operator: ADMIN,
      hazards: [],
    },
    ...(
      [
        ['the old list denies it: no session was cut', 'deny', '', ['2 ephemeral-permit high']],
        [
          'the old list permits it at times: a session may be cut',
          'permit',
          ' time-range NIGHT',
          ['3 lockout critical'],
        ],
        [
          'the old list denies it at times: a session may be cut',
          'deny',
          ' time-range DAY',
          ['3 lockout critical'],
        ],
      ] as const
    ).map(([says, action, at, hazards]) => ({
      says: `a step opens the way in and the next one shuts it, and ${says}`,
      config: NUMBERED.replace(
        /permit (tcp host 203.0.113.32 host 192.0.2.126 eq telnet)\n/,
        `${action} $1${at}\n permit tcp any any eq 23 time-range NIGHT\n`,
      ),
      snippet:
        'ip access-list extended 150\n5 permit tcp host 203.0.113.32 host 192.0.2.126 eq telnet\nno 5\n',
      operator: ADMIN,
      hazards,
    })),
    {
      says: 'nor is a session cut that the terminal lines of old do not take',
      config: SHORT.replace(
        'end\n',
        'access-list 2 permit 198.51.100.9\nline vty 0 4\n access-class 2 in\nend\n',
      ),
      snippet: 'line vty 0 4\nno access-class in\naccess-class 2 in\n',
      operator: ADMIN,
      hazards: ['2 ephemeral-permit high'],
    },
    {
      says: 'a way that is opened and shut again is none of a session that stands by another interface',
      config: SHORT.replace(
        'permit tcp host 203.0.113.32 host 192.0.2.126',
        'deny tcp host 203.0.113.32 host 192.0.2.126',
      )
        .replace(
          'interface FastEthernet0/1\n',
          'interface FastEthernet0/2\n ip address 192.0.3.126 255.255.255.0\ninterface FastEthernet0/1\n',
        )
        .replace('ip route', 'ip route 0.0.0.0 0.0.0.0 192.0.3.1\nip route'),
      snippet:
        'interface FastEthernet0/0\nno ip access-group 150 in\nip access-group 150 in\ninterface FastEthernet0/2\nip access-group 150 in\n',
      operator: ADMIN,
      hazards: ['2 ephemeral-permit high', '5 lockout critical'],
    },
    ...(
      [
        ['any address before: a session may be cut', 'ip address dhcp', ['4 lockout critical']],
        ['none: no session was cut', 'no ip address', []],
      ] as const
    ).map(([says, addressing, hazards]) => ({
      says: `the address that a step gives and another takes away may have been ${says}`,
      config: SHORT.replace('ip address 192.0.2.126 255.255.255.0', addressing).replace(
        '0.0.0.0 192.0.2.1\n',
        '0.0.0.0 FastEthernet0/0\n',
      ),
      snippet: 'interface FastEthernet0/0\nip address 192.0.2.126 255.255.255.0\nno shutdown\nshutdown\n',
      operator: ADMIN,
      hazards,
    })),
    {
      says: 'without an operator nobody can be locked out',
      snippet: 'interface FastEthernet0/0\nshutdown\n',
      hazards: [],
    },
  ],
  'ephemeral-permit': [
    {
      says: 'unbinding to rebuild opens the interface for the whole paste',
      snippet: `interface FastEthernet0/0
no ip access-group 150 in
no access-list 150
${REBUILT}interface FastEthernet0/0
ip access-group 150 in
`,
      hazards: ['2 ephemeral-permit high'],
    },
    {
      says: 'unbinding for good is what the change is about',
      snippet: 'interface FastEthernet0/0\nno ip access-group 150 in\n',
      hazards: [],
    },
    {
      says: 'parting terminal lines opens none of them',
      config: SHORT.replace('end\n', 'line vty 0 4\n login\nend\n'),
      snippet: 'access-list 5 permit 203.0.113.32\nline vty 0 1\naccess-class 5 in\n',
      hazards: [],
    },
    {
      says: 'a wide permit before the deny that narrows it lets packets pass in between',
      config: NUMBERED,
      snippet:
        'ip access-list extended 150\n6 permit tcp any host 198.51.100.35\n4 deny tcp any host 198.51.100.35 eq 514\n',
      hazards: ['2 ephemeral-permit high'],
    },
    {
      says: 'the narrowing deny first lets nothing pass that should not',
      config: NUMBERED,
      snippet:
        'ip access-list extended 150\n4 deny tcp any host 198.51.100.35 eq 514\n6 permit tcp any host 198.51.100.35\n',
      hazards: [],
    },
  ],
  'ephemeral-deny': [
    {
      says: 'removing an entry and putting it back elsewhere leaves a gap',
      config: NUMBERED,
      snippet: 'ip access-list extended 150\nno 10\n35 permit tcp any host 198.51.100.35 eq 110\n',
      hazards: ['2 ephemeral-deny high'],
    },
    {
      says: 'putting it in under a free number first does not',
      config: NUMBERED.replace(' deny ip any any log', ' deny ip any any'),
      snippet: 'ip access-list extended 150\n35 permit tcp any host 198.51.100.35 eq 110 log\nno 10\n',
      hazards: [],
    },
    {
      says: 'so does taking a member out of a group and putting it back',
      config: NUMBERED.replace(
        'ip access-list',
        'object-group network MAIL\n host 198.51.100.35\n host 198.51.100.36\nip access-list',
      ).replace('any host 198.51.100.35 eq 110', 'any object-group MAIL eq 110'),
      snippet: 'object-group network MAIL\nno host 198.51.100.35\nhost 198.51.100.35\n',
      hazards: ['2 ephemeral-deny high'],
    },
    {
      says: 'but not adding a member',
      config: NUMBERED.replace(
        'ip access-list',
        'object-group network MAIL\n host 198.51.100.35\nip access-list',
      ).replace('any host 198.51.100.35 eq 110', 'any object-group MAIL eq 110'),
      snippet: 'object-group network MAIL\nhost 198.51.100.36\n',
      hazards: [],
    },
    {
      says: 'binding a list before it is whole denies what its later lines permit',
      snippet: `access-list 151 permit tcp host 203.0.113.32 any eq telnet
interface FastEthernet0/0
ip access-group 151 in
access-list 151 permit tcp any host 198.51.100.35 eq 110
`,
      hazards: ['3 ephemeral-deny high'],
    },
    {
      says: 'nor does denying, before its own line does, what the whole list denies by a line of its own',
      snippet: `interface FastEthernet0/0
ip access-group NEW in
ip access-list extended NEW
permit tcp any host 198.51.100.1
permit ospf any host 192.0.2.126
deny tcp host 203.0.113.7 198.51.100.0 0.0.0.255 eq pop3
`,
      hazards: [
        '2 unknown-list critical',
        '2 permit-all critical',
        '2 ephemeral-permit high',
        '4 deny-all critical',
      ],
    },
    {
      says: 'binding it when it is whole does not',
      snippet: `access-list 151 permit tcp host 203.0.113.32 any eq telnet
access-list 151 permit tcp any host 198.51.100.35 eq 110
interface FastEthernet0/0
ip access-group 151 in
`,
      hazards: [],
    },
  ],
  'list-deleted': [
    {
      says: 'a `no` meant for one line of a numbered list deletes all of it',
      snippet: 'no access-list 150 permit tcp any host 198.51.100.35 eq 110\n',
      hazards: ['1 list-deleted critical', '1 permit-all critical'],
    },
    {
      says: 'of a list that is not bound it is less grave',
      config: `${SHORT.replace('end\n', '')}access-list 7 permit 203.0.113.9\nend\n`,
      snippet: 'no access-list 7 permit 203.0.113.9\n',
      hazards: ['1 list-deleted high'],
    },
    {
      says: 'in list mode it removes the one line',
      snippet: 'ip access-list extended 150\nno permit tcp host 203.0.113.32 host 198.51.100.35 eq 22\n',
      hazards: [],
    },
  ],
  'never-matches': [
    {
      says: 'a permit appended behind the catch-all never matches',
      snippet: 'access-list 150 permit tcp any host 198.51.100.35 eq 143\n',
      hazards: ['1 never-matches high'],
    },
    {
      says: 'inserted before it by number it does',
      config: NUMBERED,
      snippet: 'ip access-list extended 150\n35 permit tcp any host 198.51.100.35 eq 143\n',
      hazards: [],
    },
    {
      says: 'appended and then freed of the catch-all it does',
      snippet: `ip access-list extended 150
permit tcp any host 198.51.100.35 eq 143
no deny ip any any log
deny ip any any log
`,
      hazards: [],
    },
    {
      says: 'a deny behind the catch-all changes nothing, and is told mildly',
      snippet: 'access-list 150 deny udp any any eq snmp\n',
      hazards: ['1 never-matches low'],
    },
  ],
  'unknown-list': [
    {
      says: 'a binding to a mistyped number opens the interface',
      snippet: 'interface FastEthernet0/0\nip access-group 151 in\n',
      hazards: ['2 permit-all critical', '2 unknown-list critical'],
    },
    {
      says: 'a binding to a list that exists does not',
      snippet: 'interface FastEthernet0/1\nip access-group 150 out\n',
      hazards: [],
    },
    {
      says: 'a name that differs by case is another name',
      config: NUMBERED.replace('extended 150', 'extended OUTSIDE').replace(
        'access-group 150',
        'access-group OUTSIDE',
      ),
      snippet: 'interface FastEthernet0/0\nip access-group Outside in\n',
      hazards: ['2 permit-all critical', '2 unknown-list critical'],
    },
    {
      says: 'terminal lines too are open under a list that does not exist',
      config: SHORT.replace('end\n', 'line vty 0 4\n login\nend\n'),
      snippet: 'line vty 0 4\naccess-class 22 in\n',
      hazards: ['2 permit-all critical', '2 unknown-list critical'],
    },
  ],
  'adjacency-cut': [
    {
      says: 'a list without OSPF cuts the neighbours of its interface',
      config: SHORT.replace('end\n', 'router ospf 1\n network 198.51.100.0 0.0.0.255 area 0\nend\n'),
      snippet: 'interface FastEthernet0/1\nip access-group 150 in\n',
      hazards: ['2 adjacency-cut high'],
    },
    {
      says: 'a list that permits OSPF does not',
      config: SHORT.replace(
        'end\n',
        'router ospf 1\n network 198.51.100.0 0.0.0.255 area 0\naccess-list 160 permit ospf any any\naccess-list 160 permit ip 198.51.100.0 0.0.0.255 any\nend\n',
      ),
      snippet: 'interface FastEthernet0/1\nip access-group 160 in\n',
      hazards: [],
    },
    {
      says: 'BGP lives by one session in either direction',
      config: SHORT.replace('end\n', 'router bgp 64500\n neighbor 198.51.100.2 remote-as 64501\nend\n'),
      snippet: 'interface FastEthernet0/1\nip access-group 150 in\n',
      hazards: ['2 adjacency-cut high'],
    },
    {
      says: 'and lives on when only the answers are let in',
      config: SHORT.replace(
        'end\n',
        'router bgp 64500\n neighbor 198.51.100.2 remote-as 64501\naccess-list 160 permit tcp host 198.51.100.2 eq bgp host 198.51.100.1\nend\n',
      ),
      snippet: 'interface FastEthernet0/1\nip access-group 160 in\n',
      hazards: [],
    },
    {
      says: 'a gateway group loses its partner',
      config: SHORT.replace(
        ' ip address 198.51.100.1 255.255.255.0\n',
        ' ip address 198.51.100.1 255.255.255.0\n standby 1 ip 198.51.100.254\n',
      ),
      snippet: 'interface FastEthernet0/1\nip access-group 150 in\n',
      hazards: ['2 adjacency-cut high'],
    },
    ...(
      [
        ['a group of an address family, too', 'ipv4', ['2 adjacency-cut high']],
        ['but not one of IPv6, whose packets meet no list of IPv4', 'ipv6', []],
      ] as const
    ).map(([says, family, hazards]) => ({
      says,
      config: SHORT.replace('version 12.1', 'version 15.4').replace(
        ' ip address 198.51.100.1 255.255.255.0\n',
        ` ip address 198.51.100.1 255.255.255.0\n vrrp 1 address-family ${family}\n  priority 120\n  address ${
          family === 'ipv4' ? '198.51.100.254' : 'fe80::1'
        } primary\n  exit-vrrp\n`,
      ),
      snippet: 'interface FastEthernet0/1\nip access-group 150 in\n',
      hazards,
    })),
  ],
  'rejected-command': [
    {
      says: 'a name that IOS does not have is refused, and the next line runs',
      snippet: `access-list 151 permit tcp any host 198.51.100.35 eq https
access-list 151 permit tcp any host 198.51.100.35 eq 110
interface FastEthernet0/0
ip access-group 151 in
`,
      hazards: ['1 rejected-command high'],
    },
    {
      says: 'a name of a list that begins with a digit is refused',
      config: NUMBERED,
      snippet: 'ip access-list extended 1OUT\nip access-list extended OUT1\n',
      hazards: ['1 rejected-command high'],
    },
    {
      says: 'the first five virtual lines cannot be removed, others can',
      config: SHORT.replace('end\n', 'line vty 0 4\n login\nline vty 5 15\n login\nend\n'),
      snippet: 'no line vty 5 15\nno line vty 0 4\n',
      hazards: ['2 rejected-command high'],
    },
    {
      says: 'a second autonomous system is refused',
      config: SHORT.replace('end\n', 'router bgp 64500\nend\n'),
      snippet: 'router bgp 64500\nrouter bgp 64501\n',
      hazards: ['2 rejected-command high'],
    },
    {
      says: 'a table that the device does not have is refused',
      config: TABLES,
      snippet: 'interface Fa1/1\nip vrf forwarding BLUE\n',
      hazards: ['2 rejected-command high'],
    },
    {
      says: 'one that the snippet makes is not',
      config: TABLES,
      snippet: 'ip vrf BLUE\ninterface Fa1/1\nip vrf forwarding BLUE\n',
      hazards: [],
    },
    {
      says: 'a number serves',
      snippet: `access-list 151 permit tcp any host 198.51.100.35 eq 443
access-list 151 permit tcp any host 198.51.100.35 eq 110
interface FastEthernet0/0
ip access-group 151 in
`,
      hazards: [],
    },
    {
      says: 'sequence numbers are refused by 12.1',
      snippet: 'ip access-list extended 150\n15 permit tcp any host 198.51.100.35 eq 143\n',
      hazards: ['2 rejected-command high'],
    },
    {
      says: 'a condition that no port meets is refused, and leaves the list without the line',
      snippet: 'access-list 150 permit tcp any host 198.51.100.35 gt 65535\n',
      hazards: ['1 rejected-command high'],
    },
    {
      says: 'a range that runs backwards is refused by some versions',
      snippet: `access-list 151 permit tcp any host 198.51.100.35 range 90 80
interface FastEthernet0/0
ip access-group 151 in
`,
      hazards: ['1 rejected-command high'],
    },
    {
      says: 'what is pasted after the session has ended never reaches the device',
      snippet: 'interface FastEthernet0/1\nexit\nexit\nexit\nconf t\nno access-list 150\n',
      hazards: ['5 rejected-command high', '6 rejected-command high'],
    },
    {
      says: 'a prompt shows that somebody has logged in again',
      snippet: 'gw#exit\ngw#conf t\ngw(config)#access-list 7 permit 192.0.2.9\n',
      hazards: [],
    },
    {
      says: 'parts of other statements have modes of their own, one exit each',
      config: NUMBERED,
      snippet:
        'policy-map P\nclass C\nexit\nexit\nkey chain K\nkey 1\nexit\nexit\narchive\nlog config\nlogging enable\nexit\nexit\nrouter bgp 1\naddress-family ipv4\nexit\ntemplate peer-policy P\nexit\nexit\n' +
        'crypto gdoi group G\nserver local\nsa ipsec 1\nexit\nexit\nexit\nip dhcp pool P\nclass C\nexit\nexit\ndot11 ssid S\nauthentication open\nexit\nip access-list extended 150\n35 permit tcp any host 198.51.100.35 eq 143\n',
      hazards: [],
    },
    {
      says: 'an exec command in configuration mode is refused, however short',
      snippet: 'interface FastEthernet0/1\nsh run\nrouter ospf 1\nwr\nroute-map X permit 10\nconf t\n',
      hazards: ['2 rejected-command high', '4 rejected-command high', '6 rejected-command high'],
    },
    {
      says: 'behind a do, and behind the end of the configuration, it is not',
      snippet: 'interface FastEthernet0/1\ndo sh run\n\x1a\nwr\nreload in 5\nexit\n',
      hazards: [],
    },
    {
      says: 'a banner without an end swallows the commands after it',
      snippet: 'banner motd #\nno access-list 150\n',
      hazards: ['1 rejected-command high'],
    },
    {
      says: 'one with an end does not',
      snippet: 'banner motd #\nno access-list 151\n#\nno access-list 150\n',
      hazards: ['4 permit-all critical'],
    },
    {
      says: 'of a scrolled line nothing is known',
      snippet: 'gw(config)#$t tcp any host 198.51.100.35 eq 143\n',
      hazards: ['1 rejected-command high'],
    },
  ],
};

describe('what no hazard follows on the way of the operator', () => {
  const notes = (config: string, snippet: string, operator = true): readonly string[] => {
    const value = configOf(config);
    const { assumptions } = findHazards(value, type(value, snippet), {
      clock: null,
      operator: operator ? ADMIN : null,
    });
    return assumptions.filter((a) => a.startsWith('lockouts by this are not told'));
  };
  const NEW = NUMBERED.replace('version 12.4', 'version 15.1');
  const POLICED = NEW.replace('end\n', 'control-plane\n service-policy input COPP\nend\n');
  const LIST = 'access-list 9 permit any\n';
  const PAIR =
    'zone security OUT\nzone-pair security P source OUT destination self\ninterface Fa0/0\nzone-member security OUT\n';
  const SAID =
    "lockouts by this are not told: the control plane's policy may drop packets to the router itself";

  it("is the control plane's policy, whether it stands already or a command brings it", () => {
    expect(notes(POLICED, LIST)).to.deep.equal([`${SAID} (old.cfg:15)`]);
    expect(notes(NEW, 'control-plane\nservice-policy input COPP\n')).to.deep.equal([
      `${SAID} (snippet.txt:2)`,
    ]);
    expect(notes(NEW, LIST)).to.deep.equal([]);
    expect(notes(POLICED, LIST, false)).to.deep.equal([]);
  });

  it('is a move between zones where a zone pair stands at the start, and not where a lockout is told of it', () => {
    const zoned = NEW.replace(
      'end\n',
      PAIR.replace('interface Fa0/0\n', 'interface FastEthernet0/0\n ') + 'end\n',
    );
    const move = 'zone security X\ninterface Fa0/0\nzone-member security X\n';
    expect(notes(zoned, move)).to.deep.equal([
      'lockouts by this are not told: the policy of the zone pair P may pass or drop it (old.cfg:15)',
    ]);
    expect(notes(NEW, PAIR)).to.deep.equal([]);
    expect(inShort(hazardsOf(NEW, PAIR, ADMIN))).to.include('4 lockout critical');
  });

  it('is not an interface for management, which locks out who comes by another', () => {
    const only = (place: string): string =>
      `control-plane host\nmanagement-interface ${place} allow telnet ssh\n`;
    expect(inShort(hazardsOf(NEW, only('Fa0/1'), ADMIN))).to.deep.equal(['2 lockout critical']);
    expect(inShort(hazardsOf(NEW, only('Fa0/0'), ADMIN))).to.deep.equal([]);
    expect(notes(NEW, only('Fa0/1'))).to.deep.equal([]);
  });
});

describe('hazards of a pasted snippet', () => {
  it('has rows for every kind', () => {
    expect(Object.keys(ROWS).sort()).to.deep.equal(HAZARD_RULES.map((r) => r.kind).sort());
  });

  for (const [kind, rows] of Object.entries(ROWS))
    describe(kind, () => {
      for (const row of rows)
        it(row.says, () => {
          const found = hazardsOf(row.config ?? SHORT, row.snippet, row.operator ?? null);
          expect(inShort(found)).to.have.members(row.hazards as string[]);
        });
    });

  it('names the list that a mistyped binding meant', () => {
    const [, unknown] = hazardsOf(SHORT, 'interface FastEthernet0/0\nip access-group 151 in\n');
    expect(unknown!.message).to.contain('meant was perhaps 150');
  });

  it('shows a packet that passes in between', () => {
    const [hazard] = hazardsOf(SHORT, `no access-list 150\n${REBUILT}`).filter(
      (h) => h.kind === 'ephemeral-permit',
    );
    expect(hazard!.witness).to.not.equal(null);
    expect(hazard!.command).to.equal('no access-list 150');
  });
});
