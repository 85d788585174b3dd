import type { Ipv4 } from './address.ts';

export const ICMP = 1;
export const IGMP = 2;
export const TCP = 6;
export const UDP = 17;
export const SCTP = 132;

/** TCP flag bits as they stand in the header's octet. */
export const FIN = 1;
export const SYN = 2;
export const RST = 4;
export const PSH = 8;
export const ACK = 16;
export const URG = 32;

export const TCP_FLAG_NAMES: readonly (readonly [name: string, bit: number])[] = [
  ['fin', FIN],
  ['syn', SYN],
  ['rst', RST],
  ['psh', PSH],
  ['ack', ACK],
  ['urg', URG],
];

/** Protocols whose header carries a source and a destination port. */
export const hasPorts = (protocol: number): boolean =>
  protocol === TCP || protocol === UDP || protocol === SCTP;

/**
 * One concrete IPv4 packet. Fields that its protocol lacks are 0; a non-initial fragment carries no
 * layer-4 fields, whatever they say here.
 */
export interface Packet {
  readonly source: Ipv4;
  readonly destination: Ipv4;
  /** 0–255 */
  readonly protocol: number;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly icmpType: number;
  readonly icmpCode: number;
  /** IOS numbers IGMP types 0–15: the low half of the type octet. */
  readonly igmpType: number;
  /** FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32 */
  readonly tcpFlags: number;
  readonly nonInitialFragment: boolean;
  /** The whole type-of-service octet: precedence is its top 3 bits, dscp its top 6, tos bits 4–1. */
  readonly tosByte: number;
  /** 0–255 */
  readonly ttl: number;
}

/** A whole packet of the given fields, the rest at what an ordinary sender uses (ttl 64, tos 0). */
export const makePacket = (
  fields: Partial<Packet> & Pick<Packet, 'source' | 'destination' | 'protocol'>,
): Packet => ({
  sourcePort: fields.sourcePort ?? 0,
  destinationPort: fields.destinationPort ?? 0,
  icmpType: fields.icmpType ?? 0,
  icmpCode: fields.icmpCode ?? 0,
  igmpType: fields.igmpType ?? 0,
  tcpFlags: fields.tcpFlags ?? 0,
  nonInitialFragment: fields.nonInitialFragment ?? false,
  tosByte: fields.tosByte ?? 0,
  ttl: fields.ttl ?? 64,
  source: fields.source,
  destination: fields.destination,
  protocol: fields.protocol,
});
