import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { runCommand } from '../support/run-command.ts';

/** The line in question is the 10th; what it says of port 80 is open, what the lines around it say is not. */
const CONFIG = (line: string): string => `version 12.4
hostname gw
interface FastEthernet0/0
 ip address 198.51.100.1 255.255.255.0
 ip access-group EDGE in
interface FastEthernet0/1
 ip address 192.0.2.1 255.255.255.0
ip access-list extended EDGE
 permit tcp any host 192.0.2.10 eq 25
${line === '' ? '' : `${line}\n`} permit tcp any host 192.0.2.10 eq 110
ip route 0.0.0.0 0.0.0.0 198.51.100.254
end
`;

const SITE = `site: mail
routers: [{ name: gw, config: gw.cfg }]
segments: { servers: 192.0.2.0/24 }
targets: { giant: { address: 192.0.2.10, segment: servers } }
vantages: { internet: { address: 203.0.113.77, enters: gw FastEthernet0/0 } }
policy: [{ from: internet, to: giant, tcp: [25, 110], why: mail }]
canaries: { giant: 25 }
`;

const SCAN = `# Nmap 7.80 scan initiated Fri Nov 27 10:00:00 2026 as: nmap -oG - -p 25,80,110 192.0.2.10
Host: 192.0.2.10 ()	Status: Up
Host: 192.0.2.10 ()	Ports: 25/open/tcp//smtp///, 80/filtered/tcp//http///, 110/open/tcp//pop3///
# Nmap done at Fri Nov 27 10:00:10 2026 -- 1 IP address (1 host up) scanned in 10.00 seconds
`;

const CAUSES: readonly (readonly [cause: string, line: string, ...options: string[]])[] = [
  ['a group that the text does not show', ' permit tcp object-group NOWHERE host 192.0.2.10 eq 80'],
  ['a host name', ' permit tcp host mail.example.net host 192.0.2.10 eq 80'],
  ['a time-range without a clock', ' permit tcp any host 192.0.2.10 eq 80 time-range WORK'],
  ['a line that does not parse', ' permit tcp any host 192.0.2.10 eqq 80'],
];

type Ports = readonly (readonly [number, number])[];
interface Line {
  readonly line: number;
}

/** The members that are looked at here, of whichever command's document. */
interface Document {
  readonly verdict: string;
  readonly decidedBy: Line | null;
  readonly doubts: readonly { readonly line: Line; readonly reason: string }[];
  readonly flows: readonly {
    readonly ports: Ports;
    readonly reachable: Ports;
    readonly undetermined: Ports;
    readonly doubts: readonly { readonly line: Line }[];
    readonly intended: string;
    readonly verdict: string;
    readonly because: readonly Line[];
  }[];
  readonly gained: readonly unknown[];
  readonly lost: readonly unknown[];
  readonly findings: readonly unknown[];
  readonly diagnostics: readonly unknown[];
}

interface Told {
  readonly code: number;
  readonly document: Document;
}

const has = (ports: Ports, port: number): boolean => ports.some(([lo, hi]) => lo <= port && port <= hi);

describe('what a line leaves open', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'aclscope-open-'));
    writeFileSync(join(folder, 'site.yaml'), SITE);
    writeFileSync(join(folder, 'old.cfg'), CONFIG(''));
    writeFileSync(join(folder, 'scan.gnmap'), SCAN);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  async function tell(line: string, ...argv: readonly string[]): Promise<Told> {
    writeFileSync(join(folder, 'gw.cfg'), CONFIG(line));
    const ran = await runCommand([...argv, '--format', 'json'], { cwd: folder });
    return { code: ran.code, document: JSON.parse(ran.stdout) };
  }
  const explain = (line: string, dport: string): Promise<Told> =>
    tell(line, 'explain', 'gw.cfg', '--from', '203.0.113.77', '--to', '192.0.2.10', '--dport', dport);

  for (const [cause, line] of CAUSES) {
    describe(cause, () => {
      it('is undetermined in explain, because of the line', async () => {
        const { code, document } = await explain(line, '80');
        expect([code, document.verdict, document.decidedBy]).to.deep.equal([3, 'undetermined', null]);
        expect(document.doubts.map((d) => d.line.line)).to.deep.equal([10]);
        expect(document.doubts[0]?.reason).to.match(/^undetermined, because line 10: /);
      });

      it('but not what a line before it permits', async () => {
        const { code, document } = await explain(line, '25');
        expect([code, document.verdict, document.decidedBy?.line]).to.deep.equal([0, 'permit', 9]);
      });

      it('is undetermined in intended, because of the line', async () => {
        const { code, document } = await tell(line, 'intended', 'site.yaml');
        expect(code).to.equal(3);
        const flow = document.flows[0]!;
        expect(flow.reachable).to.deep.include([25, 25]);
        expect(has(flow.undetermined, 80)).to.equal(true);
        expect(flow.doubts.map((d) => d.line.line)).to.deep.equal([10]);
      });

      it('is undetermined in review, because of the line', async () => {
        const { code, document } = await tell(line, 'review', 'old.cfg', 'gw.cfg', '--severity', 'critical');
        expect([code, document.verdict]).to.deep.equal([3, 'undetermined']);
        const named = [...document.gained, ...document.lost, ...document.findings, ...document.diagnostics];
        expect(JSON.stringify(named)).to.contain('"line":10');
      });

      it('is undetermined in audit, because of the line', async () => {
        writeFileSync(join(folder, 'gw.cfg'), CONFIG(line));
        await runCommand(['import', 'scan.gnmap', '--vantage', 'internet', '-o', 'evidence.json'], {
          cwd: folder,
        });
        const { document } = await tell(line, 'audit', 'site.yaml', 'evidence.json');
        const flow = document.flows.find((f) => has(f.ports, 80))!;
        expect([flow.intended, flow.verdict]).to.deep.equal(['undetermined', 'undetermined']);
        expect(flow.because[0]?.line).to.equal(10);
        const mail = document.flows.find((f) => has(f.ports, 25))!;
        expect([mail.intended, mail.verdict]).to.deep.equal(['permit', 'pass']);
      });
    });
  }

  it('without such a line every command decides', async () => {
    expect((await explain('', '80')).code).to.equal(0);
    expect((await tell('', 'intended', 'site.yaml')).code).to.equal(0);
    expect((await tell('', 'review', 'old.cfg', 'gw.cfg')).code).to.equal(0);
  });
});
