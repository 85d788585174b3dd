import fc from 'fast-check';
import { toIpv4 } from '../../src/model/address.ts';
import { makePacket, type Packet } from '../../src/model/packet.ts';

// Few values, so that lines overlap, nest and cross.
const sources = [
  'any',
  'host 192.0.2.1',
  '192.0.2.0 0.0.0.3',
  '192.0.2.0 0.0.0.254',
  '192.0.0.0 0.0.255.255',
];
const destinations = ['any', 'host 198.51.100.1', '198.51.100.0 0.0.0.1'];
const tcpPorts = [
  '',
  ' eq 22',
  ' eq 110',
  ' range 20 25',
  ' gt 1023',
  ' neq 22',
  ' established',
  ' eq 22 established',
];
const udpPorts = ['', ' eq 53', ' lt 100'];
const icmpTypes = ['', ' echo', ' unreachable', ' packet-too-big'];

const body = fc.oneof(
  fc.tuple(
    fc.constant('ip'),
    fc.constantFrom(...sources),
    fc.constantFrom(...destinations),
    fc.constantFrom('', '', ' fragments'),
  ),
  fc.tuple(
    fc.constant('tcp'),
    fc.constantFrom(...sources),
    fc.constantFrom(...destinations),
    fc.constantFrom(...tcpPorts),
  ),
  fc.tuple(
    fc.constant('udp'),
    fc.constantFrom(...sources),
    fc.constantFrom(...destinations),
    fc.constantFrom(...udpPorts),
  ),
  fc.tuple(
    fc.constant('icmp'),
    fc.constantFrom(...sources),
    fc.constantFrom(...destinations),
    fc.constantFrom(...icmpTypes),
  ),
);

/** `permit tcp any host 198.51.100.1 eq 22` */
export const aceText: fc.Arbitrary<string> = fc
  .tuple(fc.constantFrom('permit', 'permit', 'deny'), body)
  .map(
    ([action, [protocol, source, destination, rest]]) =>
      `${action} ${protocol} ${source} ${destination}${rest}`,
  );

export const listText = (maxLength = 7): fc.Arbitrary<readonly string[]> =>
  fc.array(aceText, { minLength: 1, maxLength });

/** A router with one list inbound on its first interface and perhaps another on the second. */
export const configText = (list: readonly string[], name = 'OUT', version = '12.4'): string =>
  [
    `version ${version}`,
    'hostname gw',
    'interface FastEthernet0/0',
    ' ip address 203.0.113.1 255.255.255.0',
    ` ip access-group ${name} in`,
    'interface FastEthernet0/1',
    ' ip address 198.51.100.254 255.255.255.0',
    `ip access-list extended ${name}`,
    ...list.map((line) => ` ${line}`),
    'end',
    '',
  ].join('\n');

const address = (texts: readonly number[]): fc.Arbitrary<number> => fc.constantFrom(...texts);

/** Packets at and beside every border that the lines above draw. */
export const packet: fc.Arbitrary<Packet> = fc
  .record({
    source: address([0xc0000201, 0xc0000200, 0xc0000202, 0xc0000205, 0xc0000909, 0x0a000001]),
    destination: address([0xc6336401, 0xc6336400, 0xc6336405]),
    protocol: fc.constantFrom(6, 6, 17, 1, 47),
    sourcePort: fc.constantFrom(0, 53, 49152),
    destinationPort: fc.constantFrom(0, 19, 20, 22, 23, 25, 26, 53, 99, 100, 110, 1023, 1024, 65535),
    icmpType: fc.constantFrom(0, 3, 5, 8),
    icmpCode: fc.constantFrom(0, 4),
    tcpFlags: fc.constantFrom(2, 16, 18, 4, 0, 1),
    nonInitialFragment: fc.boolean(),
  })
  .map((p) => makePacket({ ...p, source: toIpv4(p.source), destination: toIpv4(p.destination) }));
