import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { nmapEngine, splitPorts } from '../../../scans/nmap/nmap.ts';
import { NmapChunkScan } from '../../../scans/nmap/run.ts';
import { readNmapVersion } from '../../../scans/nmap/version.ts';
import { countRanges, unionRanges } from '../../../src/model/ports.ts';
import { observed, statesOf, summary } from '../../parsers/evidence-assertions.ts';
import { skipBecause } from '../../support/skip.ts';
import { makePlan } from '../make-plan.ts';
import { HOST, joinNamespaces, type NamespacePair, needNamespaces } from '../namespaces.ts';

const never = new AbortController().signal;
const quiet = () => undefined;

describe('the nmap engine', () => {
  it('cuts port sets into chunks that together are the set', () => {
    const ports = [
      [1, 10],
      [20, 20],
      [30, 65535],
    ] as const;
    const chunks = splitPorts(ports, 1000);
    expect(
      chunks
        .map(countRanges)
        .slice(0, -1)
        .every((n) => n === 1000),
    ).to.equal(true);
    expect(chunks.reduce((all, chunk) => unionRanges(all, chunk), [] as (typeof chunks)[0])).to.deep.equal(
      ports,
    );
    expect(splitPorts([[5, 5]], 1000)).to.deep.equal([[[5, 5]]]);
    expect(splitPorts([], 1000)).to.deep.equal([]);
  });

  it('puts nothing but an address after the options, and starts nothing by being made', () => {
    for (const hostile of [
      '127.0.0.1 -oN /tmp/x',
      '-iL/etc/passwd',
      'example.net',
      '127.0.0.1/8',
      '127.0.0.1-9',
      '',
    ]) {
      expect(() => new NmapChunkScan(hostile, []), hostile).to.throw('not an address');
    }
    const scan = new NmapChunkScan('127.0.0.1', ['-sT', '-p', '1']);
    expect(scan.command).to.deep.equal(['-oX', '-', '-sT', '-p', '1', '--', '127.0.0.1']);
    expect(Reflect.get(scan, 'child')).to.equal(undefined);
  });

  it('says that nmap is not there', async () => {
    expect(await readNmapVersion('/nonexistent/nmap')).to.deep.equal({
      why: 'nmap is not installed, or not in PATH; use --engine connect, which needs nothing',
    });
    const result = await new NmapChunkScan('127.0.0.1', []).run(never, quiet, '/nonexistent/nmap');
    expect(result).to.deep.equal({ targets: [], failure: 'nmap is not installed, or not in PATH' });
  });

  describe('with a tool that misbehaves in its place', () => {
    let folder: string;
    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'aclscope-nmap-'));
    });
    after(() => rm(folder, { recursive: true }));
    const HEAD =
      '<?xml version="1.0"?><nmaprun scanner="nmap" version="7.93"><scaninfo type="syn" protocol="tcp" services="1-9"/>';
    const host =
      '<host><status state="up"/><address addr="127.0.0.1" addrtype="ipv4"/><ports><extraports state="closed" count="8"><extrareasons reason="reset" count="8" proto="tcp" ports="1-8"/></extraports><port protocol="tcp" portid="9"><state state="open" reason="syn-ack"/></port></ports></host>';
    const pretend = async (script: string) => {
      const path = join(folder, 'nmap');
      await writeFile(path, `#!/bin/sh\n${script}\n`);
      await chmod(path, 0o755);
      return new NmapChunkScan('127.0.0.1', []).run(never, quiet, path);
    };

    it('keeps the hosts that a failed run had finished, with its words', async () => {
      const result = await pretend(
        `echo '${HEAD}${host}<host><add'; echo 'Segmentation \x1b[2Jfault' >&2; exit 139`,
      );
      expect(result.failure).to.equal('nmap ended with code 139: Segmentation \\x1b[2Jfault');
      expect(summary(result.targets[0])).to.deep.equal(['open syn-ack: 9', 'closed rst: 1-8']);
    });

    it('is not disturbed by warnings, by the word percent, or by an open port without a service', async () => {
      const text = `${HEAD}<taskprogress task="SYN Stealth Scan" percent="50.0"/>${host}<runstats><finished exit="success"/></runstats></nmaprun>`;
      const result = await pretend(`echo 'Warning: something' >&2; echo '${text}'`);
      expect(result.failure).to.equal(null);
      expect(summary(result.targets[0])).to.deep.equal(['open syn-ack: 9', 'closed rst: 1-8']);
    });

    it('demands that nmap said it succeeded', async () => {
      const result = await pretend(`echo '${HEAD}${host}</nmaprun>'`);
      expect(result.failure).to.match(/lacks <finished exit="success">/);
      expect(result.targets).to.have.length(1);
    });

    it('takes empty output for failure, not for an empty scan', async () => {
      expect((await pretend('exit 0')).failure).to.be.a('string');
    });

    it('ends the process when it is aborted', async () => {
      const path = join(folder, 'slow');
      await writeFile(path, '#!/bin/sh\nexec sleep 60\n');
      await chmod(path, 0o755);
      const abort = new AbortController();
      const running = new NmapChunkScan('127.0.0.1', []).run(abort.signal, quiet, path);
      abort.abort();
      expect((await running).failure).to.equal('the scan was interrupted');
    });
  });

  describe('between two namespaces', function () {
    this.timeout(90_000);
    let pair: NamespacePair;
    before(async function () {
      needNamespaces(this);
      const availability = await nmapEngine.checkAvailability();
      if (!availability.ok) skipBecause(this, availability.why);
      pair = await joinNamespaces({ 22: 'waits', 25: 'closes', 110: 'speaks' });
      await pair.filter(['tcp dport 50-59 drop', 'tcp dport 60-199 reject with icmp type admin-prohibited']);
    });
    after(() => pair?.down());
    const plan = makePlan(
      {
        address: HOST,
        ports: [
          [1, 59],
          [111, 300],
        ],
        first: [22],
        expectedOpen: [[22, 22]],
        canary: 22,
        negativeCanaries: [40],
      },
      { perHost: 500, total: 500 },
    );

    it('keeps who denies, and decides open and wrapped by a handshake', async () => {
      const evidence = await pair.scan(plan, { engine: 'nmap', settings: { holdMs: 300 } });
      expect(evidence.completeness).to.deep.equal({ kind: 'complete' });
      expect(statesOf(evidence.targets[0])).to.deep.equal([
        'closed rst: 1-21, 23-24, 26-49, 200-300',
        'filtered icmp 3/13: 111-199',
        'filtered timeout: 50-59',
        'open syn-ack: 22',
        'wrapped eof: 25',
      ]);
      expect(observed(evidence.targets[0], 150)?.icmp?.from).to.equal(HOST);
      expect(observed(evidence.targets[0], 25)?.confirmed).to.equal(true);
    });

    it('believes no open port that nmap -sT alone has seen', async () => {
      const evidence = await pair.scan(plan, {
        engine: 'nmap',
        settings: { holdMs: 300 },
        unprivileged: true,
      });
      expect(evidence.notes[0]).to.contain('-sT');
      const states = statesOf(evidence.targets[0]);
      expect(states.filter((s) => s.startsWith('open') || s.startsWith('wrapped'))).to.deep.equal([
        'open syn-ack: 22',
        'wrapped eof: 25',
      ]);
      expect(observed(evidence.targets[0], 150)?.state).to.equal('unreachable');
      expect(observed(evidence.targets[0], 150)?.icmp).to.equal(null);
    });

    it('looks again at silence where more ports answered: what was lost is closed, what is dropped stays silent', async () => {
      // Both tries that nmap itself allows a port while no other needed a second one, and the second look's first.
      await pair.filter(['tcp dport 250 numgen inc mod 1000 < 3 drop', 'tcp dport 50-59 drop']);
      const lossy = makePlan(
        {
          address: HOST,
          ports: [
            [50, 52],
            [200, 300],
          ],
          canary: 22,
        },
        { perHost: 500, total: 500 },
      );
      const [target] = (await pair.scan(lossy, { engine: 'nmap', settings: { holdMs: 300 } })).targets;
      expect(statesOf(target)).to.deep.equal(['closed rst: 200-300', 'filtered timeout: 50-52']);
      expect([observed(target, 249)?.tries, observed(target, 51)?.tries]).to.deep.equal([1, 6]);
    });
  });
});
