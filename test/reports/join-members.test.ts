import { expect } from 'chai';
import { joinMembers } from '../../reports/join-members.ts';
import type { AuditReport } from '../../reports/report.ts';
import type { AuditFlow } from '../../src/model/audit.ts';
import { auditReport, flows } from './samples/audit-sample.ts';
import { network } from './samples/isp-mail.ts';

const name = (host: number): string => `office/192.0.2.${host}`;

/** The sample's first flow as each of these members has it, with what tells it from the others. */
function officeReport(members: readonly { host: number; own?: Partial<AuditFlow> }[]): AuditReport {
  const targets = members.map(({ host }) => ({
    name: name(host),
    address: `192.0.2.${host}`,
    segment: null,
    group: 'office',
  }));
  const ofMembers = members.map(({ host, own }) => ({ ...flows[0]!, target: name(host), ...own }));
  return {
    ...auditReport,
    network: { ...network, targets: [...network.targets, ...targets] },
    result: { ...auditReport.result, flows: ofMembers, findings: [] },
  };
}

const canary = (text: string): Partial<AuditFlow> => ({ because: [{ kind: 'canary', text, line: null }] });
const targetsOf = (report: AuditReport): readonly string[] =>
  joinMembers(report).result.flows.map((f) => f.target);

describe('members of a group in reports for people', () => {
  it('leaves a report without groups as it is', () => {
    expect(joinMembers(auditReport)).to.equal(auditReport);
  });

  it('go under the name of the group where all fared alike', () => {
    expect(targetsOf(officeReport([{ host: 7 }, { host: 8 }, { host: 9 }]))).to.deep.equal(['office']);
  });

  it('stand alone where their verdict differs', () => {
    const report = officeReport([{ host: 7 }, { host: 8, own: { verdict: 'undetermined' } }, { host: 9 }]);
    expect(targetsOf(report)).to.deep.equal(['office (192.0.2.7, 192.0.2.9)', name(8)]);
  });

  it('are alike however often their canaries were asked, and not where one of them had none', () => {
    const report = officeReport([
      { host: 7, own: canary('canary tcp/443 answered 5 of 5 times') },
      { host: 8, own: canary('canary tcp/443 answered 6 of 7 times') },
      { host: 9, own: canary('no canary is possible from here') },
    ]);
    expect(targetsOf(report)).to.deep.equal(['office (192.0.2.7-192.0.2.8)', name(9)]);
    expect(joinMembers(report).result.flows[0]?.because).to.deep.equal(
      canary('canary tcp/443 answered').because,
    );
  });

  it('are drawn as one host, and the summary still counts each', () => {
    const report = officeReport([{ host: 7 }, { host: 8 }]);
    const joined = joinMembers(report);
    expect(joined.network?.targets.map((t) => `${t.name}: ${t.address}`)).to.include(
      'office: 192.0.2.7 and 1 more',
    );
    expect(joined.result.summary).to.equal(report.result.summary);
  });
});
