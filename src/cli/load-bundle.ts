import { open, readdir, readFile, stat } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { ATTACHMENT_KINDS, readAttachment, readBundle, readBundleFiles } from '../../parsers/host/bundle.ts';
import { TAR_LIMITS, type TarFile } from '../../parsers/host/tar.ts';
import { type Diagnostic, formatDiagnostic } from '../diagnostics/diagnostic.ts';
import { nearest } from '../diagnostics/nearest.ts';
import type { Attachment, Bundle } from '../model/host.ts';
import { holdFile, sha256 } from './files.ts';
import { reasonOf } from './reason-of.ts';
import { isUsageError, UsageError, type World } from './world.ts';

export interface LoadedBundle {
  readonly name: string;
  /** Of the tar, or of a folder's manifest. */
  readonly sha256: string;
  readonly bundle: Bundle;
  readonly diagnostics: readonly Diagnostic[];
}

const MEBIBYTE = 2 ** 20;

/** Reads a bundle, bounded before a byte of it is taken. What is no bundle is refused; a bad piece is diagnosed. */
export async function loadBundle(world: World, name: string): Promise<LoadedBundle> {
  const notes: Diagnostic[] = [];
  const folder = name !== '-' && (await kindOf(world, name)) === 'folder';
  const files = folder ? await readFolder(world, name, notes) : null;
  const bytes = files === null ? await readTarBytes(world, name) : null;
  const read = files === null ? readBundle(bytes!) : readBundleFiles(files);
  const diagnostics = [...notes, ...read.diagnostics];
  if (read.value === null)
    throw new UsageError(
      `${name} is refused as a bundle:\n${diagnostics.map(formatDiagnostic).join('\n')}`,
      'give the tar that collect.sh wrote (aclscope collect prints that script)',
    );
  return {
    name: name === '-' ? '<stdin>' : name,
    sha256: bytes === null ? read.value.manifestSha256 : sha256(bytes),
    bundle: read.value,
    diagnostics,
  };
}

async function kindOf(world: World, name: string): Promise<'folder' | 'file'> {
  try {
    return (await stat(resolve(world.cwd, name))).isDirectory() ? 'folder' : 'file';
  } catch (error) {
    throw new UsageError(`cannot read the bundle ${name}: ${reasonOf(error)}`);
  }
}

const readTarBytes = (world: World, name: string): Promise<Buffer> =>
  name === '-'
    ? readStdinBounded(world, TAR_LIMITS.archiveBytes)
    : readBounded(world, name, 'bundle', TAR_LIMITS.archiveBytes);

/** At most `limit` bytes: by the size that the file system tells, and again while reading, for files that grow or lie. */
async function readBounded(world: World, name: string, what: string, limit: number): Promise<Buffer> {
  try {
    const handle = await open(resolve(world.cwd, name), 'r');
    try {
      const info = await handle.stat();
      if (info.isDirectory()) throw new UsageError(`${name} is a folder, not a ${what}`);
      if (info.size > limit) throw tooLarge(name, info.size, what, limit);
      const chunks: Buffer[] = [];
      let size = 0;
      for await (const chunk of handle.createReadStream({ autoClose: false })) {
        const part = chunk as Buffer;
        size += part.length;
        if (size > limit) throw tooLarge(name, size, what, limit);
        chunks.push(part);
      }
      await holdFile(world, resolve(world.cwd, name));
      return Buffer.concat(chunks);
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (isUsageError(error)) throw error;
    throw new UsageError(`cannot read the ${what} ${name}: ${reasonOf(error)}`);
  }
}

async function readStdinBounded(world: World, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of world.stdin) {
    const part = Buffer.from(chunk as Uint8Array);
    size += part.length;
    if (size > limit) throw tooLarge('standard input', size, 'bundle', limit);
    chunks.push(part);
  }
  return Buffer.concat(chunks);
}

const tooLarge = (name: string, size: number, what: string, limit: number): UsageError =>
  new UsageError(
    `${name} has ${Math.ceil(size / MEBIBYTE)} MiB or more; a ${what} of up to ${limit / MEBIBYTE} MiB is read`,
    'check that this is the right file: what is collected is far smaller',
  );

/** Plain files only: a link could lead out of the folder, and is named instead of followed. */
async function readFolder(world: World, name: string, notes: Diagnostic[]): Promise<readonly TarFile[]> {
  const root = resolve(world.cwd, name);
  const files: TarFile[] = [];
  let total = 0;
  const refuse = (code: string, message: string): void => {
    if (notes.length < 1000)
      notes.push({ code, severity: 'error', message, span: null, mend: 'use what collect.sh wrote' });
  };
  const walk = async (folder: string): Promise<void> => {
    const entries = await readdir(folder, { withFileTypes: true });
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = join(folder, entry.name);
      const shown = relative(root, path).split(sep).join('/');
      if (entry.isDirectory()) {
        await walk(path);
        continue;
      }
      if (!entry.isFile()) {
        refuse('bundle-member-refused', `${JSON.stringify(shown)} is no plain file; only those are read`);
        continue;
      }
      const { size } = await stat(path);
      if (size > TAR_LIMITS.fileBytes) {
        refuse(
          'bundle-member-too-large',
          `${shown} has ${size} bytes; more than ${TAR_LIMITS.fileBytes} are not read`,
        );
        continue;
      }
      total += size;
      if (total > TAR_LIMITS.archiveBytes) throw tooLarge(name, total, 'bundle', TAR_LIMITS.archiveBytes);
      if (files.length >= TAR_LIMITS.files)
        throw new UsageError(
          `${name} holds more than ${TAR_LIMITS.files} files`,
          'name the folder that the tar of collect.sh unpacks to',
        );
      files.push({ path: shown, bytes: await readFile(path) });
    }
  };
  try {
    await walk(root);
  } catch (error) {
    if (isUsageError(error)) throw error;
    throw new UsageError(`cannot read the bundle ${name}: ${reasonOf(error)}`);
  }
  return files;
}

export interface LoadedAttachment {
  readonly name: string;
  readonly sha256: string;
  readonly attachment: Attachment;
}

/** `KIND=FILE`. `reference` is a time near which it was written, for logs without a year. */
export async function loadAttachment(
  world: World,
  argument: string,
  reference: string,
): Promise<LoadedAttachment> {
  const [written = '', name = ''] = splitOnce(argument);
  const kind = ATTACHMENT_KINDS.find((k) => k === written);
  if (kind === undefined || name === '') {
    const close = kind === undefined ? nearest(written, ATTACHMENT_KINDS) : undefined;
    throw new UsageError(
      `--attach "${argument}" is not KIND=FILE`,
      close ? `did you mean "${close}=…"?` : `kinds: ${ATTACHMENT_KINDS.join(', ')}`,
    );
  }
  const bytes = await readBounded(world, name, 'attachment', TAR_LIMITS.fileBytes);
  const { value, diagnostics } = readAttachment(kind, name, bytes, reference);
  if (value === null) throw new UsageError(diagnostics.map(formatDiagnostic).join('\n'));
  return { name, sha256: sha256(bytes), attachment: value };
}

function splitOnce(text: string): readonly string[] {
  const at = text.indexOf('=');
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
