import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { AuditFinding, AuditFlow } from '../../src/model/audit.ts';
import type { IntendedFlow } from '../../src/model/exposure.ts';
import { rangesHave } from '../../src/model/ports.ts';
import { intendedOf } from '../support/ask.ts';
import { runCommand } from '../support/run-command.ts';

const CONFIG = `version 12.4
hostname gw
interface FastEthernet0/0
 ip address 203.0.113.1 255.255.255.0
interface FastEthernet0/1
 ip address 192.0.2.1 255.255.255.0
ip access-list extended EDGE
 permit tcp any any eq 443
end
`;
const with_ = (line: string, under: string): string =>
  CONFIG.replace(`interface ${under}\n`, `interface ${under}\n ${line}\n`);

/** What denies, by the configuration that does it; null: the list. */
const CAUSES: readonly (readonly [says: string, config: string, cause: string | null])[] = [
  ['the list', with_('ip access-group EDGE in', 'FastEthernet0/0'), null],
  ['an interface that is shut down', with_('shutdown', 'FastEthernet0/0'), 'FastEthernet0/0 is shut down'],
  [
    'a route to nowhere',
    CONFIG.replace('end\n', 'ip route 192.0.2.10 255.255.255.255 Null0\nend\n'),
    'the route leads to Null0',
  ],
  [
    'the lack of a route',
    CONFIG.replace('192.0.2.1 ', '198.51.100.1 ').replace(
      'end\n',
      'ip route 198.18.0.0 255.255.0.0 203.0.113.254\nend\n',
    ),
    'no route leads to the destination',
  ],
  [
    'the lack of a zone pair',
    with_('zone-member security OUT', 'FastEthernet0/0').replace(
      'ip access-list',
      'zone security OUT\nip access-list',
    ),
    'only one of FastEthernet0/0 and FastEthernet0/1 is in a zone',
  ],
  [
    'the check of sources',
    with_('ip verify unicast source reachable-via rx', 'FastEthernet0/0')
      .replace('203.0.113.1 ', '203.0.114.1 ')
      .replace(
        '192.0.2.1 255.255.255.0',
        '192.0.2.1 255.255.255.0\n ip address 203.0.113.1 255.255.255.0 secondary',
      ),
    'the source is not led back through the interface of arrival',
  ],
];

const SITE = `site: shop
routers: [{ name: gw, config: gw.cfg }]
targets: { web: { address: 192.0.2.10 } }
vantages: { outside: { address: 203.0.113.9, enters: gw FastEthernet0/0 } }
policy: [{ from: any, to: web, tcp: [80], why: customers shop }]
`;
const SCAN = `# Nmap 7.93 scan initiated Sat Apr 10 14:03:00 2004 as: nmap -p 22,25 -oN - 192.0.2.10
Nmap scan report for 192.0.2.10
PORT    STATE    SERVICE
22/tcp  open     ssh
25/tcp  closed   smtp
# Nmap done at Sat Apr 10 14:03:15 2004 -- 1 IP address (1 host up) scanned in 15.00 seconds
`;

interface Doc {
  readonly flows: readonly (Pick<AuditFlow, 'message' | 'observed'> & {
    readonly because: readonly { text?: string }[];
  })[];
  readonly findings: readonly AuditFinding[];
}

describe('what is denied', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'aclscope-beside-'));
    writeFileSync(join(folder, 'site.yaml'), SITE);
    writeFileSync(join(folder, 'outside.nmap'), SCAN);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  for (const [says, config, cause] of CAUSES)
    it(`by ${says} is told to be`, async () => {
      writeFileSync(join(folder, 'gw.cfg'), config);
      const run = (...args: string[]) => runCommand(args, { cwd: folder });

      const intended = JSON.parse((await run('intended', 'site.yaml', '--format', 'json')).stdout) as {
        readonly flows: readonly IntendedFlow[];
      };
      const denial = intended.flows[0]!.deciding.find((d) => rangesHave(d.ports, 22));
      expect(denial?.cause ?? null).to.equal(cause);

      const audit = JSON.parse(
        (await run('audit', 'site.yaml', 'outside=outside.nmap', '--format', 'json')).stdout,
      ) as Doc;
      const seen = (state: string) => audit.flows.find((f) => f.observed === state)!;
      const why = cause ?? 'the access list denies it';
      expect(seen('open').message).to.equal(`open, though ${why}`);
      expect(seen('open').because.some((b) => b.text === cause)).to.equal(cause !== null);
      expect(seen('closed').message).to.contain(
        cause === null ? 'the list was bypassed' : `though ${cause}: the packets took another way`,
      );
      const exposed = audit.findings.find((f) => f.kind === 'exposed')!;
      expect(exposed.mend).to.contain(
        cause === null ? 'why the list let it pass' : 'by which way its packets pass',
      );
      const wanted = audit.findings.find(
        (f) => f.kind === 'policy-contradicts-config' && f.ports?.[0]?.[0] === 80,
      )!;
      expect(wanted.message).to.contain(
        cause === null ? 'yet the config denies it (the implicit deny of list EDGE)' : `yet ${cause}`,
      );
      expect(wanted.mend).to.contain(
        cause === null ? 'above the line that denies it' : 'in the configuration',
      );

      const trace = (format: string) =>
        run(
          'explain',
          'gw.cfg',
          '--from',
          '203.0.113.9',
          '--in',
          'FastEthernet0/0',
          '--to',
          '192.0.2.10',
          '--proto',
          'tcp',
          '--dport',
          '22',
          '--format',
          format,
        );
      expect((JSON.parse((await trace('json')).stdout) as { cause?: string }).cause ?? null).to.equal(cause);
      const text = (await trace('text')).stdout.replace(/\s+/g, ' ');
      expect(text.includes('Dropped: ')).to.equal(cause !== null);
      if (cause !== null) expect(text).to.contain(`Dropped: ${cause}`);
    });

  it('by a list for some source ports and by a route for others is told with both', () => {
    const config = with_('ip access-group EDGE in', 'FastEthernet0/0')
      .replace('permit tcp any any eq 443', 'deny tcp any eq 1024 any\n permit tcp any any')
      .replace('end\n', 'ip route 192.0.2.10 255.255.255.255 Null0\nend\n');
    const { deciding } = intendedOf(config, '203.0.113.9', '192.0.2.10');
    expect(deciding.map((d) => d.cause)).to.have.members([undefined, 'the route leads to Null0']);
  });
});
