import type { Clock } from '../engine.ts';
import type { Libc, NativeMemory } from './libc.ts';
import { openRawSocket, type RawSocket, type TakePacket } from './raw-socket.ts';
import type { SourceAddresses } from './source-addresses.ts';
import { OWN_PORTS } from './source-ports.ts';

const IPPROTO_ICMP = 1;
const IPPROTO_TCP = 6;
const DEST_UNREACHABLE = 3;
const TIME_EXCEEDED = 11;
const POLLIN = 1;
/** Size of `struct pollfd`, and where in it lies what happened. */
const POLLFD = 8;
const HAPPENED = 6;
const DROPS_EVERY_MS = 500;

export interface RawListenerOptions {
  readonly libc: Libc;
  readonly clock: Clock;
  readonly sources: SourceAddresses;
  readonly takeTcp: TakePacket;
  readonly takeIcmp: TakePacket;
}

/** Hears what comes to our own source ports, and the ICMP errors that anything provoked. */
export class RawListener {
  private readonly options: RawListenerOptions;
  private readonly tcp: RawSocket;
  private readonly icmp: RawSocket;
  private readonly polls: NativeMemory;
  private checkedAt: number;
  private dropsSeen = 0;

  /** Throws RawSocketError where the system forbids it. */
  constructor(options: RawListenerOptions) {
    const { libc, clock, sources } = options;
    this.options = options;
    this.checkedAt = clock.now();
    this.tcp = openRawSocket(libc, clock, IPPROTO_TCP, (f) => f.onlyTcpPorts(...OWN_PORTS));
    try {
      sources.bind(this.tcp.fd);
      const types = [DEST_UNREACHABLE, TIME_EXCEEDED];
      this.icmp = openRawSocket(libc, clock, IPPROTO_ICMP, (f) => f.onlyIcmpTypes(types));
    } catch (error) {
      this.tcp.close();
      throw error;
    }
    this.polls = libc.allocate(3 * POLLFD);
    this.watch(0, this.tcp.fd);
    this.watch(1, this.icmp.fd);
  }

  private watch(place: number, fd: number): void {
    this.polls.view.setInt32(place * POLLFD, fd, true);
    this.polls.view.setInt32(place * POLLFD + 4, POLLIN, true);
  }

  private happened(place: number): boolean {
    return this.polls.view.getUint16(place * POLLFD + HAPPENED, true) !== 0;
  }

  /** Hands out all that waits. */
  drain(): void {
    this.tcp.drain(this.options.takeTcp);
    this.icmp.drain(this.options.takeIcmp);
  }

  /** Waits until something can be read, here or from the other descriptor, and reads what is here: whether the other can. */
  wait(other: number, waitMs: number): boolean {
    this.watch(2, other);
    if (this.options.libc.poll(this.polls.address, 3, waitMs) <= 0) return false;
    if (this.happened(0)) this.tcp.drain(this.options.takeTcp);
    if (this.happened(1)) this.icmp.drain(this.options.takeIcmp);
    return this.happened(2);
  }

  /** Now and then: how many packets the kernel dropped, and since when; null where none or not asked. */
  checkDrops(now: number): { readonly count: number; readonly since: number } | null {
    if (now - this.checkedAt < DROPS_EVERY_MS) return null;
    const drops = this.tcp.drops() + this.icmp.drops();
    const news = { count: drops - this.dropsSeen, since: this.checkedAt };
    this.checkedAt = now;
    this.dropsSeen = drops;
    return news.count === 0 ? null : news;
  }

  close(): void {
    this.tcp.close();
    this.icmp.close();
    this.options.libc.release(this.polls);
  }
}
