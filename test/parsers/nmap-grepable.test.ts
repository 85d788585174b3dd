import { expect } from 'chai';
import { parseNmapGrepable } from '../../parsers/nmap-grepable.ts';
import { observed, summary } from './evidence-assertions.ts';

const lines = (...parts: string[]) => `${parts.join('\n')}\n`;
const HEAD =
  '# Nmap 7.93 scan initiated Mon Nov 23 04:22:33 2026 as: nmap -n -Pn -sT -p1-200 -oG - 192.0.2.1';
const PORTS =
  'Host: 192.0.2.1 (mail.example.net)\tPorts: 22/open/tcp//ssh//OpenSSH 9.2/, 25/open/tcp//smtp///\tIgnored State: closed (198)';
const TAIL = '# Nmap done at Mon Nov 23 04:22:35 2026 -- 1 IP address (1 host up) scanned in 0.03 seconds';

describe('nmap grepable output', () => {
  it('expands the ignored state over the ports of the command line', () => {
    const { value, diagnostics } = parseNmapGrepable(
      lines(HEAD, 'Host: 192.0.2.1 (mail.example.net)\tStatus: Up', PORTS, TAIL),
      'x',
    );
    expect(diagnostics).to.deep.equal([]);
    expect(value.targets).to.have.length(1);
    expect(summary(value.targets[0])).to.deep.equal([
      'open listed: 22',
      'open listed: 25',
      'closed listed: 1-21, 23-24, 26-200',
    ]);
    expect(observed(value.targets[0], 22)).to.include({ service: 'ssh', confirmed: true });
    expect(observed(value.targets[0], 25)).to.include({ confirmed: false });
    expect(value.completeness.kind).to.equal('complete');
  });

  it('takes the ports from the "Ports scanned" line where there is one', () => {
    const scanned = '# Ports scanned: TCP(5;20-24) UDP(0;) SCTP(0;) PROTOCOLS(0;)';
    const host = 'Host: 192.0.2.1 ()\tPorts: 22/filtered/tcp//ssh///\tIgnored State: closed (4)';
    const { value } = parseNmapGrepable(lines(HEAD.replace('-p1-200 ', ''), scanned, host, TAIL), 'x');
    expect(summary(value.targets[0])).to.deep.equal(['filtered listed: 22', 'closed listed: 20-21, 23-24']);
  });

  it('leaves ports unobserved that a second, unnamed state may hold', () => {
    const { value, diagnostics } = parseNmapGrepable(lines(HEAD, PORTS.replace('(198)', '(190)'), TAIL), 'x');
    expect(summary(value.targets[0])).to.deep.equal(['open listed: 22', 'open listed: 25']);
    expect(diagnostics.map((d) => d.code)).to.deep.equal(['nmap-ports-unknown']);
  });

  it('keeps the commas that stand inside a version, and diagnoses what it cannot read', () => {
    const host =
      'Host: 192.0.2.1 ()\tPorts: 22/open/tcp//ssh//Foo 1, 2 and 3/, 7/open/sctp//x///, 80/open/tcp//http///';
    const { value, diagnostics } = parseNmapGrepable(lines(HEAD, host, TAIL), 'x');
    expect(value.targets[0]?.observations.map((o) => o.service)).to.deep.equal(['ssh', 'http']);
    expect(diagnostics.map((d) => d.code)).to.deep.equal(['nmap-port-unread']);
  });

  it('is incomplete without the closing line', () => {
    expect(parseNmapGrepable(lines(HEAD, PORTS), 'x').value.completeness.kind).to.equal('incomplete');
  });
});
