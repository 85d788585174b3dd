import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { readAttachment, readBundle, readBundleFiles } from '../../../parsers/host/bundle.ts';
import { posixCksum, sha1Hex, sha256Hex } from '../../../parsers/host/digest.ts';
import { readTar, TAR_LIMITS } from '../../../parsers/host/tar.ts';
import { parseSite } from '../../../parsers/site.ts';
import { standardChecklist } from '../../../src/checklist/read-checklist.ts';
import { runChecklist } from '../../../src/checklist/run-checklist.ts';
import {
  changeTree,
  manifestOf,
  sampleTree,
  sealBundle,
  type TarMember,
  tarOf,
} from '../../checklist/bundle-fixture.ts';
import { bundleOf, sampleBundle } from '../../checklist/sample-audit.ts';
import { skipBecause } from '../../support/skip.ts';

const codes = (bytes: Uint8Array): readonly string[] => readBundle(bytes).diagnostics.map((d) => d.code);
const text = (s: string): Uint8Array => Buffer.from(s);

describe('the tar of a bundle', () => {
  const file: TarMember = { path: 'a/b', bytes: text('hello') };

  it('gives its plain files', () => {
    const { value, diagnostics } = readTar(tarOf([{ path: 'a/', type: '5' }, file]));
    expect(diagnostics).to.deep.equal([]);
    expect(value.map((f) => [f.path, Buffer.from(f.bytes).toString()])).to.deep.equal([['a/b', 'hello']]);
  });

  const refused: readonly (readonly [string, TarMember, string])[] = [
    ['a path that climbs out', { ...file, path: 'a/../../etc/passwd' }, 'climbs out'],
    ['a path that climbs out by backslashes', { ...file, path: 'a\\..\\..\\x' }, 'climbs out'],
    ['an absolute path', { ...file, path: '/etc/passwd' }, 'absolute'],
    ['a drive letter', { ...file, path: 'C:x' }, 'absolute'],
    ['control characters in a name', { ...file, path: 'a\u001b[2J' }, 'control characters'],
    ['an empty name', { ...file, path: '' }, 'no name'],
    ['a symbolic link', { path: 'a/b', type: '2', link: '/etc/shadow' }, 'a symbolic link'],
    ['a hard link', { path: 'a/b', type: '1', link: 'c' }, 'a hard link'],
    ['a device', { path: 'a/b', type: '3' }, 'a character device'],
    ['a FIFO', { path: 'a/b', type: '6' }, 'a FIFO'],
    ['an unknown kind', { path: 'a/b', type: 'Z' }, 'unknown kind'],
  ];
  for (const [what, member, why] of refused) {
    it(`refuses ${what}, by name, and goes on`, () => {
      const { value, diagnostics } = readTar(tarOf([member, { path: 'good', bytes: text('x') }]));
      expect(diagnostics.map((d) => d.code)).to.deep.equal(['bundle-member-refused']);
      expect(diagnostics[0]?.message).to.contain(why);
      expect(value.map((f) => f.path)).to.deep.equal(['good']);
    });
  }

  it('takes names with dots that do not climb', () => {
    expect(readTar(tarOf([{ ...file, path: 'a/..b/c..' }])).value.map((f) => f.path)).to.deep.equal([
      'a/..b/c..',
    ]);
  });

  it('keeps the first of two members with one name', () => {
    const { value, diagnostics } = readTar(tarOf([file, { ...file, bytes: text('other') }]));
    expect(diagnostics.map((d) => d.code)).to.deep.equal(['bundle-member-twice']);
    expect(value.map((f) => Buffer.from(f.bytes).toString())).to.deep.equal(['hello']);
  });

  it('reads GNU and pax long names', () => {
    const long = `d/${'x'.repeat(150)}`;
    const pax = (() => {
      const body = ` path=${long}\n`;
      let length = body.length + 3;
      if (`${length}${body}`.length !== length) length = `${length}${body}`.length;
      return `${length}${body}`;
    })();
    for (const header of [
      { path: '././@LongLink', type: 'L', bytes: text(`${long}\0`) },
      { path: 'PaxHeader', type: 'x', bytes: text(pax) },
    ]) {
      expect(
        readTar(tarOf([header, file, { ...file, path: 'next' }])).value.map((f) => f.path),
      ).to.deep.equal([long, 'next']);
    }
  });

  it('reads what GNU tar writes in each of its formats, names of several octets a character too', function () {
    const folder = mkdtempSync(join(tmpdir(), 'aclscope-tar-'));
    try {
      const names = ['plain', `é/${'ü'.repeat(90)}`, `${'d'.repeat(120)}/${'f'.repeat(120)}`];
      for (const name of names) {
        mkdirSync(dirname(join(folder, 'in', name)), { recursive: true });
        writeFileSync(join(folder, 'in', name), name);
      }
      for (const format of ['gnu', 'pax']) {
        const made = spawnSync('tar', [`--format=${format}`, '-C', folder, '-cf', '-', 'in']);
        if (made.status !== 0) skipBecause(this, 'no GNU tar is installed');
        const { value, diagnostics } = readTar(made.stdout);
        expect(diagnostics, format).to.deep.equal([]);
        const read = value.map((f) => [f.path, Buffer.from(f.bytes).toString()]);
        expect(read.sort(), format).to.deep.equal(names.map((n) => [`in/${n}`, n]).sort());
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('takes a sparse file of GNU tar for no plain file, in either format', function () {
    const folder = mkdtempSync(join(tmpdir(), 'aclscope-tar-'));
    try {
      writeFileSync(join(folder, 'hole'), 'x');
      truncateSync(join(folder, 'hole'), 2 ** 30);
      for (const format of ['gnu', 'pax']) {
        const made = spawnSync('tar', [`--format=${format}`, '-S', '-C', folder, '-cf', '-', 'hole']);
        if (made.status !== 0) skipBecause(this, 'no GNU tar is installed');
        expect(made.stdout.length, format).to.be.lessThan(100_000);
        const { value } = readTar(made.stdout);
        expect(
          value.filter((f) => f.path === 'hole'),
          format,
        ).to.deep.equal([]);
        expect(
          value.reduce((sum, f) => sum + f.bytes.length, 0),
          format,
        ).to.be.lessThan(100_000);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('refuses a long name that climbs out', () => {
    const header = { path: '././@LongLink', type: 'L', bytes: text('../x\0') };
    expect(readTar(tarOf([header, file])).value).to.deep.equal([]);
  });

  it('is bounded: in all, per file, in files', () => {
    const limits = { archiveBytes: 4096, fileBytes: 600, files: 2 };
    expect(readTar(new Uint8Array(5000), limits).diagnostics.map((d) => d.code)).to.deep.equal([
      'bundle-too-large',
    ]);
    const big = readTar(
      tarOf([
        { ...file, bytes: new Uint8Array(601).fill(65) },
        { ...file, path: 'c' },
      ]),
      limits,
    );
    expect(big.diagnostics.map((d) => d.code)).to.deep.equal(['bundle-member-too-large']);
    expect(big.value.map((f) => f.path)).to.deep.equal(['c']);
    const many = readTar(tarOf(['a', 'b', 'c'].map((path) => ({ path }))), limits);
    expect(many.diagnostics.map((d) => d.code)).to.deep.equal(['bundle-too-many-files']);
    expect(many.value.map((f) => f.path)).to.deep.equal(['a', 'b']);
  });

  it('refuses one over the limit by its size alone, unread', () => {
    const huge = new Uint8Array(TAR_LIMITS.archiveBytes + 1);
    const { value, diagnostics } = readBundle(huge);
    expect(value).to.equal(null);
    expect(diagnostics[0]?.message).to.contain(String(huge.length));
  });

  const whole = sealBundle(sampleTree());
  const damaged: readonly (readonly [string, Uint8Array, string])[] = [
    ['an empty file', new Uint8Array(0), 'bundle-truncated'],
    ['a text', text('hello\n'.repeat(200)), 'bundle-not-a-tar'],
    ['gzip', Uint8Array.of(0x1f, 0x8b, 8, 0), 'bundle-compressed'],
    ['a cut archive', whole.subarray(0, whole.length - 2000), 'bundle-truncated'],
    ['another archive', tarOf([file]), 'bundle-without-manifest'],
    [
      'a manifest of another format',
      tarOf([{ path: 'x/MANIFEST', bytes: text('aclscope-host-bundle 9\n') }]),
      'bundle-manifest-unknown',
    ],
    [
      'a manifest that is none',
      tarOf([{ path: 'x/MANIFEST', bytes: text('hello\n') }]),
      'bundle-manifest-unknown',
    ],
    [
      'a manifest without its time',
      tarOf([{ path: 'x/MANIFEST', bytes: text('aclscope-host-bundle 1\nhost: a\n') }]),
      'bundle-manifest-unknown',
    ],
  ];
  for (const [what, bytes, code] of damaged) {
    it(`names what is wrong with ${what}`, () => expect(codes(bytes)).to.include(code));
  }

  it('says that a header in the middle is damaged, and keeps what stood before', () => {
    const bytes = Uint8Array.from(tarOf([file, { ...file, path: 'second' }]));
    bytes[1024] = 0x7f;
    const { value, diagnostics } = readTar(bytes);
    expect(diagnostics.map((d) => d.code)).to.deep.equal(['bundle-damaged']);
    expect(value.map((f) => f.path)).to.deep.equal(['a/b']);
  });

  it('never throws on mutated bytes', () => {
    const small = tarOf([{ path: 'x/MANIFEST', bytes: text(manifestOf(new Map())) }, file]);
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(small.length - 1), fc.nat(255)), { maxLength: 20 }), (edits) => {
        const bytes = Uint8Array.from(small);
        for (const [at, value] of edits) bytes[at] = value;
        readBundle(bytes);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a bundle', () => {
  it('of the sample is read without a word', () => {
    const { value, diagnostics } = readBundle(sealBundle(sampleTree()));
    expect(diagnostics).to.deep.equal([]);
    expect(value?.identity).to.deep.equal({
      hostname: 'giant.example.net',
      addresses: ['192.168.2.35'],
      collected: '2004-04-10T16:05:00Z',
      user: 'root',
      utcOffsetMinutes: 0,
      system: 'Linux 2.4.21-9.EL i686',
    });
  });

  const members = (tree: ReadonlyMap<string, Uint8Array>, manifest: string): Uint8Array =>
    tarOf([
      { path: 'aclscope-host/MANIFEST', bytes: text(manifest) },
      ...[...tree].map(([path, bytes]) => ({ path: `aclscope-host/${path}`, bytes })),
    ]);

  it('uses no piece that was altered after the collection', () => {
    const tree = sampleTree();
    const altered = changeTree(tree, {
      'files/etc/xinetd.d/rsh': (t) => t.replace('disable\t\t\t= no', 'disable\t\t\t= yes'),
    });
    const { value, diagnostics } = readBundle(members(altered, manifestOf(tree)));
    expect(diagnostics.map((d) => d.code)).to.deep.equal(['bundle-piece-altered']);
    expect(diagnostics[0]?.message).to.contain('files/etc/xinetd.d/rsh');
    const xinetd = value?.facts.xinetd;
    expect(xinetd?.kind === 'present' && xinetd.gaps).to.deep.equal(['/etc/xinetd.d/rsh']);
  });

  it('names a piece that is missing, one that is not listed, and one without a hash', () => {
    const tree = sampleTree();
    const without = changeTree(tree, { 'files/etc/passwd': null });
    expect(codes(members(without, manifestOf(tree)))).to.deep.equal(['bundle-piece-missing']);
    expect(codes(members(tree, manifestOf(without)))).to.deep.equal(['bundle-piece-unlisted']);
    const unsealed = manifestOf(tree).replace(/sha1:\w+(?=\tfiles\/etc\/passwd\t)/, '-');
    expect(codes(members(tree, unsealed))).to.deep.equal(['bundle-piece-unsealed']);
  });

  it('says when the collector did not run to its end', () => {
    expect(codes(sealBundle(sampleTree(), { complete: false }))).to.deep.equal(['bundle-incomplete']);
  });

  it('tells "not there" from "not allowed" and "not looked for"', () => {
    const absent = sampleBundle({ 'files/etc/shadow': null }).facts.shadow;
    expect(absent.kind).to.equal('absent');
    const tree = changeTree(sampleTree(), { 'files/etc/shadow': null });
    const denied = manifestOf(tree).replace(/^look\tabsent(.*\t\/etc\/shadow)$/m, 'look\tdenied$1');
    const seen = readBundle(members(tree, denied)).value?.facts.shadow;
    expect(seen?.kind === 'uncollected' && seen.reason).to.contain('not allowed');
    const never = manifestOf(tree).replace(/^look.*\t\/etc\/shadow\n/m, '');
    expect(readBundle(members(tree, never)).value?.facts.shadow.kind).to.equal('uncollected');
  });

  it('reads Latin-1 and UTF-16 with a word, and refuses binary as text', () => {
    const latin = readBundle(
      sealBundle(
        changeTree(sampleTree(), { 'files/etc/shells': Buffer.from('/bin/sh # caf\xe9\n', 'latin1') }),
      ),
    );
    expect(latin.diagnostics.map((d) => d.code)).to.deep.equal(['host-odd-encoding']);
    expect(latin.value?.facts.shells).to.deep.include({ kind: 'present', value: ['/bin/sh'] });
    const wide = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('/bin/sh\n', 'utf16le')]);
    const utf16 = readBundle(sealBundle(changeTree(sampleTree(), { 'files/etc/shells': wide })));
    expect(utf16.value?.facts.shells).to.deep.include({ kind: 'present', value: ['/bin/sh'] });
    const binary = readBundle(
      sealBundle(changeTree(sampleTree(), { 'files/etc/shells': Uint8Array.of(47, 0, 1, 2) })),
    );
    expect(binary.diagnostics.map((d) => d.code)).to.deep.equal(['host-piece-binary']);
    expect(binary.value?.facts.shells.kind).to.equal('uncollected');
  });

  it('is not used for another host than the target', () => {
    const siteText = (address: string): string =>
      `site: s\ntargets: { giant: { address: ${address} } }\nvantages: { a: { address: 192.0.2.1 } }\n`;
    const run = (address: string): ReturnType<typeof runChecklist> =>
      runChecklist({
        checklist: standardChecklist(),
        answers: [],
        bundle: sampleBundle(),
        audit: null,
        history: null,
        site: parseSite(siteText(address), 's.yaml').value,
      });
    const other = run('192.168.2.36');
    expect(other.diagnostics.map((d) => d.code)).to.deep.equal(['bundle-of-another-host']);
    expect(other.host).to.equal(null);
    expect(other.counts.pass).to.equal(0);
    expect(run('192.168.2.35').diagnostics).to.deep.equal([]);
  });

  it('of a host without collected addresses is known by its name', () => {
    const nameless = changeTree(sampleTree(), { 'commands/addresses': null });
    const site = parseSite(
      'site: s\ntargets: { giant: { address: 192.0.2.9 } }\nvantages: { a: { address: 192.0.2.1 } }\n',
      's.yaml',
    ).value;
    const run = (host: string): readonly string[] =>
      runChecklist({
        checklist: standardChecklist(),
        answers: [],
        bundle: bundleOf(nameless, { host }),
        audit: null,
        history: null,
        site,
      }).diagnostics.map((d) => d.code);
    expect(run('giant.example.net')).to.deep.equal([]);
    expect(run('dwarf.example.net')).to.deep.equal(['bundle-of-another-host']);
  });

  it('from a folder needs no top folder', () => {
    const files = [...sampleTree()].map(([path, bytes]) => ({ path, bytes }));
    const manifest = { path: 'MANIFEST', bytes: text(manifestOf(sampleTree())) };
    expect(readBundleFiles([...files, manifest]).diagnostics).to.deep.equal([]);
  });
});

describe('an attachment', () => {
  it('is refused when it is binary or very large', () => {
    expect(readAttachment('remote-log', 'x', Uint8Array.of(0, 1), '2004-01-01T00:00:00Z').value).to.equal(
      null,
    );
    const large = new Uint8Array(TAR_LIMITS.fileBytes + 1).fill(65);
    expect(readAttachment('remote-log', 'x', large, '2004-01-01T00:00:00Z').diagnostics[0]?.code).to.equal(
      'attachment-unreadable',
    );
  });
});

describe('digests', () => {
  it('agree with those of the platform for every length around a block', () => {
    for (const length of [0, 1, 3, 55, 56, 57, 63, 64, 65, 119, 120, 127, 128, 1000]) {
      const bytes = Uint8Array.from({ length }, (_, i) => (i * 31 + length) & 255);
      expect(sha256Hex(bytes), `${length}`).to.equal(createHash('sha256').update(bytes).digest('hex'));
      expect(sha1Hex(bytes), `${length}`).to.equal(createHash('sha1').update(bytes).digest('hex'));
    }
  });

  it('know cksum by its published values', () => {
    expect(posixCksum(new Uint8Array(0))).to.equal('4294967295');
    expect(posixCksum(text('hello\n'))).to.equal('3015617425');
  });
});
