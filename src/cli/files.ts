import { createHash } from 'node:crypto';
import { open, readFile, realpath, rename, stat, unlink, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { reasonOf } from './reason-of.ts';
import { isUsageError, UsageError, type World } from './world.ts';

/** A file as it was read: its text, and the hash of its bytes for the report. */
export interface InputFile {
  /** As the user named it. */
  readonly name: string;
  readonly text: string;
  readonly sha256: string;
}

const LIMIT = 512 * 1024 * 1024;

export const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');

/** Reads a named file, or standard input for `-`. */
export async function readInput(world: World, name: string, what: string): Promise<InputFile> {
  const bytes = name === '-' ? await readStdin(world) : await readNamed(world, name, what);
  return { name: name === '-' ? '<stdin>' : name, text: decode(bytes), sha256: sha256(bytes) };
}

async function readNamed(world: World, name: string, what: string): Promise<Buffer> {
  const path = resolve(world.cwd, name);
  try {
    const info = await stat(path);
    if (info.isDirectory())
      throw new UsageError(`${name} is a folder, not a ${what}`, 'name the file inside it');
    if (info.size > LIMIT)
      throw new UsageError(
        `${name} is ${Math.round(info.size / 2 ** 20)} MiB; ${what}s of up to 512 MiB are read`,
      );
    const bytes = await readFile(path);
    await holdFile(world, path);
    return bytes;
  } catch (error) {
    if (isUsageError(error)) throw error;
    throw new UsageError(`cannot read the ${what} ${name}: ${reasonOf(error)}`);
  }
}

async function readStdin(world: World): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of world.stdin) {
    const part = Buffer.from(chunk as Uint8Array);
    size += part.length;
    if (size > LIMIT) throw new UsageError('standard input is larger than 512 MiB');
    chunks.push(part);
  }
  return Buffer.concat(chunks);
}

/** UTF-8, or UTF-16 where a mark says so; anything else keeps its bytes apart as Latin-1 would. */
function decode(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.subarray(2).toString('utf16le');
  const text = bytes.toString('utf8');
  return text.includes('�') ? bytes.toString('latin1') : text;
}

/** The files that each command has read or written so far, as real paths. */
const used = new WeakMap<World, Set<string>>();

/** Keeps a file that the command has read or written from being replaced by its next output. */
export async function holdFile(world: World, path: string): Promise<void> {
  const held = used.get(world) ?? new Set();
  used.set(world, held.add(await realpath(path)));
}

/**
 * A report in the place of the evidence it was made from would be the end of that evidence. Commands that take long
 * ask before they begin.
 *
 * @throws UsageError when the command has read or written this file.
 */
export async function refuseHeldFile(world: World, name: string | undefined): Promise<void> {
  if (name === undefined || name === '-') return;
  const path = await realpath(resolve(world.cwd, name)).catch(() => null);
  if (path === null || !used.get(world)?.has(path) || !(await isFileOrAbsent(path))) return;
  throw new UsageError(
    `${name} is already used by this command: writing there would destroy what it holds`,
    'give each output a name of its own',
  );
}

/**
 * Writes whole or not at all: a reader never sees half a file. `-` is standard output. A device, a pipe or a terminal is
 * written into, not replaced by a file of its name; a link's target is replaced, not the link. A file that the command
 * has read is left alone, unless it is `updated`.
 */
export async function writeOutput(
  world: World,
  name: string | undefined,
  text: string,
  how: 'new' | 'updated' = 'new',
): Promise<void> {
  if (name === undefined || name === '-') {
    world.stdout.write(text);
    return;
  }
  if (how === 'new') await refuseHeldFile(world, name);
  const path = resolve(world.cwd, name);
  try {
    if (!(await isFileOrAbsent(path))) return await writeFile(path, text);
    await replaceFile(await realpath(path).catch(() => path), text);
    await holdFile(world, path);
  } catch (error) {
    throw new UsageError(`cannot write ${name}: ${reasonOf(error)}`);
  }
}

/** Whether a path is an ordinary file or still free: neither a device, a pipe, a socket nor a folder. */
export async function isFileOrAbsent(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch (error) {
    if ((error as NodeJS.ErrnoException | null)?.code === 'ENOENT') return true;
    throw error;
  }
}

/** Whether anything of that name stands there. */
export const isThere = (world: World, name: string): Promise<boolean> =>
  stat(resolve(world.cwd, name)).then(
    () => true,
    () => false,
  );

async function replaceFile(path: string, text: string): Promise<void> {
  const draft = `${path}.${process.pid}.part`;
  try {
    const handle = await open(draft, 'w');
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, path);
  } catch (error) {
    await unlink(draft).catch(() => undefined);
    throw error;
  }
}
