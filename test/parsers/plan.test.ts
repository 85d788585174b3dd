import { expect } from 'chai';
import { parsePlan } from '../../parsers/plan.ts';

const plan = {
  schema: 'aclscope/plan/1',
  site: 'isp-mail',
  siteSha256: '0'.repeat(64),
  vantage: 'internet',
  vantageAddress: '203.0.113.77',
  created: '2026-11-23T04:00:00.000Z',
  coverage: 'exhaustive',
  targets: [
    {
      name: 'giant',
      address: '192.0.2.35',
      protocol: 'tcp',
      ports: [[1, 65535]],
      first: [110, 25],
      expectedOpen: [[110, 110]],
      canary: 110,
      negativeCanaries: [7, 8, 9],
      onLink: false,
    },
  ],
  pace: { perHost: 100, total: 300, overrideCeiling: false },
  warnings: [],
};
const read = (change: (p: typeof plan) => void) => {
  const copy = structuredClone(plan);
  change(copy);
  return parsePlan(JSON.stringify(copy), 'plan.json');
};
const complaint = (change: (p: typeof plan) => void) => read(change).diagnostics[0]?.message;

describe('the plan document', () => {
  it('is read as it was written, and tolerates members to come', () => {
    expect(read(() => undefined).value).to.deep.equal(plan);
    expect(read((p) => Object.assign(p, { later: 1 })).value).to.deep.equal(plan);
  });

  it('puts port ranges into canonical form', () => {
    const { value } = read((p) => {
      p.targets[0]!.ports = [
        [300, 400],
        [1, 299],
        [400, 65535],
      ];
    });
    expect(value?.targets[0]?.ports).to.deep.equal([[1, 65535]]);
  });

  it('refuses more than 500 a second per host unless a person overrode it', () => {
    expect(
      complaint((p) => {
        p.pace.perHost = 501;
      }),
    ).to.match(/pace\.perHost: more than 500/);
    expect(
      read((p) => {
        p.pace.perHost = 500;
      }).value,
    ).not.to.equal(undefined);
    expect(
      read((p) => {
        Object.assign(p.pace, { perHost: 50_000, overrideCeiling: true });
      }).value,
    ).not.to.equal(undefined);
  });

  it('refuses what could send packets elsewhere or nowhere', () => {
    expect(
      complaint((p) => {
        p.targets[0]!.address = '-oN /tmp/x';
      }),
    ).to.match(/targets\.0\.address/);
    expect(
      complaint((p) => {
        p.targets[0]!.ports = [[1, 70000]];
      }),
    ).to.match(/targets\.0\.ports/);
    expect(
      complaint((p) => {
        p.targets[0]!.ports = [[9, 1]];
      }),
    ).to.match(/targets\.0\.ports/);
    expect(
      complaint((p) => {
        p.targets[0]!.first = [0];
      }),
    ).to.match(/targets\.0\.first: holds a port/);
    expect(
      complaint((p) => {
        p.targets[0]!.canary = 0;
      }),
    ).to.match(/port 0/);
    expect(
      complaint((p) => {
        p.targets = [];
      }),
    ).to.match(/without targets/);
    expect(
      complaint((p) => {
        p.pace.perHost = 0;
      }),
    ).to.match(/pace\.perHost/);
  });

  it('says what is wrong with a text that is no plan, and where', () => {
    const cut = parsePlan(JSON.stringify(plan, null, 2).slice(0, 200), 'plan.json');
    expect(cut.value).to.equal(undefined);
    expect(cut.diagnostics[0]).to.include({ code: 'plan-unreadable', severity: 'error' });
    expect(cut.diagnostics[0]?.span?.line).to.be.greaterThan(1);
    expect(parsePlan('{"schema":"aclscope/evidence/1"}', 'x').diagnostics[0]?.message).to.match(
      /no plan: its "schema"/,
    );
    expect(parsePlan('', 'x').diagnostics[0]?.message).to.match(/not a whole plan/);
    expect(parsePlan('null', 'x').diagnostics[0]?.message).to.match(/"schema" is missing|"schema" is/);
  });
});
