import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import type { AuditFinding, AuditFlow } from '../../src/model/audit.ts';
import type { IntendedFlow } from '../../src/model/exposure.ts';
import type { LintFinding } from '../../src/model/finding.ts';
import { runCommand } from '../support/run-command.ts';

const SAMPLE = resolve('samples/isp-mail');
/** Entries of the full list stand on consecutive lines; ACE n is the n-th. */
const FIRST_ACE_LINE = 8;
const ace = (n: number): number => FIRST_ACE_LINE - 1 + n;

interface AuditDocument {
  readonly flows: readonly AuditFlow[];
  readonly findings: readonly AuditFinding[];
  readonly diagnostics: readonly { readonly code: string; readonly line: { readonly line: number } | null }[];
}

/** A copy of the sample that a test may mend or break. */
class Case {
  readonly folder = mkdtempSync(join(tmpdir(), 'aclscope-sample-'));

  constructor() {
    cpSync(SAMPLE, this.folder, { recursive: true });
  }

  change(file: string, edit: (text: string) => string): this {
    const path = join(this.folder, file);
    const before = readFileSync(path, 'utf8');
    const after = edit(before);
    if (after === before) throw new Error(`the edit of ${file} changed nothing`);
    writeFileSync(path, after);
    return this;
  }

  /** Comments a line of the list out, so that the others keep their numbers. */
  withoutAce(n: number): this {
    return this.change('gw-full.cfg', (text) =>
      text
        .split('\n')
        .map((line, i) => (i + 1 === ace(n) ? `!${line}` : line))
        .join('\n'),
    );
  }

  async json<T>(...argv: string[]): Promise<T> {
    const ran = await runCommand([...argv, '--format', 'json'], { cwd: this.folder });
    expect(ran.code, ran.stderr).to.not.equal(2);
    return JSON.parse(ran.stdout) as T;
  }

  audit(site: string, ...evidence: string[]): Promise<AuditDocument> {
    return this.json<AuditDocument>('audit', site, ...evidence);
  }

  lint(): Promise<{ findings: readonly LintFinding[] }> {
    return this.json('lint', 'gw-full.cfg');
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const OUTSIDE = 'internet=outside-scan.nmap';
const SEGMENT = 'friend=segment-scan.nmap';
const NETSTAT = 'friend=giant-netstat.txt';
const CONNECT = 'segment-connect.json';
const MAILLOG = 'internet=giant-maillog.txt';

const portsFrom = (flows: readonly AuditFlow[], pick: (f: AuditFlow) => boolean): number =>
  flows.filter(pick).reduce((n, f) => n + f.ports.reduce((m, [lo, hi]) => m + hi - lo + 1, 0), 0);

describe('the flagship case: an ISP mail server behind a 3640', () => {
  let sample: Case;
  beforeEach(() => {
    sample = new Case();
  });
  afterEach(() => sample.remove());

  describe('row 1: from the Internet only POP3 is permitted, by ACE 11, all else denied by ACE 14', () => {
    const fromInternet = async (): Promise<IntendedFlow> => {
      const { flows } = await sample.json<{ flows: IntendedFlow[] }>(
        'intended',
        'site.yaml',
        '--vantage',
        'internet',
      );
      return flows[0]!;
    };

    it('holds', async () => {
      const flow = await fromInternet();
      expect(flow.reachable).to.deep.equal([[110, 110]]);
      expect(flow.blocked).to.deep.equal([
        [0, 109],
        [111, 65535],
      ]);
      expect(flow.undetermined).to.deep.equal([]);
      expect(
        flow.deciding.map((d) => [d.ports, d.decidedBy && 'line' in d.decidedBy ? d.decidedBy.line : null]),
      ).to.deep.equal([
        [
          [
            [0, 109],
            [111, 65535],
          ],
          ace(14),
        ],
        [[[110, 110]], ace(11)],
      ]);
    });

    it('names the sources to which ACEs 1-10 leave it: no private address among them', async () => {
      const { partial } = await fromInternet();
      expect(partial.map((p) => p.ports)).to.deep.equal([[[110, 110]]]);
      expect(partial[0]?.sources.some((s) => s.startsWith('10.') || s.startsWith('192.168.'))).to.equal(
        false,
      );
    });

    it('is gone without ACE 11', async () => {
      sample.withoutAce(11);
      expect((await fromInternet()).reachable).to.deep.equal([]);
    });
  });

  const dead: readonly [row: string, ace: number, killer: number, rule: string][] = [
    ['row 2: mail delivery is cut, ACE 12 is dead under ACE 6', 12, 6, 'shadowed-ace'],
    ['row 3: the administrator is locked out, ACE 13 is dead under ACE 1', 13, 1, 'shadowed-ace'],
    [
      'row 4: spoofed packets of the own segment are never logged, ACE 10 is dead under ACE 6',
      10,
      6,
      'redundant-ace',
    ],
  ];
  for (const [row, victim, killer, rule] of dead) {
    describe(row, () => {
      const found = async (): Promise<LintFinding | undefined> =>
        (await sample.lint()).findings.find((f) => f.rule === rule && f.line?.line === ace(victim));

      it('holds, and the audit says it too', async () => {
        expect((await found())?.related.map((r) => r.line)).to.deep.equal([ace(killer)]);
        const { findings } = await sample.audit('site.yaml', OUTSIDE);
        expect(findings.some((f) => f.kind === rule && f.line?.line === ace(victim))).to.equal(true);
      });

      it('is gone once the killer is', async () => {
        sample.withoutAce(killer);
        expect(await found()).to.equal(undefined);
      });
    });
  }

  it('row 4 says that the log which ACE 10 asks for is never written', async () => {
    const { findings } = await sample.lint();
    expect(findings.find((f) => f.line?.line === ace(10))?.message).to.match(/log/);
  });

  it('rows 2 and 3: the policy allows what the list denies', async () => {
    const { findings } = await sample.audit('site.yaml', OUTSIDE);
    const contradictions = findings.filter((f) => f.kind === 'policy-contradicts-config');
    expect(contradictions.map((f) => [f.vantage, f.severity, f.line?.line, f.ports])).to.deep.equal([
      [
        'mailfilter',
        'high',
        ace(6),
        [
          [25, 25],
          [110, 110],
        ],
      ],
      [
        'admin',
        'high',
        ace(1),
        [
          [22, 22],
          [110, 110],
        ],
      ],
    ]);
  });

  describe('row 5: 65,534 closed ports contradict the deny', () => {
    const bypassed = async (): Promise<AuditFlow[]> =>
      (await sample.audit('site-alias.yaml', OUTSIDE)).flows.filter(
        (f) => f.vantage === 'internet' && f.observed === 'closed',
      );

    it('holds, high, naming ACE 14', async () => {
      const flows = await bypassed();
      expect(portsFrom(flows, () => true)).to.equal(65534);
      expect(flows.map((f) => [f.verdict, f.severity])).to.deep.equal([['fail', 'high']]);
      expect(flows[0]?.because[0]).to.include({ line: ace(14) });
    });

    it('is gone when the ports were filtered', async () => {
      sample.change('outside-scan.nmap', (t) => t.replace('in state: closed', 'in state: filtered'));
      expect(await bypassed()).to.deep.equal([]);
    });
  });

  describe('row 6: without the alias both scans decide nothing', () => {
    const seen = (flows: readonly AuditFlow[]): AuditFlow[] =>
      flows.filter((f) => f.vantage === 'internet' || f.vantage === 'friend');

    it('holds: every flow of both is undetermined, because the evidence names another address', async () => {
      const { flows, findings } = await sample.audit('site.yaml', OUTSIDE, SEGMENT);
      expect(new Set(seen(flows).map((f) => f.verdict))).to.deep.equal(new Set(['undetermined']));
      expect(portsFrom(seen(flows), () => true)).to.equal(2 * 65535);
      expect(findings.filter((f) => f.kind === 'evidence-names-other-address')).to.have.length(2);
    });

    it('is gone with the alias', async () => {
      const { flows, findings } = await sample.audit('site-alias.yaml', OUTSIDE, SEGMENT);
      expect(portsFrom(seen(flows), (f) => f.verdict === 'undetermined')).to.equal(1);
      expect(findings.some((f) => f.kind === 'evidence-names-other-address')).to.equal(false);
    });
  });

  describe('row 7: rsh is open on the segment', () => {
    const rsh = (doc: AuditDocument): AuditFinding | undefined =>
      doc.findings.find((f) => f.kind === 'exposed' && f.ports?.some(([lo, hi]) => lo <= 514 && hi >= 514));

    it('holds, high, and netstat agrees', async () => {
      const found = rsh(await sample.audit('site-alias.yaml', SEGMENT, NETSTAT));
      expect(found).to.include({ severity: 'high', vantage: 'friend' });
      expect(found?.message).to.match(/the host lists it as listening.*giant-netstat\.txt/);
    });

    it('is gone once the service is', async () => {
      sample
        .change('segment-scan.nmap', (t) => t.replace(/514\/tcp.*\n/, '').replace('65530', '65531'))
        .change('giant-netstat.txt', (t) => t.replace(/.*shell.*\n/, ''));
      const doc = await sample.audit('site-alias.yaml', SEGMENT, NETSTAT);
      expect(rsh(doc)).to.equal(undefined);
      expect(doc.findings.some((f) => f.kind === 'unexpected-listener')).to.equal(false);
    });

    it('is not a socket on the loopback, by name or address', async () => {
      const line = (at: string): string => `tcp        0      0 ${at}      *:*            LISTEN\n`;
      const own = line('localhost:mysql') + line('127.0.0.53:8053') + line('localhost.localdomain:9000');
      sample.change('giant-netstat.txt', (t) => t.replace(/.*shell.*\n/, own));
      const doc = await sample.audit('site-alias.yaml', SEGMENT, NETSTAT);
      expect(doc.findings.filter((f) => f.kind === 'unexpected-listener')).to.deep.equal([]);
    });
  });

  describe('row 8: SMTP refuses the segment after the handshake, as policy asks', () => {
    const smtp = async (...evidence: string[]): Promise<AuditFlow | undefined> =>
      (await sample.audit('site-alias.yaml', ...evidence)).flows.find(
        (f) => f.vantage === 'friend' && f.ports.some(([lo, hi]) => lo <= 25 && hi >= 25),
      );

    it('holds by a handshake of our own', async () => {
      expect(await smtp(SEGMENT, CONNECT)).to.include({
        verdict: 'pass',
        observed: 'wrapped',
        confidence: 'proven',
      });
    });

    it('is undetermined by the old scan alone, which did not look', async () => {
      expect(await smtp(SEGMENT)).to.include({ verdict: 'undetermined', observed: 'open' });
    });

    it('fails where the policy does not ask for it', async () => {
      sample.change('site-alias.yaml', (t) => t.replace(', wrapped: [25]', ''));
      expect(await smtp(SEGMENT, CONNECT)).to.include({ verdict: 'fail', severity: 'high' });
    });
  });

  describe('row 9: the excerpt gives FastEthernet0/0 no mask', () => {
    const missing = async (): Promise<(number | undefined)[]> =>
      (await sample.audit('site.yaml', OUTSIDE)).diagnostics
        .filter((d) => d.code === 'missing-mask')
        .map((d) => d.line?.line);

    it('holds, with its line', async () => expect(await missing()).to.deep.equal([5]));

    it('is gone with a mask', async () => {
      sample.change('gw-full.cfg', (t) => t.replace('192.168.1.126', '192.168.1.126 255.255.255.0'));
      expect(await missing()).to.deep.equal([]);
    });
  });

  describe('row 12: POP3 sessions are logged from sources that ACE 6 denies', () => {
    const sessions = async (): Promise<AuditFinding[]> =>
      (await sample.audit('site-alias.yaml', MAILLOG)).findings.filter(
        (f) => f.kind === 'session-despite-deny',
      );

    it('holds: six sessions, ACE 6 named; the documentation address outside is no part of it', async () => {
      const found = await sessions();
      expect(found.map((f) => [f.severity, f.line?.line])).to.deep.equal([['high', ace(6)]]);
      expect(found[0]?.message)
        .to.match(/6 sessions/)
        .and.not.match(/198\.51\.100\.201/);
    });

    it('is gone without ACE 6', async () => {
      sample.withoutAce(6);
      expect(await sessions()).to.deep.equal([]);
    });
  });

  it('leaves exactly these ports undetermined: the two vantages from which nobody looked', async () => {
    const { flows } = await sample.audit('site-alias.yaml', OUTSIDE, SEGMENT, CONNECT, NETSTAT, MAILLOG);
    const open = flows.filter((f) => f.verdict === 'undetermined');
    expect(open.map((f) => [f.vantage, f.observed])).to.deep.equal([
      ['mailfilter', 'unobserved'],
      ['mailfilter', 'unobserved'],
      ['mailfilter', 'unobserved'],
      ['admin', 'unobserved'],
      ['admin', 'unobserved'],
      ['admin', 'unobserved'],
    ]);
    expect(portsFrom(open, () => true)).to.equal(2 * 65535);
  });

  it('the short list permits what its owner wants, and nothing of it is dead', async () => {
    const { findings } = await sample.json<{ findings: LintFinding[] }>('lint', 'gw-short.cfg');
    expect(findings.filter((f) => f.rule === 'shadowed-ace' || f.rule === 'redundant-ace')).to.deep.equal([]);
  });
});
