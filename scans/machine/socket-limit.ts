import { readFileSync } from 'node:fs';

/** Descriptors to leave for files, pipes and the rest of the process. */
const RESERVE = 64;
const DEFAULT_SOCKETS = 512;

/** This process's soft limit of open files; null where /proc does not say. */
function readFileLimit(): number | null {
  try {
    const line = /^Max open files\s+(\d+|unlimited)/m.exec(readFileSync('/proc/self/limits', 'utf8'));
    if (!line) return null;
    return line[1] === 'unlimited' ? Number.MAX_SAFE_INTEGER : Number(line[1]);
  } catch {
    return null;
  }
}

/** Sockets to have open at once: 512 unless asked for another number, and never more than the system grants. */
export function chooseSocketLimit(wanted: number | null, fileLimit = readFileLimit()): number {
  const granted = Math.max(8, (fileLimit ?? 1024) - RESERVE);
  return Math.min(wanted ?? DEFAULT_SOCKETS, granted);
}

/** Silence keeps a socket for 0.2 s, so a pace above the usual ones needs many of them. */
const SILENT_SECONDS = 0.2;
const MOST_SOCKETS = 16_384;

/** Sockets that a pace needs where all is silent, at least the usual number. */
export const socketsForPace = (perSecond: number): number =>
  Math.min(MOST_SOCKETS, Math.max(DEFAULT_SOCKETS, Math.ceil(perSecond * SILENT_SECONDS)));

/** Shrinks when the system refuses, recovers slowly: so that a shortage ends instead of repeating. */
export interface SocketRoom {
  readonly room: (underWay: number) => number;
  readonly shortage: (underWay: number) => void;
  readonly relief: () => void;
}

export function createSocketRoom(limit: number): SocketRoom {
  let allowed = limit;
  return {
    room: (underWay) => Math.floor(allowed) - underWay,
    shortage(underWay) {
      allowed = Math.max(1, Math.min(allowed, underWay * 0.8));
    },
    relief() {
      allowed = Math.min(limit, allowed + 0.02);
    },
  };
}
