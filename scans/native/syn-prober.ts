import { randomInt } from 'node:crypto';
import { setImmediate as turnOfEvents } from 'node:timers/promises';
import { formatIpv4 } from '../../src/model/address.ts';
import type { Prober, ProberEvents } from '../drive.ts';
import { ACCEPTED, type Clock, type Hold, type ProbeOutcome } from '../engine.ts';
import { meaningOfErrno } from '../machine/errno.ts';
import { type AddressTable, AddressTables } from './address-table.ts';
import { Deadlines } from './deadlines.ts';
import { type FollowUp, FollowUps } from './follow-ups.ts';
import { createKeyedHash, type KeyedHash } from './keyed-hash.ts';
import {
  AF_INET,
  type Libc,
  type NativeMemory,
  SOCK_CLOEXEC,
  SOCK_DGRAM,
  SOCKADDR_SIZE,
  writeSockaddr,
} from './libc.ts';
import { PacketSender } from './packet-sender.ts';
import { RapidCanaryLog } from './rapid-canary.ts';
import { openRawSocket, type RawSocket, RawSocketError, type TakePacket } from './raw-socket.ts';
import { readIcmpReply, readTcpReply } from './tcp-packet.ts';

const IPPROTO_ICMP = 1;
const IPPROTO_TCP = 6;
const DEST_UNREACHABLE = 3;
const TIME_EXCEEDED = 11;

/** Source ports above the system's own, by purpose: canaries, the rapid canary, all other probes. */
const CANARY_PORTS = [61_000, 61_127] as const;
const RAPID_PORTS = [61_128, 61_999] as const;
const PROBE_PORTS = [62_000, 65_535] as const;

const WAITING = 1;
const TIMED_OUT = 2;
const HANDSHAKE = 3;
const SETTLED = 4;

const DRAIN_EVERY = 256;
/** Packets that leave within one call of the schedule, which share a reading of the clock. */
const READ_CLOCK_EVERY = 16;
/** A batch is sent in less; a thread that has not begun by then may be a while. */
const CATCH_UP_MS = 1;
const MOST_UNDER_WAY = 60_000;
const DROPS_EVERY_MS = 500;
/** Deadlines of canaries are told from those of other probes by this offset, beyond any address and port. */
const CANARY_SLOT = 2 ** 50;
/** A SYN to the canary port every 2 ms makes no connection. */
const RAPID_TIMES = { everyMs: 2, windowMs: 50 };
interface CanaryProbe {
  readonly key: number;
  readonly sourcePort: number;
  readonly sentAt: number;
  readonly hold: Hold;
  readonly attempt: number;
  inHandshake: boolean;
}

export interface SynProberOptions {
  readonly libc: Libc;
  readonly clock: Clock;
  /** Unsigned 32-bit addresses, by target number. */
  readonly addresses: readonly number[];
  readonly source: number | null;
  readonly maxSockets: number;
  readonly ownAddresses: ReadonlySet<string>;
  readonly events: ProberEvents;
}

/**
 * SYNs through a raw socket. The sequence number is a keyed hash of the connection's addresses and ports, so that an
 * answer proves itself without a table; the kernel resets what a SYN/ACK would open, and a full handshake of its own
 * then decides between open and wrapped.
 */
export class SynProber implements Prober {
  readonly timeouts = { initialMs: 1000, minMs: 100, maxMs: 3000 };
  readonly hearsLate = true;
  private readonly options: SynProberOptions;
  private readonly tcp: RawSocket;
  private readonly icmp: RawSocket;
  private readonly sender: PacketSender;
  private readonly followUps: FollowUps;
  private readonly polls: NativeMemory;
  private readonly scratch: NativeMemory;
  private readonly deadlines: Deadlines;
  private readonly hash: KeyedHash = createKeyedHash(randomInt(2 ** 32) | 0, randomInt(2 ** 32) | 0);
  private readonly targetOf = new Map<number, number>();
  private readonly sourceOf = new Map<number, number>();
  private readonly tables = new AddressTables();
  private readonly canaries = new Map<number, CanaryProbe>();
  private readonly rapid = new Map<number, { readonly port: number; readonly log: RapidCanaryLog }>();
  private underWay = 0;
  private sinceDrain = 0;
  private sinceClock = READ_CLOCK_EVERY;
  private startsAt = 0;
  private canaryPort = 0;
  private dropsCheckedAt: number;
  private dropsSeen = 0;
  /** Closes whatever was opened. */
  readonly close: () => void;

  constructor(options: SynProberOptions) {
    const { libc, clock } = options;
    this.options = options;
    this.deadlines = new Deadlines(clock.now());
    this.dropsCheckedAt = clock.now();
    options.addresses.forEach((address, target) => {
      if (!this.targetOf.has(address)) this.targetOf.set(address, target);
    });
    const opened: { readonly close: () => void }[] = [];
    const keep = <T extends { readonly close: () => void }>(part: T): T => {
      opened.push(part);
      return part;
    };
    const allocate = (bytes: number): NativeMemory => {
      const memory = libc.allocate(bytes);
      opened.push({ close: () => libc.release(memory) });
      return memory;
    };
    this.close = () => {
      for (const part of opened.splice(0).reverse()) part.close();
    };
    try {
      this.polls = allocate(64);
      this.scratch = allocate(64);
      const ports = [CANARY_PORTS[0], PROBE_PORTS[1]] as const;
      this.tcp = keep(openRawSocket(libc, clock, IPPROTO_TCP, (f) => f.onlyTcpPorts(...ports)));
      const types = [DEST_UNREACHABLE, TIME_EXCEEDED];
      this.icmp = keep(openRawSocket(libc, clock, IPPROTO_ICMP, (f) => f.onlyIcmpTypes(types)));
      this.sender = keep(new PacketSender(libc, options.source));
      if (options.source !== null) this.bindSource(options.source);
      this.followUps = keep(
        new FollowUps({
          ...options,
          lookUp: (slot) => this.whomToFollow(slot),
          settle: (slot, outcome) => this.settleSlot(slot, outcome),
        }),
      );
    } catch (error) {
      this.close();
      throw error;
    }
    const POLLIN = 1;
    [this.tcp.fd, this.icmp.fd, this.followUps.epoll].forEach((fd, i) => {
      this.polls.view.setInt32(i * 8, fd, true);
      this.polls.view.setInt32(i * 8 + 4, POLLIN, true);
    });
  }

  private bindSource(source: number): void {
    const { libc } = this.options;
    writeSockaddr(this.scratch.view, 0, source, 0);
    if (libc.bind(this.tcp.fd, this.scratch.address, SOCKADDR_SIZE) < 0) {
      throw new RawSocketError(libc.errnoName(libc.errno()));
    }
  }

  readonly rapidCanary = {
    start: (target: number, port: number): void => {
      const places = RAPID_PORTS[1] - RAPID_PORTS[0] + 1;
      this.rapid.set(target, {
        port,
        log: new RapidCanaryLog(this.options.clock.now(), places, RAPID_TIMES),
      });
    },
    stop: (target: number): void => {
      this.rapid.delete(target);
    },
  };

  room(): number {
    return this.sender.full() ? 0 : MOST_UNDER_WAY - this.underWay;
  }

  start(key: number, target: number, port: number, timeoutMs: number, hold: Hold): void {
    const address = this.options.addresses[target]!;
    const source = this.sourceTowards(address);
    if (source < 0) {
      const errno = this.options.libc.errnoName(-source);
      const unreachable = meaningOfErrno(errno) === 'unreachable';
      this.options.events.settle(
        key,
        unreachable ? { kind: 'unreachable', errno } : { kind: 'engine', errno },
      );
      return;
    }
    const slot = address * 65536 + port;
    if (key < 0) {
      // It vouches for what left before it, so it may not overtake any of that.
      if (!this.allHaveLeft()) {
        this.options.events.settle(key, { kind: 'engine', errno: 'EAGAIN' });
        return;
      }
      const now = this.options.clock.now();
      this.underWay++;
      const attempt = this.canaryPort++;
      const sourcePort = CANARY_PORTS[0] + (attempt % (CANARY_PORTS[1] - CANARY_PORTS[0] + 1));
      this.canaries.set(slot, { key, sourcePort, sentAt: now, hold, attempt, inHandshake: false });
      this.deadlines.set(CANARY_SLOT + slot, attempt, now + timeoutMs);
      this.sendSyn(source, address, sourcePort, port, now, CANARY_SLOT + slot);
      return;
    }
    const now = this.readClock();
    const table = this.tables.use(address, now);
    table.keys[port] = key;
    table.setHold(port, hold);
    // A late SYN/ACK may just be under examination; its handshake answers for this probe, too, and is counted.
    if (table.state[port] === HANDSHAKE) return;
    this.count(table, 1);
    const attempt = (table.attempt[port]! + 1) & 0xff;
    table.attempt[port] = attempt;
    table.state[port] = WAITING;
    table.sentAt[port] = now;
    this.deadlines.set(slot, attempt, now + timeoutMs);
    this.sendSyn(source, address, this.probePort(port, attempt), port, now, slot);
  }

  /** The time, to a fraction of what a batch of packets takes. */
  private readClock(): number {
    if (this.sinceClock++ >= READ_CLOCK_EVERY) {
      this.sinceClock = 1;
      this.startsAt = this.options.clock.now();
    }
    return this.startsAt;
  }

  /** Another source port for every try: what a try left behind at the other side must not meet the next one. */
  private probePort(port: number, attempt: number): number {
    return PROBE_PORTS[0] + ((port * 7 + attempt * 997) % (PROBE_PORTS[1] - PROBE_PORTS[0] + 1));
  }

  /** The address that packets to a target leave from, or −errno. Connecting a UDP socket sends nothing. */
  private sourceTowards(address: number): number {
    if (this.options.source !== null) return this.options.source;
    const known = this.sourceOf.get(address);
    if (known !== undefined) return known;
    const { libc } = this.options;
    const { address: at, view } = this.scratch;
    const fd = libc.socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return -libc.errno();
    writeSockaddr(view, 0, address, 9);
    view.setUint32(32, SOCKADDR_SIZE, true);
    const failed = libc.connect(fd, at, SOCKADDR_SIZE) < 0 || libc.getsockname(fd, at, at + 32) < 0;
    const errno = failed ? libc.errno() : 0;
    libc.close(fd);
    if (failed) return -errno;
    const source = view.getUint32(4);
    this.sourceOf.set(address, source);
    return source;
  }

  private isn(address: number, targetPort: number, sourcePort: number): number {
    return this.hash(address | 0, (targetPort << 16) | sourcePort | 0, 0);
  }

  private sendSyn(
    source: number,
    destination: number,
    sourcePort: number,
    destinationPort: number,
    now: number,
    tag: number,
  ): void {
    const sequence = this.isn(destination, destinationPort, sourcePort);
    const timestamp = Math.floor(now) >>> 0;
    this.sender.push({ source, destination, sourcePort, destinationPort, sequence, timestamp }, tag);
    this.sinceDrain++;
    if (this.sender.full()) this.sender.makeRoom(this.failed);
    // Answers that nobody fetches are dropped: a fast sender must keep listening while it talks.
    if (this.sinceDrain >= DRAIN_EVERY) this.receive();
  }

  private readonly failed = (tag: number, errno: string): void => this.sendFailed(tag, errno);

  private sendFailed(tag: number, errno: string): void {
    // What waited in the queue may have been settled meanwhile, by an answer to an earlier try or by its time.
    if (tag >= 0 && tag < CANARY_SLOT && !this.isWaiting(tag)) return;
    const outcome: ProbeOutcome =
      meaningOfErrno(errno) === 'unreachable' ? { kind: 'unreachable', errno } : { kind: 'engine', errno };
    this.settleSlot(tag, outcome);
  }

  /** Whether nothing is left that a canary sent now would overtake. Waiting for it, answers are read. */
  private allHaveLeft(): boolean {
    const { clock } = this.options;
    let left = this.sender.catchUp(this.failed);
    if (left) return true;
    const until = clock.now() + CATCH_UP_MS;
    do {
      this.receive();
      left = this.sender.catchUp(this.failed);
    } while (!left && clock.now() < until);
    return left;
  }

  private isWaiting(slot: number): boolean {
    return this.tables.find(Math.floor(slot / 65536))?.state[slot % 65536] === WAITING;
  }

  hurry(leastMs: number): void {
    this.followUps.hurry(leastMs);
  }

  poll(waitMs: number): void | Promise<void> {
    this.sinceClock = READ_CLOCK_EVERY;
    this.sendRapid();
    this.sender.flush(this.failed);
    this.followUps.begin();
    if (this.followUps.underWay > 0) this.followUps.poll();
    this.sleep(waitMs);
    this.followUps.begin();
    const now = this.options.clock.now();
    this.deadlines.advance(now, (slot, generation) => this.expire(slot, generation));
    this.judgeRapid(now);
    this.checkDrops(now);
    // Other threads' results come with a turn of the event loop.
    if (this.sender.owesTurn) return turnOfEvents();
  }

  /** Waits until something can be read or the time is up, and reads what can be. */
  private sleep(waitMs: number): void {
    const { libc, clock } = this.options;
    const now = clock.now();
    let wait = Math.min(waitMs, this.deadlines.nextWithin(now, Math.ceil(waitMs)));
    if (this.followUps.underWay > 0) wait = Math.min(wait, 10);
    if (this.sender.queued() > 0) wait = Math.min(wait, 1);
    for (const { log } of this.rapid.values()) wait = Math.min(wait, Math.max(0, log.dueAt() - now));
    const { address, view } = this.polls;
    if (libc.poll(address, 3, Math.ceil(wait)) <= 0) return;
    this.sinceDrain = 0;
    // The answers that came are in the upper half of each entry.
    if (view.getUint16(6, true) !== 0) this.tcp.drain(this.takeTcp);
    if (view.getUint16(14, true) !== 0) this.icmp.drain(this.takeIcmp);
    if (view.getUint16(22, true) !== 0) this.followUps.poll();
  }

  private receive(): void {
    this.sinceDrain = 0;
    this.tcp.drain(this.takeTcp);
    this.icmp.drain(this.takeIcmp);
  }

  private readonly takeTcp: TakePacket = (packets, at, length, now) => {
    const reply = readTcpReply(packets, at, length);
    if (!reply) return;
    const { source: address, sourcePort: port, destinationPort: own, ttl } = reply;
    if (reply.acknowledgement !== (this.isn(address, port, own) + 1) >>> 0) return;
    if (own >= PROBE_PORTS[0]) {
      const table = this.tables.find(address);
      if (table) this.onProbeReply(table, port, own, reply.kind, ttl, now);
    } else if (!this.targetOf.has(address)) return;
    else if (own <= CANARY_PORTS[1]) this.onCanaryReply(address * 65536 + port, own, reply.kind, ttl, now);
    else if (reply.kind === 'syn-ack') {
      this.rapid.get(this.targetOf.get(address)!)?.log.answer(own - RAPID_PORTS[0], ttl, now);
    }
  };

  private onProbeReply(
    table: AddressTable,
    port: number,
    own: number,
    kind: 'syn-ack' | 'rst',
    ttl: number,
    now: number,
  ): void {
    const state = table.state[port]!;
    if (state !== WAITING && state !== TIMED_OUT) return;
    const rttMs = this.roundTrip(table, port, own, now);
    if (kind === 'rst') {
      this.settleProbe(table, port, { kind: 'closed', reason: 'rst', ttl, rttMs });
      return;
    }
    // A late one is no longer counted under way; its handshake is.
    if (state === TIMED_OUT) this.count(table, 1);
    table.state[port] = HANDSHAKE;
    this.followUps.ask(table.address * 65536 + port, ttl);
  }

  /** Of the try that was answered; an answer to an earlier one is a retry's spacing older. */
  private roundTrip(table: AddressTable, port: number, own: number, now: number): number {
    const latest = own === this.probePort(port, table.attempt[port]!);
    return now - table.sentAt[port]! + (latest ? 0 : 1000);
  }

  private onCanaryReply(slot: number, own: number, kind: 'syn-ack' | 'rst', ttl: number, now: number): void {
    const canary = this.canaries.get(slot);
    if (!canary || canary.inHandshake || own !== canary.sourcePort) return;
    const rttMs = now - canary.sentAt;
    if (kind === 'rst') this.settleCanary(slot, { kind: 'closed', reason: 'rst', ttl, rttMs });
    else if (canary.hold.ms === 0) this.settleCanary(slot, { kind: 'open', banner: null, ttl, rttMs });
    else {
      canary.inHandshake = true;
      this.followUps.ask(CANARY_SLOT + slot, ttl);
    }
  }

  private whomToFollow(slot: number): FollowUp {
    const plain = slot >= CANARY_SLOT ? slot - CANARY_SLOT : slot;
    const address = Math.floor(plain / 65536);
    const port = plain % 65536;
    const hold =
      slot >= CANARY_SLOT ? this.canaries.get(plain)?.hold : this.tables.find(address)?.holdFor(port);
    return { target: this.targetOf.get(address)!, port, hold: hold ?? ACCEPTED };
  }

  private settleSlot(slot: number, outcome: ProbeOutcome): void {
    if (slot >= CANARY_SLOT) this.settleCanary(slot - CANARY_SLOT, outcome);
    else if (slot >= 0) {
      const table = this.tables.find(Math.floor(slot / 65536));
      if (table) this.settleProbe(table, slot % 65536, outcome);
    }
  }

  private readonly takeIcmp: TakePacket = (packets, at, length, now) => {
    const reply = readIcmpReply(packets, at, length);
    if (!reply || reply.protocol !== IPPROTO_TCP || !this.targetOf.has(reply.destination)) return;
    const { destination: address, destinationPort: port, sourcePort: own } = reply;
    if (reply.sequence !== this.isn(address, port, own)) return;
    const from = formatIpv4(reply.from);
    const { ownAddresses } = this.options;
    // Our own kernel says so when nobody answers its ARP; that is no router's word.
    const ours = ownAddresses.has(from) && !ownAddresses.has(formatIpv4(address));
    const outcome = (rttMs: number): ProbeOutcome =>
      ours
        ? { kind: 'unreachable', errno: 'EHOSTUNREACH' }
        : { kind: 'icmp', type: reply.type, code: reply.code, from, rttMs };
    if (own >= PROBE_PORTS[0]) {
      const table = this.tables.find(address);
      const state = table?.state[port];
      if (!table || (state !== WAITING && state !== TIMED_OUT)) return;
      this.settleProbe(table, port, outcome(this.roundTrip(table, port, own, now)));
    } else if (own <= CANARY_PORTS[1]) {
      const canary = this.canaries.get(address * 65536 + port);
      if (!canary || canary.inHandshake || own !== canary.sourcePort) return;
      this.settleCanary(address * 65536 + port, outcome(now - canary.sentAt));
    }
  };

  private settleProbe(table: AddressTable, port: number, outcome: ProbeOutcome): void {
    if (table.state[port] !== TIMED_OUT) this.count(table, -1);
    table.state[port] = outcome.kind === 'silent' ? TIMED_OUT : SETTLED;
    this.options.events.settle(table.keys[port]!, outcome);
  }

  private count(table: AddressTable, change: 1 | -1): void {
    this.underWay += change;
    table.underWay += change;
  }

  private settleCanary(slot: number, outcome: ProbeOutcome): void {
    const canary = this.canaries.get(slot);
    if (!canary) return;
    this.canaries.delete(slot);
    this.underWay--;
    this.options.events.settle(canary.key, outcome);
  }

  private expire(slot: number, generation: number): void {
    if (slot >= CANARY_SLOT) {
      const canary = this.canaries.get(slot - CANARY_SLOT);
      if (canary && canary.attempt === generation && !canary.inHandshake) {
        this.settleCanary(slot - CANARY_SLOT, { kind: 'silent' });
      }
      return;
    }
    const port = slot % 65536;
    const table = this.tables.find(Math.floor(slot / 65536));
    if (!table || table.state[port] !== WAITING || table.attempt[port] !== generation) return;
    this.settleProbe(table, port, { kind: 'silent' });
  }

  private sendRapid(): void {
    for (const [target, { port, log }] of this.rapid) {
      const now = this.options.clock.now();
      if (now < log.dueAt()) continue;
      const address = this.options.addresses[target]!;
      const source = this.sourceTowards(address);
      if (source < 0 || !this.allHaveLeft()) continue;
      const leaves = this.options.clock.now();
      this.sendSyn(source, address, RAPID_PORTS[0] + log.send(leaves), port, leaves, -1);
    }
  }

  private judgeRapid(now: number): void {
    for (const [target, { log }] of this.rapid) {
      for (const window of log.judged(now)) this.options.events.window(target, window);
    }
  }

  private checkDrops(now: number): void {
    if (now - this.dropsCheckedAt < DROPS_EVERY_MS) return;
    const drops = this.tcp.drops() + this.icmp.drops();
    const since = this.dropsCheckedAt;
    this.dropsCheckedAt = now;
    if (drops === this.dropsSeen) return;
    const lost = drops - this.dropsSeen;
    this.dropsSeen = drops;
    this.options.events.drops(lost, since);
  }
}
