import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { wholeFileWrite } from '../../src/cli/standard-output.ts';

describe('wholeFileWrite', () => {
  const folder = mkdtempSync(join(tmpdir(), 'aclscope-output-'));
  after(() => rmSync(folder, { recursive: true }));

  const fail = (reason: string): never => {
    throw new Error(reason);
  };

  it('writes texts of any length as they are, characters of two halves at any place', () => {
    const path = join(folder, 'report');
    for (const shift of [0, 1, 2, 3]) {
      const texts = ['a'.repeat(shift), '€😀'.repeat(300_000), '', 'z\ud83d'];
      const fd = openSync(path, 'w');
      const write = wholeFileWrite(fd, fail)!;
      for (const text of texts) write(text);
      closeSync(fd);
      expect(readFileSync(path).equals(Buffer.concat(texts.map((text) => Buffer.from(text))))).to.equal(true);
    }
  });

  it('says why it cannot write', () => {
    const fd = openSync(join(folder, 'report'), 'r');
    expect(() => wholeFileWrite(fd, fail)!('text')).to.throw('EBADF');
    closeSync(fd);
  });

  it('says that a device took no more', () => {
    const fd = openSync('/dev/full', 'w');
    expect(() => wholeFileWrite(fd, fail)!('text')).to.throw('the disk is full');
    closeSync(fd);
  });

  it('leaves a pipe to others', () => {
    const path = join(folder, 'pipe');
    execFileSync('mkfifo', [path]);
    const fd = openSync(path, 'r+');
    expect(wholeFileWrite(fd, fail)).to.equal(null);
    closeSync(fd);
  });
});
