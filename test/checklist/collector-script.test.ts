import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { readBundle } from '../../parsers/host/bundle.ts';
import { readTar } from '../../parsers/host/tar.ts';
import { collectorScript } from '../../src/checklist/collector-script.ts';
import type { Bundle } from '../../src/model/host.ts';
import { skipBecause } from '../support/skip.ts';

/** A function of the script, so that it can be run by itself. */
function shellFunction(name: string): string {
  const found = new RegExp(`^${name}\\(\\) \\{\\n[\\s\\S]*?^\\}`, 'm').exec(collectorScript());
  if (found === null) throw new Error(`the collector has no function ${name}`);
  return found[0];
}

const SHELLS: readonly (readonly [string, readonly string[]])[] = [
  ['dash', []],
  ['bash', []],
  ['bash', ['--posix']],
];

describe('the collector script', () => {
  it('is ASCII, and uses no braces around variables, which the oldest shells and its own quoting would trip over', () => {
    expect(collectorScript()).to.match(/^[\n\x20-\x7e]*$/);
    expect(collectorScript()).to.not.contain('$' + '{');
  });

  it('names nothing that changes the host', () => {
    const forbidden =
      /\b(chmod|chown|kill|mv|ln|touch|tee|mount|service|reboot|sysctl|iptables|useradd|passwd -|install|curl|wget|nc)\s/;
    const commands = collectorScript()
      .split('\n')
      .filter((l) => !/^\s*#/.test(l));
    expect(commands.filter((l) => forbidden.test(l))).to.deep.equal([]);
    // It removes its own folder and nothing else.
    expect(commands.filter((l) => /\brm\b/.test(l))).to.deep.equal([`trap 'rm -rf "$FOLDER"' 0`]);
  });

  for (const [shell, options] of SHELLS) {
    describe(`under ${[shell, ...options].join(' ')}`, () => {
      let folder: string;
      let bundle: Bundle;
      let printed: string;

      before(function () {
        this.timeout(120_000);
        if (spawnSync(shell, ['-c', ':']).error) skipBecause(this, `${shell} is not installed`);
        folder = mkdtempSync(join(tmpdir(), 'aclscope-collector-'));
        writeFileSync(join(folder, 'collect.sh'), collectorScript());
        writeFileSync(join(folder, 'paths'), '/etc/passwd\n/etc/hosts\n');
        writeFileSync(
          join(folder, 'nightly.log'),
          '2026-01-01 03:00:00 nightly-backup: finished, token=Zq7kVx\n',
        );
        writeFileSync(
          join(folder, 'extra.conf'),
          'db_password = hunter2\nurl=mysql://app:hunter2@db.example.net/x\n',
        );
        writeFileSync(join(folder, 'ssh.txt'), 'debug1: Authentications that can continue: publickey\n');
        mkdirSync(join(folder, 'tmp'));
        const ran = spawnSync(
          shell,
          [
            ...options,
            'collect.sh',
            ...[
              '-o',
              'out.tar',
              '-r',
              'paths',
              '-l',
              'nightly.log',
              '-f',
              join(folder, 'extra.conf'),
              '-a',
              'ssh-methods=ssh.txt',
            ],
          ],
          {
            cwd: folder,
            encoding: 'utf8',
            env: { PATH: process.env.PATH, TMPDIR: join(folder, 'tmp') },
            timeout: 110_000,
          },
        );
        printed = ran.stdout;
        expect(ran.stderr).to.equal('');
        expect(ran.status).to.equal(0);
        const read = readBundle(readFileSync(join(folder, 'out.tar')));
        expect(read.diagnostics.filter((d) => d.severity === 'error')).to.deep.equal([]);
        if (read.value === null) throw new Error('no bundle');
        bundle = read.value;
      });
      after(() => rmSync(folder, { recursive: true, force: true }));

      it('writes one tar that is read back whole, of this host', () => {
        expect(bundle.identity.hostname).to.equal(hostname());
        expect(bundle.pieces.size).to.be.greaterThan(15);
        expect(printed).to.contain(bundle.manifestSha256);
      });

      it('takes this host apart into facts', () => {
        const accounts = bundle.facts.accounts;
        expect(
          accounts.kind === 'present' && accounts.value.some((a) => a.name === 'root' && a.uid === 0),
        ).to.equal(true);
        expect(bundle.facts.shells.kind).to.equal('present');
        const processes = bundle.facts.processes;
        if (processes.kind === 'present')
          expect(processes.value.some((p) => p.command.includes('collect.sh'))).to.equal(true);
        expect(bundle.facts.inetd.kind).to.not.equal('present');
      });

      it('leaves nothing behind but the tar', () => {
        expect(readdirSync(join(folder, 'tmp'))).to.deep.equal([]);
        expect(readdirSync(folder).sort()).to.deep.equal(
          ['collect.sh', 'extra.conf', 'nightly.log', 'out.tar', 'paths', 'ssh.txt', 'tmp'].sort(),
        );
      });

      it('hashes the files to be compared with restored ones', () => {
        const hashes = bundle.facts.restoreHashes;
        if (hashes.kind !== 'present') throw new Error('no hashes');
        const expected = execFileSync('sha256sum', ['/etc/passwd'], { encoding: 'utf8' }).slice(0, 64);
        expect(hashes.value.map((h) => h.path)).to.deep.equal(['/etc/passwd', '/etc/hosts']);
        expect(hashes.value[0]?.hex).to.equal(expected);
      });

      it('masks passwords in what it copies, and says so', () => {
        const text = readTar(readFileSync(join(folder, 'out.tar')))
          .value.map((f) => Buffer.from(f.bytes).toString('latin1'))
          .join('\n');
        expect(text).to.not.contain('hunter2').and.not.contain('Zq7kVx');
        const piece = [...bundle.pieces.values()].find((p) => p.source.origin.endsWith('extra.conf'));
        expect(piece?.source.masked).to.equal(true);
        expect(piece?.text).to.equal('db_password = MASKED\nurl=mysql://app:MASKED@db.example.net/x\n');
      });

      it('takes along what was seen elsewhere', () => {
        expect(bundle.attachments.map((a) => a.kind)).to.deep.equal(['ssh-methods']);
      });

      it('does not overwrite a file', () => {
        const ran = spawnSync(shell, [...options, 'collect.sh', '-o', 'paths'], {
          cwd: folder,
          encoding: 'utf8',
        });
        expect(ran.status).to.equal(2);
        expect(ran.stderr).to.contain('paths exists already');
      });

      it('refuses an unknown kind of attachment and an unknown option', () => {
        const kind = spawnSync(shell, [...options, 'collect.sh', '-o', 'new.tar', '-a', 'gossip=paths'], {
          cwd: folder,
          encoding: 'utf8',
          timeout: 60_000,
        });
        expect(kind.status).to.equal(2);
        expect(readdirSync(folder)).to.not.include('new.tar');
        const option = spawnSync(shell, [...options, 'collect.sh', '-z'], { cwd: folder, encoding: 'utf8' });
        expect(option.status).to.not.equal(0);
      }).timeout(70_000);

      it('masks hashes in passwd and shadow and keeps what says whether there is one', () => {
        const masked = (line: string): string =>
          execFileSync(shell, [...options, '-c', `${shellFunction('mask_hashes')}\nmask_hashes`], {
            input: `${line}\n`,
            encoding: 'utf8',
          }).trimEnd();
        const rows: readonly (readonly [string, string])[] = [
          ['root:$1$salt$hash:1::', 'root:$1$MASKED:1::'],
          ['a:$6$rounds=5000$salt$hash:1:', 'a:$6$MASKED:1:'],
          ['a:$2b$12$saltandhash:1:', 'a:$2b$MASKED:1:'],
          ['a:$y$j9T$salt$hash:1:', 'a:$y$MASKED:1:'],
          ['a:rOaBcDeFgHiJk:1:', 'a:MASKED:1:'],
          ['a:!$1$salt$hash:1:', 'a:!$1$MASKED:1:'],
          ['a:!!:1:', 'a:!!:1:'],
          ['a:*:1:', 'a:*:1:'],
          ['a::1:', 'a::1:'],
          ['a:x:500:500::/:/bin/sh', 'a:x:500:500::/:/bin/sh'],
          ['a:*LK*$5$salt$hash:1:', 'a:*LK*$5$MASKED:1:'],
          ['#a:$1$salt$hash:1:', '#'],
          ['$1$salt$hash', ''],
        ];
        for (const [given, expected] of rows) expect(masked(given), given).to.equal(expected);
      });

      it('masks passwords in command lines and leaves other words alone', () => {
        const masked = (line: string): string =>
          execFileSync(shell, [...options, '-c', `${shellFunction('mask_words')}\nmask_words`], {
            input: `${line}\n`,
            encoding: 'utf8',
          }).trimEnd();
        const rows: readonly (readonly [string, string])[] = [
          ['mysqldump -uroot -psecret all', 'mysqldump -uroot -pMASKED all'],
          ['backup --password secret --to x', 'backup --password MASKED --to x'],
          ['PGPASSWORD=secret pg_dump', 'PGPASSWORD=MASKED pg_dump'],
          ['action(server="x" pwd="y" pass="secret" z)', 'action(server="x" pwd=MASKED pass=MASKED z)'],
          [
            '*.* :ommysql:db.example.net,logs,writer,secret;tpl',
            '*.* :ommysql:db.example.net,logs,writer,MASKED;tpl',
          ],
          ['https://u:secret@h/', 'https://u:MASKED@h/'],
          [
            '/usr/local/bin/tcpserver -pHR -x /etc/tcp.smtp.cdb 0 25',
            '/usr/local/bin/tcpserver -pHR -x /etc/tcp.smtp.cdb 0 25',
          ],
          ['password    required pam_unix.so', 'password    required pam_unix.so'],
        ];
        for (const [given, expected] of rows) expect(masked(given), given).to.equal(expected);
      });
    });
  }
});
