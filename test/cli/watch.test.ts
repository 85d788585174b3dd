import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { connectEngine } from '../../scans/connect.ts';
import type { EmulatedHost } from '../../scans/emulated-host.ts';
import type { ScanEvent } from '../../scans/engine.ts';
import { createPaceControl } from '../../scans/pace/pace-control.ts';
import { runScan } from '../../scans/run-scan.ts';
import { netSocketEngine } from '../../scans/sockets/net-socket.ts';
import { observed } from '../parsers/evidence-assertions.ts';
import { runCommand } from '../support/run-command.ts';
import { skipBecause } from '../support/skip.ts';
import { startServer, writeLoopbackSite } from './loopback-site.ts';

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const LOADER = import.meta.resolve('tsx');
const TMUX = '/usr/bin/tmux';

describe('aclscope watch', function () {
  this.timeout(60_000);
  let folder: string;
  let host: EmulatedHost;
  before(async () => {
    host = await startServer();
  });
  after(() => host.close());
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'aclscope-watch-'));
    writeLoopbackSite(folder);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('without a terminal tells in lines what it finds, keeps the evidence and prints the report', async () => {
    const ran = await runCommand(
      [
        'watch',
        'site.yaml',
        '--vantage',
        'outside',
        '--ports',
        '20110,20514',
        '--engine',
        'net-socket',
      ].concat(['--evidence', 'seen.json', '--format', 'json']),
      { cwd: folder },
    );
    expect(ran.code).to.equal(1);
    expect(ran.stderr)
      .to.include('watching loopback from outside')
      .and.include('outside -> server: tcp/20110 open')
      .and.include('outside -> server: tcp/20514 open')
      .and.match(/^critical exposed: .*20514/m)
      .and.include('outside: finished')
      .and.include('evidence kept in seen.json');
    expect(ran.stderr).to.not.include('\u001b');
    const report = JSON.parse(ran.stdout);
    expect(report.schema).to.equal('aclscope/audit/1');
    const verified = await runCommand(['verify', 'seen.json'], { cwd: folder });
    expect(verified.code).to.equal(0);
    const audited = await runCommand(['audit', 'site.yaml', 'seen.json', '--format', 'json'], {
      cwd: folder,
    });
    expect(JSON.parse(audited.stdout).flows).to.deep.equal(report.flows);
  });

  it('sends and keeps nothing with --dry-run', async () => {
    const ran = await runCommand(['watch', 'site.yaml', '--vantage', 'outside', '--dry-run'], {
      cwd: folder,
    });
    expect(ran).to.include({ code: 0, stdout: '' });
    expect(ran.stderr).to.include('nothing was sent');
    expect(readdirSync(folder)).to.have.members(['gw.cfg', 'site.yaml']);
  });

  it('stopped from outside, keeps what was seen under a name of its own', async () => {
    const stop = new AbortController();
    const ran = await runCommand(
      ['watch', 'site.yaml', '--vantage', 'outside', '--ports', '20000-21023', '--engine', 'net-socket'],
      {
        cwd: folder,
        signal: stop.signal,
        onStderr: (text) => {
          if (text.includes('tcp/20110 open')) stop.abort();
        },
      },
    );
    expect(ran.code).to.equal(1);
    const [kept] = readdirSync(folder).filter((f) => f.endsWith('.json'));
    expect(kept).to.match(/^outside-\d{8}T\d{6}Z\.json$/);
    const { completeness, targets } = JSON.parse(readFileSync(join(folder, kept!), 'utf8'));
    expect(completeness.kind).to.equal('incomplete');
    expect(observed(targets[0], 20110)?.state).to.equal('open');
  });

  for (const engine of [connectEngine, netSocketEngine]) {
    it(`paused, ${engine.id} sends nothing until it may go on`, async () => {
      await runCommand(
        ['plan', 'site.yaml', '--vantage', 'outside', '--ports', '20110,20514', '-o', 'plan.json'],
        { cwd: folder },
      );
      const plan = JSON.parse(readFileSync(join(folder, 'plan.json'), 'utf8'));
      const paceControl = createPaceControl();
      paceControl.setShare(0);
      const events: ScanEvent[] = [];
      const running = runScan(plan, { engine, paceControl, onEvent: (e) => events.push(e) });
      await sleep(1200);
      expect(events.filter((e) => e.kind === 'results' || e.kind === 'canary')).to.deep.equal([]);
      expect(events.filter((e) => e.kind === 'progress').at(-1)).to.include({ sent: 0, done: 0 });
      paceControl.setShare(1);
      const evidence = await running;
      expect(evidence.completeness).to.deep.equal({ kind: 'complete' });
      expect(evidence.targets[0]?.observations.map((o) => o.state)).to.include('open');
    });
  }

  it('fills a terminal, pauses, goes on, and on q gives it back with evidence and report', async function () {
    if (!existsSync(TMUX)) skipBecause(this, 'no tmux is installed');
    const server = `aclscope-watch-${process.pid}`;
    const tmux = (...args: readonly string[]): string =>
      execFileSync(TMUX, ['-L', server, '-f', '/dev/null', ...args], { encoding: 'utf8' });
    const showing = async (part: string): Promise<string> => {
      for (const end = Date.now() + 20_000; ; ) {
        const shown = tmux('capture-pane', '-p', '-S', '-200');
        if (shown.includes(part)) return shown;
        if (Date.now() > end) throw new Error(`"${part}" never came:\n${shown}`);
        await sleep(100);
      }
    };
    const command = `cd '${folder}' && LC_ALL=C.UTF-8 '${process.execPath}' --import '${LOADER}' '${MAIN}' watch site.yaml --vantage outside --ports 20000-21023 --rate 50 --engine connect --evidence seen.json`;
    tmux('new-session', '-d', '-x', '80', '-y', '24', `${command}; echo "left with $?"; sleep 60`);
    try {
      await showing('critical exposed');
      expect(await showing('1 proven')).to.include('✓   11 permit tcp any host');
      tmux('send-keys', 's');
      await showing('1/2 of the plan');
      tmux('send-keys', 'p');
      await showing('paused: nothing is sent');
      tmux('send-keys', 'p');
      await showing('/s');
      tmux('send-keys', 'q');
      const left = await showing('left with');
      expect(left).to.include('DIFFERS  loopback').and.include('evidence kept in seen.json');
      expect(left).to.include('left with 1');
    } finally {
      tmux('kill-server');
    }
    const evidence = JSON.parse(readFileSync(join(folder, 'seen.json'), 'utf8'));
    expect(evidence.completeness).to.deep.equal({ kind: 'incomplete', reason: 'the scan was interrupted' });
  });
});
