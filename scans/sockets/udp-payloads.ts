/**
 * What to say to a UDP port so that a service answers: most are silent to anything else. Written from the protocols'
 * own definitions; each asks for something harmless and small.
 */
const PAYLOADS: ReadonlyMap<number, Buffer> = new Map([
  // DNS: who serves the root? (RFC 1035)
  [53, Buffer.from('4c53010000010000000000000000020001', 'hex')],
  // TFTP: read a file that is not there. (RFC 1350)
  [69, Buffer.from('\0\x01aclscope-probe\0octet\0', 'latin1')],
  // Portmapper version 2: the call that does nothing. (RFC 1057)
  [
    111,
    Buffer.from(
      `61636c73${'00000000'}00000002${'000186a0'}00000002${'00000000'}${'00000000'.repeat(4)}`,
      'hex',
    ),
  ],
  // NTP version 4, client. (RFC 5905)
  [123, Buffer.concat([Buffer.from([0x23]), Buffer.alloc(47)])],
  // NetBIOS name service: status of any name. (RFC 1002)
  [
    137,
    Buffer.from(`4c5300000001000000000000 20 434b${'41'.repeat(30)} 00 0021 0001`.replaceAll(' ', ''), 'hex'),
  ],
  // SNMP version 1: get sysDescr.0 with the community "public". (RFC 1157)
  [
    161,
    Buffer.from(
      '302902010004067075626c6963a01c02044c53434f020100020100300e300c06082b060102010101000500',
      'hex',
    ),
  ],
  // Syslog never answers; what arrives names itself in the log. (RFC 3164)
  [514, Buffer.from('<14>aclscope: reachability probe', 'latin1')],
]);

/** The datagram to send to a port; empty where no protocol is known. */
export const payloadFor = (port: number): Buffer => PAYLOADS.get(port) ?? Buffer.alloc(0);

export const PAYLOAD_PORTS: readonly number[] = [...PAYLOADS.keys()];
