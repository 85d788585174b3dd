import type { Diagnostic, Parsed } from '../../src/diagnostics/diagnostic.ts';
import type { HostSource } from '../../src/model/host.ts';
import { type HostFile, linesOf, unread } from './host-file.ts';

export type EntryState = 'ok' | 'masked' | 'cut' | 'found' | 'absent' | 'denied' | 'lacking' | 'oddname';

export interface ManifestEntry {
  readonly kind: 'file' | 'command' | 'attachment' | 'look';
  readonly state: EntryState;
  readonly at: string;
  readonly exit: number | null;
  readonly digest: HostSource['digest'];
  /** Path inside the bundle, null where nothing is stored. */
  readonly stored: string | null;
  readonly origin: string;
}

export interface Manifest {
  readonly host: string;
  readonly collected: string;
  readonly user: string;
  readonly system: string;
  readonly entries: readonly ManifestEntry[];
  /** The collector ran to its end. */
  readonly complete: boolean;
}

const KINDS = new Set(['file', 'command', 'attachment', 'look']);
const STATES = new Set(['ok', 'masked', 'cut', 'found', 'absent', 'denied', 'lacking', 'oddname']);
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;

function readDigest(text: string): HostSource['digest'] {
  const m = /^(sha256|sha1|cksum):([0-9a-f]+)$/.exec(text);
  return m ? { algorithm: m[1] as 'sha256' | 'sha1' | 'cksum', hex: m[2]! } : null;
}

/** The collector's MANIFEST: a header of `key: value`, a blank line, then one line of seven tabbed fields a piece. */
export function parseManifest(file: HostFile): Parsed<Manifest | null> {
  const diagnostics: Diagnostic[] = [];
  const lines = linesOf(file);
  if (!/^aclscope-host-bundle 1$/.test(lines[0]?.raw ?? '')) {
    const version = /^aclscope-host-bundle (\S+)/.exec(lines[0]?.raw ?? '')?.[1];
    diagnostics.push({
      code: 'bundle-manifest-unknown',
      severity: 'error',
      message:
        version === undefined
          ? 'this is no manifest of a host bundle'
          : `bundles of format ${version} are not known here`,
      span: null,
      mend: 'collect with the script that this version prints: aclscope collect',
    });
    return { value: null, diagnostics };
  }
  const header = new Map<string, string>();
  const entries: ManifestEntry[] = [];
  for (const { raw, line } of lines.slice(1)) {
    if (raw === '') continue;
    const fields = raw.split('\t');
    if (fields.length === 1) {
      const m = /^([a-z]+): (.*)$/.exec(raw);
      if (m && !header.has(m[1]!)) header.set(m[1]!, m[2]!);
      continue;
    }
    const [kind, state, at, exit, digest, stored, origin] = fields;
    if (fields.length !== 7 || !KINDS.has(kind!) || !STATES.has(state!) || !TIME.test(at!)) {
      diagnostics.push(unread(line, 'not a manifest line'));
      continue;
    }
    entries.push({
      kind: kind as ManifestEntry['kind'],
      state: state as EntryState,
      at: at!,
      exit: /^\d+$/.test(exit!) ? Number(exit) : null,
      digest: readDigest(digest!),
      stored: stored === '-' ? null : stored!,
      origin: origin!,
    });
  }
  const collected = header.get('collected') ?? '';
  if (!TIME.test(collected)) {
    diagnostics.push({
      code: 'bundle-manifest-unknown',
      severity: 'error',
      message: 'the manifest does not say when it was collected',
      span: null,
      mend: 'collect again',
    });
    return { value: null, diagnostics };
  }
  const value: Manifest = {
    host: header.get('host') ?? '',
    collected,
    user: header.get('user') ?? '',
    system: header.get('system') ?? '',
    entries,
    complete: header.has('end'),
  };
  return { value, diagnostics };
}
