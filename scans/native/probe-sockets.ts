import { formatIpv4 } from '../../src/model/address.ts';
import type { Settle } from '../drive.ts';
import type { Clock, ProbeOutcome } from '../engine.ts';
import { isShortage } from '../machine/errno.ts';
import { createSocketRoom, type SocketRoom } from '../machine/socket-limit.ts';
import { Deadlines } from './deadlines.ts';
import { createErrorQueueReader, type ErrorQueueReader, type QueuedIcmp } from './error-queue.ts';
import { EVENT_SIZE, readEventSlot, watchSocket, writeEvent } from './event-poll.ts';
import {
  AF_INET,
  IP_BIND_ADDRESS_NO_PORT,
  IP_RECVERR,
  IPPROTO_IP,
  type Libc,
  type NativeMemory,
  SOCK_CLOEXEC,
  SOCK_NONBLOCK,
  SOCKADDR_SIZE,
  writeSockaddr,
} from './libc.ts';

export interface SocketPoolOptions {
  readonly libc: Libc;
  readonly clock: Clock;
  /** Unsigned 32-bit addresses, by target number. */
  readonly addresses: readonly number[];
  readonly source: number | null;
  readonly maxSockets: number;
  /** Dotted quads of this machine: an ICMP from one of them is our own routing failure. */
  readonly ownAddresses: ReadonlySet<string>;
  readonly settle: Settle;
}

const EVENTS = 256;
const AT_EVENTS = 16;
const AT_INT = AT_EVENTS + EVENTS * EVENT_SIZE;
const AT_LOCAL = AT_INT + 16;

/**
 * What pools of probing sockets have in common: sockets that keep the ICMP errors of their packets, watched by one
 * epoll, with deadlines, and never more of them than the system grants.
 */
export class ProbeSockets {
  /** Readable whenever a socket moved: for whoever waits on other things, too. */
  readonly epoll: number;
  readonly deadlines: Deadlines;
  private readonly options: SocketPoolOptions;
  private readonly memory: NativeMemory;
  private readonly errors: ErrorQueueReader;
  private readonly limit: SocketRoom;

  constructor(options: SocketPoolOptions) {
    const { libc, source } = options;
    this.options = options;
    this.epoll = libc.epollCreate(SOCK_CLOEXEC);
    if (this.epoll < 0) throw new Error(`epoll: ${libc.errnoName(libc.errno())}`);
    this.memory = libc.allocate(AT_LOCAL + SOCKADDR_SIZE);
    this.memory.view.setInt32(AT_INT, 1, true);
    if (source !== null) writeSockaddr(this.memory.view, AT_LOCAL, source, 0);
    this.errors = createErrorQueueReader(libc);
    this.deadlines = new Deadlines(options.clock.now());
    this.limit = createSocketRoom(options.maxSockets);
  }

  room(underWay: number): number {
    return this.limit.room(underWay);
  }

  /** A non-blocking socket that sends from the source and is watched for these events; −errno where there is none. */
  open(type: number, events: number, slot: number): number {
    const { libc, source } = this.options;
    const { address, view } = this.memory;
    const fd = libc.socket(AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return -libc.errno();
    libc.setsockopt(fd, IPPROTO_IP, IP_RECVERR, address + AT_INT, 4);
    if (source !== null) {
      // The port is chosen at connect(), per destination: 28,000 ports for each of them, not for all together.
      libc.setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, address + AT_INT, 4);
      if (libc.bind(fd, address + AT_LOCAL, SOCKADDR_SIZE) < 0) return this.abandon(fd);
    }
    writeEvent(view, 0, events, slot);
    return watchSocket(libc, this.epoll, fd, address) < 0 ? this.abandon(fd) : fd;
  }

  /** Closes a socket that failed just now; returns −errno of the failure. */
  abandon(fd: number): number {
    const { libc } = this.options;
    const errno = libc.errno();
    libc.close(fd);
    return -errno;
  }

  /** Waits for sockets to move or the next deadline, at most `waitMs`, and hands out what happened. */
  wait(
    waitMs: number,
    moved: (slot: number) => void,
    expired: (slot: number, generation: number) => void,
  ): void {
    const { libc, clock } = this.options;
    const wait = Math.min(waitMs, this.deadlines.nextWithin(clock.now(), Math.ceil(waitMs)));
    let timeout = Math.ceil(wait);
    for (;;) {
      const count = libc.epollWait(this.epoll, this.memory.address + AT_EVENTS, EVENTS, timeout);
      for (let i = 0; i < count; i++) moved(readEventSlot(this.memory.view, AT_EVENTS, i));
      if (count < EVENTS) break;
      timeout = 0;
    }
    this.deadlines.advance(clock.now(), expired);
  }

  /** The next ICMP that was queued on a socket; null when none is left. */
  nextIcmp(fd: number): QueuedIcmp | null {
    return this.errors.next(fd);
  }

  /** Whether an ICMP is this machine's own word, as when nobody answers its ARP: no router's, and not the target's. */
  isOwnWord(icmp: QueuedIcmp, target: number): boolean {
    const { ownAddresses, addresses } = this.options;
    return ownAddresses.has(icmp.from) && !ownAddresses.has(formatIpv4(addresses[target]!));
  }

  /** Passes an outcome on; a shortage of our own means fewer sockets from now on. */
  settle(key: number, outcome: ProbeOutcome, underWay: number): void {
    if (outcome.kind === 'engine' && isShortage(outcome.errno)) this.limit.shortage(underWay);
    else this.limit.relief();
    this.options.settle(key, outcome);
  }

  close(): void {
    this.options.libc.close(this.epoll);
    this.errors.close();
    this.options.libc.release(this.memory);
  }
}
