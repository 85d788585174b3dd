import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { runCommand } from '../support/run-command.ts';

const CONFIG = `version 12.4
interface FastEthernet0/0
 ip address 203.0.113.1 255.255.255.0
 ip access-group 101 in
interface FastEthernet0/1
 ip address 198.51.100.1 255.255.255.0
access-list 101 permit tcp any host 198.51.100.35 eq 110
`;

const SITE = (rest: string): string => `site: office
routers: [{ name: gw, config: gw.cfg }]
segments: { servers: 198.51.100.0/24 }
vantages: { internet: { address: 203.0.113.77, enters: gw FastEthernet0/0 } }
${rest}
`;

describe('audits at the edge of what a site file can say', () => {
  let folder: string;
  const audit = async (
    site: string,
  ): Promise<{
    code: number;
    document: { flows: unknown; findings: { kind: string; message: string }[] };
  }> => {
    writeFileSync(join(folder, 'gw.cfg'), CONFIG);
    writeFileSync(join(folder, 'site.yaml'), site);
    const { code, stdout } = await runCommand(['audit', 'site.yaml', '-f', 'json'], { cwd: folder });
    return { code, document: JSON.parse(stdout) };
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'aclscope-edges-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('an audit of no target proves nothing: incomplete', async () => {
    const { code, document } = await audit(SITE('targets: {}'));
    expect(code).to.equal(3);
    expect(document).to.have.nested.property('summary.verdict', 'incomplete');
    expect(document.flows).to.deep.equal([]);
  });

  it('a list that no probe can reach has no share of proven lines', async () => {
    const within = SITE('targets: { host: { address: 198.51.100.35, segment: servers } }').replace(
      '{ internet: { address: 203.0.113.77, enters: gw FastEthernet0/0 } }',
      '{ friend: { address: 198.51.100.50 } }',
    );
    await audit(within);
    for (const format of ['text', 'markdown', 'html']) {
      const { stdout } = await runCommand(['audit', 'site.yaml', '-f', format], { cwd: folder });
      expect(stdout, format).to.match(/probes can reach (no line|none)|no list line that probes can reach/);
      expect(stdout, format).to.not.match(/\b0% of/);
    }
  });

  it('ports that the list denies against the policy come with the reason of each', async () => {
    const { document } = await audit(
      SITE(`targets: { host: { address: 198.51.100.35, segment: servers } }
policy:
  - { from: any, to: host, tcp: [110], why: everyone reads mail }
  - { from: any, to: host, tcp: [143], why: and keeps it there }
  - { from: internet, to: host, tcp: [25, 587], why: and sends some }
  - { from: internet, to: host, tcp: [587], action: deny, why: not that way }`),
    );
    const [denied] = document.findings.filter((f) => f.kind === 'policy-contradicts-config');
    expect(denied?.message).to.match(
      /^internet -> host tcp\/25, 143: the policy allows it \(and keeps it there; and sends some\), yet/,
    );
  });

  it('a port that one rule allows and another denies is explained by the one that denies', async () => {
    const { document } = await audit(
      SITE(`targets: { host: { address: 198.51.100.35, segment: servers } }
policy:
  - { from: any, to: host, tcp: [110], why: everyone reads mail }
  - { from: internet, to: host, tcp: [110], action: deny, why: but not from there }`),
    );
    type Flow = { ports: unknown; policy: string; because: { kind?: string; text: string }[] };
    const flow = (document.flows as Flow[]).find((f) => JSON.stringify(f.ports) === '[[110,110]]');
    expect(flow?.policy).to.equal('deny');
    const said = flow?.because.filter((b) => b.kind === 'policy').map((b) => b.text);
    expect(said).to.deep.equal(['but not from there']);
  });
});
