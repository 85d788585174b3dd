const IP_HEADER = 20;
const TCP_HEADER = 40;
/** Octets of a SYN with its IP header. */
export const SYN_LENGTH = IP_HEADER + TCP_HEADER;
const IPPROTO_TCP = 6;
const DONT_FRAGMENT = 0x4000;
const WINDOW = 64_240;
const MSS = 1460;
const WINDOW_SCALE = 7;

export interface SynFields {
  /** Unsigned 32-bit addresses. */
  readonly source: number;
  readonly destination: number;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly sequence: number;
  readonly timestamp: number;
}

/**
 * Lays out what all SYNs have in common, as today's Linux sends them: MSS, SACK permitted, timestamps, window scale.
 * Identification, length and checksum of the IP header are the kernel's to fill in.
 */
export function layOutSyn(view: DataView, at: number, ttl: number): void {
  const tcp = at + IP_HEADER;
  new Uint8Array(view.buffer, view.byteOffset + at, SYN_LENGTH).fill(0);
  view.setUint8(at, 0x45);
  view.setUint16(at + 2, SYN_LENGTH);
  view.setUint16(at + 6, DONT_FRAGMENT);
  view.setUint8(at + 8, ttl);
  view.setUint8(at + 9, IPPROTO_TCP);
  view.setUint8(tcp + 12, (TCP_HEADER / 4) << 4);
  view.setUint8(tcp + 13, 0x02);
  view.setUint16(tcp + 14, WINDOW);
  view.setUint32(tcp + 20, (2 << 24) | (4 << 16) | MSS);
  view.setUint32(tcp + 24, (4 << 24) | (2 << 16) | (8 << 8) | 10);
  view.setUint32(tcp + 36, (1 << 24) | (3 << 16) | (3 << 8) | WINDOW_SCALE);
}

/** Sum of the 16-bit words of the pseudo header and the TCP header that no field changes. */
const CONSTANT_SUM = (() => {
  const view = new DataView(new ArrayBuffer(SYN_LENGTH));
  layOutSyn(view, 0, 0);
  let sum = IPPROTO_TCP + TCP_HEADER;
  for (let at = IP_HEADER; at < SYN_LENGTH; at += 2) sum += view.getUint16(at);
  return sum;
})();

/** Writes the fields of one SYN, checksum included, where one was laid out. */
export function writeSyn(view: DataView, at: number, f: SynFields): void {
  const tcp = at + IP_HEADER;
  view.setUint32(at + 12, f.source);
  view.setUint32(at + 16, f.destination);
  view.setUint16(tcp, f.sourcePort);
  view.setUint16(tcp + 2, f.destinationPort);
  view.setUint32(tcp + 4, f.sequence);
  view.setUint32(tcp + 28, f.timestamp);
  view.setUint16(tcp + 16, checksum(f));
}

function checksum(f: SynFields): number {
  let sum = CONSTANT_SUM + f.sourcePort + f.destinationPort;
  sum += (f.source >>> 16) + (f.source & 0xffff) + (f.destination >>> 16) + (f.destination & 0xffff);
  sum += (f.sequence >>> 16) + (f.sequence & 0xffff) + (f.timestamp >>> 16) + (f.timestamp & 0xffff);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

export interface TcpReply {
  readonly kind: 'syn-ack' | 'rst';
  readonly source: number;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly acknowledgement: number;
  readonly ttl: number;
}

/** A received IPv4 packet that answers a SYN; undefined for all others, cut ones included. */
export function readTcpReply(packet: DataView, at: number, length: number): TcpReply | undefined {
  if (length < 40) return undefined;
  const header = (packet.getUint8(at) & 0x0f) * 4;
  if (packet.getUint8(at) >>> 4 !== 4 || packet.getUint8(at + 9) !== 6 || length < header + 20)
    return undefined;
  const tcp = at + header;
  const flags = packet.getUint8(tcp + 13);
  const reset = (flags & 0x04) !== 0;
  if (!reset && (flags & 0x12) !== 0x12) return undefined;
  return {
    kind: reset ? 'rst' : 'syn-ack',
    source: packet.getUint32(at + 12),
    sourcePort: packet.getUint16(tcp),
    destinationPort: packet.getUint16(tcp + 2),
    acknowledgement: packet.getUint32(tcp + 8),
    ttl: packet.getUint8(at + 8),
  };
}

export interface IcmpReply {
  readonly type: number;
  readonly code: number;
  readonly from: number;
  /** Of the packet that it quotes. */
  readonly protocol: number;
  readonly destination: number;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly sequence: number;
}

/** A received ICMP error that quotes at least the first eight octets of a transport header. */
export function readIcmpReply(packet: DataView, at: number, length: number): IcmpReply | undefined {
  if (length < 28) return undefined;
  const header = (packet.getUint8(at) & 0x0f) * 4;
  const icmp = at + header;
  const quoted = icmp + 8;
  if (packet.getUint8(at) >>> 4 !== 4 || packet.getUint8(at + 9) !== 1 || length < header + 8 + 28)
    return undefined;
  const quotedHeader = (packet.getUint8(quoted) & 0x0f) * 4;
  if (packet.getUint8(quoted) >>> 4 !== 4 || length < header + 8 + quotedHeader + 8) return undefined;
  const transport = quoted + quotedHeader;
  return {
    type: packet.getUint8(icmp),
    code: packet.getUint8(icmp + 1),
    from: packet.getUint32(at + 12),
    protocol: packet.getUint8(quoted + 9),
    destination: packet.getUint32(quoted + 16),
    sourcePort: packet.getUint16(transport),
    destinationPort: packet.getUint16(transport + 2),
    sequence: packet.getUint32(transport + 4),
  };
}
