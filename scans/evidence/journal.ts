import { type FileHandle, open, readFile, truncate } from 'node:fs/promises';
import { type Ranges, rangesOf } from '../../src/model/ports.ts';
import type { PortList, ScanEvent } from '../engine.ts';

/** First line of a journal: what the lines after it belong to. */
export interface JournalHeader {
  readonly schema: 'aclscope/journal/1';
  readonly planSha256: string;
  readonly vantage: string;
  readonly engine: string;
  /** ISO time of the first run's start. */
  readonly started: string;
  /** The plan itself, so that a scan can go on, and be looked at, without its file. */
  readonly plan?: object;
  /** Where the probes leave from. */
  readonly box?: object;
}

/** Buffered lines are written this often, and forced to the disk this often. */
const WRITE_MS = 200;
const SYNC_MS = 1000;

/**
 * Append-only record of a scan's events. A process killed at any moment has written all but its last fifth of a
 * second; a machine that loses power, all but its last second.
 */
export interface Journal {
  readonly append: (event: ScanEvent) => void;
  /** Why lines can no longer be kept (disk full, pipe closed), or null. */
  readonly failure: () => string | null;
  /** Writes and syncs what is left. */
  readonly close: () => Promise<void>;
}

/** Ports as ranges: a million of them in a handful of bytes. */
type Stored = Exclude<ScanEvent, { ports: PortList }> | StoredPorts;
type StoredPorts = {
  [E in Extract<ScanEvent, { ports: PortList }> as E['kind']]: Omit<E, 'ports'> & {
    readonly ports: Ranges;
  };
}['results' | 'withdrawn'];

const toStored = (event: ScanEvent): Stored =>
  event.kind === 'results' || event.kind === 'withdrawn' ? { ...event, ports: rangesOf(event.ports) } : event;

const toEvent = (stored: Stored): ScanEvent =>
  stored.kind === 'results' || stored.kind === 'withdrawn'
    ? { ...stored, ports: stored.ports.flatMap(([lo, hi]) => range(lo, hi)) }
    : stored;

const range = (lo: number, hi: number): number[] => Array.from({ length: hi - lo + 1 }, (_, i) => lo + i);

/** Opens a new journal, or goes on with one whose whole lines end at `resumeAt`. */
export async function openJournal(path: string, header: JournalHeader, resumeAt?: number): Promise<Journal> {
  let file: FileHandle;
  if (resumeAt === undefined) {
    file = await open(path, 'wx', 0o600);
    await file.appendFile(`${JSON.stringify(header)}\n`);
  } else {
    await truncate(path, resumeAt);
    file = await open(path, 'a', 0o600);
  }
  let lines: string[] = [];
  let failed: string | null = null;
  let syncedAt = Date.now();
  let running: Promise<void> = Promise.resolve();

  const write = async (force: boolean) => {
    const text = lines.join('');
    lines = [];
    try {
      if (text !== '') await file.appendFile(text);
      if (force || Date.now() - syncedAt >= SYNC_MS) {
        await sync(file);
        syncedAt = Date.now();
      }
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : '';
      failed ??= `the journal ${path} cannot be written: ${
        code === 'ENOSPC'
          ? 'no space is left on the device'
          : error instanceof Error
            ? error.message
            : String(error)
      }`;
    }
  };
  const timer = setInterval(() => {
    running = running.then(() => write(false));
  }, WRITE_MS);
  timer.unref();

  return {
    append(event) {
      if (event.kind !== 'progress' && failed === null) lines.push(`${JSON.stringify(toStored(event))}\n`);
    },
    failure: () => failed,
    async close() {
      clearInterval(timer);
      await running;
      await write(true);
      await file.close();
    },
  };
}

/** A pipe or a device cannot be synced; its bytes are gone as soon as they are written. */
async function sync(file: FileHandle): Promise<void> {
  try {
    await file.datasync();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code !== 'EINVAL' && code !== 'EROFS') throw error;
  }
}

export interface JournalContents {
  readonly header: JournalHeader;
  readonly events: readonly ScanEvent[];
  /** Bytes of whole lines: where to go on. */
  readonly wholeBytes: number;
  /** The last line was cut, as a kill in mid-write leaves it. */
  readonly truncated: boolean;
}

export type JournalReading =
  | { readonly kind: 'read'; readonly contents: JournalContents }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unreadable'; readonly reason: string };

/** A line is believed when it is whole JSON of a known kind; only the last one may be otherwise. */
export async function readJournal(path: string): Promise<JournalReading> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { kind: 'absent' };
    return { kind: 'unreadable', reason: error instanceof Error ? error.message : String(error) };
  }
  return parseJournal(bytes);
}

/** Reads the bytes of a journal, perhaps one that is still written to. */
export function parseJournal(bytes: Buffer): Exclude<JournalReading, { kind: 'absent' }> {
  const end = bytes.lastIndexOf(0x0a) + 1;
  const lines = bytes.subarray(0, end).toString('utf8').split('\n').slice(0, -1);
  const header = parseLine(lines[0] ?? '');
  if (!isHeader(header)) return { kind: 'unreadable', reason: 'its first line is no journal header' };
  const events: ScanEvent[] = [];
  for (const [i, line] of lines.entries()) {
    if (i === 0) continue;
    const stored = parseLine(line);
    if (!isStored(stored)) return { kind: 'unreadable', reason: `line ${i + 1} is damaged` };
    events.push(toEvent(stored));
  }
  return { kind: 'read', contents: { header, events, wholeBytes: end, truncated: end < bytes.length } };
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

const isHeader = (value: unknown): value is JournalHeader =>
  typeof value === 'object' &&
  value !== null &&
  Reflect.get(value, 'schema') === 'aclscope/journal/1' &&
  ['planSha256', 'vantage', 'engine', 'started'].every((m) => typeof Reflect.get(value, m) === 'string');

/** A journal is our own file beside the user's output; this guards against damage, not against malice. */
function isStored(value: unknown): value is Stored {
  if (typeof value !== 'object' || value === null) return false;
  const kind = Reflect.get(value, 'kind');
  if (kind === 'note') return typeof Reflect.get(value, 'text') === 'string';
  const target = Reflect.get(value, 'target');
  if (!Number.isInteger(target)) return false;
  if (kind === 'canary' || kind === 'stopped') return true;
  if (kind !== 'results' && kind !== 'withdrawn') return false;
  const ports = Reflect.get(value, 'ports');
  const inRange = (p: unknown) => Number.isInteger(p) && Number(p) >= 0 && Number(p) <= 65535;
  return Array.isArray(ports) && ports.every((r) => Array.isArray(r) && r.length === 2 && r.every(inRange));
}
