/** A SYN as today's Linux sends it: MSS, SACK permitted, timestamps, window scale. */
export const SYN_LENGTH = 40;
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

/** Writes the TCP header of a SYN, checksum included; the kernel adds the IP header. */
export function writeSyn(bytes: Buffer, at: number, f: SynFields): void {
  bytes.writeUInt16BE(f.sourcePort, at);
  bytes.writeUInt16BE(f.destinationPort, at + 2);
  bytes.writeUInt32BE(f.sequence, at + 4);
  bytes.writeUInt32BE(0, at + 8);
  bytes[at + 12] = (SYN_LENGTH / 4) << 4;
  bytes[at + 13] = 0x02;
  bytes.writeUInt16BE(WINDOW, at + 14);
  bytes.writeUInt32BE(0, at + 16);
  bytes.writeUInt32BE((2 << 24) | (4 << 16) | MSS, at + 20);
  bytes.writeUInt32BE(((4 << 24) | (2 << 16) | (8 << 8) | 10) >>> 0, at + 24);
  bytes.writeUInt32BE(f.timestamp >>> 0, at + 28);
  bytes.writeUInt32BE(0, at + 32);
  bytes.writeUInt32BE(((1 << 24) | (3 << 16) | (3 << 8) | WINDOW_SCALE) >>> 0, at + 36);
  bytes.writeUInt16BE(checksum(bytes, at, f), at + 16);
}

function checksum(bytes: Buffer, at: number, f: SynFields): number {
  let sum =
    (f.source >>> 16) +
    (f.source & 0xffff) +
    (f.destination >>> 16) +
    (f.destination & 0xffff) +
    6 +
    SYN_LENGTH;
  for (let i = at; i < at + SYN_LENGTH; i += 2) sum += (bytes[i]! << 8) | bytes[i + 1]!;
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
export function readTcpReply(bytes: Buffer, at: number, length: number): TcpReply | undefined {
  if (length < 40) return undefined;
  const header = (bytes[at]! & 0x0f) * 4;
  if (bytes[at]! >>> 4 !== 4 || bytes[at + 9] !== 6 || length < header + 20) return undefined;
  const tcp = at + header;
  const flags = bytes[tcp + 13]!;
  const reset = (flags & 0x04) !== 0;
  if (!reset && (flags & 0x12) !== 0x12) return undefined;
  return {
    kind: reset ? 'rst' : 'syn-ack',
    source: bytes.readUInt32BE(at + 12),
    sourcePort: bytes.readUInt16BE(tcp),
    destinationPort: bytes.readUInt16BE(tcp + 2),
    acknowledgement: bytes.readUInt32BE(tcp + 8),
    ttl: bytes[at + 8]!,
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
export function readIcmpReply(bytes: Buffer, at: number, length: number): IcmpReply | undefined {
  if (length < 28) return undefined;
  const header = (bytes[at]! & 0x0f) * 4;
  const icmp = at + header;
  const quoted = icmp + 8;
  if (bytes[at]! >>> 4 !== 4 || bytes[at + 9] !== 1 || length < header + 8 + 28) return undefined;
  const quotedHeader = (bytes[quoted]! & 0x0f) * 4;
  if (bytes[quoted]! >>> 4 !== 4 || length < header + 8 + quotedHeader + 8) return undefined;
  const transport = quoted + quotedHeader;
  return {
    type: bytes[icmp]!,
    code: bytes[icmp + 1]!,
    from: bytes.readUInt32BE(at + 12),
    protocol: bytes[quoted + 9]!,
    destination: bytes.readUInt32BE(quoted + 16),
    sourcePort: bytes.readUInt16BE(transport),
    destinationPort: bytes.readUInt16BE(transport + 2),
    sequence: bytes.readUInt32BE(transport + 4),
  };
}
