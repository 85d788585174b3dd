import { expect } from 'chai';
import { parseNmapNormal } from '../../parsers/nmap-normal.ts';
import { observed, summary } from './evidence-assertions.ts';

const OLD = `# nmap (V. 2.54BETA22) scan initiated Sat Jun 12 10:00:00 2004 as: nmap -sS -P0 -p 1-65535 -oN out.txt mail.example.net
Interesting ports on mail.example.net (198.51.100.35):
(The 65534 ports scanned but not shown below are in state: closed)
Port       State       Service
110/tcp    open        pop-3

# Nmap run completed at Sat Jun 12 10:24:31 2004 -- 1 IP address (1 host up) scanned in 1471 seconds
`;

describe('nmap normal output', () => {
  it('reads a 2001 release: the ports not shown are every other one of 1-65535', () => {
    const { value, diagnostics } = parseNmapNormal(OLD, 'out.txt');
    expect(diagnostics).to.deep.equal([]);
    expect(value.targets).to.have.length(1);
    expect(value.targets[0]).to.include({
      address: '198.51.100.35',
      hostName: 'mail.example.net',
      protocol: 'tcp',
      target: null,
    });
    expect(summary(value.targets[0])).to.deep.equal(['open listed: 110', 'closed listed: 1-109, 111-65535']);
    expect(value.tool).to.equal('nmap 2.54BETA22');
    expect(value.started).to.equal('2004-06-12T10:00:00');
    expect(value.completeness).to.deep.equal({ kind: 'complete' });
  });

  it('derives 1-65535 from the count alone when no command line is kept', () => {
    const { value, diagnostics } = parseNmapNormal(OLD.split('\n').slice(1).join('\n'), 'x');
    expect(summary(value.targets[0])).to.deep.equal(['open listed: 110', 'closed listed: 1-109, 111-65535']);
    expect(diagnostics).to.deep.equal([]);
  });

  it('leaves the rest unobserved, and says so, when the count names no set of ports', () => {
    const text = OLD.split('\n').slice(1).join('\n').replace('65534', '1522');
    const { value, diagnostics } = parseNmapNormal(text, 'x');
    expect(summary(value.targets[0])).to.deep.equal(['open listed: 110']);
    expect(diagnostics.map((d) => d.code)).to.deep.equal(['nmap-ports-unknown']);
    expect(diagnostics[0]?.message).to.contain('1522 ports');
  });

  it('believes neither side when the command line and the count disagree', () => {
    const { value, diagnostics } = parseNmapNormal(OLD.replace('1-65535', '1-1024'), 'x');
    expect(summary(value.targets[0])).to.deep.equal(['open listed: 110']);
    expect(diagnostics.map((d) => d.code)).to.deep.equal(['nmap-ports-unknown']);
  });

  it('calls a text without its closing line incomplete', () => {
    const { value } = parseNmapNormal(OLD.split('# Nmap run')[0]!, 'x');
    expect(value.completeness.kind).to.equal('incomplete');
    expect(summary(value.targets[0])).to.contain('open listed: 110');
  });

  it('reads the screen of nmap 3.x and 4.x', () => {
    const three = `Starting nmap 3.81 ( http://www.insecure.org/nmap/ ) at 2006-05-02 21:36 BST
Interesting ports on 192.0.2.32:
(The 1662 ports scanned but not shown below are in state: closed)
PORT   STATE SERVICE
22/tcp open  ssh
Nmap finished: 1 IP address (1 host up) scanned in 8.364 seconds
`;
    const first = parseNmapNormal(three, 'x').value;
    expect(first.targets[0]).to.include({ address: '192.0.2.32', hostName: null });
    expect(first.started).to.equal('2006-05-02T21:36:00');
    expect(first.completeness.kind).to.equal('complete');

    const four = `Starting Nmap 4.76 ( http://nmap.org ) at 2009-01-01 12:00 UTC
Interesting ports on a.example.net (192.0.2.33):
Not shown: 65533 filtered ports
PORT    STATE  SERVICE
22/tcp  open   ssh
113/tcp closed auth

Nmap done: 1 IP address (1 host up) scanned in 9.00 seconds
`;
    expect(summary(parseNmapNormal(four, 'x').value.targets[0])).to.deep.equal([
      'open listed: 22',
      'closed listed: 113',
      'filtered listed: 1-21, 23-112, 114-65535',
    ]);
    expect(parseNmapNormal(four, 'x').value.started).to.equal('2009-01-01T12:00:00Z');
  });

  it('reads "All … scanned ports" of every age', () => {
    const forms = [
      'All 65535 scanned ports on  (192.0.2.9) are: filtered',
      'All 65535 scanned ports on h.example.net (192.0.2.9) are in state: filtered'.replace(' in state', ''),
      'All 65535 scanned ports on 192.0.2.9 are filtered',
      'All 65535 scanned ports on 192.0.2.9 are filtered because of 65535 no-responses',
      'Nmap scan report for 192.0.2.9\nHost is up.\nAll 65535 scanned ports on 192.0.2.9 are filtered',
      'Nmap scan report for 192.0.2.9\nAll 65535 scanned ports on 192.0.2.9 are in ignored states.\nNot shown: 65535 filtered tcp ports (no-response)',
    ];
    for (const form of forms) {
      const { value, diagnostics } = parseNmapNormal(`${form}\n`, 'x');
      expect(
        value.targets.map((t) => t.address),
        form,
      ).to.deep.equal(['192.0.2.9']);
      expect(summary(value.targets[0])[0], form).to.match(/^filtered (listed|timeout): 1-65535$/);
      expect(diagnostics, form).to.deep.equal([]);
    }
  });

  it('says that two hidden states cannot be told apart, and one state of two reasons can', () => {
    const block = (notShown: string) =>
      parseNmapNormal(
        `Nmap scan report for 192.0.2.1\nNot shown: ${notShown}\nPORT STATE SERVICE\n22/tcp open ssh\n`,
        'x',
      );
    const mixed = block('65500 closed tcp ports (reset), 34 filtered tcp ports (no-response)');
    expect(summary(mixed.value.targets[0])[1]).to.match(/^unobserved closed or filtered: /);
    expect(mixed.diagnostics.map((d) => d.code)).to.deep.equal(['nmap-ports-unknown']);
    const alike = block('65500 filtered tcp ports (no-response), 34 filtered tcp ports (admin-prohibited)');
    expect(summary(alike.value.targets[0])[1]).to.equal('filtered timeout or icmp: 1-21, 23-65535');
    expect(alike.diagnostics).to.deep.equal([]);
  });

  it('reads the reason column with ICMP code, sender and TTL', () => {
    const { value } = parseNmapNormal(
      `Nmap scan report for 192.0.2.1
Not shown: 65525 filtered ports
Reason: 65499 no-responses and 26 admin-prohibiteds
PORT    STATE    SERVICE REASON                               VERSION
22/tcp  open     ssh     syn-ack ttl 63                       OpenSSH 9.2 (protocol 2.0)
25/tcp  open     tcpwrapped syn-ack ttl 63
61/tcp  filtered ni-mail admin-prohibited from 203.0.113.1 ttl 254
62/tcp  filtered acas    host-prohibited from 203.0.113.1 ttl 254
63/tcp  filtered ni-mail host-unreach from 203.0.113.2 ttl 254
64/tcp  filtered x       no-response
66/tcp  filtered x       admin-prohibited ttl 63
65/tcp  closed   x       reset ttl 63
110/tcp open     pop3    syn-ack ttl 63
111/tcp open|filtered rpcbind no-response
Nmap done: 1 IP address (1 host up) scanned in 9.00 seconds
`,
      'x',
    );
    const target = value.targets[0];
    expect(observed(target, 22)).to.include({ state: 'open', ttl: 63, confirmed: true, service: 'ssh' });
    expect(observed(target, 25)).to.include({ state: 'wrapped', reason: 'eof', confirmed: true });
    expect(observed(target, 61)?.icmp).to.deep.equal({ type: 3, code: 13, from: '203.0.113.1' });
    expect(observed(target, 61)?.state).to.equal('filtered');
    expect(observed(target, 62)?.icmp).to.deep.equal({ type: 3, code: 10, from: '203.0.113.1' });
    expect(observed(target, 63)).to.include({ state: 'unreachable', reason: 'icmp' });
    expect(observed(target, 66)?.icmp, 'sent by the host itself').to.deep.equal({
      type: 3,
      code: 13,
      from: '192.0.2.1',
    });
    expect(observed(target, 64)).to.include({ state: 'filtered', reason: 'timeout', icmp: null });
    expect(observed(target, 65)).to.include({ state: 'closed', reason: 'rst', ttl: 63 });
    expect(observed(target, 110)).to.include({ state: 'open', confirmed: false });
    expect(observed(target, 111)).to.include({ state: 'unobserved', reason: 'open|filtered' });
    expect(observed(target, 1)).to.include({ state: 'filtered', reason: 'timeout or icmp' });
  });

  it('never takes a connect scan for an ICMP it could not have seen, nor its open for confirmed', () => {
    const text = (
      flag: string,
    ) => `# Nmap 7.93 scan initiated Mon Nov 23 04:22:33 2026 as: nmap ${flag} -p22,61 192.0.2.1
Nmap scan report for 192.0.2.1
PORT   STATE    SERVICE REASON
22/tcp open     ssh     syn-ack
61/tcp filtered ni-mail host-unreach
# Nmap done at Mon Nov 23 04:22:33 2026 -- 1 IP address (1 host up) scanned in 0.03 seconds
`;
    const connect = parseNmapNormal(text('-sT'), 'x').value.targets[0];
    expect(observed(connect, 61)).to.include({ state: 'unreachable', reason: 'EHOSTUNREACH', icmp: null });
    expect(observed(connect, 22)).to.include({ state: 'open', confirmed: false });
    const syn = parseNmapNormal(text('-sS'), 'x').value.targets[0];
    expect(observed(syn, 61)?.icmp).to.deep.equal({ type: 3, code: 1, from: null });
  });

  it('keeps TCP and UDP of one host apart', () => {
    const { value, diagnostics } = parseNmapNormal(
      `# Nmap 7.93 scan initiated Mon Nov 23 04:22:33 2026 as: nmap -sS -sU -p T:20-25,U:50-60 192.0.2.1
Nmap scan report for 192.0.2.1
Not shown: 10 open|filtered udp ports (no-response), 5 closed tcp ports (reset)
PORT   STATE SERVICE
22/tcp open  ssh
53/udp open  domain
# Nmap done at Mon Nov 23 04:22:33 2026 -- 1 IP address (1 host up) scanned in 0.03 seconds
`,
      'x',
    );
    expect(diagnostics).to.deep.equal([]);
    expect(value.targets.map((t) => [t.protocol, ...summary(t)])).to.deep.equal([
      ['tcp', 'open listed: 22', 'closed rst: 20-21, 23-25'],
      ['udp', 'open listed: 53', 'unobserved open|filtered: 50-52, 54-60'],
    ]);
  });

  it('reads the columns of 1998, in which the protocol stands after the state', () => {
    const { value } = parseNmapNormal(
      `Interesting ports on old.example.net (192.0.2.7):
Port    State       Protocol  Service
22      open        tcp        ssh
53      open        udp        domain
`,
      'x',
    );
    expect(value.targets.map((t) => `${t.protocol} ${summary(t)}`)).to.deep.equal([
      'tcp open listed: 22',
      'udp open listed: 53',
    ]);
  });

  it('drops no port line silently: unknown state, impossible port, foreign protocol, no host', () => {
    const codes = (text: string) => parseNmapNormal(text, 'x').diagnostics.map((d) => d.code);
    const host = 'Nmap scan report for 192.0.2.1\nPORT STATE SERVICE\n';
    expect(codes(`${host}22/tcp ajar ssh\n`)).to.contain('nmap-unknown-state');
    expect(codes(`${host}70000/tcp open ssh\n`)).to.contain('nmap-port-unread');
    expect(codes(`${host}22/sctp open ssh\n`)).to.contain('nmap-port-unread');
    expect(codes('22/tcp open ssh\n')).to.contain('nmap-port-without-host');
    expect(codes(`${host}22/tcp open ssh\n`)).to.deep.equal([]);
  });

  it('escapes what would command a terminal', () => {
    const { value } = parseNmapNormal(
      'Nmap scan report for \u001b[2Jx (192.0.2.1)\nPORT STATE SERVICE\n22/tcp open s\u001bsh\n',
      'x',
    );
    expect(value.targets[0]?.hostName).to.equal('\\x1b[2Jx');
    expect(observed(value.targets[0], 22)?.service).to.equal('s\\x1bsh');
  });

  it('reads CRLF as it reads LF', () => {
    expect(parseNmapNormal(OLD.replaceAll('\n', '\r\n'), 'x').value).to.deep.equal(
      parseNmapNormal(OLD, 'x').value,
    );
  });
});
