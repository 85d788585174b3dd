import { escapeUntrusted } from '../../src/model/untrusted-text.ts';
import type { Prober } from '../drive.ts';
import { GREETING, type Hold, type ProbeOutcome } from '../engine.ts';
import { outcomeOfConnect } from '../machine/errno.ts';
import {
  AF_UNSPEC,
  type Libc,
  MSG_DONTWAIT,
  MSG_NOSIGNAL,
  type NativeMemory,
  SOCK_STREAM,
  SOCKADDR_SIZE,
  writeSockaddr,
} from './libc.ts';
import { ProbeSockets, type SocketPoolOptions } from './probe-sockets.ts';

const EPOLLIN = 0x001;
const EPOLLOUT = 0x004;
const EPOLLRDHUP = 0x2000;
/** Edge-triggered: an idle socket of the pool is "hung up" all the time, and must not say so again and again. */
const EPOLLET = 0x8000_0000;
const BANNER_BYTES = 200;
const EISCONN = 106;
const EINPROGRESS = 115;
const EALREADY = 114;
const EAGAIN = 11;

const IDLE = 0;
const CONNECTING = 1;
const HOLDING = 2;
/** By less than this a hold under way is not shortened once more. */
const WORTH_MS = 50;

/** Places in the pool's one block of memory. */
const AT_DATA = 0;
const DATA_SIZE = 256;
const AT_UNSPEC = AT_DATA + DATA_SIZE;
const AT_NAME = AT_UNSPEC + SOCKADDR_SIZE;
const AT_LENGTH = AT_NAME + SOCKADDR_SIZE;
const AT_SLOTS = AT_LENGTH + 16;

/**
 * Handshakes by non-blocking `connect()`, watched by epoll. IP_RECVERR keeps the ICMP that ended an attempt, with type,
 * code and sender, which an ordinary user cannot see otherwise. Sockets are used again: `connect()` to AF_UNSPEC ends
 * an attempt or resets a connection at once, leaves nothing in TIME_WAIT, and costs less than a new socket.
 */
export class ConnectPool implements Prober {
  readonly timeouts = { initialMs: 950, minMs: 200, maxMs: 950 };
  private readonly options: SocketPoolOptions;
  private readonly libc: Libc;
  private readonly memory: NativeMemory;
  private readonly sockets: ProbeSockets;
  private readonly fds: Int32Array;
  private readonly state: Uint8Array;
  private readonly generation: Uint32Array;
  private readonly keys: Float64Array;
  private readonly startedAt: Float64Array;
  private readonly rtt: Float64Array;
  private readonly hold: Hold[] = [];
  private readonly target: Uint32Array;
  private readonly idle: number[] = [];
  /** Slots whose connection is held and not spoken to, since when; and those of them that no haste has shortened yet. */
  private readonly held = new Map<number, number>();
  private readonly unhurried = new Map<number, number>();
  private leastHoldMs = Number.POSITIVE_INFINITY;
  private opened = 0;
  underWay = 0;

  constructor(options: SocketPoolOptions) {
    const { libc, maxSockets } = options;
    this.options = options;
    this.libc = libc;
    this.sockets = new ProbeSockets(options);
    this.memory = libc.allocate(AT_SLOTS + maxSockets * SOCKADDR_SIZE);
    this.memory.view.setUint16(AT_UNSPEC, AF_UNSPEC, true);
    this.fds = new Int32Array(maxSockets).fill(-1);
    this.state = new Uint8Array(maxSockets);
    this.generation = new Uint32Array(maxSockets);
    this.keys = new Float64Array(maxSockets);
    this.startedAt = new Float64Array(maxSockets);
    this.rtt = new Float64Array(maxSockets);
    this.target = new Uint32Array(maxSockets);
  }

  /** Readable whenever an attempt moved: for whoever waits on other things, too. */
  get epoll(): number {
    return this.sockets.epoll;
  }

  room(): number {
    return this.sockets.room(this.underWay);
  }

  start(key: number, target: number, port: number, timeoutMs: number, hold: Hold): void {
    const { libc, memory } = this;
    const slot = this.idle.pop() ?? this.openSlot();
    if (slot < 0) {
      this.sockets.settle(key, { kind: 'engine', errno: libc.errnoName(-slot) }, this.underWay);
      return;
    }
    const now = this.options.clock.now();
    const at = AT_SLOTS + slot * SOCKADDR_SIZE;
    writeSockaddr(memory.view, at, this.options.addresses[target]!, port);
    this.state[slot] = CONNECTING;
    this.generation[slot]!++;
    this.keys[slot] = key;
    this.target[slot] = target;
    this.startedAt[slot] = now;
    this.hold[slot] = hold;
    this.underWay++;
    this.sockets.deadlines.set(slot, this.generation[slot]!, now + timeoutMs);
    if (libc.connect(this.fds[slot]!, memory.address + at, SOCKADDR_SIZE) === 0) this.onConnected(slot);
    else {
      const errno = libc.errno();
      if (errno !== EINPROGRESS) this.onFailed(slot, errno);
    }
  }

  /** A new socket in the pool; its number, or −errno. */
  private openSlot(): number {
    const slot = this.opened;
    const fd = this.sockets.open(SOCK_STREAM, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, slot);
    if (fd < 0) return fd;
    this.fds[slot] = fd;
    this.opened++;
    return slot;
  }

  poll(waitMs: number): void {
    this.sockets.wait(waitMs, this.moved, this.expired);
  }

  private readonly moved = (slot: number): void => this.onEvent(slot);
  private readonly expired = (slot: number, generation: number): void => this.expire(slot, generation);

  private expire(slot: number, generation: number): void {
    if (this.generation[slot] !== generation || this.state[slot] === IDLE) return;
    if (this.state[slot] === CONNECTING) this.finish(slot, { kind: 'silent' }, true);
    else if (this.hold[slot]!.speak) this.speak(slot);
    else this.finish(slot, { kind: 'open', banner: null, ttl: null, rttMs: this.rtt[slot]! }, true);
  }

  private onEvent(slot: number): void {
    if (this.state[slot] === CONNECTING) {
      // Asked a second time, connect() tells how the first one went, and readies the socket for the next.
      const { libc, memory } = this;
      const at = memory.address + AT_SLOTS + slot * SOCKADDR_SIZE;
      if (libc.connect(this.fds[slot]!, at, SOCKADDR_SIZE) === 0) this.onConnected(slot);
      else {
        const errno = libc.errno();
        if (errno === EISCONN) this.onConnected(slot);
        else if (errno !== EALREADY && errno !== EINPROGRESS) this.onFailed(slot, errno);
        else this.onPending(slot);
      }
    } else if (this.state[slot] === HOLDING) this.readBanner(slot);
  }

  /**
   * An ICMP that came while connect() itself was still at work (always so over veth and loopback) is queued, but does
   * not end the attempt: the kernel would go on until its own timeout.
   */
  private onPending(slot: number): void {
    const icmp = this.readIcmp(slot, this.options.clock.now() - this.startedAt[slot]!);
    if (icmp) this.finish(slot, icmp, true);
  }

  private onConnected(slot: number): void {
    const now = this.options.clock.now();
    this.rtt[slot] = now - this.startedAt[slot]!;
    if (this.metItself(slot)) {
      this.finish(slot, { kind: 'engine', errno: 'SELFCONNECT' }, true);
      return;
    }
    const hold = this.hold[slot]!;
    if (hold.ms === 0) {
      this.finish(slot, { kind: 'open', banner: null, ttl: null, rttMs: this.rtt[slot]! }, true);
      return;
    }
    this.state[slot] = HOLDING;
    this.generation[slot]!++;
    if (!hold.speak) {
      this.held.set(slot, now);
      this.unhurried.set(slot, now);
    }
    this.sockets.deadlines.set(slot, this.generation[slot]!, now + (hold.speak ? hold.ms / 2 : hold.ms));
    // What came together with the handshake makes no second edge.
    this.readBanner(slot);
  }

  /** Lets connections that are held end their hold after this long already. */
  hurry(leastMs: number): void {
    // Each deadline set is one more to be kept: those of all are set anew only for what is worth it.
    const muchLess = leastMs < this.leastHoldMs - WORTH_MS;
    for (const [slot, since] of muchLess ? this.held : this.unhurried) {
      this.sockets.deadlines.set(slot, this.generation[slot]!, since + leastMs);
    }
    this.unhurried.clear();
    if (muchLess) this.leastHoldMs = leastMs;
  }

  /** Half the hold passed in silence: a word may bring an answer in the other half. */
  private speak(slot: number): void {
    const { libc, memory } = this;
    const { ms } = this.hold[slot]!;
    const length = memory.bytes.write(GREETING, AT_DATA, 'latin1');
    libc.send(this.fds[slot]!, memory.address + AT_DATA, length, MSG_DONTWAIT | MSG_NOSIGNAL);
    this.hold[slot] = { ms, speak: false };
    this.generation[slot]!++;
    this.sockets.deadlines.set(slot, this.generation[slot]!, this.options.clock.now() + ms / 2);
  }

  /** On loopback an attempt may get its own port as source and meet itself; from another it would be refused. */
  private metItself(slot: number): boolean {
    const { libc, memory } = this;
    memory.view.setUint32(AT_LENGTH, SOCKADDR_SIZE, true);
    if (libc.getsockname(this.fds[slot]!, memory.address + AT_NAME, memory.address + AT_LENGTH) < 0)
      return false;
    const peer = AT_SLOTS + slot * SOCKADDR_SIZE;
    return memory.bytes.compare(memory.bytes, peer + 2, peer + 8, AT_NAME + 2, AT_NAME + 8) === 0;
  }

  private readBanner(slot: number): void {
    const { libc, memory } = this;
    const rttMs = this.rtt[slot]!;
    const got = Number(libc.recv(this.fds[slot]!, memory.address + AT_DATA, BANNER_BYTES, MSG_DONTWAIT));
    if (got > 0) {
      const banner = escapeUntrusted(memory.bytes.toString('utf8', AT_DATA, AT_DATA + got));
      this.finish(slot, { kind: 'open', banner, ttl: null, rttMs }, true);
    } else if (got === 0) this.finish(slot, { kind: 'wrapped', how: 'eof', ttl: null, rttMs }, true);
    else if (libc.errno() !== EAGAIN) {
      this.finish(slot, { kind: 'wrapped', how: 'reset', ttl: null, rttMs }, true);
    }
  }

  private onFailed(slot: number, errno: number): void {
    const name = this.libc.errnoName(errno);
    const rttMs = this.options.clock.now() - this.startedAt[slot]!;
    const icmp = this.readIcmp(slot, rttMs);
    // With IP_RECVERR an ICMP would have been found, so a refusal is a RST.
    this.finish(slot, icmp ?? outcomeOfConnect(name, rttMs, 'rst'), false);
  }

  /** The ICMP that ended an attempt, if one did and it came from elsewhere. */
  private readIcmp(slot: number, rttMs: number): ProbeOutcome | null {
    let found: ProbeOutcome | null = null;
    for (;;) {
      const icmp = this.sockets.nextIcmp(this.fds[slot]!);
      if (!icmp) return found;
      if (!this.sockets.isOwnWord(icmp, this.target[slot]!)) found = { kind: 'icmp', ...icmp, rttMs };
    }
  }

  private finish(slot: number, outcome: ProbeOutcome, mustDisconnect: boolean): void {
    const { libc, memory } = this;
    this.state[slot] = IDLE;
    this.held.delete(slot);
    this.unhurried.delete(slot);
    this.generation[slot]!++;
    if (mustDisconnect) libc.connect(this.fds[slot]!, memory.address + AT_UNSPEC, SOCKADDR_SIZE);
    this.idle.push(slot);
    this.underWay--;
    this.sockets.settle(this.keys[slot]!, outcome, this.underWay);
  }

  close(): void {
    for (let slot = 0; slot < this.opened; slot++) {
      // Whatever still stands is reset, not left to time out.
      if (this.state[slot] !== IDLE) {
        this.libc.connect(this.fds[slot]!, this.memory.address + AT_UNSPEC, SOCKADDR_SIZE);
      }
      this.libc.close(this.fds[slot]!);
    }
    this.sockets.close();
    this.libc.release(this.memory);
  }
}
