import { spawnSync } from 'node:child_process';
import {
  closeSync,
  constants,
  lstatSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { expect } from 'chai';
import { readInput, writeOutput } from '../../src/cli/files.ts';
import type { World } from '../../src/cli/world.ts';
import { skipBecause } from '../support/skip.ts';

describe('what a command writes', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'files-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const nowhere = { write: () => undefined, isTTY: false, columns: null };
  const world = (): World => ({
    cwd: folder,
    env: {},
    stdin: new PassThrough(),
    stdout: nowhere,
    stderr: nowhere,
    now: () => new Date(0),
    signal: new AbortController().signal,
  });

  it('replaces a file, and leaves no draft beside it', async () => {
    writeFileSync(join(folder, 'out.json'), 'old and longer');
    await writeOutput(world(), 'out.json', 'new');
    expect(readFileSync(join(folder, 'out.json'), 'utf8')).to.equal('new');
    expect(readdirSync(folder)).to.deep.equal(['out.json']);
  });

  it('goes through a link to the file it names', async () => {
    writeFileSync(join(folder, 'real.json'), 'old');
    symlinkSync('real.json', join(folder, 'link.json'));
    await writeOutput(world(), 'link.json', 'new');
    expect(lstatSync(join(folder, 'link.json')).isSymbolicLink()).to.equal(true);
    expect(readFileSync(join(folder, 'real.json'), 'utf8')).to.equal('new');
  });

  it('goes into a pipe, which is a pipe afterwards', async () => {
    const pipe = join(folder, 'pipe');
    expect(spawnSync('mkfifo', [pipe]).status).to.equal(0);
    const reader = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      await writeOutput(world(), 'pipe', 'through');
      const bytes = Buffer.alloc(100);
      expect(bytes.toString('utf8', 0, readSync(reader, bytes))).to.equal('through');
    } finally {
      closeSync(reader);
    }
    expect(lstatSync(pipe).isFIFO()).to.equal(true);
  });

  it('goes into a device, which is a device afterwards', async function () {
    const device = join(folder, 'null');
    // A null device of the test's own, where that may be made.
    if (spawnSync('mknod', [device, 'c', '1', '3']).status !== 0)
      skipBecause(this, 'device nodes cannot be made here', false);
    await writeOutput(world(), 'null', 'away');
    expect(lstatSync(device).isCharacterDevice()).to.equal(true);
  });

  it('does not take the place of what the command has read or written, by whatever name; that of others it may', async () => {
    writeFileSync(join(folder, 'evidence.json'), 'evidence');
    symlinkSync('evidence.json', join(folder, 'link.json'));
    const here = world();
    await readInput(here, 'evidence.json', 'evidence file');
    await writeOutput(here, 'report.html', 'first');
    for (const name of ['evidence.json', './evidence.json', 'link.json', 'report.html']) {
      const refused = await writeOutput(here, name, 'report').then(
        () => 'written',
        (error: Error) => error.message,
      );
      expect(refused, name).to.match(/already used by this command/);
    }
    expect(readFileSync(join(folder, 'evidence.json'), 'utf8')).to.equal('evidence');
    await writeOutput(here, 'evidence.json', 'evidence and answers', 'updated');
    await writeOutput(world(), 'report.html', 'second');
    expect(readFileSync(join(folder, 'report.html'), 'utf8')).to.equal('second');
  });

  it('cannot be a folder', async () => {
    let message = '';
    await writeOutput(world(), '.', 'text').catch((error: Error) => {
      message = error.message;
    });
    expect(message).to.equal('cannot write .: it is a folder');
  });
});
