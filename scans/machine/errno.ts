import type { ProbeOutcome } from '../engine.ts';

/** What an errno of `connect()` says of the port, or that it says nothing of it because we ourselves failed. */
export type ErrnoMeaning = 'refused' | 'accepted' | 'unreachable' | 'silent' | 'engine';

const MEANINGS: Readonly<Record<string, ErrnoMeaning>> = {
  // RST, or ICMP 3/3: Linux gives the same errno.
  ECONNREFUSED: 'refused',
  // ICMP 3/1, 3/10, 3/13, time exceeded, or ARP without an answer.
  EHOSTUNREACH: 'unreachable',
  // ICMP 3/0, 3/9, or no route from here.
  ENETUNREACH: 'unreachable',
  EHOSTDOWN: 'unreachable',
  ENONET: 'unreachable',
  // ICMP 3/2 and 3/4.
  ENOPROTOOPT: 'unreachable',
  EPROTO: 'unreachable',
  EMSGSIZE: 'unreachable',
  EOPNOTSUPP: 'unreachable',
  ETIMEDOUT: 'silent',
  // A RST that met an attempt would have given ECONNREFUSED: the connection stood, and was reset before it was seen.
  ECONNRESET: 'accepted',
  EPIPE: 'accepted',
};

/** Whatever the table does not hold (EMFILE, ENOBUFS, EADDRNOTAVAIL, EPERM …) is our own failure, never a state. */
export const meaningOfErrno = (errno: string): ErrnoMeaning => MEANINGS[errno] ?? 'engine';

/** How an attempt ended whose `connect()` gave this errno; `refusal`: what a refusal is known to be. */
export function outcomeOfConnect(
  errno: string,
  rttMs: number,
  refusal: 'rst' | 'ECONNREFUSED' = 'ECONNREFUSED',
): ProbeOutcome {
  switch (meaningOfErrno(errno)) {
    case 'refused':
      return { kind: 'closed', reason: refusal, ttl: null, rttMs };
    case 'accepted':
      return { kind: 'wrapped', how: 'reset', ttl: null, rttMs };
    case 'unreachable':
      return { kind: 'unreachable', errno };
    case 'silent':
      return { kind: 'silent' };
    case 'engine':
      return { kind: 'engine', errno };
  }
}

/** Errnos that having fewer sockets open mends. */
export const isShortage = (errno: string): boolean =>
  ['EMFILE', 'ENFILE', 'ENOBUFS', 'ENOMEM', 'EADDRNOTAVAIL', 'EAGAIN', 'ENOSR'].includes(errno);
