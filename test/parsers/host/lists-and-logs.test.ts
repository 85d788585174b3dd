import { expect } from 'chai';
import fc from 'fast-check';
import { parseAccessConf } from '../../../parsers/host/access-conf.ts';
import {
  parseFirstUserId,
  parseGroups,
  parsePasswd,
  parseShadow,
  parseShells,
} from '../../../parsers/host/accounts.ts';
import {
  parseChkconfig,
  parseInittab,
  parseRcLinks,
  parseRcLocal,
  parseSupervised,
  parseUnitFiles,
} from '../../../parsers/host/boot.ts';
import { parseChangeLog } from '../../../parsers/host/change-log.ts';
import { parseCronFolders, parseCrontab, parseTimers } from '../../../parsers/host/cron.ts';
import { parseFileDates, parseHashes, parseLinks } from '../../../parsers/host/file-lists.ts';
import { type HostFile, matchesGlob } from '../../../parsers/host/host-file.ts';
import { parseInetd } from '../../../parsers/host/inetd-conf.ts';
import { parseJournald } from '../../../parsers/host/journald-conf.ts';
import { parseListeningSockets } from '../../../parsers/host/listening-sockets.ts';
import { parseLogLines, readLogTime } from '../../../parsers/host/log-lines.ts';
import { parseLogcheck, parseLogwatch, parseSwatch } from '../../../parsers/host/log-watchers.ts';
import { parseManifest } from '../../../parsers/host/manifest.ts';
import { parseDpkgList, parseRpmList } from '../../../parsers/host/packages.ts';
import { readPamStack } from '../../../parsers/host/pam.ts';
import {
  parseAptSimulation,
  parseUp2dateList,
  parseYumCheck,
} from '../../../parsers/host/pending-updates.ts';
import { parsePortsentryConf } from '../../../parsers/host/portsentry-conf.ts';
import { parseProcesses } from '../../../parsers/host/processes.ts';
import { parseRsyslogConf } from '../../../parsers/host/rsyslog-conf.ts';
import { parseServices } from '../../../parsers/host/services.ts';
import { parseSshMethods } from '../../../parsers/host/ssh-methods.ts';
import { parseSshdConfig, parseSshdEffective } from '../../../parsers/host/sshd-config.ts';
import { parseSyslogConf } from '../../../parsers/host/syslog-conf.ts';
import { parseTcpRules } from '../../../parsers/host/tcp-rules.ts';
import { findTcpServers } from '../../../parsers/host/tcpserver-command.ts';
import {
  parseChronyTracking,
  parseNtpq,
  parseTimeConfig,
  parseTimedatectl,
} from '../../../parsers/host/time-sync.ts';
import { parseXinetd } from '../../../parsers/host/xinetd-conf.ts';
import { processesNamed } from '../../../src/checklist/boot-start.ts';
import { finding, hostFile } from './host-text.ts';

const services = parseServices(null);

describe('accounts', () => {
  it('tell how the password field reads, not what it holds', () => {
    const fields: readonly (readonly [string, string])[] = [
      ['x', 'shadowed'],
      ['', 'empty'],
      ['*', 'locked'],
      ['!!', 'locked'],
      ['abcdefghijklm', 'hash'],
      ['$1$a$b', 'hash'],
      ['MASKED', 'hash'],
      ['$6$MASKED', 'hash'],
      ['whatever', 'unknown'],
    ];
    for (const [field, expected] of fields) {
      const { value } = parsePasswd(hostFile(`a:${field}:500:100:A:/home/a:/bin/sh`));
      expect(value[0]?.password, field).to.equal(expected);
    }
    expect(parseShadow(hostFile('a:!$6$MASKED:1')).value[0]?.password).to.equal('locked');
    expect(parseShadow(hostFile('a:x:1')).value[0]?.password).to.equal('locked');
  });

  it('never quote a hash that a careless copy left in', () => {
    const { value } = parseShadow(hostFile('a:$1$salt$secret:1::\n'));
    const account = parsePasswd(hostFile('a:abcdefghijklm:1:1::/:/bin/sh')).value;
    expect(JSON.stringify([value, account]))
      .to.not.contain('secret')
      .and.not.contain('abcdefghijklm');
  });

  it('name lines that are none, and a directory service', () => {
    const { value, diagnostics } = parsePasswd(hostFile('a:x:1:1::/:/bin/sh\nb:x\n+::::::\nc:x:one:1::/:/x'));
    expect(value.map((a) => a.name)).to.deep.equal(['a']);
    expect(diagnostics.map((d) => d.span?.line)).to.deep.equal([2, 3, 4]);
  });

  it('groups, shells and the first user number', () => {
    expect(parseGroups(hostFile('wheel:x:10:root,op\nempty:x:11:\nbad:x:y:z'))).to.deep.equal([
      { name: 'wheel', gid: 10, members: ['root', 'op'] },
      { name: 'empty', gid: 11, members: [] },
    ]);
    expect(parseShells(hostFile('# x\n/bin/sh\n/bin/false # no\nnothing\n'))).to.deep.equal([
      '/bin/sh',
      '/bin/false',
    ]);
    expect(parseFirstUserId(hostFile('#UID_MIN 1\nUID_MIN\t\t1000\n'))).to.equal(1000);
    expect(parseFirstUserId(hostFile('UID_MAX 1\n'))).to.equal(null);
  });
});

describe('times in logs', () => {
  const now = '2004-04-10T16:05:00Z';
  const rows: readonly (readonly [string, string | null, string])[] = [
    ['Apr 10 15:19:12 giant x: y', '2004-04-10T15:19:12', 'giant x: y'],
    ['Dec 31 23:00:00 giant x: y', '2003-12-31T23:00:00', 'giant x: y'],
    ['Apr 11 01:00:00 giant x: y', '2004-04-11T01:00:00', 'giant x: y'],
    ['Apr 12 01:00:00 giant x: y', '2003-04-12T01:00:00', 'giant x: y'],
    ['2004-04-10 03:52:03 done', '2004-04-10T03:52:03', 'done'],
    ['2004-04-10T03:52:03.123+02:00 host p: done', '2004-04-10T03:52:03+02:00', 'host p: done'],
    ['[2004-04-10 03:52] done', '2004-04-10T03:52:00', 'done'],
    ['2004/04/10 done', '2004-04-10T00:00:00', 'done'],
    ['Sat Apr 10 03:52:03 UTC 2004 done', '2004-04-10T03:52:03', 'done'],
    ['Sat Apr 10 03:52:03 2004 done', '2004-04-10T03:52:03', 'done'],
    ['Foo 10 03:52:03 done', null, 'Foo 10 03:52:03 done'],
    ['nothing', null, 'nothing'],
  ];
  for (const [text, at, rest] of rows) {
    it(JSON.stringify(text), () => expect(readLogTime(text, now)).to.deep.equal({ at, rest }));
  }

  it('without a reference a yearless time is no time', () =>
    expect(readLogTime('Apr 10 15:19:12 x', null).at).to.equal(null));

  it('lines are host, program and message', () => {
    expect(
      parseLogLines(hostFile('Apr 10 15:19:12 giant sshd[12]: Accepted\n# c\n\nfree text'), now).map((l) => [
        l.host,
        l.program,
        l.message,
      ]),
    ).to.deep.equal([
      ['giant', 'sshd', 'Accepted'],
      [null, null, 'free text'],
    ]);
  });

  it('a change log has an entry at each date', () => {
    expect(
      parseChangeLog(
        hostFile('Changes\n2004-04-05 op: openssh\n  and config\n\n* 2004-04-09: customer\n'),
      ).map((e) => [e.date, e.text]),
    ).to.deep.equal([
      ['2004-04-05', 'op: openssh and config'],
      ['2004-04-09', 'customer'],
    ]);
  });
});

describe('lists of sockets and processes', () => {
  const socket = (text: string): readonly string[] =>
    parseListeningSockets(hostFile(text), services).map(
      (l) => `${l.protocol} ${l.address} ${l.port} ${l.process} ${l.pid}`,
    );
  const rows: readonly (readonly [string, string, readonly string[]])[] = [
    [
      'netstat with process',
      'tcp  0  0 0.0.0.0:514  0.0.0.0:*  LISTEN  612/xinetd',
      ['tcp 0.0.0.0 514 xinetd 612'],
    ],
    [
      'netstat without the right to see it',
      'tcp  0  0 0.0.0.0:514  0.0.0.0:*  LISTEN  -',
      ['tcp 0.0.0.0 514 null null'],
    ],
    ['netstat with names', 'tcp        0      0 *:shell      *:*      LISTEN', ['tcp * 514 null null']],
    ['netstat, IPv6', 'tcp6  0  0 :::22  :::*  LISTEN  5/sshd: /usr/sbin', ['tcp :: 22 sshd: /usr/sbin 5']],
    [
      'netstat, UDP without a state',
      'udp  0  0 0.0.0.0:123  0.0.0.0:*    630/ntpd',
      ['udp 0.0.0.0 123 ntpd 630'],
    ],
    [
      'netstat, a connection is no listener',
      'tcp  0  0 192.0.2.1:22  192.0.2.2:4000  ESTABLISHED 7/sshd',
      [],
    ],
    ['ss', 'tcp   LISTEN 0 64 *:514 *:* users:(("xinetd",pid=612,fd=5))', ['tcp * 514 xinetd 612']],
    ['ss of old', 'tcp   LISTEN 0 64 :::22 :::* users:(("sshd",612,5))', ['tcp :: 22 sshd 612']],
    ['ss without the first column', 'LISTEN 0 128 [::]:22 [::]:*', ['tcp :: 22 null null']],
    ['ss on one interface', 'udp UNCONN 0 0 192.0.2.1%eth0:68 0.0.0.0:*', ['udp 192.0.2.1 68 null null']],
    ['headings', 'Proto Recv-Q Send-Q Local Address Foreign Address State\nNetid State', []],
    ['a name without a number', 'tcp 0 0 *:strange *:* LISTEN', []],
  ];
  for (const [name, text, expected] of rows) it(name, () => expect(socket(text)).to.deep.equal(expected));

  it('ps in both forms', () => {
    const bsd =
      'USER PID %CPU %MEM VSZ RSS TTY STAT START TIME COMMAND\nroot 612 0.0 0.0 1 1 ? S Apr03 0:09 xinetd -stayalive\n';
    const sysv =
      'UID        PID  PPID  C STIME TTY          TIME CMD\nroot         1     0  0 Apr03 ?    00:00:05 init [3]\n';
    expect(parseProcesses(hostFile(bsd)).map((p) => [p.pid, p.user, p.command])).to.deep.equal([
      [612, 'root', 'xinetd -stayalive'],
    ]);
    expect(parseProcesses(hostFile(sysv)).map((p) => [p.pid, p.user, p.command])).to.deep.equal([
      [1, 'root', 'init [3]'],
    ]);
    expect(parseProcesses(hostFile('nothing\nhere'))).to.deep.equal([]);
  });

  it('programs by name, behind interpreters too, but not their arguments', () => {
    const of = (command: string): number =>
      processesNamed([{ pid: 1, user: 'r', command, line: { file: 'x', line: 1, text: '' } }], ['swatch'])
        .length;
    expect([
      of('/usr/bin/swatch -c x'),
      of('/usr/bin/perl -w /usr/bin/swatch'),
      of('vi swatch'),
      of('[swatch]'),
      of('swatchdog'),
    ]).to.deep.equal([1, 1, 0, 1, 0]);
  });
});

describe('what starts by itself', () => {
  it('chkconfig by the default runlevel', () => {
    const text =
      'sshd  0:off 1:off 2:off 3:on 4:off 5:off 6:off\nntpd 0:off 1:off 2:off 3:off 4:off 5:on 6:off\nxinetd based services:\n  rsh: on\n';
    expect(parseChkconfig(hostFile(text), 3).map((e) => [e.name, e.enabled])).to.deep.equal([
      ['sshd', true],
      ['ntpd', false],
    ]);
    expect(parseChkconfig(hostFile(text), null).map((e) => e.enabled)).to.deep.equal([true, true]);
  });
  it('units, of which static and generated ones promise nothing', () => {
    const text =
      'ssh.service enabled enabled\na.service disabled enabled\nb.service static -\nc.timer enabled-runtime x\nd.mount enabled -\n';
    expect(
      parseUnitFiles(hostFile(`${text}\nsshd.service alias -\n`)).map((e) => [e.name, e.enabled]),
    ).to.deep.equal([
      ['ssh.service', true],
      ['a.service', false],
      ['b.service', false],
      ['c.timer', true],
    ]);
  });
  it('start links of the runlevel, inittab, rc.local, supervised services', () => {
    expect(
      parseRcLinks(hostFile('/etc/rc3.d/S55sshd\n/etc/rc3.d/K20nfs\n/etc/rc5.d/S10x\n'), 3).map((e) => [
        e.name,
        e.enabled,
      ]),
    ).to.deep.equal([
      ['sshd', true],
      ['nfs', false],
    ]);
    const inittab = parseInittab(
      hostFile('#id:5:initdefault:\nid:3:initdefault:\nSV:12:respawn:/command/svscanboot\nx:1:wait:/y\n'),
    );
    expect([inittab.runlevel, inittab.entries.map((e) => e.name)]).to.deep.equal([
      3,
      ['/command/svscanboot'],
    ]);
    expect(
      parseRcLocal(hostFile('#!/bin/sh\n\n/usr/sbin/portsentry -stcp\n')).map((e) => e.name),
    ).to.deep.equal(['/usr/sbin/portsentry -stcp']);
    expect(
      parseSupervised(hostFile('/service/qmail-smtpd\n/etc/service/x\nls: nothing\n')).map((e) => e.name),
    ).to.deep.equal(['qmail-smtpd', 'x']);
  });
});

describe('schedules', () => {
  it("the system's crontabs name the user, the users' own do not", () => {
    const of = (file: string, text: string): readonly unknown[] =>
      parseCrontab(hostFile(text, file)).map((j) => [j.schedule, j.user, j.command]);
    expect(of('/etc/crontab', 'PATH=/bin\n02 4 * * * root run-parts /etc/cron.daily\n# x\n')).to.deep.equal([
      ['02 4 * * *', 'root', 'run-parts /etc/cron.daily'],
    ]);
    expect(of('/var/spool/cron/op', '@daily /bin/backup now\n*/5 1-3 * jan mon x\n')).to.deep.equal([
      ['@daily', 'op', '/bin/backup now'],
      ['*/5 1-3 * jan mon', 'op', 'x'],
    ]);
    expect(of('/var/spool/cron/op', 'not a job\n')).to.deep.equal([]);
  });
  it('folders and timers', () => {
    expect(
      parseCronFolders(hostFile('/etc/cron.daily/00-logwatch\n/etc/cron.daily\nls: x\n')).map(
        (j) => j.command,
      ),
    ).to.deep.equal(['/etc/cron.daily/00-logwatch']);
    expect(
      parseTimers(
        hostFile('Mon 2026-01-01 n/a n/a logrotate.timer logrotate.service\n1 timers listed.\n'),
      ).map((j) => j.command),
    ).to.deep.equal(['logrotate.service']);
  });
});

describe('packages, updates and file lists', () => {
  it('rpm with install times, dpkg only what is installed', () => {
    expect(parseRpmList(hostFile('xinetd 2.3.12-2 1073894400\nodd 1 (none)\n'))).to.deep.equal([
      { name: 'xinetd', version: '2.3.12-2', installed: '2004-01-12T08:00:00.000Z' },
      { name: 'odd', version: '1', installed: null },
    ]);
    expect(
      parseDpkgList(hostFile('a 1.0 install ok installed\nb 1.0 deinstall ok config-files\n')).map(
        (p) => p.name,
      ),
    ).to.deep.equal(['a']);
  });
  it('pending updates of four tools', () => {
    const names = (
      list: readonly { readonly name: string; readonly version: string | null }[],
    ): readonly string[] => list.map((p) => `${p.name} ${p.version}`);
    expect(
      names(
        parseAptSimulation(
          hostFile('Inst libc6 [2.1] (2.2 Debian:x [amd64])\nConf libc6 (2.2 x)\n0 upgraded\n'),
        ),
      ),
    ).to.deep.equal(['libc6 2.2']);
    expect(
      names(
        parseYumCheck(
          hostFile('\nopenssl.x86_64    1:1.1-2.el8   baseos\nObsoleting Packages\nold.x86_64 1 x\n'),
        ),
      ),
    ).to.deep.equal(['openssl 1:1.1-2.el8']);
    expect(
      names(
        parseUp2dateList(
          hostFile(
            'Name   Version  Rel\n------------------------\nopenssl   0.9.7a   33.4\nkernel  2.4.21  9.0.1.EL  i686\n',
          ),
        ),
      ),
    ).to.deep.equal(['openssl 0.9.7a-33.4', 'kernel 2.4.21-9.0.1.EL']);
    expect(
      names(parseUp2dateList(hostFile('Fetching package list for channel: rhel-3 1 2\n'))),
    ).to.deep.equal([]);
  });
  it('links with their targets, folders left out', () => {
    expect(
      parseLinks(
        hostFile(
          'lrwxrwxrwx 1 root root 23 Jan 12 2004 /usr/sbin/sendmail -> /var/qmail/bin/sendmail\ndrwxr-xr-x 2 root root 1 Jan 1 00:00 /usr/share/sendmail\n-rwxr-xr-x. 1 root root 1 Jan 1 00:00 /usr/lib/sendmail\n',
        ),
      ),
    ).to.deep.equal([
      { path: '/usr/sbin/sendmail', target: '/var/qmail/bin/sendmail' },
      { path: '/usr/lib/sendmail', target: null },
    ]);
  });
  it('dates and hashes of both families', () => {
    expect(parseFileDates(hostFile('1073894400 /etc/a b\nx /y\n'))).to.deep.equal([
      { path: '/etc/a b', modified: '2004-01-12T08:00:00.000Z' },
    ]);
    const hex = 'AB'.repeat(20);
    expect(
      parseHashes(
        hostFile(`${hex}  /etc/a\n${hex} */etc/b\nSHA1 (/etc/c) = ${hex}\nsha1sum: /etc/d: No such file\n`),
      ).map((h) => [h.path, h.hex]),
    ).to.deep.equal([
      ['/etc/a', hex.toLowerCase()],
      ['/etc/b', hex.toLowerCase()],
      ['/etc/c', hex.toLowerCase()],
    ]);
  });
});

describe('the clock, the watchers, PortSentry, journald, ssh', () => {
  it('servers of three daemons; the undisciplined local clock is none', () => {
    const of = (daemon: 'ntpd' | 'chronyd' | 'timesyncd', text: string): readonly string[] =>
      parseTimeConfig(daemon, hostFile(text)).servers.map((s) => s.server);
    expect(of('ntpd', 'server a\n#server b\nserver 127.127.1.0\npeer c iburst\n')).to.deep.equal(['a', 'c']);
    expect(of('chronyd', 'pool p iburst\n! server x\n')).to.deep.equal(['p']);
    expect(of('timesyncd', '[Time]\n#NTP=x\nNTP=a b\n')).to.deep.equal(['a', 'b']);
  });
  it("ntpq's marks and milliseconds", () => {
    const text =
      '     remote  refid\n====\n*192.0.2.1 203.0.113.1 2 u 37 64 377 0.412 -1.204 0.310\n x192.0.2.2 - - -\n 127.127.1.0 LOCAL(0) 10 l 20 64 377 0.000 0.000 0.001\n';
    const status = parseNtpq(hostFile(text));
    expect([status.synchronised, status.offsetSeconds, status.sources.length]).to.deep.equal([
      true,
      -0.001204,
      1,
    ]);
    expect(parseNtpq(hostFile('ntpq: read: Connection refused\n')).synchronised).to.equal(false);
  });
  it('chronyc and timedatectl', () => {
    const chrony =
      'Reference ID    : C0000201 (192.0.2.1)\nSystem time     : 0.000123 seconds slow of NTP time\nLeap status     : Normal\n';
    expect(parseChronyTracking(hostFile(chrony))).to.deep.include({
      synchronised: true,
      offsetSeconds: -0.000123,
    });
    expect(parseChronyTracking(hostFile(chrony.replace('Normal', 'Not synchronised'))).synchronised).to.equal(
      false,
    );
    expect(parseChronyTracking(hostFile('506 Cannot talk to daemon')).synchronised).to.equal(null);
    expect(parseTimedatectl(hostFile('System clock synchronized: yes\n')).synchronised).to.equal(true);
    expect(parseTimedatectl(hostFile('     NTP synchronized: no\n')).synchronised).to.equal(false);
  });
  it('whom the watchers tell', () => {
    const who = (w: { readonly notifies: readonly { readonly recipient: string }[] }): readonly string[] =>
      w.notifies.map((n) => n.recipient);
    const swatch = parseSwatch(
      hostFile('watchfor /x/\n  echo\n  mail=op@example.net\n#mail=no\nwatchfor /y/\n  exec "page op"\n'),
    );
    expect([swatch.patterns, who(swatch)]).to.deep.equal([2, ['op@example.net', '"page op"']]);
    expect(who(parseSwatch(hostFile('watchfor /x/\n  echo=bold\n')))).to.deep.equal([]);
    expect(who(parseLogwatch([hostFile('MailTo = root\n'), hostFile('MailTo = op # me\n')]))).to.deep.equal([
      'op',
    ]);
    expect(who(parseLogwatch([hostFile('MailTo = root\nPrint = Yes\n')]))).to.deep.equal([]);
    expect(who(parseLogwatch([hostFile('MailTo = root\nOutput = stdout\nOutput = mail\n')]))).to.deep.equal([
      'root',
    ]);
    expect(who(parseLogcheck(hostFile('#SENDMAILTO="x"\nSENDMAILTO="root"\n')))).to.deep.equal(['root']);
  });
  it("PortSentry's first line of a key, comments apart", () => {
    const { settings } = parsePortsentryConf(
      hostFile('#TCP_PORTS="9"\nTCP_PORTS="1,2"\nTCP_PORTS="3"\nBAD\n'),
    );
    expect(settings.get('TCP_PORTS')?.value).to.equal('1,2');
    expect(settings.size).to.equal(1);
  });
  it("journald's later files win, and an empty value goes back", () => {
    const journald = parseJournald([
      hostFile('[Journal]\nForwardToSyslog=yes\nMaxLevelSyslog=info\n#Storage=none\n'),
      hostFile('ForwardToSyslog=no\nMaxLevelSyslog=\nURL=https://h\n'),
    ]);
    expect([
      journald.forwardToSyslog?.value,
      journald.maxLevelSyslog,
      journald.storage,
      journald.uploadUrl?.value,
    ]).to.deep.equal([false, null, null, 'https://h']);
  });
  it('the methods that a server offers', () => {
    const text =
      'debug1: Remote protocol version 2.0, remote software version OpenSSH_9.2\ndebug1: Authentications that can continue: publickey,password\n';
    expect(parseSshMethods(hostFile(text)).map((m) => [m.methods, m.banner])).to.deep.equal([
      [['publickey', 'password'], 'OpenSSH_9.2'],
    ]);
    expect(
      parseSshMethods(hostFile('op@h: Permission denied (publickey,gssapi-with-mic).')).map((m) => m.methods),
    ).to.deep.equal([['publickey', 'gssapi-with-mic']]);
    expect(parseSshMethods(hostFile('Connection refused'))).to.deep.equal([]);
  });
});

describe('shell patterns', () => {
  const rows: readonly (readonly [string, string, boolean])[] = [
    ['/etc/*', '/etc/a', true],
    ['/etc/*', '/etc/a/b', false],
    ['/etc/*.conf', '/etc/a.conf', true],
    ['/etc/*.conf', '/etc/a.confx', false],
    ['/etc/rc?.d', '/etc/rc3.d', true],
    ['/etc/rc?.d', '/etc/rc.d', false],
    ['/etc/[a-c]x', '/etc/bx', true],
    ['/etc/[!a-c]x', '/etc/bx', false],
    ['/etc/[z-a]', '/etc/b', false],
    ['/etc/[', '/etc/[', true],
    ['*a*b*', 'xaxbx', true],
    ['*a*b*', 'xbxax', false],
    ['', '', true],
  ];
  for (const [pattern, path, expected] of rows) {
    it(`${pattern} ${expected ? 'fits' : 'does not fit'} ${path}`, () =>
      expect(matchesGlob(pattern, path)).to.equal(expected));
  }
});

describe('hostile text', () => {
  const none = finding({});
  const self = (file: HostFile) => () => [file];
  const parsers: Readonly<Record<string, (file: HostFile) => unknown>> = {
    access: parseAccessConf,
    apt: parseAptSimulation,
    changeLog: parseChangeLog,
    chkconfig: (f) => parseChkconfig(f, 3),
    chrony: parseChronyTracking,
    cron: parseCrontab,
    dates: parseFileDates,
    dpkg: parseDpkgList,
    firstUser: parseFirstUserId,
    groups: parseGroups,
    hashes: parseHashes,
    inetd: (f) => parseInetd(f, services),
    inittab: parseInittab,
    journald: (f) => parseJournald([f]),
    links: parseLinks,
    log: (f) => parseLogLines(f, '2004-04-10T16:05:00Z'),
    logcheck: parseLogcheck,
    logwatch: (f) => parseLogwatch([f]),
    manifest: parseManifest,
    methods: parseSshMethods,
    ntpq: parseNtpq,
    pam: (f) => readPamStack('login', self(f)),
    passwd: parsePasswd,
    portsentry: parsePortsentryConf,
    processes: parseProcesses,
    rcLinks: (f) => parseRcLinks(f, 3),
    rpm: parseRpmList,
    rsyslog: (f) => parseRsyslogConf(f, none),
    rsyslogOfItself: (f) => parseRsyslogConf(f, self(f)),
    services: parseServices,
    shadow: parseShadow,
    sockets: (f) => parseListeningSockets(f, services),
    sshd: (f) => parseSshdConfig(f, none),
    sshdOfItself: (f) => parseSshdConfig(f, self(f)),
    effective: parseSshdEffective,
    swatch: parseSwatch,
    syslog: parseSyslogConf,
    tcpRules: parseTcpRules,
    tcpserver: (f) => findTcpServers(f, services),
    time: (f) => parseTimeConfig('ntpd', f),
    units: parseUnitFiles,
    up2date: parseUp2dateList,
    xinetd: (f) => parseXinetd(f, none, services),
    xinetdOfItself: (f) => parseXinetd(f, self(f), services),
    yum: parseYumCheck,
  };
  const word = fc.constantFrom(
    'service',
    'shell',
    '{',
    '}',
    '=',
    '+=',
    'disable',
    'include',
    'Include',
    'Match',
    '*.*',
    '@h',
    '@@(',
    'action(',
    ')',
    'if',
    'then',
    'else',
    'stop',
    '$IncludeConfig',
    '/etc/x',
    '"',
    "'",
    '\\',
    ':',
    '::',
    '-',
    '+',
    'ALL',
    'EXCEPT',
    'auth',
    'required',
    '[success=1',
    ']',
    '#',
    '\n',
    '\n',
    ' ',
    '\t',
    'tcpserver',
    '-x',
    '0',
    '25',
    '1-99999',
    'x:x:0:0',
    'Apr 10 15:19:12',
    '\u0000',
    '\u001b[2J',
    '\ud800',
    'é',
    'a'.repeat(300),
  );
  const includes: Readonly<Record<string, string>> = {
    sshdOfItself: 'Include /etc/x\n'.repeat(50),
    rsyslogOfItself: '$IncludeConfig /etc/x\ninclude(file="/etc/x")\n'.repeat(50),
    pam: 'auth include x\n@include x\n'.repeat(50),
    xinetdOfItself: 'include /etc/x\nincludedir /etc/x\n'.repeat(50),
  };
  for (const [name, text] of Object.entries(includes)) {
    it(`that includes itself a thousandfold ends soon in ${name}`, () => {
      parsers[name]?.({ file: '/etc/x', text });
    });
  }

  const long = 30_000;
  const repeated: readonly string[] = [
    '{',
    '(',
    '"',
    'if ',
    'action(',
    '*',
    'a ',
    '\\\n',
    ':',
    'Match x\n',
    'service a\n{\n',
    '1-255.',
  ];
  for (const [name, parse] of Object.entries(parsers)) {
    it(`of one kind and great length ends soon in ${name}`, () => {
      for (const piece of repeated) parse({ file: '/etc/x', text: piece.repeat(long) });
    });

    it(`does not upset ${name}`, () => {
      fc.assert(
        fc.property(fc.array(word, { maxLength: 60 }), fc.string({ maxLength: 60 }), (words, tail) => {
          parse({ file: '/etc/x', text: words.join(' ') + tail });
        }),
        { numRuns: 100 },
      );
    });
  }
});
