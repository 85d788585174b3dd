import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { parseSshdConfig } from '../../../parsers/host/sshd-config.ts';
import { requireProgram } from '../../support/real-program.ts';
import { finding } from './host-text.ts';

/** What a stranger meets whom no Match block names: the parser's first global value against the real sshd's. */
describe('sshd_config as the real sshd reads it', function () {
  this.timeout(30_000);
  let folder: string;
  const KEYWORDS: Readonly<Record<string, readonly string[]>> = {
    permitrootlogin: ['permitrootlogin'],
    passwordauthentication: ['passwordauthentication'],
    kbdinteractiveauthentication: [
      'kbdinteractiveauthentication',
      'challengeresponseauthentication',
      'skeyauthentication',
    ],
  };
  const DEFAULTS: Readonly<Record<string, string>> = {
    permitrootlogin: 'without-password',
    passwordauthentication: 'yes',
    kbdinteractiveauthentication: 'yes',
  };

  before(function () {
    requireProgram(this, ['sshd', 'ssh-keygen'], ['--mount']);
    folder = mkdtempSync(join(tmpdir(), 'aclscope-sshd-'));
    mkdirSync(join(folder, 'run/sshd'), { recursive: true });
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, 'key')]);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const rows: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
    ['the first value wins', { main: 'PermitRootLogin no\nPermitRootLogin yes\n' }],
    ['equals signs', { main: 'PermitRootLogin=no\nPasswordAuthentication = no\n' }],
    ['quoted values', { main: 'PermitRootLogin "no"\nPasswordAuthentication \'no\'\n' }],
    ['a quoted keyword', { main: '"PermitRootLogin" no\n' }],
    ['tabs and a comment', { main: '\tPermitRootLogin\tno # why\n' }],
    ['CRLF', { main: 'PermitRootLogin no\r\nPasswordAuthentication no\r\n' }],
    [
      'an include before',
      { main: 'Include DIR/a*.conf\nPermitRootLogin no\n', 'a1.conf': 'PermitRootLogin yes\n' },
    ],
    [
      'an include after',
      { main: 'PermitRootLogin no\nInclude DIR/a*.conf\n', 'a1.conf': 'PermitRootLogin yes\n' },
    ],
    [
      'two patterns in one include',
      { main: 'Include DIR/b.conf DIR/a.conf\n', 'b.conf': '# b\n', 'a.conf': 'PermitRootLogin no\n' },
    ],
    ['a blank in an included name', { main: 'Include "DIR/a 1.conf"\n', 'a 1.conf': 'PermitRootLogin no\n' }],
    [
      'a Match that an included file opens and leaves open',
      { main: 'Include DIR/a.conf\nPermitRootLogin no\n', 'a.conf': 'Match User bob\nPermitRootLogin yes\n' },
    ],
    [
      'an include under a Match',
      { main: 'Match User bob\nInclude DIR/a.conf\n', 'a.conf': 'PermitRootLogin no\n' },
    ],
    [
      'Match all',
      {
        main: 'PasswordAuthentication yes\nMatch User bob\nPermitRootLogin yes\nMatch all\nPermitRootLogin no\n',
      },
    ],
    ['Match all alone', { main: 'Match all\nPermitRootLogin no\nPasswordAuthentication no\n' }],
    ['the older name', { main: 'ChallengeResponseAuthentication no\n' }],
    ['the oldest name', { main: 'SkeyAuthentication no\n' }],
    ['both names', { main: 'KbdInteractiveAuthentication no\nChallengeResponseAuthentication yes\n' }],
  ];
  for (const [name, files] of rows) {
    it(name, () => {
      const texts: Record<string, string> = {};
      for (const [file, text] of Object.entries(files)) {
        const path = join(folder, name, file);
        mkdirSync(dirname(path), { recursive: true });
        texts[path] = text.replaceAll('DIR', dirname(path));
        writeFileSync(path, texts[path]);
      }
      const main = join(folder, name, 'main');
      const script =
        'mount --bind "$1" /run && exec "$(command -v sshd)" -T -f "$2" -h "$3" -C user=stranger,host=h,addr=192.0.2.1';
      const real = execFileSync(
        'unshare',
        ['-m', 'sh', '-c', script, 'sh', join(folder, 'run'), main, join(folder, 'key')],
        {
          encoding: 'utf8',
        },
      );
      const { value, diagnostics } = parseSshdConfig({ file: main, text: texts[main]! }, finding(texts));
      expect(diagnostics).to.deep.equal([]);
      for (const [keyword, names] of Object.entries(KEYWORDS)) {
        const ours = value.find((s) => s.match === null && names.includes(s.keyword))?.args.join(' ');
        const theirs = new RegExp(`^${keyword} (.*)$`, 'm').exec(real)?.[1];
        expect(ours ?? DEFAULTS[keyword], keyword).to.equal(theirs);
      }
    });
  }
});
