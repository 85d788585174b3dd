import type { Diagnostic, Parsed } from '../../src/diagnostics/diagnostic.ts';

export interface TarFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

export interface TarLimits {
  readonly archiveBytes: number;
  readonly fileBytes: number;
  readonly files: number;
}

/** A bundle is some hundred kilobytes; these leave room for a large host and stop a flood. */
export const TAR_LIMITS: TarLimits = {
  archiveBytes: 64 * 1024 * 1024,
  fileBytes: 4 * 1024 * 1024,
  files: 5000,
};

const BLOCK = 512;
const latin1 = new TextDecoder('latin1');
const utf8 = new TextDecoder('utf-8');

const field = (block: Uint8Array, start: number, length: number): string => {
  const slice = block.subarray(start, start + length);
  const end = slice.indexOf(0);
  return latin1.decode(end < 0 ? slice : slice.subarray(0, end));
};

/** Octal text, or GNU's base-256 with the top bit set. NaN where neither. */
function numericField(block: Uint8Array, start: number, length: number): number {
  const first = block[start]!;
  if (first & 0x80) {
    let value = first & 0x7f;
    for (let i = 1; i < length; i++) value = value * 256 + block[start + i]!;
    return value;
  }
  const text = field(block, start, length).trim();
  return text === '' ? 0 : /^[0-7]+$/.test(text) ? Number.parseInt(text, 8) : Number.NaN;
}

/** Old writers summed the bytes as signed, so either sum is right. */
function checksumAgrees(block: Uint8Array): boolean {
  const stated = numericField(block, 148, 8);
  let unsigned = 0;
  let signed = 0;
  for (let i = 0; i < BLOCK; i++) {
    const octet = i >= 148 && i < 156 ? 32 : block[i]!;
    unsigned += octet;
    signed += octet > 127 ? octet - 256 : octet;
  }
  return stated === unsigned || stated === signed;
}

/** The `path` record of a pax header. */
function paxPath(bytes: Uint8Array): string | null {
  let path: string | null = null;
  // A record's length counts octets, and a name may hold characters of several.
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(0x20, at);
    const length = Number(utf8.decode(bytes.subarray(at, space)));
    if (space < 0 || !Number.isInteger(length) || length <= 0) break;
    const record = utf8.decode(bytes.subarray(space + 1, at + length - 1));
    if (record.startsWith('path=')) path = record.slice(5);
    at += length;
  }
  return path;
}

/** Why a name may not be taken, or null. Nothing is ever written, but a name also says which file it is. */
function refusalOfName(path: string): string | null {
  if (path === '') return 'has no name';
  if (path.startsWith('/') || /^[A-Za-z]:/.test(path)) return 'is an absolute path';
  if (path.split(/[/\\]/).includes('..')) return 'climbs out of the archive with ".."';
  if (/[\u0000-\u001f\u007f]/.test(path)) return 'has control characters in its name';
  return null;
}

const MEMBER_KINDS: Readonly<Record<string, string>> = {
  '1': 'a hard link',
  '2': 'a symbolic link',
  '3': 'a character device',
  '4': 'a block device',
  '6': 'a FIFO',
  '7': 'a contiguous file',
  S: 'a sparse file',
  M: 'a continued volume',
};

type Say = (code: string, message: string, mend: string) => void;

interface Member {
  readonly path: string;
  /** Its type flag, one character. */
  readonly type: string;
  readonly bytes: Uint8Array;
}

/**
 * Members in their order under their whole names, folders left out. Where the archive is damaged or cut the reading
 * ends, and says so.
 */
function* membersOf(bytes: Uint8Array, say: Say): Generator<Member> {
  let longName: string | null = null;
  for (let at = 0; ; ) {
    const block = bytes.subarray(at, at + BLOCK);
    if (block.length === BLOCK && block.every((b) => b === 0)) return;
    const size = sizeOfMember(bytes, at, say);
    if (size === null) return;
    const body = bytes.subarray(at + BLOCK, at + BLOCK + size);
    at += BLOCK + Math.ceil(size / BLOCK) * BLOCK;

    const type = String.fromCharCode(block[156]!);
    if (type === 'L' || type === 'x') {
      if (size > 65536) say('bundle-damaged', `a member's name takes ${size} bytes`, 'collect again');
      else if (type === 'L') longName = utf8.decode(body).replace(/\0.*$/s, '');
      else longName = paxPath(body) ?? longName;
      continue;
    }
    if (type === 'g' || type === 'K') continue;

    const prefix =
      field(block, 257, 5) === 'ustar' && field(block, 262, 1) !== ' ' ? field(block, 345, 155) : '';
    const path: string = longName ?? (prefix === '' ? '' : `${prefix}/`) + field(block, 0, 100);
    longName = null;
    if (type !== '5') yield { path, type, bytes: body };
  }
}

/** Octets of the member whose header stands at `at`; null, and said why, where no whole member stands there. */
function sizeOfMember(bytes: Uint8Array, at: number, say: Say): number | null {
  const block = bytes.subarray(at, at + BLOCK);
  if (block.length < BLOCK) {
    say(
      'bundle-truncated',
      `the archive ends at byte ${bytes.length} without its closing blocks`,
      'copy the file again',
    );
    return null;
  }
  if (!checksumAgrees(block)) {
    say(
      at === 0 ? 'bundle-not-a-tar' : 'bundle-damaged',
      at === 0
        ? 'this is not a tar archive'
        : `the archive is damaged at byte ${at}; what follows is not read`,
      'give the file that collect.sh wrote, copied in binary mode',
    );
    return null;
  }
  const size = numericField(block, 124, 12);
  if (Number.isSafeInteger(size) && size >= 0 && at + BLOCK + size <= bytes.length) return size;
  say(
    'bundle-truncated',
    `a member at byte ${at} claims ${size} bytes, more than the archive holds`,
    'copy the file again',
  );
  return null;
}

/** Why a member is no plain file to be taken, as the end of a sentence; null where it is one. */
function refusalOfMember({ path, type }: Member): string | null {
  const kind = MEMBER_KINDS[type];
  if (kind !== undefined && type !== '7') return `is ${kind}; only plain files are read`;
  const refusal = refusalOfName(path);
  if (refusal !== null) return refusal;
  return type === '0' || type === '\0' || type === '7'
    ? null
    : `is of the unknown kind ${JSON.stringify(type)}`;
}

/**
 * Plain files of a ustar, GNU or pax archive. Links, devices and names that leave the archive are refused
 * one by one; a damaged or oversized archive ends the reading there, and says so.
 */
export function readTar(bytes: Uint8Array, limits: TarLimits = TAR_LIMITS): Parsed<readonly TarFile[]> {
  const diagnostics: Diagnostic[] = [];
  const files = new Map<string, TarFile>();
  const say: Say = (code, message, mend) => {
    diagnostics.push({ code, severity: 'error', message, span: null, mend });
  };
  if (bytes.length > limits.archiveBytes) {
    say(
      'bundle-too-large',
      `the archive has ${bytes.length} bytes; more than ${limits.archiveBytes} are not read`,
      'a collected bundle is far smaller: check that this is the right file',
    );
    return { value: [], diagnostics };
  }
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    say('bundle-compressed', 'the archive is compressed with gzip', 'unpack it with gunzip first');
    return { value: [], diagnostics };
  }
  for (const member of membersOf(bytes, say)) {
    const { path } = member;
    const size = member.bytes.length;
    const refusal = refusalOfMember(member);
    if (refusal !== null) {
      say('bundle-member-refused', `${JSON.stringify(path)} ${refusal}`, 'use the tar that collect.sh wrote');
    } else if (size > limits.fileBytes) {
      say(
        'bundle-member-too-large',
        `${path} has ${size} bytes; more than ${limits.fileBytes} are not read`,
        'collect a shorter part of it',
      );
    } else if (files.has(path)) {
      say(
        'bundle-member-twice',
        `${path} stands twice in the archive; the first one counts`,
        'collect again',
      );
    } else if (files.size >= limits.files) {
      say(
        'bundle-too-many-files',
        `the archive holds more than ${limits.files} files; the rest is not read`,
        'check that this is the right file',
      );
      break;
    } else files.set(path, { path, bytes: member.bytes });
  }
  return { value: [...files.values()], diagnostics };
}
