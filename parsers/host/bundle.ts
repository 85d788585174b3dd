import type { Diagnostic, Parsed } from '../../src/diagnostics/diagnostic.ts';
import type { Attachment, AttachmentKind, Bundle, Collected, HostSource } from '../../src/model/host.ts';
import { parseChangeLog } from './change-log.ts';
import { decodeText } from './decode-text.ts';
import { posixCksum, sha1Hex, sha256Hex } from './digest.ts';
import { parseHashes } from './file-lists.ts';
import { readHostFacts } from './host-facts.ts';
import type { HostFile } from './host-file.ts';
import { parseLogLines } from './log-lines.ts';
import { type Manifest, type ManifestEntry, parseManifest } from './manifest.ts';
import { indexPieces } from './piece-index.ts';
import { parseSentProbes } from './sent-probe.ts';
import { parseSshMethods } from './ssh-methods.ts';
import { readTar, TAR_LIMITS, type TarFile, type TarLimits } from './tar.ts';

export const ATTACHMENT_KINDS: readonly AttachmentKind[] = [
  'remote-log',
  'ssh-methods',
  'restored-files',
  'change-log',
  'portsentry-probe',
];

const DIGESTS = { sha256: sha256Hex, sha1: sha1Hex, cksum: posixCksum } as const;

/** The tar that collect.sh wrote. Refused whole when it is none; piece by piece where a piece is not in order. */
export function readBundle(bytes: Uint8Array, limits: TarLimits = TAR_LIMITS): Parsed<Bundle | null> {
  const tar = readTar(bytes, limits);
  const fatal = tar.value.length === 0 && tar.diagnostics.length > 0;
  if (fatal) return { value: null, diagnostics: tar.diagnostics };
  const bundle = readBundleFiles(tar.value);
  return { value: bundle.value, diagnostics: [...tar.diagnostics, ...bundle.diagnostics] };
}

/** The same, unpacked: the files of a folder with their paths in it. */
export function readBundleFiles(files: readonly TarFile[]): Parsed<Bundle | null> {
  const diagnostics: Diagnostic[] = [];
  const say = (d: Diagnostic): void => {
    if (diagnostics.length < 1000) diagnostics.push(d);
  };
  const error = (code: string, message: string, mend: string): void =>
    say({ code, severity: 'error', message, span: null, mend });

  const manifests = files.filter((f) => /^(?:[^/]+\/)?MANIFEST$/.test(f.path));
  const [found] = manifests;
  if (found === undefined) {
    error(
      'bundle-without-manifest',
      'no MANIFEST stands at the top of the bundle',
      'give the tar that collect.sh wrote',
    );
    return { value: null, diagnostics };
  }
  const root = found.path.slice(0, -'MANIFEST'.length);
  const manifest = parseManifest({ file: 'MANIFEST', text: decodeText(found.bytes).text });
  manifest.diagnostics.forEach(say);
  if (manifest.value === null) return { value: null, diagnostics };
  if (!manifest.value.complete) {
    error(
      'bundle-incomplete',
      'the collector did not run to its end; what it had not reached is missing',
      'collect again',
    );
  }

  const content = new Map(
    files
      .filter((f) => f !== found && f.path.startsWith(root))
      .map((f) => [f.path.slice(root.length), f.bytes]),
  );
  const agreed = keepUnaltered(manifest.value, content, error);
  const index = indexPieces(manifest.value, agreed, say);
  const addressed = index.command('addresses');
  const clock = index.command('clock');

  const value: Bundle = {
    identity: {
      hostname: manifest.value.host,
      addresses: addressed.kind === 'present' ? readAddresses(addressed.value.text) : [],
      collected: manifest.value.collected,
      utcOffsetMinutes: clock.kind === 'present' ? readUtcOffset(clock) : null,
      user: manifest.value.user,
      system: manifest.value.system,
    },
    facts: readHostFacts(index, manifest.value, say),
    pieces: index.pieces,
    attachments: manifest.value.entries.flatMap((entry) => {
      const piece =
        entry.kind === 'attachment' && entry.stored !== null ? index.pieces.get(entry.stored) : undefined;
      const kind = ATTACHMENT_KINDS.find((k) => entry.stored?.startsWith(`attached/${k}.`));
      return piece === undefined || kind === undefined
        ? []
        : [
            toAttachment(
              kind,
              piece.source,
              { file: entry.origin, text: piece.text },
              manifest.value!.collected,
            ),
          ];
    }),
    manifestSha256: sha256Hex(found.bytes),
  };
  return { value, diagnostics };
}

/** Pieces whose hash is as the manifest says. The others are as if they had not been collected. */
function keepUnaltered(
  manifest: Manifest,
  content: ReadonlyMap<string, Uint8Array>,
  error: (code: string, message: string, mend: string) => void,
): ReadonlyMap<string, Uint8Array> {
  const kept = new Map<string, Uint8Array>();
  const byName = new Map<string, ManifestEntry>();
  for (const entry of manifest.entries) if (entry.stored !== null) byName.set(entry.stored, entry);
  for (const [stored, entry] of byName) {
    const bytes = content.get(stored);
    if (bytes === undefined) {
      error(
        'bundle-piece-missing',
        `${stored} is in the manifest but not in the bundle`,
        'copy the bundle again',
      );
    } else if (entry.digest === null) {
      error(
        'bundle-piece-unsealed',
        `${stored} has no hash in the manifest; it is not used`,
        'collect again',
      );
    } else if (DIGESTS[entry.digest.algorithm](bytes) !== entry.digest.hex) {
      error(
        'bundle-piece-altered',
        `${stored} is not what was collected: its hash differs; it is not used`,
        'collect again',
      );
    } else kept.set(stored, bytes);
  }
  for (const stored of content.keys()) {
    if (!byName.has(stored))
      error('bundle-piece-unlisted', `${stored} is not in the manifest; it is not used`, 'collect again');
  }
  return kept;
}

/** IPv4 addresses of `ip addr` (`inet 192.0.2.1/24`) and ifconfig (`inet addr:192.0.2.1`), without loopback. */
function readAddresses(text: string): readonly string[] {
  const all = [...text.matchAll(/\binet (?:addr:)?(\d{1,3}(?:\.\d{1,3}){3})\b/g)].map((m) => m[1]!);
  return [...new Set(all)].filter((a) => !a.startsWith('127.'));
}

/** `Sat Apr 10 18:05:01 CEST 2004` against the manifest's UTC time of the same second: zones are quarters of an hour. */
function readUtcOffset({ value, sources }: Extract<Collected<HostFile>, { kind: 'present' }>): number | null {
  const m = /^\w{3} (\w{3}) +(\d{1,2}) (\d{2}:\d{2}:\d{2}) (?:[AP]M )?\S+ (\d{4})\s*$/.exec(value.text);
  const wall = m === null ? Number.NaN : Date.parse(`${m[1]} ${m[2]} ${m[4]} ${m[3]} UTC`);
  const minutes = (wall - Date.parse(sources[0]?.at ?? '')) / 60_000;
  // (never the minus zero that rounding makes of a second too early)
  const quarters = Math.round(minutes / 15) * 15 || 0;
  return Math.abs(quarters) <= 14 * 60 && Math.abs(minutes - quarters) <= 3 ? quarters : null;
}

function toAttachment(
  kind: AttachmentKind,
  source: HostSource,
  file: HostFile,
  reference: string,
): Attachment {
  switch (kind) {
    case 'remote-log':
      return { kind, source, value: parseLogLines(file, reference) };
    case 'ssh-methods':
      return { kind, source, value: parseSshMethods(file) };
    case 'restored-files':
      return { kind, source, value: parseHashes(file) };
    case 'change-log':
      return { kind, source, value: parseChangeLog(file) };
    case 'portsentry-probe':
      return { kind, source, value: parseSentProbes(file) };
  }
}

/**
 * A text that the auditor adds on his own machine. `reference` is a time near which it was written: logs carry
 * no year.
 */
export function readAttachment(
  kind: AttachmentKind,
  name: string,
  bytes: Uint8Array,
  reference: string,
): Parsed<Attachment | null> {
  const { text, encoding } = decodeText(bytes);
  if (encoding === 'binary' || bytes.length > TAR_LIMITS.fileBytes) {
    const message =
      encoding === 'binary'
        ? `${name} is no text`
        : `${name} has ${bytes.length} bytes; more than ${TAR_LIMITS.fileBytes} are not read`;
    return {
      value: null,
      diagnostics: [
        {
          code: 'attachment-unreadable',
          severity: 'error',
          message,
          span: null,
          mend: 'attach a text file of moderate size',
        },
      ],
    };
  }
  const source: HostSource = {
    id: `attached/${kind}.${name}`,
    kind: 'attachment',
    origin: name,
    host: '',
    at: null,
    digest: { algorithm: 'sha256', hex: sha256Hex(bytes) },
    exit: null,
    masked: false,
    cut: false,
  };
  return { value: toAttachment(kind, source, { file: name, text }, reference), diagnostics: [] };
}
