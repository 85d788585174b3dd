import { expect } from 'chai';
import { parseNetstat } from '../../parsers/netstat.ts';

const OLD = `Active Internet connections (servers and established)
Proto Recv-Q Send-Q Local Address           Foreign Address         State
tcp        0      0 *:shell                 *:*                     LISTEN
tcp        0      0 *:pop3                  *:*                     LISTEN
tcp        0      0 *:imap                  *:*                     LISTEN
tcp        0      0 *:ssh                   *:*                     LISTEN
tcp        0      0 *:smtp                  *:*                     LISTEN
tcp        0    128 giant:ssh               friend:1022             ESTABLISHED
udp        0      0 *:syslog                *:*
udp        0      0 giant:1030              ns.example.net:domain   ESTABLISHED
Active UNIX domain sockets (servers and established)
Proto RefCnt Flags       Type       State         I-Node Path
unix  2      [ ACC ]     STREAM     LISTENING     1234   /dev/log
`;

describe('netstat', () => {
  it('resolves the names that old systems print, each by its protocol', () => {
    const { value, diagnostics } = parseNetstat(OLD, 'netstat.txt');
    expect(diagnostics).to.deep.equal([]);
    expect(value.listeners.map((l) => `${l.protocol} ${l.address}:${l.port}`)).to.deep.equal([
      'tcp *:514',
      'tcp *:110',
      'tcp *:143',
      'tcp *:22',
      'tcp *:25',
      'udp *:514',
    ]);
  });

  it('reads numbers, IPv6 and processes', () => {
    const { value } = parseNetstat(
      `Active Internet connections (only servers)
Proto Recv-Q Send-Q Local Address           Foreign Address         State       PID/Program name
tcp        0      0 127.0.0.1:25            0.0.0.0:*               LISTEN      15197/master
tcp6       0      0 :::22                   :::*                    LISTEN      812/sshd: /usr/sbin
tcp        0      0 0.0.0.0:80              0.0.0.0:*               LISTEN      -
udp        0      0 0.0.0.0:123             0.0.0.0:*                           99/ntpd
`,
      'x',
    );
    expect(value.listeners).to.deep.equal([
      { protocol: 'tcp', address: '127.0.0.1', port: 25, process: 'master' },
      { protocol: 'tcp', address: '*', port: 22, process: 'sshd: /usr/sbin' },
      { protocol: 'tcp', address: '*', port: 80, process: null },
      { protocol: 'udp', address: '*', port: 123, process: 'ntpd' },
    ]);
  });

  it('drops no listener silently: an unknown name becomes a diagnostic with its line', () => {
    const { value, diagnostics } = parseNetstat(OLD.replace('*:pop3 ', '*:frobd'), 'netstat.txt');
    expect(value.listeners).to.have.length(5);
    expect(diagnostics).to.have.length(1);
    expect(diagnostics[0]).to.include({ code: 'listener-port-unknown', severity: 'warning' });
    expect(diagnostics[0]?.span?.line).to.equal(4);
    expect(diagnostics[0]?.message).to.contain('"frobd"');
  });

  it('diagnoses a socket line it cannot read', () => {
    expect(parseNetstat('tcp4 0 0 *.22 *.* LISTEN\n', 'x').diagnostics.map((d) => d.code)).to.deep.equal([
      'netstat-unread',
    ]);
  });
});
