import { expect } from 'chai';
import type { Lab } from './lab.ts';
import type { LabVantage } from './naming.ts';
import type { LabAcl, LabOptions } from './options.ts';
import {
  type Audited,
  audit,
  buildProgram,
  differences,
  engines,
  flowsFrom,
  planAndScan,
  seesIcmp,
} from './product.ts';
import { requireLab } from './require-lab.ts';
import { type SideBySide, startSideBySide } from './side-by-side.ts';

// What the audit must say of each variant, written by hand: which ports fail, which stay undetermined, how sure the rest is.

interface Expected {
  /** Port → severity of its failure. */
  readonly fails?: Readonly<Record<number, string>>;
  /** What becomes of the ports that `fails` and `passes` do not name; `pass` where absent, a severity being a failure. */
  readonly rest?: 'pass' | 'undetermined' | 'high';
  readonly passes?: readonly number[];
  /** How sure a denied port's pass is. */
  readonly denied?: readonly string[];
}

interface Row {
  readonly title: string;
  readonly lab: Partial<LabOptions>;
  /** The list that the site file believes in, where it is not the lab's. */
  readonly believed?: LabAcl;
  /** Most ports are not probed here, so nothing conforms: 1 where something differs, else 3. */
  readonly exit: 1 | 3;
  readonly from: Readonly<Partial<Record<LabVantage, Expected>>>;
  readonly findings?: readonly string[];
  /** For engines that read ICMP, or for those that do not; for all where absent. */
  readonly icmp?: 'seen' | 'unseen';
}

const silence = ['consistent'];
const said = ['proven'];

const rows: readonly Row[] = [
  {
    title: 'the short list and nothing else open: nothing differs',
    lab: { acl: 'short' },
    exit: 3,
    from: {
      internet: { denied: silence },
      mailfilter: { denied: silence },
      admin: { denied: silence },
      friend: { denied: said },
    },
  },
  {
    title: 'the same, each denial said by ICMP: each denial is proven',
    lab: { acl: 'short', denial: 'reject' },
    exit: 3,
    from: {
      internet: { denied: said },
      mailfilter: { denied: said },
      admin: { denied: said },
      friend: { denied: said },
    },
  },
  {
    title: 'two refusals a second: denied ports pass, whether said or silent',
    lab: { acl: 'short', denial: 'reject-limited' },
    exit: 3,
    from: {
      internet: { denied: [...said, ...silence] },
      mailfilter: { denied: [...said, ...silence] },
      admin: { denied: [...said, ...silence] },
      friend: { denied: said },
    },
  },
  {
    title: 'rsh behind the list: only the segment sees it',
    lab: { acl: 'short', leak: 'listening' },
    exit: 1,
    from: { internet: {}, friend: { fails: { 514: 'high' } } },
    findings: ['exposed'],
  },
  {
    title: 'rsh let through: critical from everywhere outside',
    lab: { acl: 'short', leak: 'through', denial: 'reject' },
    exit: 1,
    from: {
      internet: { fails: { 514: 'critical' } },
      mailfilter: { fails: { 514: 'critical' } },
      admin: { fails: { 514: 'critical' } },
      friend: { fails: { 514: 'high' } },
    },
    findings: ['exposed'],
  },
  {
    title:
      'the full list, silent: mail filter and admin have no canary, those of the others answer meanwhile',
    lab: { acl: 'full' },
    exit: 1,
    from: {
      internet: { denied: silence },
      mailfilter: { denied: silence },
      admin: { denied: silence },
      friend: { denied: said },
    },
    findings: ['policy-contradicts-config'],
  },
  {
    title: 'the same, seen by mail filter and admin alone: no canary, no verdict',
    lab: { acl: 'full' },
    exit: 1,
    from: { mailfilter: { rest: 'undetermined' }, admin: { rest: 'undetermined' } },
    findings: ['policy-contradicts-config'],
  },
  {
    title: 'the full list, each denial said by ICMP: being cut off is proven',
    lab: { acl: 'full', denial: 'reject' },
    icmp: 'seen',
    exit: 1,
    from: { mailfilter: { denied: said }, admin: { denied: said } },
    findings: ['policy-contradicts-config'],
  },
  {
    title: 'the full list, each denial an errno: without a canary it proves nothing',
    lab: { acl: 'full', denial: 'reject' },
    icmp: 'unseen',
    exit: 1,
    from: { mailfilter: { rest: 'undetermined' }, admin: { rest: 'undetermined' } },
    findings: ['policy-contradicts-config'],
  },
  {
    title: 'the router lost its list: what the list denies answers',
    lab: { acl: 'none' },
    believed: 'short',
    exit: 1,
    from: {
      internet: { passes: [110], fails: { 22: 'critical', 25: 'critical', 143: 'critical' }, rest: 'high' },
    },
    findings: ['exposed', 'bypassed'],
  },
  {
    title: 'the router has a list that the site does not know of',
    lab: { acl: 'short', denial: 'reject' },
    believed: 'none',
    icmp: 'seen',
    exit: 1,
    from: { internet: { passes: [110], rest: 'high' } },
    findings: ['drift'],
  },
];

const ports = [...Array.from({ length: 150 }, (_, i) => i + 1), 513, 514, 515, 32773, 65535];
const portList = '1-150,513-515,32773,65535';

describe('the verdicts of the built program in the lab', () => {
  for (const row of rows) {
    describe(row.title, () => {
      const judged = engines.filter((id) => row.icmp === undefined || (row.icmp === 'seen') === seesIcmp(id));
      const vantages = Object.keys(row.from) as LabVantage[];
      let audits: SideBySide<Audited> | undefined;

      before(function () {
        this.timeout(60_000);
        requireLab(this);
        buildProgram();
        audits = startSideBySide(judged, row.lab, (lab, engine) =>
          scanFromAll(lab, vantages, engine, row.believed),
        );
      });
      after(function () {
        this.timeout(60_000);
        return audits?.down();
      });

      for (const engine of judged) {
        it(`with the ${engine} engine`, async function () {
          this.timeout(240_000);
          const { lab, value: audited } = await audits!.result(engine);
          for (const vantage of vantages) expectVerdicts(lab, vantage, engine, audited, row);
          expect(audited.document.findings.map((finding) => finding.kind)).to.include.members([
            ...(row.findings ?? []),
          ]);
          expect(audited.code).to.equal(row.exit);
        });
      }
    });
  }
});

async function scanFromAll(
  lab: Lab,
  vantages: readonly LabVantage[],
  engine: string,
  believed: LabAcl | undefined,
): Promise<Audited> {
  const sweep = { engine, ports: portList, rate: 500, ...(believed === undefined ? {} : { believed }) };
  const evidence = await Promise.all(vantages.map((vantage) => planAndScan(lab, vantage, sweep)));
  return audit(lab, evidence, believed);
}

function expectVerdicts(lab: Lab, vantage: LabVantage, engine: string, audited: Audited, row: Row): void {
  const expected = row.from[vantage]!;
  const flows = flowsFrom(audited.document, vantage);
  expect(differences(lab.truth(vantage), flows, ports, engine), vantage).to.deep.equal([]);
  const wrong: string[] = [];
  for (const port of ports) {
    const flow = flows.get(port)!;
    const wanted =
      expected.fails?.[port] ?? (expected.passes?.includes(port) ? 'pass' : (expected.rest ?? 'pass'));
    const got = flow.verdict === 'fail' ? flow.severity : flow.verdict;
    if (got !== wanted) wrong.push(`${port} ${flow.observed}: ${got}, not ${wanted}`);
    const deniedWell = flow.intended === 'deny' && flow.verdict === 'pass';
    const sure = flow.observed === 'unreachable' ? silence : expected.denied;
    if (deniedWell && sure && !sure.includes(flow.confidence))
      wrong.push(`${port} ${flow.observed}: ${flow.confidence}, not ${sure.join(' or ')}`);
  }
  expect(wrong.slice(0, 20), vantage).to.deep.equal([]);
}
