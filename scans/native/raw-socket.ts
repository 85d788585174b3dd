import { readFileSync, readlinkSync } from 'node:fs';
import type { Clock } from '../engine.ts';
import {
  AF_INET,
  IOVEC,
  type Libc,
  MMSGHDR,
  MSG_DONTWAIT,
  type NativeMemory,
  SOCK_CLOEXEC,
  SOCK_NONBLOCK,
  SOCK_RAW,
  SOL_SOCKET,
  writeWord,
} from './libc.ts';

const SO_RCVBUF = 8;
const SO_ATTACH_FILTER = 26;
const SO_RCVBUFFORCE = 33;
const SOL_RAW = 255;
const ICMP_FILTER = 1;
const RECEIVE_BUFFER = 16 * 1024 * 1024;

/** Messages a system call fetches, and octets kept of each. */
const BATCH = 64;
const PACKET = 128;

export class RawSocketError extends Error {
  readonly errno: string;
  constructor(errno: string) {
    super(`raw socket: ${errno}`);
    this.errno = errno;
  }
}

/** Gets the memory that a packet lies in, where, how long it is, and when it was fetched. */
export type TakePacket = (packets: DataView, at: number, length: number, now: number) => void;

export interface RawSocket {
  readonly fd: number;
  /** Calls `take` with every packet that waits. */
  readonly drain: (take: TakePacket) => void;
  /** Packets that the kernel dropped because nobody fetched them, since the socket was opened. */
  readonly drops: () => number;
  readonly close: () => void;
}

/** The descriptor of a new IPv4 raw socket. Throws RawSocketError where the system forbids it. */
export function openRawDescriptor(libc: Libc, protocol: number): number {
  const fd = libc.socket(AF_INET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
  if (fd < 0) throw new RawSocketError(libc.errnoName(libc.errno()));
  return fd;
}

/** An IPv4 raw socket of one protocol. Throws RawSocketError where the system forbids it. */
export function openRawSocket(
  libc: Libc,
  clock: Clock,
  protocol: number,
  filter: (socket: FilterInstaller) => void,
): RawSocket {
  const fd = openRawDescriptor(libc, protocol);
  const vectors = BATCH * MMSGHDR;
  const packets = vectors + BATCH * IOVEC;
  const memory = libc.allocate(packets + BATCH * PACKET);
  const close = () => {
    libc.close(fd);
    libc.release(memory);
  };
  try {
    filter(createFilterInstaller(libc, fd, memory));
  } catch (error) {
    close();
    throw error;
  }
  setInt(libc, fd, memory, SO_RCVBUFFORCE, RECEIVE_BUFFER) ||
    setInt(libc, fd, memory, SO_RCVBUF, RECEIVE_BUFFER);
  layOutMessages(memory, vectors, packets);
  const inode = inodeOf(fd);
  let firstDrops: number | null = null;
  const readDrops = () => {
    const drops = dropsOf(inode);
    firstDrops ??= drops;
    return drops - firstDrops;
  };
  readDrops();
  return {
    fd,
    drain(take) {
      for (;;) {
        const count = libc.recvmmsg(fd, memory.address, BATCH, MSG_DONTWAIT, 0);
        const now = count > 0 ? clock.now() : 0;
        for (let i = 0; i < count; i++) {
          const length = memory.view.getUint32(i * MMSGHDR + 56, true);
          take(memory.view, packets + i * PACKET, Math.min(PACKET, length), now);
        }
        if (count < BATCH) return;
      }
    },
    drops: readDrops,
    close,
  };
}

function setInt(libc: Libc, fd: number, memory: NativeMemory, name: number, value: number): boolean {
  memory.view.setInt32(0, value, true);
  return libc.setsockopt(fd, SOL_SOCKET, name, memory.address, 4) === 0;
}

function layOutMessages(memory: NativeMemory, vectors: number, packets: number): void {
  const { address, view } = memory;
  memory.bytes.fill(0, 0, packets);
  for (let i = 0; i < BATCH; i++) {
    const header = i * MMSGHDR;
    const vector = vectors + i * IOVEC;
    writeWord(view, header + 16, address + vector);
    writeWord(view, header + 24, 1);
    writeWord(view, vector, address + packets + i * PACKET);
    writeWord(view, vector + 8, PACKET);
  }
}

export interface FilterInstaller {
  /** Lets only TCP segments to these local ports through. */
  readonly onlyTcpPorts: (lo: number, hi: number) => void;
  /** Lets only these ICMP types through. */
  readonly onlyIcmpTypes: (types: readonly number[]) => void;
}

/** Classic BPF: code, jump if true, jump if false, operand. The packet begins with its IP header. */
const portFilter = (lo: number, hi: number): readonly (readonly [number, number, number, number])[] => [
  [0xb1, 0, 0, 0], // x := 4 × header length
  [0x48, 0, 0, 2], // a := destination port
  [0x35, 0, 2, lo], // if a < lo, drop
  [0x25, 1, 0, hi], // if a > hi, drop
  [0x06, 0, 0, 0xffff],
  [0x06, 0, 0, 0],
];

function createFilterInstaller(libc: Libc, fd: number, memory: NativeMemory): FilterInstaller {
  const { address, bytes, view } = memory;
  return {
    onlyTcpPorts(lo, hi) {
      const program = portFilter(lo, hi);
      program.forEach(([code, yes, no, operand], i) => {
        const at = 16 + i * 8;
        view.setUint16(at, code, true);
        view.setUint8(at + 2, yes);
        view.setUint8(at + 3, no);
        view.setUint32(at + 4, operand, true);
      });
      bytes.fill(0, 0, 16);
      view.setUint16(0, program.length, true);
      writeWord(view, 8, address + 16);
      if (libc.setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, address, 16) < 0) {
        throw new RawSocketError(libc.errnoName(libc.errno()));
      }
    },
    onlyIcmpTypes(types) {
      const mask = types.reduce((bits, type) => bits & ~(1 << type), -1);
      view.setInt32(0, mask, true);
      libc.setsockopt(fd, SOL_RAW, ICMP_FILTER, address, 4);
    },
  };
}

const inodeOf = (fd: number): string => {
  try {
    return /\[(\d+)\]/.exec(readlinkSync(`/proc/self/fd/${fd}`))?.[1] ?? '';
  } catch {
    return '';
  }
};

/** The last column of /proc/self/net/raw, for the socket with this inode. */
function dropsOf(inode: string): number {
  try {
    for (const line of readFileSync('/proc/self/net/raw', 'utf8').split('\n').slice(1)) {
      const fields = line.trim().split(/\s+/);
      if (fields[9] === inode) return Number(fields[12] ?? 0);
    }
  } catch {
    // Without /proc nothing can be said.
  }
  return 0;
}
