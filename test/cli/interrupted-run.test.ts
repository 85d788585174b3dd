import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import type { EmulatedHost } from '../../scans/emulated-host.ts';
import { readJournal } from '../../scans/evidence/journal.ts';
import { runCommand } from '../support/run-command.ts';
import { skipBecause } from '../support/skip.ts';
import { startServer, writeLoopbackSite } from './loopback-site.ts';

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const LOADER = import.meta.resolve('tsx');
/** A thousand ports, closed but for the site's own: seven seconds at this pace. */
const SWEEP = ['--vantage', 'outside', '--ports', '20000-20999', '--rate', '150', '--engine', 'net-socket'];

describe('a run that is interrupted', function () {
  this.timeout(60_000);
  let folder: string;
  let host: EmulatedHost;
  before(async () => {
    host = await startServer();
  });
  after(() => host.close());
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'aclscope-interrupted-'));
    writeLoopbackSite(folder);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const start = (...argv: string[]): ChildProcess =>
    spawn(process.execPath, ['--import', LOADER, MAIN, ...argv], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  const ended = (child: ChildProcess): Promise<{ code: number | null; stderr: string }> => {
    let stderr = '';
    child.stderr!.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    return new Promise((resolve) => child.once('close', (code) => resolve({ code, stderr })));
  };

  /** Ports that have an answer in the journal, once they are as many as wanted, and the named one among them. */
  async function journaled(wanted: number, port?: number): Promise<Set<number>> {
    for (let i = 0; i < 600; i++) {
      const reading = await readJournal(join(folder, 'seen.json.journal'));
      if (reading.kind === 'read') {
        const { events } = reading.contents;
        const ports = new Set(events.flatMap((e) => (e.kind === 'results' ? [...e.ports] : [])));
        if (ports.size >= wanted && (port === undefined || ports.has(port))) return ports;
      }
      await sleep(50);
    }
    throw new Error('the journal did not grow');
  }

  it('by kill -9 is audited from its journal, and goes on with --resume', async () => {
    const child = start('run', 'site.yaml', ...SWEEP, '--evidence', 'seen.json');
    const end = ended(child);
    await journaled(150, 20514);
    const meanwhile = await runCommand(['audit', 'site.yaml', 'seen.json.journal', '--format', 'json'], {
      cwd: folder,
    });
    expect(meanwhile.code, meanwhile.stderr).to.equal(1);
    expect(meanwhile.stderr).to.include('a scan that is not over');
    const flows = JSON.parse(meanwhile.stdout).flows as { ports: [number, number][]; verdict: string }[];
    const leak = flows.find(({ ports }) => ports.some(([lo, hi]) => lo <= 20514 && 20514 <= hi));
    expect(leak, 'answered first').to.include({ verdict: 'fail', severity: 'critical' });
    child.kill('SIGKILL');
    await end;
    expect(existsSync(join(folder, 'seen.json'))).to.equal(false);
    const before = await journaled(150);

    const resumed = await runCommand(
      ['run', 'site.yaml', ...SWEEP, '--evidence', 'seen.json', '--resume', '--format', 'json'],
      { cwd: folder },
    );
    expect(resumed.code, resumed.stderr).to.equal(1);
    expect(existsSync(join(folder, 'seen.json.journal'))).to.equal(false);
    const evidence = JSON.parse(readFileSync(join(folder, 'seen.json'), 'utf8'));
    expect(evidence.completeness).to.deep.equal({ kind: 'complete' });
    expect(evidence.notes.join('\n')).to.include('resumed from a journal');
    // What the killed run had seen is in the evidence with the new run's: nothing is missing, nothing is unobserved.
    const states = new Set(evidence.targets[0].observations.map((o: { state: string }) => o.state));
    expect(states).to.deep.equal(new Set(['open', 'closed', 'filtered']));
    expect(before.has(20514)).to.equal(true);
    const { stdout } = await runCommand(['verify', 'seen.json'], { cwd: folder });
    expect(stdout).to.include('unchanged since it was sealed');
  });

  it('by SIGTERM keeps its evidence, says how to go on, and ends with 3 or with what differs', async () => {
    const child = start('watch', 'site.yaml', ...SWEEP, '--evidence', 'seen.json');
    const end = ended(child);
    await journaled(100);
    child.kill('SIGTERM');
    const { code, stderr } = await end;
    expect(code, stderr).to.equal(1);
    expect(stderr).to.match(
      /go on with: aclscope watch site\.yaml .*--evidence seen\.json --engine net-socket --resume/,
    );
    const evidence = JSON.parse(readFileSync(join(folder, 'seen.json'), 'utf8'));
    expect(evidence.completeness).to.deep.equal({
      kind: 'incomplete',
      reason: 'the scan was interrupted',
    });
  });

  it('cannot be resumed where there is no journal, nor without its name, nor for another vantage', async () => {
    const none = await runCommand(['run', 'site.yaml', ...SWEEP, '--evidence', 'seen.json', '--resume'], {
      cwd: folder,
    });
    expect(none).to.include({
      code: 2,
      stderr: 'aclscope: there is no journal seen.json.journal to resume\n',
    });
    const unnamed = await runCommand(['run', 'site.yaml', ...SWEEP, '--resume'], { cwd: folder });
    expect(unnamed.code).to.equal(2);
    expect(unnamed.stderr).to.include('--resume needs --evidence');
  });

  it('by a full disk ends with 2, and says so', async function () {
    if (process.getuid?.() !== 0) skipBecause(this, 'a full disk is made with mount, which needs root');
    const disk = join(folder, 'disk');
    mkdirSync(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8k', 'tmpfs', disk]);
    try {
      const child = start('run', 'site.yaml', ...SWEEP, '--evidence', 'disk/seen.json');
      const { code, stderr } = await ended(child);
      expect(code, stderr).to.equal(2);
      expect(stderr).to.include('cannot write disk/seen.json: the disk is full');
      expect(stderr).to.include('--resume');
    } finally {
      execFileSync('umount', [disk]);
    }
  });

  it('by a full disk under standard output ends with 2, and half a report is none', async function () {
    if (process.getuid?.() !== 0) skipBecause(this, 'a full disk is made with mount, which needs root');
    const disk = join(folder, 'disk');
    mkdirSync(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8k', 'tmpfs', disk]);
    try {
      const report = openSync(join(disk, 'report.html'), 'w');
      const child = spawn(
        process.execPath,
        ['--import', LOADER, MAIN, 'audit', 'site.yaml', '--format', 'html'],
        { cwd: folder, stdio: ['ignore', report, 'pipe'] },
      );
      closeSync(report);
      const { code, stderr } = await ended(child);
      expect(code, stderr).to.equal(2);
      expect(stderr).to.equal('aclscope: cannot write to standard output: the disk is full\n');
    } finally {
      execFileSync('umount', [disk]);
    }
  });

  it('by a reader that closed its pipe ends with 2, and says so', async () => {
    const argv = ['scan', '--plan', 'plan.json', '--engine', 'net-socket', '-o', '-'];
    const planned = await runCommand(
      ['plan', 'site.yaml', '--vantage', 'outside', '--ports', '20110', '-o', 'plan.json'],
      { cwd: folder },
    );
    expect(planned.code).to.equal(0);
    const child = start(...argv);
    child.stdout!.destroy();
    const { code, stderr } = await ended(child);
    expect(code, stderr).to.equal(2);
    expect(stderr).to.include('standard output was closed before the evidence was written');
  });
});
