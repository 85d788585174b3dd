import { execFileSync, spawn } from 'node:child_process';
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import type { ScanEvent } from '../../../scans/engine.ts';
import { openJournal, readJournal } from '../../../scans/evidence/journal.ts';
import { ScanRefusal } from '../../../scans/prepare-scan.ts';
import { runScan } from '../../../scans/run-scan.ts';
import { netSocketEngine } from '../../../scans/sockets/net-socket.ts';
import { rangesOf } from '../../../src/model/ports.ts';
import { observed } from '../../parsers/evidence-assertions.ts';
import { skipBecause } from '../../support/skip.ts';
import { type LoopbackServers, startLoopbackServers } from '../loopback-servers.ts';
import { answer } from '../make-answer.ts';
import { makePlan } from '../make-plan.ts';

const header = {
  schema: 'aclscope/journal/1',
  planSha256: '0'.repeat(64),
  vantage: 'here',
  engine: 'connect',
  started: '2026-01-01T00:00:00.000Z',
} as const;
const note = (text: string): ScanEvent => ({ kind: 'note', text });

describe('the journal', () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'aclscope-journal-'));
    path = join(folder, 'x.journal');
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function writeEvents(events: readonly ScanEvent[], resumeAt?: number): Promise<void> {
    const journal = await openJournal(path, header, resumeAt);
    for (const event of events) journal.append(event);
    await journal.close();
    expect(journal.failure()).to.equal(null);
  }
  async function readEvents(): Promise<{ events: readonly ScanEvent[]; whole: number; truncated: boolean }> {
    const reading = await readJournal(path);
    if (reading.kind !== 'read') throw new Error(reading.kind);
    const { events, wholeBytes: whole, truncated } = reading.contents;
    return { events, whole, truncated };
  }

  it('gives back what was written, ports and all', async () => {
    const events: ScanEvent[] = [
      { kind: 'results', target: 0, ports: [1, 2, 3, 9], answer: answer(), spanMs: 0, at: 5 },
      { kind: 'withdrawn', target: 0, ports: [2], why: 'x' },
      { kind: 'canary', target: 0, port: 1, canary: 'positive', sent: 1, answered: 1, ttl: 64, sentAt: 7 },
      { kind: 'stopped', target: 0, reason: 'r', at: 9 },
      note('n'),
    ];
    await writeEvents(events);
    expect((await readEvents()).events).to.deep.equal(events);
  });

  it('tolerates a last line cut anywhere, and goes on after the whole ones', async () => {
    await writeEvents([note('one'), note('two')]);
    const text = await readFile(path, 'utf8');
    const secondStarts = text.indexOf('{"kind":"note","text":"two"');
    for (let cut = secondStarts + 1; cut < text.length; cut++) {
      await writeFile(path, text.slice(0, cut));
      const { events, whole, truncated } = await readEvents();
      expect(events, `cut at ${cut}`).to.deep.equal([note('one')]);
      expect(truncated).to.equal(true);
      expect(whole).to.equal(secondStarts);
    }
    await writeEvents([note('three')], (await readEvents()).whole);
    expect((await readEvents()).events).to.deep.equal([note('one'), note('three')]);
  });

  it('refuses a file damaged in the middle, one that is no journal, and one that exists', async () => {
    await writeEvents([note('one')]);
    await appendFile(path, '{"kind":"res\n{"kind":"note","text":"x"}\n');
    expect(await readJournal(path)).to.deep.equal({ kind: 'unreadable', reason: 'line 3 is damaged' });
    await writeFile(path, 'hello\n');
    expect((await readJournal(path)).kind).to.equal('unreadable');
    expect((await readJournal(join(folder, 'none'))).kind).to.equal('absent');
    let refused = '';
    await openJournal(path, header).catch((error: NodeJS.ErrnoException) => {
      refused = error.code ?? '';
    });
    expect(refused).to.equal('EEXIST');
  });

  it('ends the scan, and says so, when the disk is full', async function () {
    if (process.getuid?.() !== 0) skipBecause(this, 'a full disk is made with mount, which needs root');
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'tmpfs', folder]);
    try {
      const journal = await openJournal(path, header);
      for (let i = 0; i < 2000; i++) journal.append(note(`line ${i}`));
      await journal.close();
      expect(journal.failure()).to.match(/x\.journal cannot be written: no space is left on the device/);
    } finally {
      execFileSync('umount', [folder]);
    }
  });

  describe('of a scan', () => {
    const ADDRESS = '127.0.78.35';
    let servers: LoopbackServers;
    before(async () => {
      servers = await startLoopbackServers(ADDRESS, 0);
    });
    after(() => servers.close());
    const planOf = (pace: number) => {
      const speaks = servers.port('speaks');
      return makePlan(
        {
          address: ADDRESS,
          ports: [[1, 1500], ...rangesOf([speaks])],
          expectedOpen: rangesOf([speaks]),
          canary: speaks,
        },
        { perHost: pace, total: pace },
      );
    };

    it('outlives kill -9: resuming repeats at most the last second', async () => {
      const plan = planOf(400);
      const child = spawn(
        process.execPath,
        ['--import', 'tsx', fileURLToPath(new URL('../scan-in-namespace.ts', import.meta.url))],
        { cwd: fileURLToPath(new URL('../../..', import.meta.url)), stdio: ['pipe', 'ignore', 'inherit'] },
      );
      child.stdin.end(JSON.stringify({ plan, engine: 'net-socket', journalPath: path }));
      const dead = new Promise((resolve) => child.once('exit', resolve));
      // Killed when about half of it is on the disk.
      const deadline = Date.now() + 30_000;
      for (;;) {
        const reading = await readJournal(path);
        const ports =
          reading.kind === 'read'
            ? reading.contents.events.reduce((n, e) => n + (e.kind === 'results' ? e.ports.length : 0), 0)
            : 0;
        if (ports > 500) break;
        if (Date.now() > deadline) throw new Error('the scan wrote nothing');
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      child.kill('SIGKILL');
      await dead;
      const { events } = await readEvents();
      const answered = new Set(events.flatMap((e) => (e.kind === 'results' ? [...e.ports] : [])));
      let probesSent = 0;
      const evidence = await runScan(plan, {
        engine: netSocketEngine,
        journalPath: path,
        resume: true,
        onProgress: (p) => {
          probesSent = p.probesSent;
        },
      });
      expect(evidence.completeness).to.deep.equal({ kind: 'complete' });
      expect(evidence.notes.join()).to.contain('resumed from a journal');
      expect(observed(evidence.targets[0], 700)?.state).to.equal('closed');
      expect(evidence.targets[0]!.observations.some((o) => o.state === 'unobserved')).to.equal(false);
      expect(probesSent).to.be.at.most(1501 - answered.size + 10);
    });

    it('is demanded back by name: no overwriting, no other plan, no resuming of nothing', async () => {
      const refusal = async (options: object, pace = 400): Promise<string> => {
        try {
          await runScan(planOf(pace), { engine: netSocketEngine, journalPath: path, ...options });
          return 'it ran';
        } catch (error) {
          expect(error).to.be.instanceOf(ScanRefusal);
          return error instanceof Error ? error.message : '';
        }
      };
      expect(await refusal({ resume: true })).to.match(/no journal .* to resume/);
      await writeEvents([]);
      expect(await refusal({})).to.match(/holds an interrupted scan.*--resume/);
      expect(await refusal({ resume: true })).to.match(/belongs to another plan/);
    });
  });
});
