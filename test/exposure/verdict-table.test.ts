import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { sealEvidence } from '../../scans/evidence/seal.ts';
import type { AuditFlow } from '../../src/model/audit.ts';
import type { Evidence, Observation } from '../../src/model/evidence.ts';
import { runCommand } from '../support/run-command.ts';

// Every cell of the verdict table through the command line, from a site and evidence written by hand: 2xxx is permitted,
// 3xxx denied by a line, 4xxx left open by a time range without a clock; what nobody names is denied at the end.

const CONFIG = `version 12.4
hostname edge
interface Serial0/0
 ip address 198.51.100.2 255.255.255.252
 ip access-group 120 in
interface Ethernet0/1
 ip address 203.0.113.129 255.255.255.128
time-range office
 periodic weekdays 9:00 to 17:00
access-list 120 permit tcp any host 203.0.113.200 range 2000 2999
access-list 120 deny tcp any host 203.0.113.200 range 3000 3999
access-list 120 permit tcp any host 203.0.113.200 range 4000 4999 time-range office
access-list 120 deny ip any any
`;
const SITE = `site: table
routers: [{ name: edge, config: edge.cfg }]
segments: { dmz: 203.0.113.128/25 }
targets: { shop: { address: 203.0.113.200, segment: dmz, listeners: [2020-2029] } }
vantages:
  world: { address: 192.0.2.9, sources: any, enters: edge Serial0/0 }
  peer: { address: 203.0.113.210 }
policy:
  - { from: any, to: shop, tcp: [2000-2999, 4000-4499], why: the shop }
  - { from: dmz, to: shop, wrapped: [5000-5099], why: refuses neighbours politely }
`;
const ROUTER = '198.51.100.2';
const STRANGER = '192.0.2.254';

type Seen = Partial<Observation> & { readonly state: Observation['state'] };
const says = (code: number, from: string): Seen => ({
  state: 'filtered',
  reason: 'icmp',
  icmp: { type: 3, code, from },
});
const silent: Seen = { state: 'filtered', reason: 'timeout' };
const patient: Seen = { ...silent, tries: 5, spanSeconds: 15 };
const unreachable: Seen = { state: 'unreachable', reason: 'EHOSTUNREACH' };
const open: Seen = { state: 'open', reason: 'syn-ack', confirmed: true };
const wrapped: Seen = { state: 'wrapped', reason: 'eof', confirmed: true };
const closed: Seen = { state: 'closed', reason: 'rst' };
const tainted = (seen: Seen): Seen => ({ ...seen, tainted: 'the scanner was blocked' });

type Row = readonly [
  port: number,
  seen: Seen | null,
  verdict: string,
  confidence: string,
  severity: string | null,
];

const FAIL = ['fail', 'proven'] as const;
const PROVEN = ['pass', 'proven', null] as const;
const CONSISTENT = ['pass', 'consistent', null] as const;
const OPEN_QUESTION = ['undetermined', 'none', null] as const;
const TAINTED = ['undetermined', 'tainted', null] as const;

const world: readonly Row[] = [
  [2000, open, ...PROVEN],
  [2001, wrapped, ...PROVEN],
  [2002, closed, ...PROVEN],
  [2003, says(13, ROUTER), ...FAIL, 'high'],
  [2004, says(9, ROUTER), ...FAIL, 'high'],
  [2005, says(10, ROUTER), ...FAIL, 'high'],
  [2006, says(13, STRANGER), ...FAIL, 'medium'],
  [2007, says(1, ROUTER), ...OPEN_QUESTION],
  [2008, silent, ...OPEN_QUESTION],
  [2009, patient, ...OPEN_QUESTION],
  [2010, unreachable, ...OPEN_QUESTION],
  [2011, { state: 'unstable' }, ...OPEN_QUESTION],
  [2012, { state: 'unobserved' }, ...OPEN_QUESTION],
  [2013, null, ...OPEN_QUESTION],
  [2014, tainted(open), ...TAINTED],
  [2015, tainted(closed), ...PROVEN],
  [2020, patient, ...FAIL, 'high'],
  [2021, { ...patient, tries: 4 }, ...OPEN_QUESTION],
  [2022, { ...patient, spanSeconds: 14 }, ...OPEN_QUESTION],
  [2023, tainted(patient), ...TAINTED],
  [2024, unreachable, ...OPEN_QUESTION],
  [3000, open, ...FAIL, 'critical'],
  [3001, wrapped, ...FAIL, 'critical'],
  [3002, closed, ...FAIL, 'high'],
  [3003, says(13, ROUTER), ...PROVEN],
  [3004, says(9, ROUTER), ...PROVEN],
  [3005, says(10, ROUTER), ...PROVEN],
  [3006, says(13, STRANGER), ...CONSISTENT],
  [3007, says(1, ROUTER), ...CONSISTENT],
  [3008, silent, ...CONSISTENT],
  [3009, unreachable, ...CONSISTENT],
  [3010, { state: 'unstable' }, ...OPEN_QUESTION],
  [3011, { state: 'unobserved' }, ...OPEN_QUESTION],
  [3012, null, ...OPEN_QUESTION],
  [3013, tainted(silent), ...TAINTED],
  [3014, tainted(open), ...TAINTED],
  [3015, tainted(closed), ...FAIL, 'high'],
  [3016, tainted(says(13, ROUTER)), ...PROVEN],
  [4000, open, ...OPEN_QUESTION],
  [4001, closed, ...OPEN_QUESTION],
  [4002, silent, ...OPEN_QUESTION],
  [4500, open, ...FAIL, 'critical'],
  [4501, wrapped, ...FAIL, 'critical'],
  [4502, closed, ...OPEN_QUESTION],
  [4503, silent, ...OPEN_QUESTION],
  [4504, says(13, ROUTER), ...OPEN_QUESTION],
  [6000, open, ...FAIL, 'critical'],
  [6001, silent, ...CONSISTENT],
];

const peer: readonly Row[] = [
  [2000, open, ...PROVEN],
  [2001, wrapped, ...PROVEN],
  [2002, closed, ...PROVEN],
  [2003, says(13, '203.0.113.200'), ...FAIL, 'high'],
  [2004, silent, ...OPEN_QUESTION],
  [2020, patient, ...FAIL, 'high'],
  [3000, open, ...FAIL, 'high'],
  [3001, wrapped, ...FAIL, 'high'],
  [3002, closed, ...PROVEN],
  [3003, says(13, '203.0.113.200'), ...PROVEN],
  [3004, silent, ...CONSISTENT],
  [3005, unreachable, ...CONSISTENT],
  [3006, null, ...OPEN_QUESTION],
  [3007, tainted(silent), ...TAINTED],
  [5000, wrapped, ...PROVEN],
  [5001, open, ...FAIL, 'high'],
  [5002, { ...open, confirmed: false }, ...OPEN_QUESTION],
  [5003, closed, ...PROVEN],
  [5100, wrapped, ...FAIL, 'high'],
  // What the router's list says of these ports is nothing to a neighbour.
  [4001, open, ...PROVEN],
  [4502, open, ...FAIL, 'high'],
];

const observationsOf = (rows: readonly Row[]): Observation[] =>
  rows.flatMap(([port, seen]) =>
    seen === null
      ? []
      : [
          {
            ports: [[port, port] as const],
            reason: 'listed',
            icmp: null,
            ttl: null,
            tries: 2,
            spanSeconds: 1,
            banner: null,
            service: null,
            confirmed: false,
            tainted: null,
            at: null,
            ...seen,
          },
        ],
  );

const evidenceOf = (vantage: string, rows: readonly Row[], more: Partial<Evidence> = {}): Evidence => ({
  schema: 'aclscope/evidence/1',
  site: 'table',
  vantage,
  origin: { kind: 'import', via: 'by-hand', tool: null, command: null, file: null },
  box: null,
  planSha256: null,
  siteSha256: null,
  started: null,
  ended: null,
  completeness: { kind: 'complete' },
  targets: [
    {
      target: null,
      address: '203.0.113.200',
      hostName: null,
      protocol: 'tcp',
      observations: observationsOf(rows),
      canaries: [],
    },
  ],
  listeners: [],
  sessions: [],
  notes: [],
  ...more,
});

describe('the verdict table, through the command line', () => {
  let folder: string;
  const audit = async (site: string, ...evidence: readonly Evidence[]) => {
    writeFileSync(join(folder, 'edge.cfg'), CONFIG);
    writeFileSync(join(folder, 'site.yaml'), site);
    const files = evidence.map((e, i) => {
      writeFileSync(join(folder, `${i}.json`), JSON.stringify(e));
      return `${i}.json`;
    });
    const ran = await runCommand(['audit', 'site.yaml', ...files, '--format', 'json'], { cwd: folder });
    expect(ran.code, ran.stderr).to.not.equal(2);
    const doc = JSON.parse(ran.stdout) as {
      flows: AuditFlow[];
      findings: { kind: string; mend: string | null }[];
      summary: { verdict: string };
    };
    const at = (vantage: string, port: number): AuditFlow => {
      const found = doc.flows.filter(
        (f) => f.vantage === vantage && f.ports.some(([lo, hi]) => lo <= port && port <= hi),
      );
      expect(found, `one flow for ${vantage} ${port}`).to.have.lengthOf(1);
      return found[0]!;
    };
    return { code: ran.code, doc, at };
  };
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'aclscope-table-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('gives each cell its verdict, confidence and severity', async () => {
    const { at, code } = await audit(SITE, evidenceOf('world', world), evidenceOf('peer', peer));
    expect(code).to.equal(1);
    const told = (vantage: string, rows: readonly Row[]) =>
      rows.map(([port]) => {
        const { verdict, confidence, severity } = at(vantage, port);
        return [port, verdict, confidence, severity];
      });
    const expected = (rows: readonly Row[]) =>
      rows.map(([port, , verdict, confidence, severity]) => [port, verdict, confidence, severity]);
    expect(told('world', world)).to.deep.equal(expected(world));
    expect(told('peer', peer)).to.deep.equal(expected(peer));
  });

  it('tells what config and policy say of a flow, and null where neither applies', async () => {
    const { at } = await audit(SITE, evidenceOf('world', world), evidenceOf('peer', peer));
    const said = (vantage: string, port: number) => {
      const { intended, config, policy } = at(vantage, port);
      return [intended, config, policy];
    };
    expect(said('world', 2000)).to.deep.equal(['permit', 'permit', 'allow']);
    expect(said('world', 3000)).to.deep.equal(['deny', 'deny', 'deny']);
    expect(said('world', 4000)).to.deep.equal(['undetermined', 'undetermined', 'allow']);
    expect(said('world', 4500)).to.deep.equal(['undetermined', 'undetermined', 'deny']);
    expect(said('peer', 2000)).to.deep.equal(['permit', null, 'allow']);
    expect(said('peer', 3000)).to.deep.equal(['deny', null, 'deny']);
    const without = await audit(SITE.replace(/policy:[\s\S]*/, ''), evidenceOf('peer', peer));
    const { intended, config, policy, verdict } = without.at('peer', 2000);
    expect([intended, config, policy, verdict]).to.deep.equal(['undetermined', null, null, 'undetermined']);
  });

  it('says so where the evidence does not tell who sent an ICMP', async () => {
    const unnamed = { ...says(13, ROUTER), icmp: { type: 3, code: 13, from: null } };
    const { at } = await audit(
      SITE,
      evidenceOf('world', [
        [2003, unnamed, ...FAIL, 'medium'],
        [3003, unnamed, ...CONSISTENT],
      ]),
    );
    expect(at('world', 2003)).to.include({ verdict: 'fail', severity: 'medium' });
    expect(at('world', 2003).message).to.match(/an unnamed sender answers ICMP 3\/13/);
    expect(at('world', 3003)).to.include({ verdict: 'pass', confidence: 'consistent' });
    expect(at('world', 3003).message).to.match(/does not say from whom/);
  });

  it('names the line that leaves a flow undetermined', async () => {
    const { at } = await audit(SITE, evidenceOf('world', world));
    expect(at('world', 4000).because[0]).to.include({ line: 12 });
    expect(at('world', 3008).because[0]).to.include({ line: 11 });
    expect(at('world', 6001).because[0]).to.include({ line: 13 });
  });

  it('believes the silence of an import only beside an open port of the same completed run', async () => {
    const withoutOpen = world.filter(([, seen]) => seen?.state !== 'open' && seen?.state !== 'wrapped');
    const alone = await audit(SITE, evidenceOf('world', withoutOpen));
    expect(alone.at('world', 3008)).to.include({ verdict: 'undetermined', confidence: 'tainted' });
    expect(alone.at('world', 3003)).to.include({ verdict: 'pass', confidence: 'proven' });
    const broken = evidenceOf('world', world, {
      completeness: { kind: 'incomplete', reason: 'the file ends early' },
    });
    const cut = await audit(SITE, broken);
    expect(cut.at('world', 3008)).to.include({ verdict: 'undetermined', confidence: 'tainted' });
  });

  it('believes silence only between canaries that mostly answered, or whose gaps are told as tainted', async () => {
    const scanned = (answered: number, rows: readonly Row[]): Evidence => {
      const evidence = evidenceOf('world', rows);
      const canary = {
        port: 2000,
        kind: 'positive',
        sent: 5,
        answered,
        ttl: null,
        firstGood: null,
        lastGood: null,
        worstGapSeconds: 5,
      } as const;
      return { ...evidence, targets: evidence.targets.map((t) => ({ ...t, canaries: [canary] })) };
    };
    const quiet: Row = [3000, silent, ...CONSISTENT];
    const confidence = async (answered: number, ...rows: Row[]) =>
      (await audit(SITE, scanned(answered, rows))).at('world', 3000).confidence;
    expect(await confidence(5, quiet)).to.equal('consistent');
    expect(await confidence(3, quiet)).to.equal('consistent');
    expect(await confidence(1, quiet)).to.equal('tainted');
    expect(await confidence(0, quiet)).to.equal('tainted');
    expect(await confidence(1, quiet, [3001, tainted(silent), ...TAINTED])).to.equal('consistent');
    const { message } = (await audit(SITE, scanned(1, [quiet]))).at('world', 3000);
    expect(message).to.match(/canary tcp\/2000 answered only 1 of 5 times/);
  });

  it("lets another vantage's canary stand in only where it answered while this scan ran", async () => {
    const hour = (time: string): string => `2026-11-27T${time}:00.000Z`;
    const scanned = (vantage: string, rows: readonly Row[], from: string, to: string, good: string[]) => {
      const evidence = evidenceOf(vantage, rows, { started: hour(from), ended: hour(to) });
      const canaries = good.map((time) => ({
        port: 2000,
        kind: 'positive' as const,
        sent: 5,
        answered: 5,
        ttl: null,
        firstGood: hour(time),
        lastGood: hour(to),
        worstGapSeconds: 5,
      }));
      return sealEvidence({
        ...evidence,
        origin: { kind: 'scan', via: 'syn', tool: 'aclscope', command: null, file: null },
        targets: evidence.targets.map((t) => ({ ...t, target: 'shop', canaries })),
      });
    };
    const quiet = (asked: Partial<Observation> = {}) =>
      scanned('world', [[3000, { ...silent, ...asked }, ...CONSISTENT]], '10:00', '10:10', []);
    const beside = (good: string, to = '11:00') => scanned('peer', peer, '09:50', to, [good]);
    const judged = async (other: Evidence, asked: Partial<Observation> = {}) =>
      (await audit(SITE, quiet(asked), other)).at('world', 3000);
    const confidence = async (...given: Parameters<typeof judged>) => (await judged(...given)).confidence;
    expect(await confidence(beside('09:59'))).to.equal('consistent');
    expect(await confidence(beside('10:50')), 'it answered only after this scan had ended').to.equal(
      'tainted',
    );
    const { seal, ...of } = beside('09:59');
    const targets = of.targets.map((t) => ({ ...t, address: '192.0.2.77' }));
    expect(await confidence(sealEvidence({ ...of, targets })), 'another host answered').to.equal('tainted');

    // Where the times overlap in part, for what was asked in the common part.
    const asked = (since: string, at: string) => ({ since: hour(since), at: hour(at) });
    expect(await confidence(beside('10:05')), 'nothing tells when it was asked').to.equal('consistent');
    expect(await confidence(beside('10:05'), asked('10:05', '10:06'))).to.equal('consistent');
    expect(await confidence(beside('10:05'), asked('10:04', '10:06'))).to.equal('tainted');
    expect(await confidence(beside('10:05'), { at: hour('10:06') }), 'nothing tells since when').to.equal(
      'consistent',
    );
    const early = (seconds: number) => ({ since: `2026-11-27T10:04:${seconds}.000Z`, at: hour('10:05') });
    expect(await confidence(beside('10:05'), early(30)), 'two boxes do not start together').to.equal(
      'consistent',
    );
    expect(await confidence(beside('10:05'), early(29))).to.equal('tainted');
    expect(await confidence(beside('09:55', '10:05'), asked('10:01', '10:05'))).to.equal('consistent');
    const late = await judged(beside('09:55', '10:05'), asked('10:01', '10:06'));
    expect(late).to.include({ confidence: 'tainted', verdict: 'undetermined' });
    expect(late.message).to.equal(
      `silent, but no canary from here; the one that answered peer did so from ${hour('09:55')} to ${hour('10:05')}, and this was asked at another time`,
    );
  });

  it('tells what to do about an open port by who should have stopped it', async () => {
    const mend = async (vantage: string, port: number) => {
      const { doc } = await audit(SITE, evidenceOf(vantage, [[port, open, ...FAIL, 'critical']]));
      return doc.findings.find((f) => f.kind === 'exposed')?.mend;
    };
    expect(await mend('world', 3000)).to.match(/find out why the list let it pass/);
    expect(await mend('world', 4500)).to.match(/or deny it in the list/);
    expect(await mend('peer', 3000))
      .to.match(/^close the service/)
      .and.not.match(/list/);
  });

  it('decides nothing by evidence of another address, unless that is declared', async () => {
    const other = evidenceOf('world', world);
    const renamed = { ...other, targets: other.targets.map((t) => ({ ...t, address: '192.0.2.77' })) };
    const { at, doc } = await audit(SITE, renamed);
    expect(at('world', 3000)).to.include({ verdict: 'undetermined', confidence: 'none' });
    expect(at('world', 2000)).to.include({ verdict: 'undetermined', confidence: 'none' });
    expect(doc.findings.map((f) => f.kind)).to.include('evidence-names-other-address');
    const declared = SITE.replace(
      'segment: dmz, listeners',
      'aliases: [192.0.2.77], segment: dmz, listeners',
    );
    expect((await audit(declared, renamed)).at('world', 3000).verdict).to.equal('fail');
  });

  it("decides nothing by a box that stands elsewhere, unless a NAT hides it as the vantage's address", async () => {
    const from = (address: string, behindNat: string | null, onLink = false): Partial<Evidence> => ({
      box: { address, interface: 'eth0', gateway: '192.0.2.1', onLink, behindNat },
    });
    const verdict = async (vantage: string, rows: readonly Row[], more: Partial<Evidence>) => {
      const { at } = await audit(SITE, evidenceOf(vantage, rows, more));
      return at(vantage, 3000).verdict;
    };
    expect(await verdict('world', world, from('192.0.2.9', null))).to.equal('fail');
    expect(await verdict('world', world, from('192.0.2.10', null))).to.equal('undetermined');
    expect(await verdict('world', world, from('192.0.2.10', '192.0.2.9'))).to.equal('fail');
    expect(await verdict('world', world, from('192.0.2.9', '192.0.2.10'))).to.equal('undetermined');
    expect(await verdict('peer', peer, from('203.0.113.210', null, true))).to.equal('fail');
    expect(await verdict('peer', peer, from('203.0.113.210', null, false))).to.equal('undetermined');
  });

  it('ends with 3 while a rule is unconfirmed, and with 0 once a person confirmed it', async () => {
    const everything = evidenceOf('peer', [
      [
        2000,
        {
          ...open,
          ports: [
            [2000, 2999],
            [4000, 4499],
          ],
        },
        ...PROVEN,
      ],
      [
        1,
        {
          ...closed,
          ports: [
            [1, 1999],
            [3000, 3999],
            [4500, 65535],
          ],
        },
        ...PROVEN,
      ],
    ]);
    const only = SITE.replace(/ {2}world:.*\n/, '');
    expect((await audit(only, everything)).code).to.equal(0);
    const drafted = await audit(
      only.replace('why: the shop', 'why: the shop, unconfirmed: true'),
      everything,
    );
    expect(drafted.code).to.equal(3);
    expect(drafted.doc.findings.map((f) => f.kind)).to.include('unconfirmed-policy');
  });

  it('finds a list that permits what policy denies, or denies what it allows, whatever was seen', async () => {
    const contrary = SITE.replace('2000-2999, 4000-4499', '2500-3499');
    const { doc, code } = await audit(contrary);
    const said = doc.findings.filter((f) => f.kind === 'policy-contradicts-config') as unknown as {
      severity: string;
      ports: unknown;
      line: { line: number };
    }[];
    expect(said.map((f) => [f.severity, f.ports, f.line.line])).to.deep.include.members([
      ['high', [[2000, 2499]], 10],
      ['high', [[3000, 3499]], 11],
    ]);
    expect(code).to.equal(1);
  });

  it('takes the gravest of several sightings, and a waiver only for what it names', async () => {
    const calm = evidenceOf('world', [
      [3000, silent, ...CONSISTENT],
      [2000, open, ...PROVEN],
    ]);
    const both = await audit(SITE, calm, evidenceOf('world', world));
    expect(both.at('world', 3000)).to.include({ verdict: 'fail', severity: 'critical' });
    const waiver = (finding: string, until: string): string =>
      `${SITE}waivers: [{ finding: ${finding}, vantage: world, target: shop, ports: [3000], owner: ops, why: known, until: ${until} }]\n`;
    const waived = async (finding: string, until: string) => {
      const { at } = await audit(waiver(finding, until), evidenceOf('world', world));
      return [at('world', 3000).verdict, at('world', 3001).verdict];
    };
    expect(await waived('exposed', '2099-01-01')).to.deep.equal(['waived', 'fail']);
    expect(await waived('bypassed', '2099-01-01')).to.deep.equal(['fail', 'fail']);
    expect(await waived('exposed', '2020-01-01')).to.deep.equal(['fail', 'fail']);
  });
});
