import koffi from 'koffi';

// Usage: pretend.ts tarpit|decoy PORT,PORT…   in the server's namespace; the ports named are left to their services.
// tarpit: completes each handshake with a tiny window and then acknowledges with window 0, without end.
// decoy: answers each SYN with a bare SYN/ACK, window 0 and no options, and nothing else ever.
const [kind, served] = process.argv.slice(2);
if ((kind !== 'tarpit' && kind !== 'decoy') || served === undefined) throw new Error('tarpit|decoy PORTS');
const services = new Set(served.split(',').map(Number));

const libc = koffi.load('libc.so.6');
const socket = libc.func('int socket(int domain, int type, int protocol)');
const setsockopt = libc.func(
  'int setsockopt(int fd, int level, int name, const int *value, uint32_t length)',
);
const recv = libc.func('long recv(int fd, _Out_ uint8_t *buffer, size_t length, int flags)');
const sendto = libc.func(
  'long sendto(int fd, const uint8_t *data, size_t length, int flags, const uint8_t *to, uint32_t toLength)',
);

const AF_INET = 2;
const SOCK_RAW = 3;
const IPPROTO_TCP = 6;
const SOL_SOCKET = 1;
const SO_RCVBUFFORCE = 33;

const FIN = 0x01;
const SYN = 0x02;
const RST = 0x04;
const ACK = 0x10;

const fd: number = socket(AF_INET, SOCK_RAW, IPPROTO_TCP);
if (fd < 0) throw new Error('no raw socket: root is needed');
setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, [16 << 20], 4);

function checksum(...parts: readonly Buffer[]): number {
  let sum = 0;
  for (const part of parts) {
    for (let i = 0; i < part.length; i += 2) sum += part.readUInt16BE(i);
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

interface Answer {
  readonly flags: number;
  readonly sequence: number;
  readonly acknowledged: number;
  readonly window: number;
  /** TCP options, whole words. */
  readonly options: Buffer;
}

const mss = Buffer.from([2, 4, 0x05, 0xb4]);
const none = Buffer.alloc(0);

/** What a segment with these flags is answered with, if at all. */
function answerTo(flags: number, sequence: number, acknowledged: number, dataLength: number): Answer | null {
  if (flags & RST) return null;
  if (flags & SYN) {
    const window = kind === 'tarpit' ? 5 : 0;
    const options = kind === 'tarpit' ? mss : none;
    // The sequence number follows from the client's: nothing is remembered between segments.
    return {
      flags: SYN | ACK,
      sequence: ~sequence >>> 0,
      acknowledged: (sequence + 1) >>> 0,
      window,
      options,
    };
  }
  if (kind === 'decoy' || (dataLength === 0 && !(flags & FIN))) return null;
  return { flags: ACK, sequence: acknowledged, acknowledged: sequence, window: 0, options: none };
}

function sendAnswer(packet: Buffer, tcp: number, answer: Answer): void {
  const segment = Buffer.concat([Buffer.alloc(20), answer.options]);
  packet.copy(segment, 0, tcp + 2, tcp + 4);
  packet.copy(segment, 2, tcp, tcp + 2);
  segment.writeUInt32BE(answer.sequence, 4);
  segment.writeUInt32BE(answer.acknowledged, 8);
  segment.writeUInt8((segment.length / 4) << 4, 12);
  segment.writeUInt8(answer.flags, 13);
  segment.writeUInt16BE(answer.window, 14);
  const pseudo = Buffer.alloc(12);
  packet.copy(pseudo, 0, 16, 20);
  packet.copy(pseudo, 4, 12, 16);
  pseudo.writeUInt8(IPPROTO_TCP, 9);
  pseudo.writeUInt16BE(segment.length, 10);
  segment.writeUInt16BE(checksum(pseudo, segment), 16);
  const to = Buffer.alloc(16);
  to.writeUInt16LE(AF_INET, 0);
  packet.copy(to, 4, 12, 16);
  sendto(fd, segment, segment.length, 0, to, to.length);
}

console.log('ready');
const packet = Buffer.alloc(65536);
for (;;) {
  const length: number = recv(fd, packet, packet.length, 0);
  if (length < 40) continue;
  const tcp = (packet[0]! & 0x0f) * 4;
  if (services.has(packet.readUInt16BE(tcp + 2))) continue;
  const dataLength = length - tcp - (packet[tcp + 12]! >> 4) * 4;
  const answer = answerTo(
    packet[tcp + 13]!,
    packet.readUInt32BE(tcp + 4),
    packet.readUInt32BE(tcp + 8),
    dataLength,
  );
  if (answer !== null) sendAnswer(packet, tcp, answer);
}
