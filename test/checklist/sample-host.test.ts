import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { readBundleFiles } from '../../parsers/host/bundle.ts';
import type { ChecklistInput } from '../../src/checklist/run-checklist.ts';
import type { ItemResult } from '../../src/model/checklist.ts';
import type { HistoryResult } from '../../src/model/history.ts';
import type { Attachment } from '../../src/model/host.ts';
import { rangesHave } from '../../src/model/ports.ts';
import { skipBecause } from '../support/skip.ts';
import {
  changeTree,
  manifestOf,
  readTree,
  SAMPLE_BUNDLE,
  sampleTree,
  type TreeChange,
} from './bundle-fixture.ts';
import {
  attachment,
  auditSample,
  bundleOf,
  outcomeOf,
  readSample,
  runSample,
  SAMPLE_RESULTS,
  type SampleAudit,
  sampleAttachments,
  textsOf,
} from './sample-audit.ts';

const SYSLOG = 'files/etc/syslog.conf';
const SSHD = 'files/etc/ssh/sshd_config';
const RSH = 'files/etc/xinetd.d/rsh';
const ACCESS = 'files/etc/security/access.conf';
const LOGIN = 'files/etc/pam.d/login';
const PASSWD = 'files/etc/passwd';
const SHADOW = 'files/etc/shadow';
const PROCESSES = 'commands/processes';

const MEND_SYSLOG: TreeChange = {
  [SYSLOG]: (t) => `${t}kern.*;mail.*;cron.*\t@loghost.example.net\n`,
};
const MEND_CONSOLE: TreeChange = {
  [ACCESS]: (t) => `${t}-:ALL EXCEPT root:LOCAL\n`,
  [LOGIN]: (t) => t.replace(/^account .*$/m, 'account    required\tpam_access.so\n$&'),
};
const MEND_XINETD: TreeChange = { [RSH]: (t) => t.replace(/disable\s*= no/, 'disable = yes') };
const MEND_KEYBOARD: TreeChange = {
  [SSHD]: (t) => t.replace('#ChallengeResponseAuthentication yes', 'ChallengeResponseAuthentication no'),
};
const onlyKeys = (): readonly Attachment[] => [
  attachment('remote-log', readSample('remote-syslog.txt')),
  attachment('ssh-methods', readSample('ssh-methods.txt').replaceAll(',keyboard-interactive', '')),
];
const withoutKind = (kind: Attachment['kind']): readonly Attachment[] =>
  sampleAttachments().filter((a) => a.kind !== kind);
const history = (...dates: readonly string[]): HistoryResult => ({
  site: 'isp-mail',
  audits: dates.map((at) => ({
    at,
    scanned: at,
    toolVersion: '0',
    summary: {
      verdict: 'conforms',
      flows: { pass: 0, fail: 0, undetermined: 0, waived: 0 },
      ports: { pass: 0, fail: 0, undetermined: 0, waived: 0 },
      findings: { critical: 0, high: 0, medium: 0, low: 0, info: 0 },
      coveragePercent: 0,
    },
    findings: [],
  })),
  comparison: null,
  interval: { promisedDays: 30, kept: true, gaps: [] },
});

describe("the sample's twenty items", () => {
  let audited: SampleAudit;
  before(async function () {
    this.timeout(60_000);
    audited = await auditSample();
  });

  it('come out as the audit had them, but where the evidence says better', () => {
    const result = runSample(audited);
    expect(result.diagnostics).to.deep.equal([]);
    expect(
      Object.fromEntries(result.outcomes.map((o) => [o.item.id, `${o.result}, ${o.residual}`])),
    ).to.deep.equal(SAMPLE_RESULTS);
    expect(result.verdict).to.equal('fail');
    expect(result.residual).to.equal('high');
    expect(result.counts).to.deep.equal({
      pass: 8,
      fail: 6,
      undetermined: 2,
      'not-assessed': 4,
      'not-applicable': 0,
    });
  });

  it('cost what their six failures cost', () => {
    expect(runSample(audited).repair).to.deep.equal({
      hours: 13.75,
      goods: 0,
      total: 1100,
      currency: 'EUR',
      unestimated: [],
    });
  });

  it('have the manifest that their pieces ask for', () => {
    expect(readFileSync(join(SAMPLE_BUNDLE, 'MANIFEST'), 'utf8')).to.equal(manifestOf(sampleTree()));
  });

  it('are read from the folder as from the tar', () => {
    const files = [...readTree(SAMPLE_BUNDLE)].map(([path, bytes]) => ({ path, bytes }));
    const folder = readBundleFiles(files);
    expect(folder.diagnostics).to.deep.equal([]);
    expect(folder.value?.identity).to.deep.equal(bundleOf(sampleTree()).identity);
    expect(folder.value?.facts).to.deep.equal(bundleOf(sampleTree()).facts);
  });

  describe('say of the flagship case', () => {
    it('row 3: keyboard-interactive is offered, and a password stands behind it', () => {
      expect(textsOf(outcomeOf(runSample(audited), '3'), 'doubt')).to.deep.equal([
        "the server offers keyboard-interactive, which usually is PAM's password; behind it stands pam_unix.so, a password",
      ]);
    });

    it("row 7: 514 is open because of xinetd's rsh file, and both the scan and netstat say so", () => {
      const [statement] = outcomeOf(runSample(audited), '14').statements.filter((s) => s.kind === 'breaks');
      expect(statement?.text).to.match(
        /^514\/tcp .*open from friend, listed by the host; cause: .*\/etc\/xinetd\.d\/rsh line 1; xinetd holds/,
      );
      expect(statement?.evidence).to.deep.equal([
        'scan:segment-scan.nmap',
        'files/etc/xinetd.d/rsh',
        'commands/listeners-netstat',
      ]);
    });

    it('row 10: -stcp opens no listener, so 514 is real; silence after the block is tainted, a RST is not', () => {
      const notes = textsOf(outcomeOf(runSample(audited), '10'), 'note').join('\n');
      expect(notes).to.match(/-stcp opens no listener: 514, .*held by xinetd's service shell/);
      expect(notes).to.match(/had blocked friend .*silence .* is tainted, a reset \(RST\) is not/);
    });

    it('row 10 otherwise where PortSentry runs in mode -tcp: its ports are decoys', () => {
      const tree = changeTree(sampleTree(), { [PROCESSES]: (t) => t.replace('-stcp', '-tcp') });
      const notes = textsOf(outcomeOf(runSample(audited, { bundle: bundleOf(tree) }), '10'), 'note').join(
        '\n',
      );
      expect(notes).to.contain('decoys').and.not.contain('opens no listener');
    });

    it('row 13: kern.info and above is sent; kern.debug, mail and cron are not', () => {
      expect(textsOf(outcomeOf(runSample(audited), '4'), 'breaks')).to.deep.equal([
        'kern: info and above is sent to loghost.example.net, debug is not',
        'mail: nothing is sent to another host',
        'cron: nothing is sent to another host',
      ]);
    });

    it('row 12: POP3 sessions come from sources that a line denies, where the router is traced', () => {
      const line = {
        file: 'gw-full.cfg',
        line: 13,
        text: 'access-list 150 deny   ip 192.168.0.0 0.0.255.255 any',
      };
      const result = runSample(audited, {
        traceFlow: (from) =>
          from.startsWith('192.168.')
            ? { verdict: 'deny', decidedBy: line }
            : { verdict: 'permit', decidedBy: null },
      });
      const found = outcomeOf(result, '13').statements.filter((s) => s.text.includes('sessions on port 110'));
      expect(found.map((s) => s.text)).to.deep.equal([
        'the remote log shows sessions on port 110 from 192.168.64.17, 192.168.80.201, which line 13 (access-list 150 deny   ip ' +
          '192.168.0.0 0.0.255.255 any) denies: they come by another interface, the list is not enforced, or the addresses were rewritten',
      ]);
      expect(found[0]?.lines.map((l) => [l.file, l.line])).to.deep.equal([
        ['gw-full.cfg', 13],
        ['remote-log.txt', 1],
        ['remote-log.txt', 5],
      ]);
    });

    it('row 12: or that something else than a list drops, which is named', () => {
      const result = runSample(audited, {
        traceFlow: () => ({ verdict: 'deny', decidedBy: null, cause: 'no route leads to the destination' }),
      });
      const found = outcomeOf(result, '13').statements.filter((s) => s.text.includes('sessions on port 110'));
      expect(found.map((s) => s.text.slice(s.text.indexOf('though')))).to.deep.equal([
        'though no route leads to the destination: they come by another way, or the addresses were rewritten',
      ]);
    });

    it('row 12: so does the audit itself when the log is among its evidence, and it is told once', async () => {
      const withLog = await auditSample({
        evidence: ['internet=outside-scan.nmap', 'internet=giant-maillog.txt'],
      });
      const result = runSample(withLog, { traceFlow: () => ({ verdict: 'deny', decidedBy: null }) });
      const told = outcomeOf(result, '13').statements.filter((s) =>
        /sessions? on (tcp\/|port )110/.test(s.text),
      );
      expect(told.map((s) => [s.kind, s.lines.map((l) => l.line)])).to.deep.equal([['breaks', [13]]]);
    });

    it('row 12: where the interface is shut down, that is what stands against the sessions', async () => {
      const shut = await auditSample({
        evidence: ['internet=outside-scan.nmap', 'internet=giant-maillog.txt'],
        change: { 'gw-full.cfg': (t) => t.replace('interface FastEthernet0/0\n', '$& shutdown\n') },
      });
      const told = shut.audit.findings.filter((f) => f.kind === 'session-despite-deny').map((f) => f.message);
      expect(told).to.have.lengthOf(1);
      expect(told[0]).to.match(
        /though FastEthernet0\/0 is shut down: they came by another way, or addresses were rewritten$/,
      );
      expect(textsOf(outcomeOf(runSample(shut), '13'), 'breaks').join()).to.contain(
        'no access list decides about any packet from outside: FastEthernet0/0 is shut down',
      );
    });

    it('rows 2, 3, 5: the dead permits and the RST of the outside scan fail item 13', () => {
      const broken = textsOf(outcomeOf(runSample(audited), '13'), 'breaks').join('\n');
      expect(broken).to.match(/internet, tcp\/1-109, 111-65535: a RST came back/);
      expect(broken).to.match(/mailfilter -> giant tcp\/25.* denies it \(line 13/);
      expect(broken).to.match(/admin -> giant tcp\/22.* denies it \(line 8/);
    });

    it('row 6: without the alias no scan counts for items 13 and 14', async () => {
      const result = runSample(
        await auditSample({
          siteFile: 'site.yaml',
          evidence: ['internet=outside-scan.nmap', 'friend=segment-scan.nmap'],
        }),
      );
      expect(textsOf(outcomeOf(result, '13'), 'holds').filter((t) => t.includes('looked at'))).to.deep.equal(
        [],
      );
      expect(textsOf(outcomeOf(result, '14'), 'breaks').join()).to.contain(
        '514/tcp is not wanted: not seen by a scan, listed',
      );
    });
  });

  /** What is broken or mended, and what the item then is. Each row starts from the sample as it is. */
  type Row = readonly [
    item: string,
    what: string,
    expected: ItemResult,
    change: TreeChange,
    replace?: () => Partial<ChecklistInput>,
  ];
  const rows: readonly Row[] = [
    [
      '2',
      'no update pending, as the vendor says',
      'pass',
      { 'commands/updates-up2date': 'Fetching package list...\n' },
    ],
    [
      '2',
      'one update pending',
      'fail',
      {
        'commands/updates-up2date':
          'Name                                    Version        Rel\n----------------------------------------------------------\nopenssl                                 0.9.7a         33.4\n',
      },
    ],
    [
      '3',
      'keyboard-interactive off and not offered',
      'pass',
      MEND_KEYBOARD,
      () => ({ attachments: onlyKeys() }),
    ],
    [
      '3',
      'root may log in',
      'fail',
      { ...MEND_KEYBOARD, [SSHD]: (t) => t.replace('PermitRootLogin no', 'PermitRootLogin yes') },
      () => ({ attachments: onlyKeys() }),
    ],
    [
      '3',
      'a Match block lets passwords in',
      'fail',
      { [SSHD]: (t) => `${t}Match Address 10.0.0.0/8\n  PasswordAuthentication yes\n` },
    ],
    [
      '3',
      'a later line that sshd never heeds',
      'undetermined',
      { [SSHD]: (t) => `${t}PasswordAuthentication yes\n` },
    ],
    ['3', 'sshd does not run', 'fail', { [PROCESSES]: (t) => t.replace(/.*\/usr\/sbin\/sshd\n/, '') }],
    [
      '3',
      'sshd off at boot',
      'fail',
      {
        'commands/boot-chkconfig': (t) => t.replace(/(sshd .*)3:on/, '$13:off'),
        'commands/boot-links': (t) => t.replace('S55sshd', 'K25sshd'),
      },
    ],
    [
      '3',
      'password offered',
      'fail',
      MEND_KEYBOARD,
      () => ({
        attachments: [
          attachment('ssh-methods', 'debug1: Authentications that can continue: publickey,password\n'),
        ],
      }),
    ],
    [
      '3',
      'methods never probed',
      'undetermined',
      MEND_KEYBOARD,
      () => ({ attachments: withoutKind('ssh-methods') }),
    ],
    [
      '3',
      'none there, and a systemd socket that starts one',
      'undetermined',
      {
        [PROCESSES]: (t) => t.replace(/.*sshd.*\n/g, ''),
        'commands/sockets': '0.0.0.0:22 ssh.socket ssh.service\n',
      },
    ],
    ['4', 'kern, mail and cron sent too', 'pass', MEND_SYSLOG],
    [
      '4',
      'a log host that is the host itself',
      'fail',
      { [SYSLOG]: (t) => `${t.replaceAll('@loghost.example.net', '@localhost')}*.*\t@192.168.2.35\n` },
    ],
    [
      '4',
      'everything sent but authpriv taken away',
      'fail',
      { [SYSLOG]: '*.*;authpriv.none @loghost.example.net\n' },
    ],
    ['4', 'everything sent by one line', 'pass', { [SYSLOG]: '*.*\t@loghost.example.net\n' }],
    ['4', 'everything of exactly one priority', 'fail', { [SYSLOG]: '*.=info\t@loghost.example.net\n' }],
    [
      '4',
      'no syslog daemon runs',
      'fail',
      { ...MEND_SYSLOG, [PROCESSES]: (t) => t.replace(/.* syslogd -m 0\n/, '') },
    ],
    [
      '4',
      'all sent, but nothing shown of it there',
      'undetermined',
      MEND_SYSLOG,
      () => ({ attachments: withoutKind('remote-log') }),
    ],
    [
      '4',
      'all sent, but the remote log knows another host only',
      'fail',
      MEND_SYSLOG,
      () => ({
        attachments: [
          attachment('remote-log', readSample('remote-syslog.txt').replaceAll(' giant ', ' other ')),
        ],
      }),
    ],
    ['5', 'rsh switched off', 'pass', MEND_XINETD],
    ['5', "rsh's file removed", 'pass', { [RSH]: null }],
    [
      '5',
      'rsh off by the defaults',
      'pass',
      { 'files/etc/xinetd.conf': (t) => t.replace('cps', 'disabled = shell\n\tcps') },
    ],
    [
      '5',
      'defaults that enable only pop3',
      'pass',
      { 'files/etc/xinetd.conf': (t) => t.replace('cps', 'enabled = pop3\n\tcps') },
    ],
    [
      '5',
      'telnet in inetd.conf',
      'fail',
      { ...MEND_XINETD, 'files/etc/inetd.conf': 'telnet stream tcp nowait root /usr/sbin/tcpd in.telnetd\n' },
    ],
    [
      '5',
      'telnet in inetd.conf, as a comment',
      'pass',
      {
        ...MEND_XINETD,
        'files/etc/inetd.conf': '#telnet stream tcp nowait root /usr/sbin/tcpd in.telnetd\n',
      },
    ],
    [
      '6',
      'a second address allowed',
      'fail',
      {},
      () => ({ bundle: ruled('192.168.1.30:allow\n192.168.1.31:allow\n:deny\n') }),
    ],
    [
      '6',
      "the filter's whole network allowed",
      'fail',
      {},
      () => ({ bundle: ruled('192.168.1.:allow\n:deny\n') }),
    ],
    ['6', 'no last rule', 'fail', {}, () => ({ bundle: ruled('192.168.1.30:allow\n') })],
    ['6', 'the filter denied', 'fail', {}, () => ({ bundle: ruled('192.168.1.30:deny\n:deny\n') })],
    [
      '6',
      'the host itself allowed too',
      'pass',
      {},
      () => ({ bundle: ruled('127.:allow\n192.168.1.30:allow\n:deny\n') }),
    ],
    [
      '6',
      'source changed, not compiled',
      'fail',
      { 'files/etc/tcp.smtp': '192.168.1.30:allow\n192.168.1.99:allow\n:deny\n' },
    ],
    [
      '6',
      'tcpserver without rules',
      'fail',
      {
        [PROCESSES]: (t) => t.replace(' -x /etc/tcp.smtp.cdb', ''),
        'files/var/qmail/supervise/qmail-smtpd/run': (t) => t.replace(' -x /etc/tcp.smtp.cdb', ''),
      },
    ],
    ['6', 'a damaged cdb', 'fail', { 'files/etc/tcp.smtp.cdb': new Uint8Array(2048) }],
    ['6', 'no source collected', 'undetermined', { 'files/etc/tcp.smtp': null }],
    [
      '7',
      'a customer with a shell',
      'fail',
      { [PASSWD]: (t) => t.replace(/(cust1003.*):\/bin\/false/, '$1:/bin/bash') },
    ],
    [
      '7',
      'a customer with nologin',
      'pass',
      { [PASSWD]: (t) => t.replace(/(cust1003.*):\/bin\/false/, '$1:/sbin/nologin') },
    ],
    ['7', 'a second root', 'fail', { [PASSWD]: (t) => `${t}toor:x:0:0::/root:/bin/bash\n` }],
    ['8', 'a hash in passwd', 'fail', { [PASSWD]: (t) => t.replace('cust1002:x:', 'cust1002:MASKED:') }],
    [
      '8',
      'an empty shadow field',
      'fail',
      { [SHADOW]: (t) => t.replace('cust1002:$1$MASKED:', 'cust1002::') },
    ],
    [
      '8',
      'a lock in its place',
      'pass',
      { [SHADOW]: (t) => t.replace('cust1002:$1$MASKED:', 'cust1002:!$1$MASKED:') },
    ],
    ['8', 'an account missing from shadow', 'fail', { [SHADOW]: (t) => t.replace(/cust1002:.*\n/, '') }],
    ['8', 'no shadow file', 'fail', { [SHADOW]: null }],
    ['9', 'rule written and asked', 'pass', MEND_CONSOLE],
    ['9', 'rule written, never asked', 'fail', { [ACCESS]: MEND_CONSOLE[ACCESS]! }],
    ['9', 'asked, no rule', 'fail', { [LOGIN]: MEND_CONSOLE[LOGIN]! }],
    [
      '9',
      'an earlier rule lets wheel in',
      'fail',
      { ...MEND_CONSOLE, [ACCESS]: (t) => `${t}+:wheel:ALL\n-:ALL EXCEPT root:LOCAL\n` },
    ],
    [
      '9',
      'the same rule after it',
      'pass',
      { ...MEND_CONSOLE, [ACCESS]: (t) => `${t}-:ALL EXCEPT root:LOCAL\n+:wheel:ALL\n` },
    ],
    [
      '9',
      'asked, but only optionally',
      'fail',
      { ...MEND_CONSOLE, [LOGIN]: (t) => t.replace(/^account .*$/m, 'account optional pam_access.so\n$&') },
    ],
    [
      '9',
      'a sufficient module before it',
      'undetermined',
      {
        ...MEND_CONSOLE,
        [LOGIN]: (t) =>
          t.replace(
            /^account .*$/m,
            'account sufficient pam_localuser.so\naccount required pam_access.so\n$&',
          ),
      },
    ],
    ['10', 'no UDP process', 'fail', { [PROCESSES]: (t) => t.replace(/.*-sudp\n/, '') }],
    [
      '10',
      'not started at boot',
      'fail',
      {
        'commands/boot-chkconfig': (t) => t.replace(/portsentry.*\n/, ''),
        'commands/boot-links': (t) => t.replace(/.*portsentry\n/, ''),
      },
    ],
    ['10', 'not configured', 'fail', { 'files/usr/local/psionic/portsentry/portsentry.conf': null }],
    [
      '10',
      'no probe in the local log',
      'undetermined',
      {
        'commands/portsentry-log':
          'Apr  3 08:12:40 giant portsentry[702]: adminalert: PortSentry is now active and listening.\n',
      },
    ],
    [
      '10',
      'no probe in the remote log',
      'undetermined',
      {},
      () => ({ attachments: [attachment('remote-log', 'Apr 10 15:19:12 giant sshd[1]: listening\n')] }),
    ],
    [
      '11',
      'the package installed',
      'fail',
      { 'commands/packages-rpm': (t) => `${t}sendmail 8.12.10-1.RHEL3.1 1073894400\n` },
    ],
    [
      '11',
      "a sendmail that is no link to qmail's",
      'fail',
      {
        'commands/sendmail-links': (t) =>
          `${t}-rwxr-sr-x    1 root     smmsp      701000 Sep  4  2003 /usr/sbin/sendmail.sendmail\n`,
      },
    ],
    [
      '11',
      'a link in two steps',
      'pass',
      {
        'commands/sendmail-links': (t) =>
          t.replace(
            '/usr/sbin/sendmail -> /var/qmail/bin/sendmail',
            '/usr/sbin/sendmail -> /etc/alternatives/mta\nlrwxrwxrwx    1 root     root           23 Jan 12  2004 /etc/alternatives/mta -> ../../var/qmail/bin/sendmail',
          ),
      },
    ],
    [
      '11',
      'a link to another program in two steps',
      'fail',
      {
        'commands/sendmail-links': (t) =>
          t.replace(
            '/usr/sbin/sendmail -> /var/qmail/bin/sendmail',
            '/usr/sbin/sendmail -> /etc/alternatives/mta\nlrwxrwxrwx    1 root     root           23 Jan 12  2004 /etc/alternatives/mta -> /usr/sbin/exim',
          ),
      },
    ],
    [
      '12',
      'each change written down',
      'pass',
      {},
      () => ({
        attachments: [
          attachment(
            'change-log',
            '2004-01-12 Installed the server.\n2004-04-05 Updated OpenSSH,\n  sshd_config by op.\n2004-04-09 New customer cust1005.\n',
          ),
        ],
      }),
    ],
    [
      '12',
      'one change not written down',
      'fail',
      {},
      () => ({
        attachments: [
          attachment('change-log', '2004-01-12 Installed the server.\n2004-04-09 New customer cust1005.\n'),
        ],
      }),
    ],
    [
      '14',
      'rsh gone from the list of the host, still in the scan',
      'fail',
      { ...MEND_XINETD, 'commands/listeners-netstat': (t) => t.replace(/.*:514 .*\n/, '') },
    ],
    [
      '15',
      'restored files equal',
      'pass',
      { 'commands/restore-hashes': RESTORED() },
      () => ({ attachments: [...sampleAttachments(), attachment('restored-files', RESTORED('/restore'))] }),
    ],
    [
      '15',
      'a restored file differs',
      'fail',
      { 'commands/restore-hashes': RESTORED() },
      () => ({ attachments: [attachment('restored-files', RESTORED('/restore').replace(/^./, '0'))] }),
    ],
    [
      '15',
      'the last backup failed',
      'fail',
      {
        'commands/backup-log--var-log-backup.log': (t) =>
          `${t}2004-04-10 09:00:00 nightly-backup: error: no space left\n`,
      },
    ],
    [
      '15',
      'no backup scheduled',
      'fail',
      { 'files/var/spool/cron/root': '30 3 * * * /usr/local/sbin/rotate\n' },
    ],
    [
      '15',
      'the last good backup too old',
      'fail',
      { 'commands/backup-log--var-log-backup.log': '2004-03-01 03:52:03 nightly-backup: finished\n' },
    ],
    [
      '16',
      'nobody told',
      'fail',
      { 'files/etc/log.d/conf/logwatch.conf': (t) => t.replace('MailTo = root', 'MailTo =') },
    ],
    [
      '16',
      'not scheduled',
      'fail',
      { 'commands/cron-folders': (t) => t.replace('/etc/cron.daily/00-logwatch\n', '') },
    ],
    [
      '16',
      'swatch running in its stead',
      'pass',
      {
        'commands/cron-folders': (t) => t.replace('/etc/cron.daily/00-logwatch\n', ''),
        'files/root/.swatchrc': 'watchfor /attackalert/\n  mail=op@example.net\n',
        [PROCESSES]: (t) =>
          `${t}root 900 0.0 0.1 1 1 ? S Apr03 0:01 /usr/bin/perl /usr/bin/swatch --config-file=/root/.swatchrc\n`,
      },
    ],
    ['16', 'nothing configured', 'fail', { 'files/etc/log.d/conf/logwatch.conf': null }],
    [
      '17',
      'scans in the promised interval',
      'pass',
      {},
      () => ({ history: history('2004-02-20T00:00:00Z', '2004-03-15T00:00:00Z', '2004-04-09T00:00:00Z') }),
    ],
    [
      '17',
      'the last scan too long ago',
      'fail',
      {},
      () => ({ history: history('2004-01-20T00:00:00Z', '2004-02-15T00:00:00Z') }),
    ],
    [
      '17',
      'one scan, audited again and again',
      'undetermined',
      {},
      () => {
        const kept = history('2004-02-20T00:00:00Z', '2004-03-15T00:00:00Z', '2004-04-09T00:00:00Z');
        return {
          history: { ...kept, audits: kept.audits.map((a) => ({ ...a, scanned: '2004-04-01T00:00:00Z' })) },
        };
      },
    ],
    [
      '17',
      'audits without a scan',
      'not-assessed',
      {},
      () => {
        const kept = history('2004-02-20T00:00:00Z', '2004-03-15T00:00:00Z');
        return {
          history: { ...kept, interval: null, audits: kept.audits.map((a) => ({ ...a, scanned: null })) },
        };
      },
    ],
    [
      '17',
      'a gap in between',
      'fail',
      {},
      () => ({
        history: {
          ...history('2004-01-01T00:00:00Z', '2004-04-09T00:00:00Z'),
          interval: {
            promisedDays: 30,
            kept: false,
            gaps: [{ from: '2004-01-01T00:00:00Z', to: '2004-04-09T00:00:00Z', days: 99 }],
          },
        },
      }),
    ],
    ['18', 'an old qmail', 'fail', { 'commands/source-trees': (t) => t.replace('qmail-1.03', 'qmail-1.01') }],
    [
      '18',
      'a version unknown',
      'undetermined',
      { 'commands/source-trees': (t) => t.replace('/usr/local/src/qmail-1.03\n', '') },
    ],
    ['20', 'no server followed', 'fail', { 'commands/time-ntpq': (t) => t.replace('*192', ' 192') }],
    ['20', 'a clock two seconds off', 'fail', { 'commands/time-ntpq': (t) => t.replace('-1.204', '2204.1') }],
    [
      '20',
      'only the undisciplined local clock',
      'fail',
      { 'files/etc/ntp.conf': (t) => t.replace(/^server ntp.*\n/gm, '') },
    ],
    [
      '20',
      'ntpd off at boot',
      'fail',
      {
        'commands/boot-chkconfig': (t) => t.replace(/(ntpd .*)3:on/, '$13:off'),
        'commands/boot-links': (t) => t.replace('S58ntpd', 'K74ntpd'),
      },
    ],
  ];

  function RESTORED(root = ''): string {
    const hash = (name: string): string => createHash('sha1').update(name).digest('hex');
    return ['/etc/passwd', '/var/qmail/control/rcpthosts'].map((p) => `${hash(p)}  ${root}${p}\n`).join('');
  }
  function ruled(rules: string): ChecklistInput['bundle'] {
    return bundleOf(
      changeTree(sampleTree(), { 'files/etc/tcp.smtp': rules, 'files/etc/tcp.smtp.cdb': compiled(rules) }),
    );
  }

  describe('flip when their evidence does', () => {
    for (const [item, what, expected, change, replace] of rows) {
      it(`item ${item}, ${what}: ${expected}`, function () {
        const needsCompiler = (replace?.toString().includes('ruled(') ?? false) && !canCompile();
        if (needsCompiler) skipBecause(this, 'tcprules of ucspi-tcp is not installed');
        const bundle = bundleOf(changeTree(sampleTree(), change));
        const outcome = outcomeOf(runSample(audited, { bundle, ...replace?.() }), item);
        expect(outcome.result, outcome.statements.map((s) => `${s.kind}: ${s.text}`).join('\n')).to.equal(
          expected,
        );
      });
    }

    it("item 9: an account of root's group that is not locked is let in by the name root", () => {
      const tree = changeTree(sampleTree(), {
        ...MEND_CONSOLE,
        [SHADOW]: (t) => t.replace('halt:*:', 'halt:$1$MASKED:'),
      });
      const outcome = outcomeOf(runSample(audited, { bundle: bundleOf(tree) }), '9');
      expect(textsOf(outcome, 'breaks').join()).to.match(/^halt may log in/);
      const strict = changeTree(tree, {
        [LOGIN]: (t) => t.replace('pam_access.so', 'pam_access.so nodefgroup'),
      });
      expect(outcomeOf(runSample(audited, { bundle: bundleOf(strict) }), '9').result).to.equal('pass');
    });

    it('cover every item that evidence judges from the host', () => {
      const tried = new Set(rows.map(([item]) => item));
      const judged = runSample(audited)
        .outcomes.filter((o) => o.item.judge.kind === 'check')
        .map((o) => o.item.id);
      expect(judged.filter((id) => !tried.has(id))).to.deep.equal(['13', '19']);
    });
  });

  describe('of the network flip with the router and the scans', () => {
    /** As the scans would have it once rsh is off. */
    const mended = (): SampleAudit => ({
      ...audited,
      audit: {
        ...audited.audit,
        flows: audited.audit.flows.map((f) =>
          f.vantage === 'friend' && rangesHave(f.ports, 514)
            ? { ...f, observed: 'closed', verdict: 'pass', severity: null, message: 'denied, and closed' }
            : f,
        ),
      },
    });

    it('item 14 passes when neither scan nor list shows 514', () => {
      const tree = changeTree(sampleTree(), {
        ...MEND_XINETD,
        'commands/listeners-netstat': (t) => t.replace(/.*:514 .*\n/, ''),
      });
      const outcome = outcomeOf(runSample(mended(), { bundle: bundleOf(tree) }), '14');
      expect(outcome.result, outcome.statements.map((s) => `${s.kind}: ${s.text}`).join('\n')).to.equal(
        'pass',
      );
    });

    it('item 14 is undetermined when only the list of the host is mended away', () => {
      const tree = changeTree(sampleTree(), { 'commands/listeners-netstat': null });
      const outcome = outcomeOf(runSample(mended(), { bundle: bundleOf(tree) }), '14');
      expect(outcome.result).to.equal('undetermined');
    });

    it('item 13 fails where no list is bound', async () => {
      const unbound = await auditSample({
        change: { 'gw-full.cfg': (t) => t.replace(' ip access-group 150 in\n', '') },
      });
      const outcome = outcomeOf(runSample(unbound), '13');
      expect(outcome.result).to.equal('fail');
      expect(textsOf(outcome, 'breaks').join()).to.contain(
        'no access list decides about any packet from outside',
      );
    });

    it('item 13 passes over a permitted, silent, fully looked-at outside', () => {
      const { audit, site } = audited;
      const quiet = {
        ...audit,
        findings: [],
        flows: audit.flows
          .filter((f) => f.vantage === 'internet')
          .map((f) => ({
            ...f,
            verdict: 'pass' as const,
            observed: f.intended === 'permit' ? ('open' as const) : ('filtered' as const),
            confidence: 'proven' as const,
          })),
      };
      expect(outcomeOf(runSample({ audit: quiet, site }), '13').result).to.equal('pass');
    });

    it('item 19 fails without a site file, and passes where every rule is verified and kept', () => {
      expect(outcomeOf(runSample(null, { answers: [] }), '19').result).to.equal('fail');
      const { audit, site } = audited;
      const kept = {
        ...audit,
        findings: [],
        flows: audit.flows.map((f) => ({
          ...f,
          verdict: 'pass' as const,
          observed: 'closed' as const,
          confidence: 'proven' as const,
        })),
      };
      expect(outcomeOf(runSample({ audit: kept, site }, { answers: [] }), '19').result).to.equal('pass');
    });

    it('item 19 is undetermined while a rule is a draft', () => {
      const { audit, site } = audited;
      const kept = {
        ...audit,
        findings: [],
        flows: audit.flows.map((f) => ({
          ...f,
          verdict: 'pass' as const,
          observed: 'closed' as const,
          confidence: 'proven' as const,
        })),
      };
      const draft = { ...site, policy: site.policy.map((r, i) => ({ ...r, unconfirmed: i === 0 })) };
      expect(outcomeOf(runSample({ audit: kept, site: draft }, { answers: [] }), '19').result).to.equal(
        'undetermined',
      );
    });
  });
});

let tcprulesFound: boolean | null = null;
function canCompile(): boolean {
  try {
    tcprulesFound ??= compiled(':deny\n').length > 0;
  } catch {
    tcprulesFound = false;
  }
  return tcprulesFound;
}

function compiled(rules: string): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), 'aclscope-tcprules-'));
  try {
    const cdb = join(folder, 'rules.cdb');
    execFileSync('tcprules', [cdb, join(folder, 'rules.tmp')], { input: rules });
    return readFileSync(cdb);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
