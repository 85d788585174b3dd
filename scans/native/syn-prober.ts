import { randomInt } from 'node:crypto';
import { setImmediate as turnOfEvents } from 'node:timers/promises';
import { formatIpv4 } from '../../src/model/address.ts';
import type { Prober, ProberEvents } from '../drive.ts';
import { ACCEPTED, type Clock, type Hold, type ProbeOutcome } from '../engine.ts';
import { meaningOfErrno } from '../machine/errno.ts';
import { type AddressTable, AddressTables } from './address-table.ts';
import { CanaryProbes } from './canary-probes.ts';
import { Deadlines } from './deadlines.ts';
import { type FollowUp, FollowUps } from './follow-ups.ts';
import { createKeyedHash, type KeyedHash } from './keyed-hash.ts';
import type { Libc } from './libc.ts';
import { PacketSender } from './packet-sender.ts';
import { RapidCanaries } from './rapid-canaries.ts';
import { RawListener } from './raw-listener.ts';
import type { TakePacket } from './raw-socket.ts';
import { SourceAddresses } from './source-addresses.ts';
import { isCanaryPort, isProbePort, placeOfRapid, probePort, rapidPort } from './source-ports.ts';
import { readIcmpReply, readTcpReply } from './tcp-packet.ts';

const IPPROTO_TCP = 6;

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
/** Slots of canaries are told from those of other probes by this offset, beyond any address and port. */
const CANARY_SLOT = 2 ** 50;
/** Of a packet whose loss its log tells. */
const NO_SLOT = -1;

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
  readonly rapidCanary: RapidCanaries;
  private readonly options: SynProberOptions;
  private readonly sources: SourceAddresses;
  private readonly listener: RawListener;
  private readonly sender: PacketSender;
  private readonly followUps: FollowUps;
  private readonly deadlines: Deadlines;
  private readonly hash: KeyedHash = createKeyedHash(randomInt(2 ** 32) | 0, randomInt(2 ** 32) | 0);
  private readonly targetOf = new Map<number, number>();
  private readonly tables = new AddressTables();
  private readonly canaries = new CanaryProbes();
  private underWay = 0;
  private sinceDrain = 0;
  private sinceClock = READ_CLOCK_EVERY;
  private startsAt = 0;
  /** Closes whatever was opened. */
  readonly close: () => void;

  /** Throws RawSocketError where the system forbids it. */
  constructor(options: SynProberOptions) {
    const { libc, clock } = options;
    this.options = options;
    this.deadlines = new Deadlines(clock.now());
    this.rapidCanary = new RapidCanaries(clock);
    options.addresses.forEach((address, target) => {
      if (!this.targetOf.has(address)) this.targetOf.set(address, target);
    });
    const opened: { readonly close: () => void }[] = [];
    const keep = <T extends { readonly close: () => void }>(part: T): T => {
      opened.push(part);
      return part;
    };
    this.close = () => {
      for (const part of opened.splice(0).reverse()) part.close();
    };
    try {
      this.sources = keep(new SourceAddresses(libc, options.source));
      const { sources, takeTcp, takeIcmp } = this;
      this.listener = keep(new RawListener({ libc, clock, sources, takeTcp, takeIcmp }));
      this.sender = keep(new PacketSender(libc, options.source));
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
  }

  room(): number {
    return this.sender.full() ? 0 : MOST_UNDER_WAY - this.underWay;
  }

  start(key: number, target: number, port: number, timeoutMs: number, hold: Hold): void {
    const address = this.options.addresses[target]!;
    const source = this.sources.towards(address);
    if (source < 0) {
      this.options.events.settle(key, outcomeOfRefusal(this.options.libc.errnoName(-source)));
      return;
    }
    if (key < 0) this.startCanary(key, source, address, port, timeoutMs, hold);
    else this.startProbe(key, source, address, port, timeoutMs, hold);
  }

  private startCanary(
    key: number,
    source: number,
    address: number,
    port: number,
    timeoutMs: number,
    hold: Hold,
  ): void {
    // It vouches for what left before it, so it may not overtake any of that.
    if (!this.allHaveLeft()) {
      this.options.events.settle(key, { kind: 'engine', errno: 'EAGAIN' });
      return;
    }
    const now = this.options.clock.now();
    const slot = address * 65536 + port;
    const { attempt, sourcePort } = this.canaries.begin(slot, key, hold, now);
    this.underWay++;
    this.deadlines.set(CANARY_SLOT + slot, attempt, now + timeoutMs);
    this.sendSyn(source, address, sourcePort, port, now, CANARY_SLOT + slot);
  }

  private startProbe(
    key: number,
    source: number,
    address: number,
    port: number,
    timeoutMs: number,
    hold: Hold,
  ): void {
    const now = this.readClock();
    const table = this.tables.use(address, now);
    table.keys[port] = key;
    table.setHold(port, hold);
    // A late SYN/ACK may just be under examination; its handshake answers for this probe, too, and is counted.
    if (table.state[port] === HANDSHAKE) return;
    this.count(table, 1);
    const attempt = (table.attempt[port]! + 1) & 0xff;
    const slot = address * 65536 + port;
    table.attempt[port] = attempt;
    table.state[port] = WAITING;
    table.sentAt[port] = now;
    this.deadlines.set(slot, attempt, now + timeoutMs);
    this.sendSyn(source, address, probePort(port, attempt), port, now, slot);
  }

  /** The time, to a fraction of what a batch of packets takes. */
  private readClock(): number {
    if (this.sinceClock++ >= READ_CLOCK_EVERY) {
      this.sinceClock = 1;
      this.startsAt = this.options.clock.now();
    }
    return this.startsAt;
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
    slot: number,
  ): void {
    const sequence = this.isn(destination, destinationPort, sourcePort);
    const timestamp = Math.floor(now) >>> 0;
    this.sender.push({ source, destination, sourcePort, destinationPort, sequence, timestamp }, slot);
    this.sinceDrain++;
    if (this.sender.full()) this.sender.makeRoom(this.sendFailed);
    // Answers that nobody fetches are dropped: a fast sender must keep listening while it talks.
    if (this.sinceDrain >= DRAIN_EVERY) this.receive();
  }

  private readonly sendFailed = (slot: number, errno: string): void => {
    // What waited in the queue may have been settled meanwhile, by an answer to an earlier try or by its time.
    if (slot >= 0 && slot < CANARY_SLOT && !this.isWaiting(slot)) return;
    this.settleSlot(slot, outcomeOfRefusal(errno));
  };

  /** Whether nothing is left that a canary sent now would overtake. Waiting for it, answers are read. */
  private allHaveLeft(): boolean {
    const { clock } = this.options;
    let left = this.sender.catchUp(this.sendFailed);
    if (left) return true;
    const until = clock.now() + CATCH_UP_MS;
    do {
      this.receive();
      left = this.sender.catchUp(this.sendFailed);
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
    this.rapidCanary.sendDue(this.sendRapid);
    this.sender.flush(this.sendFailed);
    this.followUps.begin();
    if (this.followUps.underWay > 0) this.followUps.poll();
    this.sleep(waitMs);
    this.followUps.begin();
    const now = this.options.clock.now();
    const { window, drops } = this.options.events;
    this.deadlines.advance(now, this.expire);
    this.rapidCanary.judge(now, window);
    const lost = this.listener.checkDrops(now);
    if (lost) drops(lost.count, lost.since);
    // Other threads' results come with a turn of the event loop.
    if (this.sender.owesTurn) return turnOfEvents();
  }

  private readonly sendRapid: Parameters<RapidCanaries['sendDue']>[0] = (target, port, log) => {
    const address = this.options.addresses[target]!;
    const source = this.sources.towards(address);
    if (source < 0 || !this.allHaveLeft()) return;
    const now = this.options.clock.now();
    this.sendSyn(source, address, rapidPort(log.send(now)), port, now, NO_SLOT);
  };

  /** Waits until something can be read or the time is up, and reads what can be. */
  private sleep(waitMs: number): void {
    const now = this.options.clock.now();
    let wait = Math.min(waitMs, this.deadlines.nextWithin(now, Math.ceil(waitMs)));
    if (this.followUps.underWay > 0) wait = Math.min(wait, 10);
    if (this.sender.queued() > 0) wait = Math.min(wait, 1);
    wait = Math.min(wait, this.rapidCanary.untilDue(now));
    this.sinceDrain = 0;
    if (this.listener.wait(this.followUps.epoll, Math.ceil(wait))) this.followUps.poll();
  }

  private receive(): void {
    this.sinceDrain = 0;
    this.listener.drain();
  }

  private readonly takeTcp: TakePacket = (packets, at, length, now) => {
    const reply = readTcpReply(packets, at, length);
    if (!reply) return;
    const { source: address, sourcePort: port, destinationPort: own, kind, ttl } = reply;
    if (reply.acknowledgement !== (this.isn(address, port, own) + 1) >>> 0) return;
    if (isProbePort(own)) {
      const table = this.tables.find(address);
      if (table) this.onProbeReply(table, port, own, kind, ttl, now);
      return;
    }
    const target = this.targetOf.get(address);
    if (target === undefined) return;
    if (isCanaryPort(own)) this.onCanaryReply(address * 65536 + port, own, kind, ttl, now);
    else if (kind === 'syn-ack') this.rapidCanary.answer(target, placeOfRapid(own), ttl, now);
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
    if (kind === 'rst') {
      const rttMs = roundTrip(table, port, own, now);
      this.settleProbe(table, port, { kind: 'closed', reason: 'rst', ttl, rttMs });
      return;
    }
    // A late one is no longer counted under way; its handshake is.
    if (state === TIMED_OUT) this.count(table, 1);
    table.state[port] = HANDSHAKE;
    this.followUps.ask(table.address * 65536 + port, ttl);
  }

  private onCanaryReply(slot: number, own: number, kind: 'syn-ack' | 'rst', ttl: number, now: number): void {
    const canary = this.canaries.awaiting(slot, own);
    if (!canary) return;
    const rttMs = now - canary.sentAt;
    if (kind === 'rst') this.settleCanary(slot, { kind: 'closed', reason: 'rst', ttl, rttMs });
    else if (canary.hold.ms === 0) this.settleCanary(slot, { kind: 'open', banner: null, ttl, rttMs });
    else {
      canary.inHandshake = true;
      this.followUps.ask(CANARY_SLOT + slot, ttl);
    }
  }

  private readonly takeIcmp: TakePacket = (packets, at, length, now) => {
    const reply = readIcmpReply(packets, at, length);
    if (!reply || reply.protocol !== IPPROTO_TCP || !this.targetOf.has(reply.destination)) return;
    const { destination: address, destinationPort: port, sourcePort: own, type, code } = reply;
    if (reply.sequence !== this.isn(address, port, own)) return;
    const from = formatIpv4(reply.from);
    const { ownAddresses } = this.options;
    // Our own kernel says so when nobody answers its ARP; that is no router's word.
    const ours = ownAddresses.has(from) && !ownAddresses.has(formatIpv4(address));
    const outcome = (rttMs: number): ProbeOutcome =>
      ours ? { kind: 'unreachable', errno: 'EHOSTUNREACH' } : { kind: 'icmp', type, code, from, rttMs };
    if (isProbePort(own)) {
      const table = this.tables.find(address);
      const state = table?.state[port];
      if (!table || (state !== WAITING && state !== TIMED_OUT)) return;
      this.settleProbe(table, port, outcome(roundTrip(table, port, own, now)));
    } else if (isCanaryPort(own)) {
      const slot = address * 65536 + port;
      const canary = this.canaries.awaiting(slot, own);
      if (canary) this.settleCanary(slot, outcome(now - canary.sentAt));
    }
  };

  private whomToFollow(slot: number): FollowUp {
    const plain = slot >= CANARY_SLOT ? slot - CANARY_SLOT : slot;
    const address = Math.floor(plain / 65536);
    const port = plain % 65536;
    const hold =
      slot >= CANARY_SLOT ? this.canaries.find(plain)?.hold : this.tables.find(address)?.holdFor(port);
    return { target: this.targetOf.get(address)!, port, hold: hold ?? ACCEPTED };
  }

  private settleSlot(slot: number, outcome: ProbeOutcome): void {
    if (slot >= CANARY_SLOT) this.settleCanary(slot - CANARY_SLOT, outcome);
    else if (slot >= 0) {
      const table = this.tables.find(Math.floor(slot / 65536));
      if (table) this.settleProbe(table, slot % 65536, outcome);
    }
  }

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
    const canary = this.canaries.take(slot);
    if (!canary) return;
    this.underWay--;
    this.options.events.settle(canary.key, outcome);
  }

  private readonly expire = (slot: number, attempt: number): void => {
    if (slot >= CANARY_SLOT) {
      const plain = slot - CANARY_SLOT;
      if (this.canaries.isSilent(plain, attempt)) this.settleCanary(plain, { kind: 'silent' });
      return;
    }
    const port = slot % 65536;
    const table = this.tables.find(Math.floor(slot / 65536));
    if (!table || table.state[port] !== WAITING || table.attempt[port] !== attempt) return;
    this.settleProbe(table, port, { kind: 'silent' });
  };
}

/** Of the try that was answered; an answer to an earlier one is a retry's spacing older. */
function roundTrip(table: AddressTable, port: number, own: number, now: number): number {
  const isLatest = own === probePort(port, table.attempt[port]!);
  return now - table.sentAt[port]! + (isLatest ? 0 : 1000);
}

/** What the system said instead of sending. */
const outcomeOfRefusal = (errno: string): ProbeOutcome =>
  meaningOfErrno(errno) === 'unreachable' ? { kind: 'unreachable', errno } : { kind: 'engine', errno };
