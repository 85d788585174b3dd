import type { Libc } from './libc.ts';

/** The kernel packs `struct epoll_event` on x86 only. */
export const EVENT_SIZE = process.arch === 'x64' ? 12 : 16;
const EVENT_DATA = process.arch === 'x64' ? 4 : 8;
const EPOLL_CTL_ADD = 1;

export function writeEvent(bytes: Buffer, at: number, events: number, slot: number): void {
  bytes.writeUInt32LE(events >>> 0, at);
  bytes.writeUInt32LE(slot >>> 0, at + EVENT_DATA);
}

/** The slot of the i-th event of an array of them. */
export const readEventSlot = (bytes: Buffer, events: number, i: number): number =>
  bytes.readUInt32LE(events + i * EVENT_SIZE + EVENT_DATA);

/** Watches a socket as the event at this address says; below 0 when the system refuses. */
export const watchSocket = (libc: Libc, epoll: number, fd: number, event: number): number =>
  libc.epollCtl(epoll, EPOLL_CTL_ADD, fd, event);
