import type { Libc } from './libc.ts';

/** The kernel packs `struct epoll_event` on x86 only. */
export const EVENT_SIZE = process.arch === 'x64' ? 12 : 16;
const EVENT_DATA = process.arch === 'x64' ? 4 : 8;
const EPOLL_CTL_ADD = 1;

export function writeEvent(view: DataView, at: number, events: number, slot: number): void {
  view.setUint32(at, events, true);
  view.setUint32(at + EVENT_DATA, slot, true);
}

/** The slot of the i-th event of an array of them. */
export const readEventSlot = (view: DataView, events: number, i: number): number =>
  view.getUint32(events + i * EVENT_SIZE + EVENT_DATA, true);

/** Watches a socket as the event at this address says; below 0 when the system refuses. */
export const watchSocket = (libc: Libc, epoll: number, fd: number, event: number): number =>
  libc.epollCtl(epoll, EPOLL_CTL_ADD, fd, event);
