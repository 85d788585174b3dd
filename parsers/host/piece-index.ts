import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts';
import type { Collected, HostPiece, HostSource } from '../../src/model/host.ts';
import { decodeText } from './decode-text.ts';
import { type FindFiles, type HostFile, isGlob, matchesGlob } from './host-file.ts';
import type { Manifest, ManifestEntry } from './manifest.ts';

/** The bundle's pieces by what they are on the host, and what the collector looked for in vain. */
export interface PieceIndex {
  readonly pieces: ReadonlyMap<string, HostPiece>;
  readonly find: FindFiles;
  readonly file: (path: string) => Collected<HostFile>;
  readonly command: (name: string) => Collected<HostFile>;
  readonly commandNames: (prefix: string) => readonly string[];
  readonly bytes: (path: string) => Collected<Uint8Array>;
  /** Sources of the pieces that `find` gives for the patterns. */
  readonly sourcesOf: (files: readonly HostFile[]) => readonly HostSource[];
  /** Whether a path or pattern was looked for. */
  readonly looked: (pattern: string) => 'found' | 'absent' | 'denied' | 'never';
  readonly filePaths: readonly string[];
  /** Files that the collector saw and that are not here. */
  readonly unseenFiles: readonly string[];
}

interface Stored {
  readonly piece: HostPiece;
  readonly bytes: Uint8Array;
  readonly binary: boolean;
}

const NOT_ALLOWED = 'the collector was not allowed to read it; run it as root';
const UNSEEN: Readonly<Record<string, string>> = {
  denied: NOT_ALLOWED,
  lacking: 'the host has no such command',
  oddname: 'its name holds control characters',
};

const sourceOf = (entry: ManifestEntry, host: string): HostSource => ({
  id: entry.stored!,
  kind: entry.kind === 'look' ? 'file' : entry.kind,
  origin: entry.origin,
  host,
  at: entry.at,
  digest: entry.digest,
  exit: entry.exit,
  masked: entry.state === 'masked',
  cut: entry.state === 'cut',
});

/** Only pieces whose hash agreed are given as `content`. */
export function indexPieces(
  manifest: Manifest,
  content: ReadonlyMap<string, Uint8Array>,
  say: (diagnostic: Diagnostic) => void,
): PieceIndex {
  const files = new Map<string, Stored>();
  const commands = new Map<string, Stored>();
  const pieces = new Map<string, HostPiece>();
  const unseen = new Map<string, string>();
  const looks = new Map<string, ManifestEntry>();

  for (const entry of manifest.entries) {
    if (entry.kind === 'look') looks.set(entry.origin, entry);
    const bytes = entry.stored === null ? undefined : content.get(entry.stored);
    if (entry.stored === null || bytes === undefined) {
      if (entry.kind === 'command')
        unseen.set(entry.origin.replace(/:.*/s, ''), UNSEEN[entry.state] ?? 'not collected');
      else if (entry.kind === 'file')
        unseen.set(entry.origin, UNSEEN[entry.state] ?? 'its copy is missing or was altered');
      continue;
    }
    const { text, encoding } = decodeText(bytes);
    if (encoding === 'latin1' || encoding === 'utf-16') {
      say({
        code: 'host-odd-encoding',
        severity: 'notice',
        message: `${entry.origin} is not UTF-8; it was read as ${encoding}`,
        span: null,
      });
    }
    const piece: HostPiece = { source: sourceOf(entry, manifest.host), text };
    const stored: Stored = { piece, bytes, binary: encoding === 'binary' };
    pieces.set(entry.stored, piece);
    if (entry.kind === 'file') files.set(entry.origin, stored);
    else if (entry.kind === 'command') commands.set(entry.stored.replace(/^commands\//, ''), stored);
  }
  const filePaths = [...files.keys()].sort();

  const looked: PieceIndex['looked'] = (path) => {
    const exact = looks.get(path);
    const covering =
      exact ?? [...looks.values()].find((l) => isGlob(l.origin) && matchesGlob(l.origin, path));
    if (covering === undefined) return 'never';
    if (covering.state === 'denied') return 'denied';
    return exact?.state === 'found' ? 'found' : 'absent';
  };

  const text = (
    stored: Stored | undefined,
    label: string,
    otherwise: () => Collected<HostFile>,
  ): Collected<HostFile> => {
    if (stored === undefined) return otherwise();
    if (stored.binary) {
      say({
        code: 'host-piece-binary',
        severity: 'warning',
        message: `${label} holds NUL bytes and is no text`,
        span: null,
        mend: 'look at the file on the host',
      });
      return { kind: 'uncollected', origin: label, reason: 'it is not text' };
    }
    return {
      kind: 'present',
      value: { file: label, text: stored.piece.text },
      sources: [stored.piece.source],
    };
  };

  const absentFile = (path: string): Collected<never> => {
    const known = unseen.get(path);
    if (known !== undefined) return { kind: 'uncollected', origin: path, reason: known };
    const state = looked(path);
    if (state === 'absent') return { kind: 'absent', origin: path, sources: [] };
    return {
      kind: 'uncollected',
      origin: path,
      reason: state === 'denied' ? NOT_ALLOWED : 'the bundle does not hold it',
    };
  };

  return {
    pieces,
    looked,
    filePaths,
    unseenFiles: [...unseen.keys()].filter((k) => k.startsWith('/')),
    find: (pattern) => {
      const paths = isGlob(pattern) ? filePaths.filter((p) => matchesGlob(pattern, p)) : [pattern];
      return paths.flatMap((path) => {
        const found = files.get(path);
        return found === undefined || found.binary ? [] : [{ file: path, text: found.piece.text }];
      });
    },
    file: (path) => text(files.get(path), path, () => absentFile(path)),
    command: (name) =>
      text(commands.get(name), commands.get(name)?.piece.source.origin ?? name, () => ({
        kind: 'uncollected',
        origin: name,
        reason: unseen.get(name) ?? 'the bundle does not hold it',
      })),
    commandNames: (prefix) => [...commands.keys()].filter((n) => n.startsWith(prefix)).sort(),
    bytes: (path) => {
      const found = files.get(path);
      return found === undefined
        ? absentFile(path)
        : { kind: 'present', value: found.bytes, sources: [found.piece.source] };
    },
    sourcesOf: (wanted) =>
      wanted.flatMap((f) => {
        const found = files.get(f.file);
        return found === undefined ? [] : [found.piece.source];
      }),
  };
}
