/** Two of the laboratory's places that serve the server: they stand on the router's inner address. */
export const LOG_SERVER = '192.168.2.1';

const xinetdService = (name: string, port: number, script: string): string => `service ${name}
{
  type = UNLISTED
  flags = IPv4
  port = ${port}
  socket_type = stream
  protocol = tcp
  wait = no
  user = nobody
  server = ${script}
}
`;

export const RSH = (folder: string): string => xinetdService('shell', 514, `${folder}/rsh.sh`);

/** A package that every machine has, in a version below or above its own. */
const PACKAGE = (version: string): string => `Package: hostname
Version: ${version}
Architecture: amd64
Maintainer: nobody@example.net
Filename: ./hostname.deb
Size: 1
SHA256: ${'0'.repeat(64)}
Description: stands for any package
`;

/** The files of a host on which every item passes. */
export const soundFiles = (folder: string): Readonly<Record<string, string>> => ({
  // 2
  '/etc/apt/sources.list': 'deb [trusted=yes] copy:/var/lab-packages ./\n',
  '/var/lab-packages/Packages': PACKAGE('1.0'),
  '/var/lab-packages/Packages.newer': PACKAGE('99.0'),
  // 3
  '/etc/ssh/sshd_config': `HostKey ${folder}/ssh_host_ed25519_key
PidFile none
PermitRootLogin no
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
MaxStartups 1000
`,
  // 4
  '/etc/rsyslog.conf': `module(load="imuxsock")
module(load="imklog")
$ActionFileDefaultTemplate RSYSLOG_TraditionalFileFormat
*.info;mail.none;authpriv.none;cron.none  /var/log/messages
authpriv.*   /var/log/secure
*.info       @${LOG_SERVER}
kern.debug;authpriv.debug  @${LOG_SERVER}
`,
  // 5
  '/etc/xinetd.conf':
    'defaults\n{\n  instances = UNLIMITED\n  per_source = UNLIMITED\n  cps = 5000 1\n}\nincludedir /etc/xinetd.d\n',
  '/etc/xinetd.d/ipop3': xinetdService('pop3', 110, `${folder}/pop3.sh`),
  '/etc/xinetd.d/imap': xinetdService('imap', 143, `${folder}/imap.sh`),
  '/etc/hosts.allow': '',
  '/etc/hosts.deny': '',
  // 6
  '/etc/tcp.smtp': '192.168.1.30:allow\n:deny\n',
  // 7, 8
  '/etc/passwd': `root:x:0:0:root:/root:/bin/bash
daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin
_apt:x:42:65534::/nonexistent:/usr/sbin/nologin
_chrony:x:101:101::/var/lib/chrony:/usr/sbin/nologin
sshd:x:102:65534::/run/sshd:/usr/sbin/nologin
operator:x:1000:1000::/home/operator:/bin/bash
customer:x:1001:1001::/home/customer:/bin/false
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
`,
  '/etc/shadow': `root:$6$salt$Qwertyuiop1234567890:19000:0:99999:7:::
daemon:*:19000:0:99999:7:::
_apt:*:19000:0:99999:7:::
_chrony:!:19000::::::
sshd:!:19000::::::
operator:$6$salt$Qwertyuiop1234567890:19000:0:99999:7:::
customer:$6$salt$Qwertyuiop1234567890:19000:0:99999:7:::
nobody:*:19000:0:99999:7:::
`,
  '/etc/group':
    'root:x:0:\ndaemon:x:1:\n_chrony:x:101:\noperator:x:1000:\ncustomer:x:1001:\nnogroup:x:65534:\nadm:x:4:\nsyslog:x:103:\n',
  '/etc/shells': '/bin/sh\n/bin/bash\n',
  '/etc/login.defs': 'UID_MIN 1000\nUID_MAX 60000\n',
  // 9
  '/etc/security/access.conf': '# the console is for root\n- : ALL EXCEPT root : LOCAL\n',
  '/etc/pam.d/login':
    'auth required pam_unix.so\naccount required pam_access.so\naccount required pam_unix.so\nsession required pam_unix.so\n',
  // 10
  '/etc/portsentry/portsentry.conf': `TCP_PORTS="1,11,15,79,111,119,32771,32772,32773,32774"
UDP_PORTS="1,7,9,69,161,162,513,32770,32771,32772"
IGNORE_FILE="/etc/portsentry/portsentry.ignore"
HISTORY_FILE="/var/lib/portsentry/portsentry.history"
BLOCKED_FILE="/var/lib/portsentry/portsentry.blocked"
RESOLVE_HOST="0"
BLOCK_UDP="1"
BLOCK_TCP="1"
KILL_ROUTE="/bin/ip route add blackhole $TARGET$/32"
SCAN_TRIGGER="0"
`,
  '/etc/portsentry/portsentry.ignore': '127.0.0.1\n0.0.0.0\n192.168.2.1\n',
  '/etc/rc2.d/S99portsentry': '',
  // 11
  '/var/qmail/bin/sendmail': '#!/bin/sh\n',
  // 15
  '/etc/cron.d/backup': '30 2 * * * root /usr/local/sbin/nightly-backup\n',
  '/etc/restore-list': '/etc/xinetd.conf\n/etc/tcp.smtp\n',
  // 16
  '/etc/logcheck/logcheck.conf': 'REPORTLEVEL="server"\nSENDMAILTO="operator@example.net"\n',
  '/etc/cron.d/logcheck': '2 * * * * logcheck /usr/sbin/logcheck\n',
  // 20
  '/etc/chrony/chrony.conf': `server ${LOG_SERVER} iburst minpoll 0 maxpoll 1\n`,
});
