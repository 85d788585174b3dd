import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { giantAddress, type Lab, routerAddress, upLab } from './lab.ts';
import { type LabVantage, labFolder } from './naming.ts';
import type { LabOptions } from './options.ts';
import { labObstacle, requireLab } from './require-lab.ts';
import { identify, isAlive, labNamespaces } from './state.ts';
import { processesIn, removeLab } from './teardown.ts';
import { stateOf, type TrueState } from './truth.ts';

// Seen with bash's own sockets and with nmap, never with the code that these labs are to test.

/** Connects with bash, reads for up to 3 seconds, and says what a person would. */
const look = `
exec 2>/dev/null
if ! exec 3<>"/dev/tcp/$1/$2"; then exit 1; fi
IFS= read -r -t 3 line <&3; code=$?
[ $code -gt 128 ] && { echo silent; exit 0; }
[ -n "$line" ] && { echo "said $line"; exit 0; }
echo eof`;

async function see(lab: Lab, vantage: LabVantage, port: number, address = giantAddress): Promise<string> {
  const argv = ['bash', '-c', look, 'look', address, String(port)];
  const result = await lab.exec(vantage, argv, { timeout: 6_000 });
  if (result.timedOut) return 'no answer';
  return result.code === 0 ? result.stdout.trim() : 'refused';
}

const vantages: readonly LabVantage[] = ['internet', 'mailfilter', 'admin', 'friend'];
const watched = [22, 23, 25, 80, 110, 143, 514, 515, 65535];

/** nmap's word for each port: `open`, `closed`, `filtered`, with its reason. */
async function scan(lab: Lab, where: LabVantage, ports: readonly number[], args: readonly string[] = []) {
  const command = [
    'nmap',
    '-n',
    '-Pn',
    '-sS',
    '--reason',
    '--max-retries',
    '3',
    '-p',
    ports.join(','),
    ...args,
  ];
  const { code, stdout, stderr } = await lab.exec(where, [...command, giantAddress], { timeout: 40_000 });
  expect(code, stderr).to.equal(0);
  const rows = stdout.matchAll(/^(\d+)\/tcp\s+(\S+)\s+\S+\s+(\S+)(?: from (\S+))?/gm);
  return new Map(
    [...rows].map(([, port, state, reason, from]) => [
      Number(port),
      { state: state!, reason: reason!, from },
    ]),
  );
}

const nmapWord: Readonly<Record<TrueState, string>> = {
  open: 'open',
  wrapped: 'open',
  closed: 'closed',
  filtered: 'filtered',
};

const variants: readonly (readonly [string, Partial<LabOptions>])[] = [
  ['no list', { acl: 'none' }],
  ['the short list, denied in silence', { acl: 'short' }],
  ['the short list, each denial said by ICMP', { acl: 'short', denial: 'reject' }],
  ['the full list, denied in silence', { acl: 'full', leak: 'listening' }],
  ['the full list with rsh let through', { acl: 'full', leak: 'through', denial: 'reject' }],
  ['the short list with rsh let through', { acl: 'short', leak: 'through', denial: 'reject-limited' }],
  ['no list, rsh listening', { acl: 'none', leak: 'listening' }],
];

describe('the lab', () => {
  for (const [title, options] of variants) {
    describe(title, () => {
      let lab: Lab | undefined;

      before(async function () {
        this.timeout(30_000);
        requireLab(this, ['nmap']);
        lab = await upLab(options);
      });
      after(() => lab?.down());

      for (const vantage of vantages) {
        it(`nmap sees from ${vantage} what the table says`, async function () {
          this.timeout(60_000);
          const truth = lab!.truth(vantage);
          const seen = await scan(lab!, vantage, watched);
          const words = watched.map((port) => [port, seen.get(port)?.state]);
          expect(words).to.deep.equal(watched.map((port) => [port, nmapWord[stateOf(truth, port)]]));
        });
      }

      it('a denied packet ends as asked, and only a denied one', async function () {
        this.timeout(60_000);
        const seen = await scan(lab!, 'internet', watched);
        const truth = lab!.truth('internet');
        for (const [port, { reason, from }] of seen) {
          const state = stateOf(truth, port);
          if (state !== 'filtered')
            expect(reason, String(port)).to.equal(state === 'closed' ? 'reset' : 'syn-ack');
          else if (lab!.options.denial === 'drop') expect(reason).to.equal('no-response');
          else if (lab!.options.denial === 'reject')
            expect([reason, from]).to.deep.equal(['admin-prohibited', routerAddress]);
          else expect(reason).to.be.oneOf(['admin-prohibited', 'no-response']);
        }
      });
    });
  }

  describe('its services', () => {
    let lab: Lab | undefined;

    before(async function () {
      this.timeout(30_000);
      requireLab(this);
      lab = await upLab({ acl: 'none', leak: 'listening' });
    });
    after(() => lab?.down());

    it('greet as real ones do', async () => {
      expect(await see(lab!, 'internet', 22)).to.match(/^said SSH-2\.0-OpenSSH/);
      expect(await see(lab!, 'internet', 110)).to.match(/^said \+OK/);
      expect(await see(lab!, 'internet', 143)).to.match(/^said \* OK/);
    });

    it('rsh waits for the client to speak', async () => {
      expect(await see(lab!, 'friend', 514)).to.equal('silent');
    });

    it('SMTP greets the mail filter and closes at once on everybody else', async () => {
      expect(await see(lab!, 'mailfilter', 25)).to.match(/^said 220/);
      expect(await see(lab!, 'internet', 25)).to.equal('eof');
      expect(await see(lab!, 'admin', 25)).to.equal('eof');
      expect(await see(lab!, 'friend', 25)).to.equal('eof');
    });

    it('nobody serves telnet', async () => {
      expect(await see(lab!, 'internet', 23)).to.equal('refused');
    });

    it('SSH offers public keys and keyboard-interactive, as in the case, and no passwords', async () => {
      const log = await lab!.exec(
        'friend',
        [
          ...[
            'ssh',
            '-o',
            'BatchMode=yes',
            '-o',
            'StrictHostKeyChecking=no',
            '-o',
            'UserKnownHostsFile=/dev/null',
          ],
          ...['-o', 'PreferredAuthentications=none', '-F', 'none', `nobody@${giantAddress}`],
        ],
        { timeout: 10_000 },
      );
      expect(log.stderr).to.include('Permission denied (publickey,keyboard-interactive)');
    });

    it('giant lists its listeners and holds its configuration under the usual names', async () => {
      const listening = await lab!.exec('giant', ['ss', '-Htln']);
      const ports = [...listening.stdout.matchAll(/0\.0\.0\.0:(\d+)\s/g)].map(([, port]) => Number(port));
      expect(ports.sort((a, b) => a - b)).to.deep.equal([22, 25, 110, 143, 514]);
      expect((await lab!.exec('giant', ['ls', '/etc/xinetd.d'])).stdout).to.equal('imap\nipop3\nrsh\n');
      const host = existsSync('/etc/xinetd.d') ? readdirSync('/etc/xinetd.d') : [];
      expect(host, "the machine's own").not.to.include('ipop3');
    });
  });

  describe('the full list', () => {
    let lab: Lab | undefined;

    before(async function () {
      this.timeout(30_000);
      requireLab(this, ['nmap']);
      lab = await upLab({ acl: 'full', denial: 'reject' });
    });
    after(() => lab?.down());

    const hits = async () => {
      const { stdout } = await lab!.exec('router', ['nft', 'list', 'chain', 'ip', 'gw', 'acl150']);
      const rows = stdout.matchAll(/counter packets (\d+) .* comment "(\d+) /g);
      return new Map([...rows].map(([, packets, entry]) => [Number(entry), Number(packets)]));
    };

    it('counts each packet at the entry that decides it', async () => {
      await see(lab!, 'mailfilter', 25);
      await see(lab!, 'admin', 22);
      await see(lab!, 'internet', 22);
      const counted = await hits();
      expect(counted.get(6), 'mailfilter is within 192.168.0.0/16').to.be.greaterThan(0);
      expect(counted.get(1), 'admin is within 10.0.0.0/8').to.be.greaterThan(0);
      expect(counted.get(14), 'the Internet host meets the last line').to.be.greaterThan(0);
      expect([counted.get(12), counted.get(13)], 'dead').to.deep.equal([0, 0]);
    });

    it('denies some sources of the Internet host and not others', async function () {
      this.timeout(40_000);
      const from = async (source: string) =>
        (await scan(lab!, 'internet', [110], ['-S', source, '-e', 'eth0'])).get(110)?.state;
      expect(await from('203.0.113.78')).to.equal('open');
      expect(await from('198.51.100.23')).to.equal('open');
      expect(await from('192.0.2.10'), 'entry 5').to.equal('filtered');
      expect(await from('192.168.64.7'), 'entry 6').to.equal('filtered');
      expect(await from('172.16.5.5'), 'entry 4').to.equal('filtered');
    });

    it('also guards the router itself', async () => {
      expect(await see(lab!, 'internet', 110, routerAddress)).to.equal('refused');
      expect((await hits()).get(14)).to.be.greaterThan(0);
    });
  });

  describe('what hinders a scanner', () => {
    const labs: Lab[] = [];
    const up = async (options: Partial<LabOptions>) => {
      const lab = await upLab(options);
      labs.push(lab);
      return lab;
    };

    before(function () {
      requireLab(this, ['nmap', 'portsentry']);
    });
    afterEach(async () => {
      for (const lab of labs.splice(0)) await lab.down();
    });

    it('at two refusals a second most denials are silent, some are not', async function () {
      this.timeout(60_000);
      const lab = await up({ acl: 'short', denial: 'reject-limited' });
      const ports = Array.from({ length: 200 }, (_, i) => 2000 + i);
      const seen = await scan(lab, 'internet', ports, ['--min-rate', '500']);
      const { stdout } = await lab.exec('router', ['nft', 'list', 'chain', 'ip', 'gw', 'denied']);
      const [said, silent] = [...stdout.matchAll(/packets (\d+) bytes/g)].map(([, count]) => Number(count));
      expect(seen.size === 0 || [...seen.values()].every(({ state }) => state === 'filtered')).to.equal(true);
      expect(said).to.be.greaterThan(0);
      expect(silent).to.be.greaterThan(said!);
    });

    it('a loss of 5% shows on both ways, for the outside and for the segment', async function () {
      this.timeout(60_000);
      const lab = await up({ acl: 'none', lossPercent: 5 });
      const ports = Array.from({ length: 2000 }, (_, i) => 2000 + i);
      for (const [where, ruler] of [
        ['internet', 'router'],
        ['friend', 'friend'],
      ] as const) {
        await scan(lab, where, ports);
        const { stdout } = await lab.exec(ruler, ['nft', 'list', 'table', 'ip', 'loss']);
        const lost = [...stdout.matchAll(/packets (\d+) bytes/g)].map(([, count]) => Number(count));
        expect(lost, where).to.have.length(2);
        for (const count of lost) expect(count, where).to.be.within(40, 250);
      }
    });

    it('the policer drops what exceeds its rate and nothing below it', async function () {
      this.timeout(60_000);
      const lab = await up({ acl: 'none', policer: true });
      const dropped = async () => {
        const { stdout } = await lab.exec('router', ['nft', 'list', 'chain', 'ip', 'gw', 'policer']);
        return Number(/packets (\d+) bytes/.exec(stdout)?.[1]);
      };
      const ports = Array.from({ length: 100 }, (_, i) => 2000 + i);
      await scan(lab, 'internet', ports, ['--max-rate', '200']);
      expect(await dropped()).to.equal(0);
      await scan(
        lab,
        'internet',
        Array.from({ length: 20_000 }, (_, i) => 2000 + i),
        ['--min-rate', '60000'],
      );
      expect(await dropped()).to.be.greaterThan(0);
    });

    it('PortSentry blocks the host that probes a port it watches, and that host only', async function () {
      this.timeout(60_000);
      const lab = await up({ acl: 'none', portSentry: 'stcp' });
      expect((await scan(lab, 'friend', [110])).get(110)?.state).to.equal('open');
      await scan(lab, 'friend', [32773]);
      for (let i = 0; i < 50; i += 1) {
        if ((await lab.exec('giant', ['ip', 'route'])).stdout.includes('blackhole 192.168.2.50')) break;
        await sleep(100);
      }
      expect((await scan(lab, 'friend', [110])).get(110)?.state).to.equal('filtered');
      expect((await scan(lab, 'internet', [110])).get(110)?.state).to.equal('open');
    });

    it('a SYN proxy completes handshakes for ports that nobody serves, and real services still speak', async () => {
      const lab = await up({ acl: 'short', pretender: 'syn-proxy' });
      expect(await see(lab, 'internet', 80)).to.equal('silent');
      expect(await see(lab, 'internet', 110)).to.match(/^said \+OK/);
      expect(await see(lab, 'friend', 80), 'it stands at the provider').to.equal('refused');
    });

    for (const pretender of ['tarpit', 'decoy'] as const) {
      it(`a ${pretender} completes handshakes for ports that nobody serves, and real services still speak`, async function () {
        this.timeout(40_000);
        const lab = await up({ acl: 'none', pretender });
        const seen = await scan(lab, 'internet', watched);
        expect(watched.map((port) => seen.get(port)?.state)).to.deep.equal(watched.map(() => 'open'));
        expect(await see(lab, 'internet', 80)).to.equal('silent');
        expect(await see(lab, 'internet', 110)).to.match(/^said \+OK/);
      });
    }
  });

  describe('its end', () => {
    before(function () {
      requireLab(this);
    });

    const mounts = () => readFileSync('/proc/self/mounts', 'utf8');
    const routes = () =>
      readFileSync('/proc/net/route', 'utf8') + readdirSync('/sys/class/net').sort().join();

    /** Waits for the namespaces to go and then asserts that nothing else of the lab is left either. */
    async function expectNothingLeft(name: string, pids: readonly number[]): Promise<void> {
      for (let i = 0; i < 100 && (labNamespaces(name).length > 0 || existsSync(labFolder(name))); i += 1) {
        await sleep(100);
      }
      expect(labNamespaces(name)).to.deep.equal([]);
      expect(existsSync(labFolder(name)), 'folder').to.equal(false);
      expect(mounts()).not.to.include(name);
      // An ended process that nobody has waited for yet has no network left; a number may already be another's.
      const left = pids.filter((pid) => {
        const command = existsSync(`/proc/${pid}/cmdline`)
          ? readFileSync(`/proc/${pid}/cmdline`, 'utf8')
          : '';
        return /sshd|xinetd|tcpserver|portsentry|sleep|pretend/.test(command);
      });
      expect(left, 'processes').to.deep.equal([]);
    }

    it('down leaves no process, namespace, folder, mount or route, and a neighbour untouched', async function () {
      this.timeout(40_000);
      const before = routes();
      const neighbour = await upLab();
      const lab = await upLab({ portSentry: 'stcp', pretender: 'tarpit' });
      expect(routes(), 'the network of the machine itself').to.equal(before);
      const sleeper = lab.start('internet', ['sleep', '300'], { stdio: 'ignore' });
      const pids = [...processesIn(labNamespaces(lab.name)), sleeper.pid!];
      expect(pids.length).to.be.greaterThan(5);
      await lab.down();
      await expectNothingLeft(lab.name, pids);
      expect(routes()).to.equal(before);
      expect(await see(neighbour, 'friend', 110)).to.match(/^said \+OK/);
      await neighbour.down();
      await lab.down();
    });

    const holder = `
      const { upLab } = await import(${JSON.stringify(new URL('lab.ts', import.meta.url).href)});
      const lab = await upLab();
      console.log(lab.name);
      setInterval(() => {}, 1000);`;

    for (const signal of ['SIGINT', 'SIGKILL'] as const) {
      it(`nothing is left either when ${signal} ends the process that brought it up`, async function () {
        this.timeout(40_000);
        const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', holder], {
          cwd: fileURLToPath(new URL('../../', import.meta.url)),
          stdio: ['ignore', 'pipe', 'inherit'],
        });
        const name = await new Promise<string>((resolve, reject) => {
          child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString().trim()));
          child.once('close', () => reject(new Error('the lab did not come up')));
        });
        const pids = processesIn(labNamespaces(name));
        expect(pids.length).to.be.greaterThan(3);
        child.kill(signal);
        await expectNothingLeft(name, pids);
      });
    }

    it('a lab brought up by hand is found and removed by name', async function () {
      this.timeout(40_000);
      const lab = await upLab({}, { lasting: true });
      const pids = processesIn(labNamespaces(lab.name));
      await removeLab(lab.name);
      await expectNothingLeft(lab.name, pids);
    });
  });

  describe('when it cannot be', () => {
    it('names the missing command', function () {
      requireLab(this);
      expect(labObstacle(['no-such-scanner'])).to.equal('not installed: no-such-scanner');
    });

    it('tells a process from a later one with the same number', () => {
      const own = identify(process.pid)!;
      expect(isAlive(own)).to.equal(true);
      expect(isAlive({ ...own, started: '1' })).to.equal(false);
    });
  });
});
