import { formatIpv4 } from '../../src/model/address.ts';
import { escapeUntrusted } from '../../src/model/untrusted-text.ts';
import type { Prober } from '../drive.ts';
import type { ProbeOutcome } from '../engine.ts';
import { outcomeOfConnect } from '../machine/errno.ts';
import { payloadFor } from '../sockets/udp-payloads.ts';
import type { QueuedIcmp } from './error-queue.ts';
import {
  type Libc,
  MSG_DONTWAIT,
  MSG_NOSIGNAL,
  type NativeMemory,
  SOCK_DGRAM,
  SOCKADDR_SIZE,
  writeSockaddr,
} from './libc.ts';
import { ProbeSockets, type SocketPoolOptions } from './probe-sockets.ts';

const EPOLLIN = 0x001;
const ANSWER_BYTES = 200;
const AT_DATA = 0;
const AT_NAME = AT_DATA + 1024;

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
  private readonly options: SocketPoolOptions;
  private readonly libc: Libc;
  private readonly memory: NativeMemory;
  private readonly sockets: ProbeSockets;
  private readonly pending = new Map<number, Datagram>();
  private nextSlot = 0;

  constructor(options: SocketPoolOptions) {
    this.options = options;
    this.libc = options.libc;
    this.sockets = new ProbeSockets(options);
    this.memory = options.libc.allocate(AT_NAME + SOCKADDR_SIZE);
  }

  get underWay(): number {
    return this.pending.size;
  }

  room(): number {
    return this.sockets.room(this.pending.size);
  }

  start(key: number, target: number, port: number, timeoutMs: number): void {
    const { libc, memory } = this;
    const now = this.options.clock.now();
    const slot = this.nextSlot++;
    const fd = this.open(target, port, slot);
    if (fd < 0) {
      this.sockets.settle(key, outcomeOfConnect(libc.errnoName(-fd), 0), this.pending.size);
      return;
    }
    this.pending.set(slot, { fd, key, target, sentAt: now });
    const payload = payloadFor(port);
    payload.copy(memory.bytes, AT_DATA);
    const flags = MSG_DONTWAIT | MSG_NOSIGNAL;
    if (Number(libc.send(fd, memory.address + AT_DATA, payload.length, flags)) < 0) {
      this.finish(slot, outcomeOfConnect(libc.errnoName(libc.errno()), 0));
    } else this.sockets.deadlines.set(slot, 0, now + timeoutMs);
  }

  /** A socket connected to the target's port; −errno where there is none. */
  private open(target: number, port: number, slot: number): number {
    const { libc, memory, options } = this;
    const fd = this.sockets.open(SOCK_DGRAM, EPOLLIN, slot);
    if (fd < 0) return fd;
    writeSockaddr(memory.view, AT_NAME, options.addresses[target]!, port);
    return libc.connect(fd, memory.address + AT_NAME, SOCKADDR_SIZE) < 0 ? this.sockets.abandon(fd) : fd;
  }

  poll(waitMs: number): void {
    this.sockets.wait(
      waitMs,
      (slot) => this.onEvent(slot),
      (slot) => {
        if (this.pending.has(slot)) this.finish(slot, { kind: 'silent' });
      },
    );
  }

  private onEvent(slot: number): void {
    const probe = this.pending.get(slot);
    if (!probe) return;
    const { libc, memory } = this;
    const rttMs = this.options.clock.now() - probe.sentAt;
    const icmp = this.sockets.nextIcmp(probe.fd);
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

  private readIcmp(probe: Datagram, icmp: QueuedIcmp, rttMs: number): ProbeOutcome {
    const target = formatIpv4(this.options.addresses[probe.target]!);
    if (icmp.type === 3 && icmp.code === 3 && icmp.from === target) {
      return { kind: 'closed', reason: 'icmp', ttl: null, rttMs, icmp };
    }
    if (this.sockets.isOwnWord(icmp, probe.target)) return { kind: 'unreachable', errno: 'EHOSTUNREACH' };
    return { kind: 'icmp', ...icmp, rttMs };
  }

  private finish(slot: number, outcome: ProbeOutcome): void {
    const probe = this.pending.get(slot)!;
    this.pending.delete(slot);
    this.libc.close(probe.fd);
    this.sockets.settle(probe.key, outcome, this.pending.size);
  }

  close(): void {
    for (const { fd } of this.pending.values()) this.libc.close(fd);
    this.sockets.close();
    this.libc.release(this.memory);
  }
}
