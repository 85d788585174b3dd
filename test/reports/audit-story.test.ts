import { expect } from 'chai';
import { beyondFlow, tellAudit } from '../../reports/audit-story.ts';
import type { AuditFinding, AuditFlow, AuditResult } from '../../src/model/audit.ts';
import { auditResult, findings, flows } from './samples/audit-sample.ts';

const failing = flows.filter((f) => f.verdict === 'fail');
const flow = (f: Partial<AuditFlow>): AuditFlow => {
  const [first] = failing;
  if (!first) throw new Error('the sample changed');
  return { ...first, ...f };
};
const finding = (f: Partial<AuditFinding>): AuditFinding => {
  const [first] = findings.filter((x) => x.kind === 'bypassed');
  if (!first) throw new Error('the sample changed');
  return { ...first, ...f };
};
const story = (r: Partial<AuditResult>) => tellAudit({ ...auditResult, ...r });

describe('the story of an audit', () => {
  it('tells every flow and every finding exactly once', () => {
    const s = tellAudit(auditResult);
    const told = [...s.failing, ...s.undetermined, ...s.waived];
    expect(told.length + s.unseen.length + flows.filter((f) => f.verdict === 'pass').length).to.equal(
      flows.length,
    );
    const said = [...told.flatMap((t) => t.findings), ...s.furtherFindings];
    expect(said).to.have.members([...findings]);
    expect(said).to.have.length(findings.length);
  });

  it('gives a finding to the failing flow whose ports it names', () => {
    const s = story({ flows: [flow({ ports: [[514, 514]] })], findings: [finding({ ports: [[500, 600]] })] });
    expect(s.failing[0]?.findings).to.have.length(1);
    expect(s.furtherFindings).to.deep.equal([]);
  });

  it('leaves it by itself when the ports, the vantage or the target are others', () => {
    for (const other of [
      { ports: [[515, 600]] as const },
      { vantage: 'friend' },
      { target: 'dwarf' },
      { ports: null },
    ]) {
      const s = story({
        flows: [flow({ ports: [[514, 514]] })],
        findings: [finding({ ports: [[514, 514]], ...other })],
      });
      expect(s.failing[0]?.findings).to.deep.equal([]);
      expect(s.furtherFindings).to.have.length(1);
    }
  });

  it('does not hide a finding inside an undetermined flow', () => {
    const open = flow({ verdict: 'undetermined', ports: [[514, 514]] });
    const s = story({ flows: [open], findings: [finding({ ports: [[514, 514]] })] });
    expect(s.undetermined[0]?.findings).to.deep.equal([]);
    expect(s.furtherFindings).to.have.length(1);
  });

  it('sets flows that nobody observed apart from those the model cannot decide', () => {
    const nobody = flow({ verdict: 'undetermined', observed: 'unobserved', because: [] });
    const doubtful = flow({
      verdict: 'undetermined',
      observed: 'unobserved',
      intended: 'undetermined',
      because: [],
    });
    const s = story({ flows: [nobody, doubtful], findings: [] });
    expect(s.unseen).to.deep.equal([nobody]);
    expect(s.undetermined.map((t) => t.flow)).to.deep.equal([doubtful]);
  });

  it('puts the gravest first', () => {
    const s = story({
      flows: [flow({ severity: 'high' }), flow({ severity: 'critical', ports: [[1, 1]] })],
      findings: [],
    });
    expect(s.failing.map((t) => t.flow.severity)).to.deep.equal(['critical', 'high']);
  });
});

describe('what a finding says beyond its flow', () => {
  const own = flow({ vantage: 'internet', target: 'giant', message: 'open, though denied' });

  it('is nothing when it repeats the flow, with or without its name', () => {
    expect(beyondFlow(finding({ message: 'open, though denied' }), own)).to.equal(null);
    expect(beyondFlow(finding({ message: 'internet -> giant tcp/514: open, though denied' }), own)).to.equal(
      null,
    );
  });

  it('is the rest when it adds to it, and the whole when it says something else', () => {
    expect(
      beyondFlow(finding({ message: 'internet -> giant tcp/514: open, though denied; netstat agrees' }), own),
    ).to.equal('netstat agrees');
    expect(beyondFlow(finding({ message: 'the list is bypassed' }), own)).to.equal('the list is bypassed');
  });
});
