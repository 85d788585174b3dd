import { formatIpv4 } from '../../src/model/address.ts';
import { escapeUntrusted } from '../../src/model/untrusted-text.ts';
import type { Prober } from '../drive.ts';
import type { ProbeOutcome } from '../engine.ts';
import { isShortage, outcomeOfConnect } from '../errno.ts';
import { createSocketRoom, type SocketRoom } from '../socket-limit.ts';
import { payloadFor } from '../udp-payloads.ts';
import type { ConnectPoolOptions } from './connect-pool.ts';
import { Deadlines } from './deadlines.ts';
import { createErrorQueueReader, type ErrorQueueReader } from './error-queue.ts';
import { readEventSlot, watchSocket, writeEvent } from './event-poll.ts';
import {
  AF_INET,
  IP_RECVERR,
  IPPROTO_IP,
  type Libc,
  MSG_DONTWAIT,
  MSG_NOSIGNAL,
  type NativeMemory,
  SOCK_CLOEXEC,
  SOCK_DGRAM,
  SOCK_NONBLOCK,
  SOCKADDR_SIZE,
  writeSockaddr,
} from './libc.ts';

const EPOLLIN = 0x001;
const EVENTS = 64;
const ANSWER_BYTES = 200;
const AT_EVENTS = 16;
const AT_DATA = AT_EVENTS + EVENTS * 16;
const AT_NAME = AT_DATA + 1024;
const AT_INT = AT_NAME + SOCKADDR_SIZE;

interface Datagram {
  readonly fd: number;
  readonly key: number;
  readonly target: number;
  readonly sentAt: number;
}

/**
 * One connected UDP socket for each probe: the kernel then hands over only what answers it, be it a datagram or the
 * ICMP that quotes it.
 */
export class DatagramPool implements Prober {
  readonly timeouts = { initialMs: 1000, minMs: 300, maxMs: 3000 };
  private readonly options: ConnectPoolOptions;
  private readonly libc: Libc;
  private readonly memory: NativeMemory;
  readonly epoll: number;
  private readonly errors: ErrorQueueReader;
  private readonly deadlines: Deadlines;
  private readonly limit: SocketRoom;
  private readonly pending = new Map<number, Datagram>();
  private nextSlot = 0;

  constructor(options: ConnectPoolOptions) {
    this.options = options;
    this.libc = options.libc;
    this.memory = options.libc.allocate(AT_INT + 16);
    this.epoll = options.libc.epollCreate(0o2000000);
    this.errors = createErrorQueueReader(options.libc);
    this.deadlines = new Deadlines(options.clock.now());
    this.limit = createSocketRoom(options.maxSockets);
  }

  get underWay(): number {
    return this.pending.size;
  }

  room(): number {
    return this.limit.room(this.pending.size);
  }

  start(key: number, target: number, port: number, timeoutMs: number): void {
    const now = this.options.clock.now();
    const fd = this.open(target, port);
    if (fd < 0) {
      this.report(key, outcomeOfConnect(this.libc.errnoName(-fd), 0));
      return;
    }
    const slot = this.nextSlot++;
    this.pending.set(slot, { fd, key, target, sentAt: now });
    writeEvent(this.memory.bytes, 0, EPOLLIN, slot);
    const payload = payloadFor(port);
    payload.copy(this.memory.bytes, AT_DATA);
    const failed =
      watchSocket(this.libc, this.epoll, fd, this.memory.address) < 0 ||
      Number(this.libc.send(fd, this.memory.address + AT_DATA, payload.length, MSG_DONTWAIT | MSG_NOSIGNAL)) <
        0;
    if (failed) this.finish(slot, outcomeOfConnect(this.libc.errnoName(this.libc.errno()), 0));
    else this.deadlines.set(slot, 0, now + timeoutMs);
  }

  /** A socket connected to the target's port; −errno where there is none. */
  private open(target: number, port: number): number {
    const { libc, memory, options } = this;
    const fd = libc.socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return -libc.errno();
    memory.bytes.writeInt32LE(1, AT_INT);
    libc.setsockopt(fd, IPPROTO_IP, IP_RECVERR, memory.address + AT_INT, 4);
    const at = memory.address + AT_NAME;
    const fail = () => {
      const errno = libc.errno();
      libc.close(fd);
      return -errno;
    };
    if (options.source !== null) {
      writeSockaddr(memory.bytes, AT_NAME, options.source, 0);
      if (libc.bind(fd, at, SOCKADDR_SIZE) < 0) return fail();
    }
    writeSockaddr(memory.bytes, AT_NAME, options.addresses[target]!, port);
    return libc.connect(fd, at, SOCKADDR_SIZE) < 0 ? fail() : fd;
  }

  poll(waitMs: number): void {
    const { libc, memory, deadlines, options } = this;
    const wait = Math.min(waitMs, deadlines.nextWithin(options.clock.now(), Math.ceil(waitMs)));
    const count = libc.epollWait(this.epoll, memory.address + AT_EVENTS, EVENTS, Math.ceil(wait));
    for (let i = 0; i < count; i++) this.onEvent(readEventSlot(memory.bytes, AT_EVENTS, i));
    deadlines.advance(options.clock.now(), (slot) => {
      if (this.pending.has(slot)) this.finish(slot, { kind: 'silent' });
    });
  }

  private onEvent(slot: number): void {
    const probe = this.pending.get(slot);
    if (!probe) return;
    const { libc, memory } = this;
    const rttMs = this.options.clock.now() - probe.sentAt;
    const icmp = this.errors.next(probe.fd);
    if (icmp) {
      this.finish(slot, this.readIcmp(probe, icmp, rttMs));
      return;
    }
    const got = Number(libc.recv(probe.fd, memory.address + AT_DATA, ANSWER_BYTES, MSG_DONTWAIT));
    if (got >= 0) {
      const banner = escapeUntrusted(memory.bytes.toString('latin1', AT_DATA, AT_DATA + got));
      this.finish(slot, { kind: 'open', banner, ttl: null, rttMs });
      return;
    }
    const errno = libc.errnoName(libc.errno());
    if (errno !== 'EAGAIN') this.finish(slot, outcomeOfConnect(errno, rttMs));
  }

  private readIcmp(
    probe: Datagram,
    icmp: { readonly type: number; readonly code: number; readonly from: string },
    rttMs: number,
  ): ProbeOutcome {
    const target = formatIpv4(this.options.addresses[probe.target]!);
    if (icmp.type === 3 && icmp.code === 3 && icmp.from === target) {
      return { kind: 'closed', reason: 'icmp', ttl: null, rttMs, icmp };
    }
    // Our own kernel says so when nobody answers its ARP.
    const own = this.options.ownAddresses;
    if (own.has(icmp.from) && !own.has(target)) return { kind: 'unreachable', errno: 'EHOSTUNREACH' };
    return { kind: 'icmp', ...icmp, rttMs };
  }

  private finish(slot: number, outcome: ProbeOutcome): void {
    const probe = this.pending.get(slot)!;
    this.pending.delete(slot);
    this.libc.close(probe.fd);
    this.report(probe.key, outcome);
  }

  private report(key: number, outcome: ProbeOutcome): void {
    if (outcome.kind === 'engine' && isShortage(outcome.errno)) this.limit.shortage(this.pending.size);
    else this.limit.relief();
    this.options.settle(key, outcome);
  }

  close(): void {
    for (const { fd } of this.pending.values()) this.libc.close(fd);
    this.libc.close(this.epoll);
    this.errors.close();
    this.libc.release(this.memory);
  }
}
