// Sends IPv4 packets, one a line in hex on standard input, out of one interface as Ethernet frames.
// argv: the network namespace it must be in, interface index, own and peer's hardware address.
import { readFileSync, readlinkSync } from 'node:fs';
import { loadLibc } from '../../../scans/native/libc.ts';

const AF_PACKET = 17;
const SOCK_RAW = 3;
const ETHERTYPE_IPV4 = 0x0800;
const SOCKADDR_LL_SIZE = 20;

const [namespace, index, own, peer] = process.argv.slice(2);
const here = readlinkSync('/proc/self/ns/net');
if (here !== namespace) throw new Error(`in ${here}, not in ${namespace}: nothing is sent`);

const hardwareAddress = (text: string): Buffer => Buffer.from(text.replaceAll(':', ''), 'hex');
const frameHeader = Buffer.concat([
  hardwareAddress(peer!),
  hardwareAddress(own!),
  Buffer.from([ETHERTYPE_IPV4 >> 8, ETHERTYPE_IPV4 & 255]),
]);

const loaded = loadLibc();
if (!('libc' in loaded)) throw new Error(loaded.why);
const { libc } = loaded;
const must = (result: number | bigint, what: string): number => {
  if (result < 0) throw new Error(`${what}: ${libc.errnoName(libc.errno())}`);
  return Number(result);
};

const socket = must(libc.socket(AF_PACKET, SOCK_RAW, 0), 'socket');
const memory = libc.allocate(4096);
memory.bytes.fill(0, 0, SOCKADDR_LL_SIZE);
memory.bytes.writeUInt16LE(AF_PACKET, 0);
memory.bytes.writeInt32LE(Number(index), 4);
must(libc.bind(socket, memory.address, SOCKADDR_LL_SIZE), 'bind');

frameHeader.copy(memory.bytes, 0);
for (const line of readFileSync(0, 'utf8').split('\n').filter(Boolean)) {
  const length = frameHeader.length + memory.bytes.write(line, frameHeader.length, 'hex');
  must(libc.send(socket, memory.address, length, 0), 'send');
}
libc.close(socket);
libc.release(memory);
