import { execFileSync } from 'node:child_process';
import {
  closeSync,
  cpSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect } from 'chai';
import { collectorScript } from '../../src/checklist/collector-script.ts';
import { addAnswers } from '../../src/cli/ask-answers.ts';
import { runCli } from '../../src/cli/run-cli.ts';
import { changeTree, sampleTree, sealBundle } from '../checklist/bundle-fixture.ts';
import { SAMPLE_RESULTS } from '../checklist/sample-audit.ts';
import { outsideScanOf } from '../support/dated-scan.ts';
import { type Ran, runCommand } from '../support/run-command.ts';

interface Item {
  readonly id: string;
  readonly result: string;
  readonly residual: string;
  readonly statements: readonly { readonly kind: string; readonly text: string }[];
}
interface Document {
  readonly verdict: string;
  readonly items: readonly Item[];
  readonly diagnostics: readonly { readonly code: string }[];
  readonly inputs: readonly { readonly file: string; readonly sha256: string }[];
}

const NOW = new Date('2004-04-10T18:00:00Z');
const SCANS = ['internet=outside-scan.nmap', 'friend=segment-scan.nmap', 'segment-connect.json'];
const HOST = [
  ...['--answers', 'host/answers.yaml', '--checklist', 'host/checklist.yaml'],
  ...['--attach', 'remote-log=host/remote-syslog.txt', '--attach', 'ssh-methods=host/ssh-methods.txt'],
];
const WHOLE = ['checklist', 'site-alias.yaml', ...SCANS, '--bundle', 'host/bundle', ...HOST];

describe('aclscope checklist', () => {
  let folder: string;
  const run = (...argv: string[]): Promise<Ran> => runCommand(argv, { cwd: folder, now: NOW });
  const json = async (...argv: string[]): Promise<Document & { readonly code: number }> => {
    const ran = await run(...argv, '--format', 'json');
    if (ran.code === 2) throw new Error(ran.stderr);
    return { ...(JSON.parse(ran.stdout) as Document), code: ran.code };
  };
  const put = (name: string, content: string | Uint8Array): string => {
    writeFileSync(join(folder, name), content);
    return name;
  };
  const itemOf = (document: Document, id: string): Item => document.items.find((i) => i.id === id)!;
  const codes = (document: Document): readonly string[] => [
    ...new Set(document.diagnostics.map((d) => d.code)),
  ];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'aclscope-checklist-'));
    cpSync('samples/isp-mail', folder, { recursive: true });
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  describe('of the sample', () => {
    it('judges the twenty items from folder and files: exit 1', async () => {
      const document = await json(...WHOLE);
      expect(document.code).to.equal(1);
      expect(
        Object.fromEntries(document.items.map((i) => [i.id, `${i.result}, ${i.residual}`])),
      ).to.deep.equal(SAMPLE_RESULTS);
      // missing-mask is the sample config's own.
      expect(codes(document)).to.deep.equal(['missing-mask']);
    });

    it('reads the tar as the folder, from a file and from standard input', async () => {
      const tar = sealBundle(sampleTree());
      put('host.tar', tar);
      const fromFolder = await json(...WHOLE);
      const fromFile = await json(...WHOLE, '--bundle', 'host.tar');
      expect(fromFile.items).to.deep.equal(fromFolder.items);
      const ran = await runCli([...WHOLE, '--bundle', '-', '--format', 'csv'], {
        ...worldOf(folder, []),
        stdin: Readable.from([Buffer.from(tar)]),
      });
      expect(ran).to.equal(1);
    });

    it("traces the remote log's sessions through the router's lists", async () => {
      const told = itemOf(await json(...WHOLE), '13').statements.filter((s) =>
        s.text.includes('sessions on port 110'),
      );
      expect(told.map((s) => s.text)).to.deep.equal([
        'the remote log shows sessions on port 110 from 192.168.64.17, 192.168.80.201, which line 13 (access-list 150 deny   ip ' +
          '192.168.0.0 0.0.255.255 any) denies: they come by another interface, the list is not enforced, or the addresses were rewritten',
      ]);
    });

    it('and tells of no such session where the line is gone', async () => {
      const config = readFileSync(join(folder, 'gw-full.cfg'), 'utf8');
      put('gw-full.cfg', config.replace(/^access-list 150 deny {3}ip 192\.168\.0\.0.*\n/m, ''));
      const texts = itemOf(await json(...WHOLE), '13').statements.map((s) => s.text);
      expect(texts.join('\n')).to.not.contain('sessions on port 110');
    });

    it('is written in every format, and names what it rests on with hashes', async () => {
      for (const format of ['text', 'markdown', 'html', 'sarif', 'junit', 'csv']) {
        const ran = await run(...WHOLE, '--format', format);
        expect(ran.code, format).to.equal(1);
        expect(ran.stdout, format).to.contain('loghost.example.net');
      }
      const { inputs } = await json(...WHOLE);
      expect(inputs.map((i) => i.file)).to.include.members([
        'site-alias.yaml',
        'gw-full.cfg',
        'outside-scan.nmap',
        'host/bundle',
        'host/answers.yaml',
        'host/checklist.yaml',
        'host/remote-syslog.txt',
      ]);
      for (const i of inputs) expect(i.sha256).to.match(/^[0-9a-f]{64}$/);
    });
  });

  describe('exits', () => {
    const list = (...items: readonly string[]): string =>
      put(
        'list.yaml',
        `checklist: Small\nextends: twenty-items\nomit: [${Array.from({ length: 20 }, (_, i) => i + 1)
          .filter((n) => !items.includes(String(n)))
          .join(', ')}]\n`,
      );
    const rows: readonly [title: string, items: readonly string[], code: number][] = [
      ['0 where every item passes', ['11', '20'], 0],
      ['3 where one is undetermined', ['11', '15'], 3],
      ['3 where one is not assessed', ['11', '1'], 3],
      ['1 where one fails', ['11', '5'], 1],
      ['1 where one fails and one is not assessed', ['1', '5'], 1],
    ];
    for (const [title, items, code] of rows) {
      it(title, async () => {
        const ran = await run(
          'checklist',
          'site-alias.yaml',
          '--bundle',
          'host/bundle',
          '--checklist',
          list(...items),
        );
        expect(ran.code, ran.stderr).to.equal(code);
      });
    }
    it('3 or 1, never 0, without any evidence: nothing passes for want of it', async () => {
      const document = await json('checklist', 'site-alias.yaml');
      expect(document.code).to.not.equal(0);
      expect(document.items.filter((i) => i.result === 'pass')).to.deep.equal([]);
    });
  });

  describe('item 17 comes from the history', () => {
    const withHistory = async (...times: readonly string[]): Promise<Item> => {
      put('site.yaml', `${readFileSync(join(folder, 'site-alias.yaml'), 'utf8')}scanIntervalDays: 30\n`);
      for (const time of times)
        await runCommand(['audit', 'site.yaml', outsideScanOf(folder, time), '--history', 'audits'], {
          cwd: folder,
          now: new Date(time),
        });
      return itemOf(
        await json('checklist', 'site.yaml', '--history', 'audits', '--bundle', 'host/bundle'),
        '17',
      );
    };
    it('kept: pass', async () => {
      expect((await withHistory('2004-03-12T03:00:00Z', '2004-04-10T03:00:00Z')).result).to.equal('pass');
    });
    it('not kept: fail', async () => {
      expect((await withHistory('2004-02-12T03:00:00Z', '2004-04-10T03:00:00Z')).result).to.equal('fail');
    });
    it('the last too long ago: fail, unless it is judged as of then', async () => {
      expect((await withHistory('2004-01-10T03:00:00Z', '2004-02-09T03:00:00Z')).result).to.equal('fail');
      const then = await json(...['checklist', 'site.yaml', '--history', 'audits', '--as-of', '2004-02-20']);
      expect(itemOf(then, '17').result).to.equal('pass');
    });
  });

  describe('bundles that are not in order', () => {
    const bundle = (name: string, change: Parameters<typeof changeTree>[1] = {}, options = {}): string =>
      put(name, sealBundle(changeTree(sampleTree(), change), options));
    it('of another host: named, not used, and nothing passes on it', async () => {
      const name = bundle(
        'other.tar',
        { 'commands/addresses': 'inet addr:198.51.100.99\n' },
        { host: 'other.example.net' },
      );
      const document = await json('checklist', 'site-alias.yaml', '--bundle', name);
      expect(codes(document)).to.include('bundle-of-another-host');
      expect(itemOf(document, '6').result).to.equal('not-assessed');
    });
    it('whose piece is missing: named, and its item is not passed', async () => {
      cpSync(join(folder, 'host/bundle'), join(folder, 'part'), { recursive: true });
      rmSync(join(folder, 'part/files/etc/ntp.conf'));
      const document = await json('checklist', 'site-alias.yaml', '--bundle', 'part');
      expect(codes(document)).to.include('bundle-piece-missing');
      expect(itemOf(document, '20').result).to.not.equal('pass');
    });
    it('whose piece was altered: named, and not used', async () => {
      writeFileSync(join(folder, 'host/bundle/files/etc/syslog.conf'), '*.*\t@loghost.example.net\n');
      const ran = await run('checklist', 'site-alias.yaml', '--bundle', 'host/bundle', '-o', 'report.txt');
      expect(ran.stderr).to.match(/files\/etc\/syslog\.conf is not what was collected/);
    });
    it('with a link in the folder: not followed', async () => {
      symlinkSync('/etc/passwd', join(folder, 'host/bundle/files/etc/link'));
      expect(codes(await json('checklist', 'site-alias.yaml', '--bundle', 'host/bundle'))).to.include(
        'bundle-member-refused',
      );
    });
    it('with a name that climbs out: refused one by one', async () => {
      const document = await json(
        ...['checklist', 'site-alias.yaml', '--bundle', bundle('climb.tar', { '../../etc/passwd': 'x\n' })],
      );
      expect(codes(document)).to.include('bundle-member-refused');
    });
    it('in Latin-1: read all the same', async () => {
      const name = bundle('latin.tar', {
        'files/etc/ntp.conf': Buffer.from('# f\xfcr uns\nserver 192.0.2.7\n', 'latin1'),
      });
      expect((await json('checklist', 'site-alias.yaml', '--bundle', name)).items).to.have.length(20);
    });
  });

  describe('refuses with exit 2', () => {
    const refused: readonly [title: string, argv: () => readonly string[], message: RegExp][] = [
      [
        'a bundle that is not there',
        () => ['--bundle', 'none.tar'],
        /cannot read the bundle none\.tar: there is no such/,
      ],
      [
        'a bundle that is no tar',
        () => ['--bundle', 'site.yaml'],
        /refused as a bundle:[\s\S]*bundle-(not-a-tar|truncated)/,
      ],
      ['an empty bundle', () => ['--bundle', put('empty.tar', '')], /refused as a bundle/],
      [
        'a folder without a manifest',
        () => ['--bundle', 'host/bundle/files'],
        /no MANIFEST stands at the top/,
      ],
      [
        'a bundle of 1 GB, without reading it',
        () => {
          const file = openSync(join(folder, 'big.tar'), 'w');
          ftruncateSync(file, 2 ** 30);
          closeSync(file);
          return ['--bundle', 'big.tar'];
        },
        /big\.tar has 1024 MiB or more; a bundle of up to 64 MiB is read/,
      ],
      [
        'a compressed bundle',
        () => ['--bundle', put('host.tar.gz', Buffer.from([0x1f, 0x8b, 8, 0]))],
        /compressed with gzip[\s\S]*gunzip/,
      ],
      [
        'an attachment of no kind',
        () => ['--attach', 'remotelog=host/remote-syslog.txt'],
        /did you mean "remote-log=…"/,
      ],
      ['an attachment without a file', () => ['--attach', 'remote-log'], /is not KIND=FILE/],
      [
        'an attachment that is binary',
        () => ['--attach', `remote-log=${put('b.bin', Buffer.from([0, 1, 2, 0, 0]))}`],
        /no text/,
      ],
      [
        'answers to an item that is none',
        () => ['--answers', put('a.yaml', ANSWER.replace('12', '77'))],
        /a\.yaml:2:\d+: .*no item 77/,
      ],
      ['answers that are no YAML', () => ['--answers', put('a.yaml', 'answers: [')], /a\.yaml:1/],
      [
        'a checklist with an unknown check',
        () => ['--checklist', put('c.yaml', LIST)],
        /c\.yaml:\d+:\d+: .*no check "current-version"[\s\S]*did you mean current-versions/,
      ],
      [
        'a history that is not there',
        () => ['--history', 'nowhere'],
        /cannot read the history folder nowhere/,
      ],
      ['a time that is none', () => ['--as-of', 'yesterday'], /--as-of "yesterday" is not a time/],
      ['to ask without a file for the answers', () => ['--ask'], /--answers FILE/],
      [
        'to ask where the bundle comes from standard input',
        () => ['--ask', '--answers', 'a.yaml', '--bundle', '-'],
        /both want standard input/,
      ],
      ['to ask without a terminal', () => ['--ask', '--answers', 'a.yaml'], /--ask needs a terminal/],
    ];
    const ANSWER =
      'answers:\n  - { item: 12, result: pass, role: owner, date: 2004-04-10, reason: shown to us, evidence: the log }\n';
    const LIST = 'checklist: Mine\nextends: twenty-items\nitems:\n  - id: 18\n    check: current-version\n';
    for (const [title, argv, message] of refused) {
      it(title, async () => {
        const ran = await run('checklist', 'site-alias.yaml', ...argv());
        expect(ran.code, ran.stderr).to.equal(2);
        expect(ran.stderr).to.match(message).and.not.contain('internal error');
        expect(ran.stdout).to.equal('');
      });
    }
  });

  describe('--ask, on a terminal', () => {
    const ask = async (...typed: readonly string[]): Promise<Ran> => {
      const world = worldOf(folder, typed);
      const code = await runCli(
        [
          ...['checklist', 'site-alias.yaml', '--bundle', 'host/bundle', '--ask'],
          ...['--answers', 'mine.yaml', '--format', 'json'],
        ],
        world,
      );
      return { code, stdout: world.out(), stderr: world.err() };
    };
    it('asks what only a person can say, keeps it, and judges with it', async () => {
      const ran = await ask('lead auditor', 'maybe', 'fail', '', 'the rack stands open', 'a photograph');
      expect(ran.stderr)
        .to.contain('1. ')
        .and.contain('"maybe" is none of these')
        .and.contain('counts only with it');
      const document = JSON.parse(ran.stdout) as Document;
      expect(itemOf(document, '1').result).to.equal('fail');
      const kept = readFileSync(join(folder, 'mine.yaml'), 'utf8');
      expect(kept).to.match(
        /item: "?1"?\n {4}result: fail\n {4}role: lead auditor\n {4}date: "?2004-04-10"?/,
      );
      // What was kept is taken as if a person had written it.
      const again = await json(
        ...['checklist', 'site-alias.yaml', '--bundle', 'host/bundle', '--answers', 'mine.yaml'],
      );
      expect(again.items).to.deep.equal(document.items);
    });
    it('shows what the evidence leaves open, and takes no pass of an objective item without what was seen', async () => {
      // Past the first items to the third, SSH; its first pass lacks what was seen.
      const ran = await ask('lead auditor', '', '', 'pass', 'no password works', '', 'tried from friend');
      expect(ran.stderr).to.match(
        /3\. SSH only, keys only\n {3}wanted: Telnet is refused; .*\n {3}so far: undetermined: /,
      );
      expect(ran.stderr).to.contain('counts only with it');
      expect(readFileSync(join(folder, 'mine.yaml'), 'utf8')).to.contain('evidence: tried from friend');
      expect(itemOf(JSON.parse(ran.stdout) as Document, '3').result).to.equal('pass');
    });
    it('writes nothing where nothing was answered', async () => {
      const ran = await ask('lead auditor');
      expect(ran.code).to.equal(1);
      expect(() => readFileSync(join(folder, 'mine.yaml'))).to.throw('ENOENT');
    });
    it('adds to a file that a person wrote, and leaves its comments', () => {
      const given = {
        item: '1',
        result: 'pass',
        role: 'owner',
        date: '2004-04-10',
        reason: 'locked',
        evidence: null,
      } as const;
      const text = addAnswers(readFileSync(join(folder, 'host/answers.yaml'), 'utf8'), [given]);
      expect(text)
        .to.contain('# What only a person can answer')
        .and.match(/item: 19[\s\S]*item: "1"/);
    });
  });

  describe('aclscope collect', () => {
    it('prints the script that the host runs, to standard output or into a file', async () => {
      const ran = await run('collect');
      expect([ran.code, ran.stdout]).to.deep.equal([0, collectorScript()]);
      await run('collect', '-o', 'collect.sh');
      execFileSync('sh', ['-n', join(folder, 'collect.sh')]);
    });
  });
});

/** A terminal at which these lines are typed. */
function worldOf(cwd: string, typed: readonly string[]) {
  const out: string[] = [];
  const err: string[] = [];
  return {
    cwd,
    env: {},
    stdin: Object.assign(Readable.from(typed.map((line) => Buffer.from(`${line}\n`))), { isTTY: true }),
    stdout: { write: (text: string) => void out.push(text), isTTY: false, columns: null },
    stderr: { write: (text: string) => void err.push(text), isTTY: true, columns: 100 },
    now: () => NOW,
    signal: new AbortController().signal,
    out: () => out.join(''),
    err: () => err.join(''),
  };
}
