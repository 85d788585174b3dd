import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import {
  IOVEC,
  type Libc,
  MMSGHDR,
  MSG_DONTWAIT,
  type NativeMemory,
  SOCKADDR_SIZE,
  writeSockaddr,
  writeWord,
} from './libc.ts';
import { openRawDescriptor, RawSocketError } from './raw-socket.ts';
import { layOutSyn, SYN_LENGTH, type SynFields, writeSyn } from './tcp-packet.ts';

/** A socket of this protocol takes whole IP packets and receives none. */
const IPPROTO_RAW = 255;
const USUAL_TTL = 64;
/** Packets that a system call sends. */
const BATCH = 64;
/** Blocks of packets: one is being written, others are being sent by threads of the pool. */
const BLOCKS = 4;
/** More would take the pool from the journal's file, and there is a processor to receive on, too; one alone gains nothing. */
const MOST_ASIDE = availableParallelism() > 1 ? 2 : 0;
/** Calls whose results no turn of the event loop has fetched yet. */
const MOST_UNFETCHED = 32;
/** Of a message's header: the octets sent, which the kernel writes as it is done with it. */
const SENT_LENGTH = 56;
const VECTORS = BATCH * MMSGHDR;
const NAMES = VECTORS + BATCH * IOVEC;
const PACKETS = NAMES + BATCH * SOCKADDR_SIZE;

/** Packets [from, to) of it are still to be sent. */
interface Block {
  readonly memory: NativeMemory;
  /** Whom each packet goes to, as the system call is told. */
  readonly destinations: Float64Array;
  readonly tags: Float64Array;
  from: number;
  to: number;
  /** Which call of another thread sends it; −1 for none. */
  call: number;
}

/** What the system refused, with the errno. */
export type SendFailed = (tag: number, errno: string) => void;

/**
 * Sends SYNs in batches. While more is written than this thread can send besides, whole batches are sent by other
 * threads: where a packet is carried by the processor that sends it, all processors then carry.
 */
export class PacketSender {
  private readonly libc: Libc;
  private readonly fd: number;
  private readonly free: Block[];
  /** What another thread could not send to its end: tried again, and any errno seen, in this one. */
  private readonly left: Block[] = [];
  /** Being sent by other threads. */
  private readonly aside: Block[] = [];
  private block: Block;
  private calls = 0;
  private unfetched = 0;
  private closed = false;

  /** Throws RawSocketError where the system forbids it. `source`: null leaves it to each packet's route. */
  constructor(libc: Libc, source: number | null) {
    this.libc = libc;
    this.fd = openRawDescriptor(libc, IPPROTO_RAW);
    const ttl = readTtl();
    this.free = Array.from({ length: BLOCKS }, () => layOutBlock(libc, ttl));
    this.block = this.free.pop()!;
    if (source === null) return;
    const { address, view } = this.block.memory;
    writeSockaddr(view, PACKETS, source, 0);
    const bound = libc.bind(this.fd, address + PACKETS, SOCKADDR_SIZE);
    const errno = bound < 0 ? libc.errno() : 0;
    layOutSyn(view, PACKETS, ttl);
    if (bound >= 0) return;
    this.close();
    throw new RawSocketError(libc.errnoName(errno));
  }

  /** Queues one; there must be room. The tag names it should it fail. */
  push(fields: SynFields, tag: number): void {
    const { block } = this;
    const { view } = block.memory;
    const { destination } = fields;
    const i = block.to++;
    writeSyn(view, PACKETS + i * SYN_LENGTH, fields);
    if (block.destinations[i] !== destination) {
      block.destinations[i] = destination;
      writeSockaddr(view, NAMES + i * SOCKADDR_SIZE, destination, 0);
    }
    block.tags[i] = tag;
  }

  /** Packets that wait for this thread to send them. */
  queued(): number {
    return this.left.reduce((sum, { from, to }) => sum + to - from, this.block.to - this.block.from);
  }

  full(): boolean {
    return this.block.to === BATCH;
  }

  /** Whether results of other threads wait for a turn of the event loop. */
  get owesTurn(): boolean {
    return this.unfetched > 0;
  }

  /** Makes room where the batch is full: another thread sends it, or this one when enough of them do. */
  makeRoom(failed: SendFailed): void {
    this.takeBack();
    const spare =
      this.left.length === 0 && this.aside.length < MOST_ASIDE && this.unfetched < MOST_UNFETCHED
        ? this.free.pop()
        : undefined;
    if (!spare) {
      this.flush(failed);
      return;
    }
    this.sendAside(this.block);
    this.block = spare;
  }

  private sendAside(block: Block): void {
    const call = this.calls++;
    block.call = call;
    this.aside.push(block);
    this.unfetched++;
    const { address, view } = block.memory;
    view.setUint32((block.to - 1) * MMSGHDR + SENT_LENGTH, 0, true);
    const at = address + block.from * MMSGHDR;
    this.libc.sendmmsgAside(this.fd, at, block.to - block.from, MSG_DONTWAIT, (sent) => {
      this.unfetched--;
      // Unless it was found done before, and is perhaps under way again.
      if (block.call === call) {
        this.aside.splice(this.aside.indexOf(block), 1);
        block.from += Math.max(0, sent);
        if (block.from < block.to) this.left.push(block);
        else this.release(block);
      }
      if (this.closed) this.close();
    });
  }

  /** Blocks that were sent to their end, seen by what the kernel wrote: sooner than the event loop would tell. */
  private takeBack(): void {
    for (let i = this.aside.length - 1; i >= 0; i--) {
      const block = this.aside[i]!;
      if (block.memory.view.getUint32((block.to - 1) * MMSGHDR + SENT_LENGTH, true) === 0) continue;
      this.aside.splice(i, 1);
      this.release(block);
    }
  }

  /** Sends what is queued; a full send buffer leaves the rest queued. */
  flush(failed: SendFailed): void {
    while (this.left.length > 0) {
      const block = this.left[0]!;
      if (!this.send(block, failed)) return;
      this.left.shift();
      this.release(block);
    }
    // Only a batch sent to its end may be begun anew: its packets lie where the next ones will be written.
    if (this.send(this.block, failed)) {
      this.block.from = 0;
      this.block.to = 0;
    }
  }

  /** False where the send buffer is full before the block's end. */
  private send(block: Block, failed: SendFailed): boolean {
    const { libc } = this;
    while (block.from < block.to) {
      const at = block.memory.address + block.from * MMSGHDR;
      const sent = libc.sendmmsg(this.fd, at, block.to - block.from, MSG_DONTWAIT);
      if (sent > 0) {
        block.from += sent;
        continue;
      }
      const errno = libc.errnoName(libc.errno());
      if (errno === 'EAGAIN') return false;
      failed(block.tags[block.from++]!, errno);
    }
    return true;
  }

  /** Sends what is queued: whether all has left, what other threads send included. What is pushed then overtakes nothing. */
  catchUp(failed: SendFailed): boolean {
    this.flush(failed);
    this.takeBack();
    return this.aside.length === 0 && this.queued() === 0;
  }

  private release(block: Block): void {
    block.call = -1;
    block.from = 0;
    block.to = 0;
    this.free.push(block);
  }

  /** What other threads still send from stays until they are done: the last of them closes. */
  close(): void {
    this.closed = true;
    if (this.unfetched > 0) return;
    this.libc.close(this.fd);
    for (const { memory } of [...this.free, ...this.left, this.block]) this.libc.release(memory);
  }
}

function layOutBlock(libc: Libc, ttl: number): Block {
  const memory = libc.allocate(PACKETS + BATCH * SYN_LENGTH);
  const { address, view } = memory;
  for (let i = 0; i < BATCH; i++) {
    const header = i * MMSGHDR;
    const vector = VECTORS + i * IOVEC;
    writeWord(view, header, address + NAMES + i * SOCKADDR_SIZE);
    view.setUint32(header + 8, SOCKADDR_SIZE, true);
    writeWord(view, header + 16, address + vector);
    writeWord(view, header + 24, 1);
    writeWord(view, vector, address + PACKETS + i * SYN_LENGTH);
    writeWord(view, vector + 8, SYN_LENGTH);
    layOutSyn(view, PACKETS + i * SYN_LENGTH, ttl);
  }
  const destinations = new Float64Array(BATCH).fill(-1);
  return { memory, destinations, tags: new Float64Array(BATCH), from: 0, to: 0, call: -1 };
}

/** What this machine puts into packets of its own. */
function readTtl(): number {
  try {
    return Number(readFileSync('/proc/sys/net/ipv4/ip_default_ttl', 'utf8')) || USUAL_TTL;
  } catch {
    return USUAL_TTL;
  }
}
