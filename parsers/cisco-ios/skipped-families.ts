/**
 * Statements of global mode that cannot affect which packets pass. The family's name stands in the line account;
 * a family that `opens` has sub-commands of its own under the header.
 */
export interface Family {
  readonly name: string;
  readonly opens: boolean;
}

type Row = readonly [family: string, headers: string, plain: string];

/** Family, first words that open a mode, first words that stand alone. */
const ROWS: readonly Row[] = [
  [
    'device services',
    'app-hosting guestshell call-home appfw',
    'service default-value hw-module platform warm-reboot transceiver system power facility-alarm environment spd define shell energywise iox ptp macsec erm xdr stack-mac mmi hqf virtual-service printer rtr-responder esmc rom-monitor',
  ],
  [
    'boot and images',
    '',
    'boot config-register boot-start-marker boot-end-marker upgrade downgrade memory-size memory diagnostic partition buffers software install microcode',
  ],
  ['logging', '', 'logging'],
  ['users and privileges', '', 'username enable privilege password security login parser-cache'],
  [
    'authentication servers',
    'dot11 tacacs radius ldap mka service-template subscriber identity eap fallback dot1x aaa',
    'tacacs-server radius-server kerberos mab eou epm nac webauth access-session authentication wlccp fips',
  ],
  ['clock and time', '', 'clock sntp calendar'],
  [
    'management protocols',
    'telemetry',
    'snmp rmon netconf netconf-yang restconf gnxi wsma cns rcmd onep telnet coap',
  ],
  ['discovery', 'service-list service-routing mdns device-sensor', 'cdp lldp'],
  [
    'layer 2',
    'vlan bridge-domain l2 l2tp-class pseudowire-class ethernet evpn map-class map-list vc-class bba-group device-tracking avb spanning-tree mac arp table-map vfi l2-vfi pppoe bfd-template',
    'vtp udld mac-address-table lacp pagp port-channel errdisable storm-control stackwise switch l2protocol-tunnel port-security psp sdm mls qos wrr-queue auto nmsp dot1q frame-relay x25 x29 translate lat rep mvrp queue-limit trunk bfd multiring oam-pvc',
  ],
  [
    'telephony',
    'voice voice-port voice-card dial-peer telephony-service ephone ephone-dn ephone-template gateway gatekeeper sip-ua sccp dspfarm presence application ephone-hunt stcapp mgcp call-manager-fallback credentials translation-rule media-inactivity-criteria mobile',
    'num-exp ccm-manager call gw-accounting dial-control-mib',
  ],
  [
    'physical ports',
    'controller redundancy module ipc',
    'card isdn network-clock network-clocks network-clock-select network-clock-participate netbios dlsw decnet ipx appletalk clns vines xns apollo smrp arap bstun stun dss svclc firewall',
  ],
  [
    'dial-up',
    'vpdn-group resource-pool',
    'vpdn async-bootp dialer modem modemcap chat-script virtual-profile multilink',
  ],
  ['scheduling and exceptions', '', 'scheduler exception process process-max-time file sleep-timer'],
  ['archives and scripts', 'archive kron event', 'alias prompt default-prompt scripting menu macro'],
  ['command views', 'parser', ''],
  ['QoS policies', 'policy-map', 'queue-list priority-list custom-queue-list'],
  ['keys and certificates', 'key', ''],
  ['MPLS', 'mpls', 'tag-switching'],
  ['SSL VPN portals', 'webvpn', ''],
  ['probes and tracking', 'track rtr performance endpoint-tracker', ''],
  ['flow export', 'flow sampler monitor', ''],
  ['licences', 'license', 'licensing'],
  ['wireless', 'ap wlan wireless', ''],
  ['templates', 'template cwmp segment-routing l2vpn sslproxy', ''],
];

/** The same for second words after `ip`. */
const IP_ROWS: readonly Row[] = [
  [
    'names and lookups',
    'dns ddns',
    'domain domain-name domain-lookup domain-list name-server host host-list',
  ],
  ['address assignment service', 'dhcp', 'bootp dhcp-server dhcp-client address-pool unnumbered-dhcp'],
  ['management protocols', '', 'ftp tftp rcmd finger scp telnet identd drp kerberos tacacs radius device'],
  [
    'switching and cache',
    'flow-top-talkers flow-aggregation',
    'cef subnet-zero flow-export flow-cache flow-capture flow-egress flow host-routing load-sharing accounting-list accounting-threshold accounting-transits arp gratuitous-arps forward-protocol',
  ],
  ['multicast', 'igmp', 'multicast-routing multicast pim mroute msdp dvmrp sap sdr mrm cgmp mfib rgmp pgm'],
  [
    'routing protocol details',
    'explicit-path community-list extcommunity-list large-community-list',
    'rip ospf eigrp bgp bgp-community as-path prefix-list protocol policy-list',
  ],
  [
    'name and probe services',
    'sla ssh nbar rsvp',
    'mobile nhrp rtcp snmp sticky-arp udptn trigger-authentication alias security spd port-map reflexive-list options sdee gdoi source',
  ],
];

function table(rows: readonly Row[]): ReadonlyMap<string, Family> {
  const found = new Map<string, Family>();
  for (const [name, headers, plain] of rows)
    for (const [words, opens] of [
      [headers, true],
      [plain, false],
    ] as const)
      for (const word of words.split(' '))
        if (word !== '' && !found.has(word)) found.set(word, { name, opens });
  return found;
}

export const GLOBAL_FAMILIES = table(ROWS);
export const IP_FAMILIES = table(IP_ROWS);
