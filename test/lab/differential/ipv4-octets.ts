import { ICMP, IGMP, type Packet, TCP, UDP } from '../../../src/model/packet.ts';

/** A packet and what the product's picture of one leaves out, yet the wire has. */
export interface WirePacket {
  readonly packet: Packet;
  /** Set on a whole packet it makes a first fragment. */
  readonly moreFragments: boolean;
  /** In units of 8 octets; of later fragments only. */
  readonly fragmentOffset: number;
  /** Words of harmless IP options (no-operation) between the headers. */
  readonly optionWords: number;
}

/** The packet's octets, IP header first, every checksum right. `id` is its IP identification. */
export function ipv4Octets(wire: WirePacket, id: number): Buffer {
  const { packet } = wire;
  const headerLength = 20 + 4 * wire.optionWords;
  // A later fragment carries what would be its header were it whole: nobody may take it for one.
  const payload = layer4Octets(packet);
  const octets = Buffer.alloc(headerLength + payload.length);
  octets[0] = 0x40 | (headerLength / 4);
  octets[1] = packet.tosByte;
  octets.writeUInt16BE(octets.length, 2);
  octets.writeUInt16BE(id, 4);
  const offset = packet.nonInitialFragment ? wire.fragmentOffset : 0;
  octets.writeUInt16BE((wire.moreFragments ? 0x2000 : 0) | offset, 6);
  octets[8] = packet.ttl;
  octets[9] = packet.protocol;
  octets.writeUInt32BE(packet.source, 12);
  octets.writeUInt32BE(packet.destination, 16);
  octets.fill(1, 20, headerLength);
  octets.writeUInt16BE(internetChecksum(octets.subarray(0, headerLength)), 10);
  payload.copy(octets, headerLength);
  return octets;
}

function layer4Octets(packet: Packet): Buffer {
  switch (packet.protocol) {
    case TCP: {
      const tcp = Buffer.alloc(24);
      tcp.writeUInt16BE(packet.sourcePort, 0);
      tcp.writeUInt16BE(packet.destinationPort, 2);
      tcp.writeUInt32BE(0x01020304, 4);
      tcp[12] = 5 << 4;
      tcp[13] = packet.tcpFlags;
      tcp.writeUInt16BE(1024, 14);
      tcp.writeUInt16BE(checksumOver(packet, tcp), 16);
      return tcp;
    }
    case UDP: {
      const udp = Buffer.alloc(16);
      udp.writeUInt16BE(packet.sourcePort, 0);
      udp.writeUInt16BE(packet.destinationPort, 2);
      udp.writeUInt16BE(udp.length, 4);
      // 0 would say that there is no checksum.
      udp.writeUInt16BE(checksumOver(packet, udp) || 0xffff, 6);
      return udp;
    }
    case ICMP: {
      const icmp = Buffer.alloc(16);
      icmp[0] = packet.icmpType;
      icmp[1] = packet.icmpCode;
      icmp.writeUInt16BE(internetChecksum(icmp), 2);
      return icmp;
    }
    case IGMP: {
      const igmp = Buffer.alloc(8);
      igmp[0] = 0x10 | packet.igmpType;
      igmp.writeUInt16BE(internetChecksum(igmp), 2);
      return igmp;
    }
    default:
      // Octets that read like ports and ICMP types, for a protocol that has neither.
      return Buffer.from([0, 80, 0, 25, 8, 0, 0, 53, 0, 0, 0, 0, 0x50, 0x10, 0, 0]);
  }
}

function checksumOver(packet: Packet, segment: Buffer): number {
  const pseudo = Buffer.alloc(12);
  pseudo.writeUInt32BE(packet.source, 0);
  pseudo.writeUInt32BE(packet.destination, 4);
  pseudo[9] = packet.protocol;
  pseudo.writeUInt16BE(segment.length, 10);
  return internetChecksum(Buffer.concat([pseudo, segment]));
}

/** Of an even number of octets. */
function internetChecksum(octets: Buffer): number {
  let sum = 0;
  for (let i = 0; i < octets.length; i += 2) sum += octets.readUInt16BE(i);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}
