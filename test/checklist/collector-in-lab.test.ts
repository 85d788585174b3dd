import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { collectorScript } from '../../src/checklist/collector-script.ts';
import { type Lab, upLab } from '../lab/lab.ts';
import type { LabVantage } from '../lab/naming.ts';
import { aclscope, buildProgram } from '../lab/product.ts';
import { requireLab } from '../lab/require-lab.ts';
import { loadRules } from '../lab/router-rules.ts';
import { runCommand } from '../support/run-command.ts';
import { bootLabHost, keepRunning, type LabHost } from './lab-host.ts';
import { LOG_SERVER, RSH, soundFiles } from './lab-host-files.ts';

interface Item {
  readonly id: string;
  readonly result: string;
  readonly statements: readonly { readonly kind: string; readonly text: string }[];
}

const SITE = `site: lab
routers: [{ name: gw, config: gw.cfg, version: 12.1(5)T15 }]
segments: { servers: 192.168.2.0/24 }
targets: { giant: { address: 192.168.2.35, segment: servers, listeners: [22, 25, 110, 143] } }
vantages:
  internet: { address: 203.0.113.77, sources: any, enters: gw FastEthernet0/0 }
  mailfilter: { address: 192.168.1.30, enters: gw FastEthernet0/0 }
  admin: { address: 10.0.1.32, enters: gw FastEthernet0/0 }
  friend: { address: 192.168.2.50 }
policy:
  - { from: any, to: giant, tcp: [110], why: customers read their mail }
  - { from: mailfilter, to: giant, tcp: [25], why: only the filter delivers }
  - { from: admin, to: giant, tcp: [22], why: upkeep }
  - { from: servers, to: giant, tcp: [22, 110, 143], wrapped: [25], why: web mail and upkeep }
canaries: { giant: 110 }
scanIntervalDays: 30
`;
const CHECKLIST = `checklist: lab
extends: twenty-items
omit: [1]
items:
  - id: 7
    parameters: { administrators: [operator] }
`;
const RECEIVER = `module(load="imudp")
input(type="imudp" address="${LOG_SERVER}" port="514")
$ActionFileDefaultTemplate RSYSLOG_TraditionalFileFormat
*.* FOLDER/remote.log
`;
/** Every automatic item; the first, physical security, is a person's. */
const AUTOMATIC = Array.from({ length: 19 }, (_, i) => String(i + 2));
const SHELLS = [['dash'], ['bash'], ['bash', '--posix'], ['busybox', 'sh'], ['posh']];

/** The collector on a host with real daemons: its files are broken and mended one by one, and each item follows its own. */
describe('the collector on the laboratory server', function () {
  this.timeout(400_000);
  let lab: Lab;
  let host: LabHost;
  let runs = 0;
  const scans: Record<string, string> = {};
  const at = (name: string): string => join(lab.folder, name);
  const edit = (name: string, change: (text: string) => string): void => {
    const before = readFileSync(at(name), 'utf8');
    const after = change(before);
    if (after === before) throw new Error(`the change of ${name} changes nothing`);
    writeFileSync(at(name), after);
  };
  const editOnHost = async (path: string, change: (text: string) => string): Promise<void> => {
    const before = await host.read(path);
    const after = change(before);
    if (after === before) throw new Error(`the change of ${path} changes nothing`);
    await host.write(path, after);
  };

  const scan = async (vantage: LabVantage, ports: string, name: string = vantage): Promise<void> => {
    const [plan, evidence] = [at(`${name}.plan.json`), at(`${name}.json`)];
    for (const args of [
      [
        'plan',
        at('site.yaml'),
        '--vantage',
        vantage,
        '--ports',
        ports,
        '--rate',
        '20000',
        '--override-ceiling',
        '-o',
        plan,
      ],
      ['scan', '--plan', plan, '--engine', 'connect', '-o', evidence],
    ]) {
      const ran = await aclscope(lab, vantage, args);
      expect(ran.code, ran.stderr).to.equal(0);
    }
    scans[vantage] = evidence;
  };
  const probe = async (what: string, file: string, ...more: readonly string[]): Promise<string> => {
    const ran = await aclscope(lab, 'friend', [
      ...['probe', what, at('site.yaml'), '--vantage', 'friend', '-o', at(file), ...more],
    ]);
    expect(ran.code, ran.stderr).to.equal(0);
    return ran.stderr;
  };

  /** Collects with one shell after the other, and judges by the command line. */
  const judge = async (...more: readonly string[]): Promise<ReadonlyMap<string, Item>> => {
    const shell = SHELLS[runs++ % SHELLS.length]!;
    const out = at(`bundle-${runs}.tar`);
    await host.run(
      [...shell, at('collect.sh'), '-o', out, '-r', '/etc/restore-list', '-l', '/var/log/nightly.log'],
      { timeout: 120_000 },
    );
    const attached = ['remote-log=remote.log', 'ssh-methods=ssh.txt', 'restored-files=restored.txt'];
    const ran = await runCommand(
      [
        ...['checklist', 'site.yaml', ...Object.values(scans), '--bundle', out, '--checklist', 'list.yaml'],
        ...[...attached, 'change-log=changes.txt', 'portsentry-probe=probe.txt'].flatMap((a) => [
          '--attach',
          a,
        ]),
        ...['--history', 'history', '--format', 'json', ...more],
      ],
      { cwd: lab.folder },
    );
    rmSync(out);
    expect(ran.code, ran.stderr).to.be.oneOf([0, 1, 3]);
    const { items } = JSON.parse(ran.stdout) as { readonly items: readonly Item[] };
    return new Map(items.map((i) => [i.id, i]));
  };
  const resultsOf = (items: ReadonlyMap<string, Item>): Readonly<Record<string, string>> =>
    Object.fromEntries([...items.values()].map((i) => [i.id, i.result]));
  const textOf = (item: Item | undefined): string =>
    (item?.statements ?? [])
      .filter((s) => s.kind !== 'holds')
      .map((s) => `${s.kind}: ${s.text}`)
      .join('\n');

  before(async function () {
    requireLab(this, ['portsentry', 'rsyslogd', 'chronyd', 'apt-get', 'busybox', 'posh']);
    buildProgram();
    lab = await upLab({ acl: 'short' });
    writeFileSync(at('collect.sh'), collectorScript());
    writeFileSync(at('site.yaml'), SITE);
    writeFileSync(at('list.yaml'), CHECKLIST);
    copyFileSync(new URL('../lab/sites/gw-short.cfg', import.meta.url), at('gw.cfg'));
    writeFileSync(at('receiver.conf'), RECEIVER.replace('FOLDER', lab.folder));
    writeFileSync(
      at('time.conf'),
      `local stratum 3\nallow\nbindaddress ${LOG_SERVER}\ncmdport 0\nbindcmdaddress /\npidfile ${at('time.pid')}\n`,
    );
    keepRunning(lab, 'router', ['rsyslogd', '-n', '-iNONE', '-f', at('receiver.conf')]);
    keepRunning(lab, 'router', ['chronyd', '-x', '-n', '-u', 'root', '-f', at('time.conf')]);
    copyFileSync(new URL('../lab/giant/rsh.sh', import.meta.url), at('rsh.sh'));
    host = await bootLabHost(lab, soundFiles(lab.folder));
    await host.run(['mkdir', '/usr/local/src/qmail-1.03', '/usr/local/src/ucspi-tcp-0.88']);
    await host.write(
      '/var/log/nightly.log',
      `${new Date().toISOString().slice(0, 19)}Z nightly-backup: finished\n`,
    );

    // What was seen elsewhere: the scans, the server's words to a stranger, restored copies, the written log, two audits.
    await scan('internet', '1-65535');
    await scan('friend', '1-65535');
    await scan('mailfilter', '1-65535');
    await scan('admin', '1-65535');
    await probe('ssh-methods', 'ssh.txt');
    mkdirSync(at('restore/etc'), { recursive: true });
    const hashes: string[] = [];
    for (const path of ['/etc/xinetd.conf', '/etc/tcp.smtp']) {
      const sum = createHash('sha256')
        .update(await host.read(path))
        .digest('hex');
      hashes.push(`${sum}  restore${path}\n`);
    }
    writeFileSync(at('restored.txt'), hashes.join(''));
    const dates = await host.run(['find', '/etc', '-xdev', '-type', 'f', '-printf', '%TY-%Tm-%Td\n']);
    writeFileSync(
      at('changes.txt'),
      [...new Set(dates.split('\n'))].map((d) => `${d} changed by operator\n`).join(''),
    );
    for (const days of [10, 0]) {
      const ran = await runCommand(
        ['audit', 'site.yaml', ...Object.values(scans), '--history', 'history', '-o', 'audit.txt'],
        { cwd: lab.folder, now: new Date(Date.now() - days * 86_400_000) },
      );
      expect(ran.code, ran.stderr).to.equal(0);
    }
    // The earlier audit is of an earlier scan, which nobody waits ten days for.
    const [earlier] = readdirSync(at('history')).sort();
    const record = JSON.parse(readFileSync(at(`history/${earlier}`), 'utf8'));
    writeFileSync(at(`history/${earlier}`), JSON.stringify({ ...record, scanned: record.at }));
    // Last of all: from here on PortSentry shuts friend out.
    await host.run(['portsentry', '-stcp']);
    await host.run(['portsentry', '-sudp']);
    await sleep(1500);
    expect(await probe('portsentry', 'probe.txt', '--port', '32773', '--accept-block')).to.contain('shut');
    await host.run(['logger', '-p', 'mail.info', 'the day has begun']);
    await sleep(1000);
  });
  after(() => lab?.down());

  it('passes every automatic item on a host that is in order, whichever shell collects', async () => {
    for (const _ of SHELLS) {
      const items = await judge();
      const open = AUTOMATIC.filter((id) => items.get(id)?.result !== 'pass');
      expect(open.map((id) => `${id}: ${textOf(items.get(id))}`).join('\n')).to.equal('');
    }
  });

  it('finds the probe that was sent in the local and in the remote log', async () => {
    const ten = (await judge()).get('10')!;
    const said = ten.statements.map((s) => s.text).join('\n');
    expect(said).to.match(
      /the probe of TCP port 32773 from friend \(192\.168\.2\.50\), sent \S+Z, stands in the local log/,
    );
    expect(said).to.contain('the same probe stands in the remote log');
    expect(said).to.contain('silence seen from there afterwards is tainted');
  });

  interface Flip {
    readonly item: string;
    readonly what: string;
    readonly says: RegExp;
    readonly breakIt: () => Promise<unknown>;
    readonly mend: () => Promise<unknown>;
    /** Other items that rest on the same file. */
    readonly also?: readonly string[];
    readonly result?: string;
    /** The round it belongs to, where another flip of its round moves the same item. */
    readonly round?: number;
  }
  const kept = new Map<string, string>();
  const onHost = (path: string, change: (text: string) => string): Pick<Flip, 'breakIt' | 'mend'> => ({
    breakIt: async () => {
      kept.set(path, await host.read(path));
      await editOnHost(path, change);
    },
    mend: () => host.write(path, kept.get(path)!),
  });
  const here = (name: string, change: (text: string) => string): Pick<Flip, 'breakIt' | 'mend'> => ({
    breakIt: async () => {
      kept.set(name, readFileSync(at(name), 'utf8'));
      edit(name, change);
    },
    mend: async () => writeFileSync(at(name), kept.get(name)!),
  });
  const compile = (): Promise<string> =>
    host.run(['sh', '-c', 'tcprules /etc/tcp.smtp.cdb /etc/tcp.smtp.tmp </etc/tcp.smtp']);
  const update = (): Promise<string> => host.run(['apt-get', '-o', 'APT::Sandbox::User=root', 'update']);
  const leak = (rules: string): Promise<void> => loadRules(lab.name, 'router', rules);

  const flips: readonly Flip[] = [
    {
      item: '2',
      what: 'a newer package in the lists',
      says: /1 updates are not installed \(apt-get\): hostname 99\.0/,
      breakIt: async () => {
        await host.run([
          'sh',
          '-c',
          'cd /var/lab-packages && cp Packages Packages.kept && cp Packages.newer Packages',
        ]);
        await update();
      },
      mend: async () => {
        await host.run(['mv', '/var/lab-packages/Packages.kept', '/var/lab-packages/Packages']);
        await update();
      },
    },
    {
      item: '3',
      what: 'sshd_config',
      says: /PermitRootLogin is yes, not no/,
      ...onHost('/etc/ssh/sshd_config', (t) => t.replace('PermitRootLogin no', 'PermitRootLogin yes')),
    },
    {
      item: '4',
      what: 'rsyslog.conf',
      says: /mail: nothing is sent to another host/,
      ...onHost('/etc/rsyslog.conf', (t) => t.replace(/\*\.info +@/, '*.info;mail.none @')),
    },
    {
      item: '5',
      what: "xinetd's rsh file",
      says: /xinetd's service shell .*\/etc\/xinetd\.d\/rsh line 1 is enabled on 514\/tcp/,
      breakIt: () => host.write('/etc/xinetd.d/rsh', RSH(lab.folder)),
      mend: () => host.run(['rm', '/etc/xinetd.d/rsh']),
    },
    {
      item: '6',
      what: 'the compiled rules',
      says: /others than the filter are let in: "192\.168\.2\.50:allow"/,
      breakIt: async () => {
        kept.set('tcp', await host.read('/etc/tcp.smtp'));
        await editOnHost('/etc/tcp.smtp', (t) => `192.168.2.50:allow\n${t}`);
        await compile();
      },
      mend: async () => {
        await host.write('/etc/tcp.smtp', kept.get('tcp')!);
        await compile();
      },
      // The restored copy is then no longer what production holds.
      also: ['15'],
    },
    {
      item: '7',
      what: "a customer's shell",
      says: /1 of 1 end users have a shell: customer \(\/bin\/bash\)/,
      ...onHost('/etc/passwd', (t) => t.replace('/bin/false', '/bin/bash')),
    },
    {
      item: '8',
      what: 'an empty password',
      says: /customer logs in without a password \(empty field in \/etc\/shadow\)/,
      ...onHost('/etc/shadow', (t) => t.replace(/^customer:[^:]*/m, 'customer:')),
    },
    {
      item: '9',
      what: 'access.conf, all of it comments',
      says: /access\.conf holds no rule, only comments/,
      ...onHost('/etc/security/access.conf', (t) => t.replace(/^-/m, '#-')),
    },
    {
      item: '9',
      what: "login's PAM stack",
      says: /pam_access/,
      ...onHost('/etc/pam.d/login', (t) => t.replace('account required pam_access.so\n', '')),
    },
    {
      item: '10',
      what: 'portsentry.conf',
      says: /PortSentry watches no ports/,
      ...onHost('/etc/portsentry/portsentry.conf', (t) => t.replace(/^UDP_PORTS.*$/m, 'UDP_PORTS=""')),
    },
    {
      item: '10',
      what: 'a process of the two',
      says: /no PortSentry process watches UDP/,
      breakIt: () =>
        host.run(['sh', '-c', "kill $(ps -eo pid,args | awk '/portsentry -sudp/ && !/awk/ { print $1 }')"]),
      mend: async () => {
        await host.run(['portsentry', '-sudp']);
        await sleep(500);
      },
    },
    {
      item: '10',
      what: 'the local log',
      says: /the probe of TCP port 32773 .* does not stand in the local log: PortSentry did not notice it/,
      ...onHost('/var/log/messages', (t) => t.replace(/^.*TCP port: 32773.*\n/gm, '')),
    },
    {
      item: '10',
      what: 'the remote log',
      says: /the probe of TCP port 32773 .* does not stand in the remote log given/,
      ...here('remote.log', (t) => t.replace(/^.*TCP port: 32773.*\n/gm, '')),
    },
    {
      item: '11',
      what: 'a program called sendmail',
      says: /not qmail's: \/opt\/sendmail/,
      breakIt: () => host.run(['sh', '-c', 'cp /bin/true /opt/sendmail']),
      mend: () => host.run(['rm', '/opt/sendmail']),
    },
    {
      item: '12',
      what: 'a change without an entry',
      says: /changes without an entry: \d{4}-\d\d-\d\d \(\/etc\/hosts\.equiv\)/,
      breakIt: () => host.run(['touch', '-d', '45 days ago', '/etc/hosts.equiv']),
      mend: () => host.run(['rm', '/etc/hosts.equiv']),
    },
    {
      item: '13',
      what: "the router's binding",
      says: /bound|binding/,
      ...here('gw.cfg', (t) => t.replace(' ip access-group 150 in\n', '')),
      also: ['19'],
    },
    {
      item: '13',
      what: 'a port that the router lets through',
      says: /143/,
      breakIt: async () => {
        await leak('add rule ip gw leaks ip daddr 192.168.2.35 tcp dport 143 accept');
        kept.set('internet', scans.internet!);
        await scan('internet', '100-150', 'leaking');
      },
      mend: async () => {
        scans.internet = kept.get('internet')!;
        await leak('flush chain ip gw leaks');
      },
      also: ['19'],
    },
    {
      item: '15',
      what: "the backup's log",
      says: /the last backup failed/,
      ...onHost('/var/log/nightly.log', (t) => `${t}${t.replace('finished', 'failed: no space left')}`),
    },
    {
      item: '15',
      what: 'a restored file',
      says: /restored files differ from production: restore\/etc\/tcp\.smtp/,
      ...here('restored.txt', (t) => t.replace(/^[0-9a-f]{8}(?=.*tcp\.smtp$)/m, '00000000')),
    },
    {
      item: '16',
      what: "the watcher's schedule",
      says: /logcheck is configured but neither runs nor is scheduled/,
      ...onHost('/etc/cron.d/logcheck', () => '# off\n'),
    },
    {
      item: '18',
      what: 'an old version',
      says: /qmail is 1\.01 .*; declared current: 1\.03/,
      breakIt: () => host.run(['mv', '/usr/local/src/qmail-1.03', '/usr/local/src/qmail-1.01']),
      mend: () => host.run(['mv', '/usr/local/src/qmail-1.01', '/usr/local/src/qmail-1.03']),
    },
    {
      item: '19',
      what: 'a rule that nothing verifies',
      says: /nothing verifies line \d+ \(time\): udp\/123/,
      result: 'undetermined',
      round: 2,
      ...here('site.yaml', (t) =>
        t.replace('canaries', '  - { from: servers, to: giant, udp: [123], why: time }\ncanaries'),
      ),
    },
    {
      item: '20',
      what: 'chrony.conf',
      says: /the time daemon names no server/,
      ...onHost('/etc/chrony/chrony.conf', () => 'driftfile /var/lib/chrony/drift\n'),
    },
  ];

  /** One flip an item in each round, so that a fall can be laid to the item's own file. */
  const rounds = [0, 1, 2, 3].map((round) =>
    flips.filter((f) => (f.round ?? flips.filter((o) => o.item === f.item).indexOf(f)) === round),
  );
  for (const round of rounds) {
    it(`falls, and rises when mended: ${round.map((f) => `${f.item} with ${f.what}`).join('; ')}`, async () => {
      const before = resultsOf(await judge());
      let broken: ReadonlyMap<string, Item>;
      try {
        for (const { breakIt } of round) await breakIt();
        broken = await judge();
      } finally {
        for (const { mend } of round) await mend();
      }
      for (const { item, what, says, result = 'fail' } of round) {
        expect(textOf(broken.get(item)), what).to.match(says);
        expect(broken.get(item)?.result, what).to.equal(result);
      }
      const expected = new Set(round.flatMap((f) => [f.item, ...(f.also ?? [])]));
      const moved = AUTOMATIC.filter((id) => broken.get(id)?.result !== before[id]);
      expect(moved.filter((id) => !expected.has(id))).to.deep.equal([]);
      expect(resultsOf(await judge())).to.deep.equal(before);
    });
  }

  it('item 17 falls when the last scan is longer ago than promised', async () => {
    const later = new Date(Date.now() + 32 * 86_400_000).toISOString();
    const seventeen = (await judge('--as-of', later)).get('17');
    expect(seventeen?.result).to.equal('fail');
    expect(textOf(seventeen)).to.match(/more than the promised 30 days passed without a scan/);
  });

  it('item 14 falls with rsh on 514, whose cause is named, and rises when xinetd has dropped it', async () => {
    const reload = async (): Promise<void> => {
      await host.run(['sh', '-c', 'kill -HUP $(cat /run/xinetd.pid)']);
      await sleep(700);
    };
    // PortSentry has shut friend out; without that route the segment can be seen again.
    await host.run(['ip', 'route', 'del', 'blackhole', '192.168.2.50/32']);
    await host.write('/etc/xinetd.d/rsh', RSH(lab.folder));
    await reload();
    await scan('friend', '22,25,110,143,514');
    const broken = await judge();
    expect(textOf(broken.get('14'))).to.match(
      /514\/tcp is not wanted: open from friend, listed by the host; cause: xinetd's service shell .*\/etc\/xinetd\.d\/rsh line 1; xinetd holds the port/,
    );
    expect(broken.get('14')?.result).to.equal('fail');
    await host.run(['rm', '/etc/xinetd.d/rsh']);
    await reload();
    await scan('friend', '22,25,110,143,514');
    expect(textOf((await judge()).get('14'))).to.not.contain('breaks');
  });
});
