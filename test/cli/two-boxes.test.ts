import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { EmulatedHost } from '../../scans/emulated-host.ts';
import { sealEvidence } from '../../scans/evidence/seal.ts';
import type { AuditFinding } from '../../src/model/audit.ts';
import type { Evidence } from '../../src/model/evidence.ts';
import { runCommand } from '../support/run-command.ts';
import { startServer, writeLoopbackSite } from './loopback-site.ts';

const HOUR = 3_600_000;

describe('a plan that travels, and the evidence that comes back', function () {
  this.timeout(30_000);
  let folder: string;
  let server: EmulatedHost;
  const path = (name: string): string => join(folder, name);
  const read = (name: string): string => readFileSync(path(name), 'utf8');
  const put = (name: string, text: string): string => {
    writeFileSync(path(name), text);
    return name;
  };
  const run = (...argv: string[]) => runCommand(argv, { cwd: folder });
  const evidence = (): Evidence => JSON.parse(read('outside.json')) as Evidence;
  const plan = (...more: string[]) => run('plan', 'site.yaml', '--coverage-only', ...more);
  const scan = (...more: string[]) => run('scan', '--engine', 'connect', ...more);
  const kindsOf = async (...argv: string[]): Promise<readonly string[]> => {
    const ran = await run('audit', 'site.yaml', ...argv, '--format', 'json');
    expect(ran.code, ran.stderr).to.equal(1);
    return (JSON.parse(ran.stdout) as { findings: AuditFinding[] }).findings.map((f) => f.kind);
  };
  const refused = async (argv: readonly string[], reason: RegExp): Promise<void> => {
    const ran = await run(...argv);
    expect(ran.code, ran.stdout).to.equal(2);
    expect(ran.stderr).to.match(reason);
  };

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'aclscope-boxes-'));
    writeLoopbackSite(folder);
    server = await startServer();
    for (const who of ['analyst', 'box', 'stranger']) {
      const { privateKey, publicKey } = generateKeyPairSync('ed25519');
      put(`${who}.pem`, privateKey.export({ format: 'pem', type: 'pkcs8' }).toString());
      put(`${who}.pub`, publicKey.export({ format: 'pem', type: 'spki' }).toString());
    }
    expect((await plan('--sign', 'analyst.pem', '-o', 'plan.json')).code).to.equal(0);
    const scanned = await scan(
      ...['--plan', 'plan.json', '--key', 'analyst.pub', '--sign', 'box.pem', '-o', 'outside.json'],
    );
    expect(scanned.code, scanned.stderr).to.equal(0);
  });
  after(async () => {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  describe('the plan', () => {
    it('holds no line of the configuration', () => {
      for (const line of read('gw.cfg')
        .split('\n')
        .filter((l) => l.length > 3))
        expect(read('plan.json')).to.not.include(line.trim());
    });

    it('can be piped to the box', async () => {
      const piped = await runCommand(['scan', '--plan', '-', '--engine', 'connect', '-o', '-'], {
        cwd: folder,
        stdin: read('plan.json'),
      });
      expect(piped.code, piped.stderr).to.equal(0);
      put('piped.json', piped.stdout);
      expect(await kindsOf('piped.json', '--plan', 'plan.json')).to.include('exposed');
    });

    it('is refused once it was changed, and runs when written by hand', async () => {
      const changed = JSON.parse(read('plan.json')) as { seal?: unknown; pace: { perHost: number } };
      changed.pace.perHost = 400;
      put('changed.json', JSON.stringify(changed));
      await refused(['scan', '--plan', 'changed.json', '--dry-run'], /changed\.json is refused: .*changed/);
      delete changed.seal;
      put('by-hand.json', JSON.stringify(changed));
      expect((await scan('--plan', 'by-hand.json', '--dry-run')).code).to.equal(0);
      await refused(
        ['scan', '--plan', 'by-hand.json', '--dry-run', '--key', 'analyst.pub'],
        /not sealed, though a signature was asked for/,
      );
    });

    it('is refused when another key signed it, or none', async () => {
      const other = ['scan', '--plan', 'plan.json', '--dry-run', '--key', 'stranger.pub'];
      await refused(other, /signed with another key/);
      await plan('-o', 'unsigned.json');
      await refused(
        ['scan', '--plan', 'unsigned.json', '--dry-run', '--key', 'analyst.pub'],
        /not signed, though a signature was asked for/,
      );
      expect((await run('verify', 'plan.json', '--key', 'analyst.pub')).code).to.equal(0);
      expect((await run('verify', 'plan.json', '--key', 'stranger.pub')).code).to.equal(1);
    });
  });

  describe('the evidence', () => {
    it('counts when it is whole, of this plan and signed as asked', async () => {
      const proofs = ['--plan', 'plan.json', '--key', 'box.pub', '--key', 'stranger.pub'];
      const kinds = await kindsOf('outside.json', ...proofs);
      expect(kinds).to.include('exposed');
      expect(kinds).to.not.include.members(['clock-doubt']);
      expect(kinds).to.not.include.members(['site-changed']);
    });

    const spoiled: readonly [title: string, spoil: (e: Evidence) => unknown, reason: RegExp][] = [
      [
        'tampered',
        (e) => ({
          ...e,
          targets: e.targets.map((t) => ({
            ...t,
            observations: t.observations.filter((o) => !o.ports.some(([lo]) => lo === 20514)),
          })),
        }),
        /refused: tampered: target 1 \(server tcp\) changed after sealing/,
      ],
      ['passed off as seen from elsewhere', (e) => ({ ...e, started: null }), /refused: tampered: head/],
      ['truncated to fewer targets', (e) => ({ ...e, targets: [] }), /refused: truncated: target 1/],
      ['without its seal', ({ seal: _, ...e }) => e, /has no seal/],
    ];
    for (const [title, spoil, reason] of spoiled)
      it(`${title} is refused`, async () => {
        put('spoiled.json', JSON.stringify(spoil(evidence())));
        await refused(['audit', 'site.yaml', 'spoiled.json'], reason);
      });

    it('cut off in the middle is refused', async () => {
      put('half.json', read('outside.json').slice(0, 900));
      await refused(['audit', 'site.yaml', 'half.json'], /half\.json/);
      expect((await run('verify', 'half.json')).stdout).to.match(/truncated or altered/);
    });

    it('given twice under two names is refused as a replay', async () => {
      put('again.json', JSON.stringify(evidence()));
      await refused(['audit', 'site.yaml', 'outside.json', 'again.json'], /copy of outside\.json, replayed/);
    });

    it('of an earlier plan is refused where the plan is named', async () => {
      await plan('--rate', '99', '-o', 'today.json');
      await refused(
        ['audit', 'site.yaml', 'outside.json', '--plan', 'today.json'],
        /carries out none of the given plans, so it may be replayed/,
      );
      await kindsOf('outside.json', '--plan', 'today.json', '--plan', 'plan.json');
    });

    it('signed by another key, or imported elsewhere, is refused where a key is named', async () => {
      await refused(['audit', 'site.yaml', 'outside.json', '--key', 'analyst.pub'], /another key/);
      const { seal: _, ...plain } = evidence();
      put('imported.json', JSON.stringify({ ...plain, origin: { ...plain.origin, kind: 'import' } }));
      await refused(['audit', 'site.yaml', 'imported.json', '--key', 'box.pub'], /imported .* not signed/);
    });

    it('of another site is refused', async () => {
      put('other.yaml', read('site.yaml').replace('site: loopback', 'site: elsewhere'));
      await refused(['audit', 'other.yaml', 'outside.json'], /evidence of site "loopback"/);
    });

    it('planned before the site file changed counts, and the report says so', async () => {
      put('site-before.yaml', read('site.yaml'));
      put('site.yaml', `${read('site.yaml')}# a remark\n`);
      const kinds = await kindsOf('outside.json');
      put('site.yaml', read('site-before.yaml'));
      expect(kinds).to.include('site-changed').and.include('exposed');
    });

    const at = (ms: number): string => new Date(ms).toISOString();
    const clocks: readonly [title: string, times: () => Partial<Evidence>, doubtful: boolean][] = [
      ['that ends before it starts', () => ({ started: at(Date.now()), ended: at(Date.now() - HOUR) }), true],
      ['from the future', () => ({ started: at(Date.now() + HOUR), ended: at(Date.now() + 2 * HOUR) }), true],
      [
        'from before its plan',
        () => ({ started: at(Date.now() - 2 * HOUR), ended: at(Date.now() - HOUR) }),
        true,
      ],
      ['from a moment ago', () => ({ started: at(Date.now() - 1000), ended: at(Date.now() - 500) }), false],
    ];
    for (const [title, times, doubtful] of clocks)
      it(`${title} ${doubtful ? 'raises a doubt of its clock' : 'raises none'}`, async () => {
        const { seal: _, ...plain } = evidence();
        put('clock.json', JSON.stringify(sealEvidence({ ...plain, ...times() })));
        const kinds = await kindsOf('clock.json', '--plan', 'plan.json');
        expect(kinds.includes('clock-doubt')).to.equal(doubtful);
      });

    it('older than the promised interval leaves the audit incomplete', async () => {
      put('site-monthly.yaml', `${read('site.yaml')}scanIntervalDays: 30\n`);
      const later = (days: number) =>
        runCommand(['audit', 'site-monthly.yaml', 'outside.json', '--format', 'json'], {
          cwd: folder,
          now: new Date(Date.parse(evidence().ended!) + days * 24 * HOUR),
        });
      const findings = async (days: number): Promise<string> => (await later(days)).stdout;
      expect(await findings(30)).to.not.include('stale-evidence');
      expect(await findings(31)).to.match(/taken 31 days ago .* promises a scan every 30 days/);
    });
  });
});
