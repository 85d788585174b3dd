import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { cdbHash, readCdb, readCompiledTcpRules } from '../../../parsers/host/cdb.ts';
import { parseServices } from '../../../parsers/host/services.ts';
import { parseTcpRules } from '../../../parsers/host/tcp-rules.ts';
import { findTcpServers } from '../../../parsers/host/tcpserver-command.ts';
import { decideTcpAccess, rulesByAddress } from '../../../src/checklist/tcp-rules-decision.ts';
import type { TcpRule } from '../../../src/model/host.ts';
import { SAMPLE_BUNDLE } from '../../checklist/bundle-fixture.ts';
import { skipBecause } from '../../support/skip.ts';
import { hostFile } from './host-text.ts';

const shown = (rules: readonly TcpRule[]): readonly string[] =>
  rules.map((r) => `${r.address}:${r.action}${r.environment.map((e) => `,${e}`).join('')}`);
const read = (text: string): readonly string[] => shown(parseTcpRules(hostFile(text)).value);

describe("tcprules' source", () => {
  const rows: readonly (readonly [string, string, readonly string[]])[] = [
    [
      'an address, a prefix, the rest',
      '192.0.2.1:allow\n192.0.2.:deny\n:deny',
      ['192.0.2.1:allow', '192.0.2.:deny', ':deny'],
    ],
    ['variables in any quotes', '10.:allow,A="x",B=!y,z!', ['10.:allow,A=x,B=y,z']],
    ['a range makes a rule for each', '10.0.0.1-3:deny', ['10.0.0.1:deny', '10.0.0.2:deny', '10.0.0.3:deny']],
    ['a range in the middle', '10.1-2.0.:deny', ['10.1.0.:deny', '10.2.0.:deny']],
    ['a range that is empty makes none', '10.0.0.3-1:deny', []],
    ['names keep their hyphens', '=a-1.example.net:allow', ['=a-1.example.net:allow']],
    ['comments and blanks at the end', '# x\n192.0.2.1:allow \t\n\n', ['192.0.2.1:allow']],
    ['a blank at the start is part of the address', ' 192.0.2.1:allow', [' 192.0.2.1:allow']],
  ];
  for (const [name, text, expected] of rows) it(name, () => expect(read(text)).to.deep.equal(expected));

  it('names the lines at which tcprules stops, and those it passes over', () => {
    const { value, diagnostics } = parseTcpRules(hostFile('a:alow\nnothing\na:allow,X=1\nb:deny'));
    expect(diagnostics.map((d) => d.span?.line)).to.deep.equal([1, 2, 3]);
    expect(shown(value)).to.deep.equal(['b:deny']);
  });
});

describe('compiled rules', () => {
  const sample = readFileSync(join(SAMPLE_BUNDLE, 'files/etc/tcp.smtp.cdb'));

  it('of the sample are those of its source', () => {
    const { value, diagnostics } = readCompiledTcpRules('x.cdb', sample);
    expect(diagnostics).to.deep.equal([]);
    expect(shown(value)).to.deep.equal(['192.168.1.30:allow', ':deny']);
  });

  it('hash as the format says', () => {
    expect(cdbHash(new Uint8Array(0))).to.equal(5381);
    expect(cdbHash(Buffer.from('a'))).to.equal(((5381 * 33) ^ 97) >>> 0);
  });

  const edited = (b: Buffer, edit: (b: Buffer) => void): Buffer => {
    edit(b);
    return b;
  };
  const damage: readonly (readonly [string, (b: Buffer) => Buffer, string])[] = [
    ['too short', (b) => b.subarray(0, 100), 'too few'],
    ['cut', (b) => b.subarray(0, b.length - 8), 'outside'],
    ['a record longer than the file', (b) => edited(b, (x) => x.writeUInt32LE(9999, 2048)), 'cut off'],
    ['a key that its table does not lead to', (b) => edited(b, (x) => x.write('193', 2056)), 'no hash table'],
    ['a table before the records', (b) => edited(b, (x) => x.writeUInt32LE(4, 0)), 'outside'],
  ];
  for (const [what, edit, why] of damage) {
    it(`are refused when ${what}`, () => {
      const { value, diagnostics } = readCdb('x.cdb', edit(Buffer.from(sample)));
      expect(value).to.deep.equal([]);
      expect(diagnostics[0]?.message).to.contain(why);
    });
  }

  it('never throw on any bytes', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(sample.length - 1), fc.nat(255)), { maxLength: 30 }), (edits) => {
        const bytes = Uint8Array.from(sample);
        for (const [at, value] of edits) bytes[at] = value;
        readCompiledTcpRules('x', bytes);
      }),
      { numRuns: 300 },
    );
  });

  it('made by the real tcprules are read rule for rule as their source is', function () {
    this.timeout(60_000);
    const folder = mkdtempSync(join(tmpdir(), 'aclscope-cdb-'));
    const compile = (text: string): Uint8Array => {
      execFileSync('tcprules', [join(folder, 'r.cdb'), join(folder, 'r.tmp')], { input: text });
      return readFileSync(join(folder, 'r.cdb'));
    };
    try {
      try {
        compile(':deny\n');
      } catch {
        skipBecause(this, 'tcprules of ucspi-tcp is not installed');
      }
      const octet = fc.integer({ min: 0, max: 12 });
      const part = fc.oneof(
        octet.map(String),
        fc.tuple(octet, octet).map(([a, b]) => `${a}-${b}`),
      );
      const address = fc.oneof(
        fc.tuple(part, octet, octet, octet).map((a) => a.join('.')),
        fc.tuple(octet, part).map((a) => `${a.join('.')}.`),
        fc.constantFrom('', '=', '=.example.net', 'user@10.0.0.1'),
      );
      const rule = fc
        .tuple(address, fc.constantFrom('allow', 'deny', 'allow,A="b"', 'deny,A="b",C="d e"'))
        .map((r) => r.join(':'));
      fc.assert(
        fc.property(fc.array(rule, { maxLength: 12 }), (lines) => {
          const text = `${lines.join('\n')}\n`;
          expect(shown(readCompiledTcpRules('x', compile(text)).value)).to.deep.equal(read(text));
        }),
        { numRuns: 60 },
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe('tcpserver', () => {
  const decide = (text: string, address: string): string =>
    decideTcpAccess(rulesByAddress(parseTcpRules(hostFile(text)).value), address).action;

  it('asks the address, its prefixes from long to short, then the empty rule', () => {
    const rules = '192.0.2.1:allow\n192.0.2.:deny\n192.:allow\n:deny';
    expect(['192.0.2.1', '192.0.2.2', '192.1.1.1', '10.0.0.1'].map((a) => decide(rules, a))).to.deep.equal([
      'allow',
      'deny',
      'allow',
      'deny',
    ]);
  });

  it('lets in whom no rule names', () => expect(decide('192.0.2.1:deny', '192.0.2.2')).to.equal('allow'));
  it('takes the first of two rules for one address', () =>
    expect(decide('10.:allow\n10.:deny', '10.0.0.1')).to.equal('allow'));

  const services = parseServices(null);
  const rows: readonly (readonly [string, string, readonly unknown[]])[] = [
    ['options apart', 'tcpserver -v -x /etc/t.cdb -c 40 0 25 qmail-smtpd', ['/etc/t.cdb', false, true, 25]],
    [
      'options together',
      'exec /usr/local/bin/tcpserver -vRHx /etc/t.cdb 0 smtp x',
      ['/etc/t.cdb', false, false, 25],
    ],
    ['a value without a blank', 'tcpserver -x/etc/t.cdb -l0 0 110 x', ['/etc/t.cdb', false, true, 110]],
    ['no rules', 'tcpserver -H -R 0 25 x', [null, false, false, 25]],
    ['open without the file', 'tcpserver -X -x /etc/t.cdb 0 25 x', ['/etc/t.cdb', true, true, 25]],
    ['quotes around the file', 'tcpserver -x "/etc/t.cdb" 0 25 x', ['/etc/t.cdb', false, true, 25]],
    [
      'a line that goes on',
      'softlimit -m 1 \\\n  tcpserver -x /t.cdb \\\n  0 25 x',
      ['/t.cdb', false, true, 25],
    ],
  ];
  for (const [name, text, expected] of rows) {
    it(`is found with ${name}`, () => {
      const [server] = findTcpServers(hostFile(text), services);
      expect([server?.rulesFile, server?.openWithoutFile, server?.looksUpNames, server?.port]).to.deep.equal(
        expected,
      );
    });
  }
  it('is not found in a comment or in another word', () => {
    expect(
      findTcpServers(hostFile('# tcpserver 0 25 x\nmytcpserver 0 25 x\necho tcpserver-docs'), services),
    ).to.deep.equal([]);
  });
});
