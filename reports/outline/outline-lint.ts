import { atLeast, type LintFinding } from '../../src/model/finding.ts';
import type { LintReport } from '../report.ts';
import { describePacket, plural, toneOfSeverity } from '../wording.ts';
import { type Block, code, type Fact, line } from './outline.ts';

/** The fact under which the lines that a finding rests on are shown: for dead lines they are its blockers. */
const relatedLabel = (rule: string): string =>
  rule === 'shadowed-ace' || rule === 'redundant-ace' ? 'blocked by' : 'see also';

export function lintProblem(f: LintFinding): Block {
  const facts: Fact[] = [];
  if (f.line !== null) facts.push({ label: 'line', value: [code(f.line.text.trim())] });
  for (const related of f.related) facts.push({ label: relatedLabel(f.rule), value: [line(related)] });
  if (f.witness !== null) facts.push({ label: 'witness', value: [describePacket(f.witness)] });
  return {
    kind: 'problem',
    tone: toneOfSeverity(f.severity),
    place: f.line,
    severity: f.severity,
    rule: f.rule,
    message: f.message,
    facts,
  };
}

export function outlineLint(report: LintReport): readonly Block[] {
  const grave = report.findings.filter((f) => atLeast(f.severity, report.floor)).length;
  const total = plural(report.findings.length, 'finding');
  return [
    {
      kind: 'verdict',
      tone: grave > 0 ? 'bad' : 'good',
      word: grave > 0 ? 'FAIL' : 'PASS',
      text:
        report.findings.length === 0
          ? 'no findings'
          : `${total}, ${grave === 0 ? 'none' : grave} at ${report.floor} or above`,
      facts: [],
    },
    ...report.findings.map(lintProblem),
  ];
}
