import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import Ajv4 from 'ajv-draft-04';
import addFormats from 'ajv-formats';
import { expect } from 'chai';
import { OUTCOME_KINDS } from '../../reports/outcomes.ts';
import { renderReport } from '../../reports/registry.ts';
import type { LintReport } from '../../reports/report.ts';
import { fileUri } from '../../reports/sarif.ts';
import { EMPTY, SAMPLES } from './samples/all-samples.ts';
import { HOSTILE, poison } from './samples/hostile.ts';

interface SarifResult {
  ruleId: string;
  kind: string;
  level: string;
  message: { text: string };
  locations: { physicalLocation: { artifactLocation: { uri: string }; region?: { startLine: number } } }[];
  partialFingerprints: Record<string, string>;
  suppressions?: unknown[];
}
interface SarifLog {
  runs: { results: SarifResult[] }[];
}

// The schema as OASIS published it, carried by Microsoft's package of test matchers.
const schemaFile = createRequire(import.meta.url).resolve(
  '@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json',
);
const ajv = new Ajv4.default({ strict: false, allErrors: true, unicodeRegExp: false });
addFormats.default(ajv as unknown as Parameters<typeof addFormats.default>[0]);
const validate = ajv.compile(JSON.parse(readFileSync(schemaFile, 'utf8')) as object);

const resultsOf = (sarif: string): readonly SarifResult[] =>
  (JSON.parse(sarif) as SarifLog).runs.flatMap((r) => r.results);

const fingerprints = (report: LintReport): readonly (string | undefined)[] =>
  resultsOf(renderReport(report, 'sarif')).map((r) => r.partialFingerprints['aclscopeFinding/v1']);

/** The same findings in a file that gained lines at its top. */
const moved = (report: LintReport, by: number): LintReport => ({
  ...report,
  findings: report.findings.map((f) => ({
    ...f,
    line: f.line === null ? null : { ...f.line, line: f.line.line + by },
  })),
});

describe('the SARIF format', () => {
  for (const kind of OUTCOME_KINDS) {
    it(`${kind} is valid SARIF 2.1.0, full, empty and with hostile text`, () => {
      const reports = [
        SAMPLES[kind],
        EMPTY[kind],
        ...HOSTILE.map(([, text]) => {
          const bad = poison(SAMPLES[kind], text);
          const inputs = bad.header.inputs.map((i) => ({ ...i, sha256: 'ab'.repeat(32) }));
          return { ...bad, header: { ...bad.header, generated: null, inputs } };
        }),
      ];
      for (const report of reports) {
        expect(validate(JSON.parse(renderReport(report, 'sarif'))), ajv.errorsText(validate.errors)).to.equal(
          true,
        );
      }
    });
  }

  it('tells what each rule looks for, where that is known, and names the others', () => {
    const [run] = JSON.parse(renderReport(SAMPLES.lint, 'sarif')).runs;
    expect(run.tool.driver.rules).to.deep.equal([
      {
        id: 'shadowed-ace',
        shortDescription: { text: 'A line never matches and its verdict is lost' },
        fullDescription: { text: 'Who wrote it believes that it works.' },
      },
      { id: 'redundant-ace', shortDescription: { text: 'redundant ace' } },
      { id: 'missing-mask', shortDescription: { text: 'missing mask' } },
    ]);
  });

  it('the schema refuses a log without a driver', () => {
    expect(validate({ version: '2.1.0', runs: [{ tool: {} }] })).to.equal(false);
  });

  it('points at the line of the ACE', () => {
    const [first] = resultsOf(renderReport(SAMPLES.lint, 'sarif'));
    expect(first?.ruleId).to.equal('shadowed-ace');
    expect(first?.level).to.equal('error');
    expect(first?.locations[0]?.physicalLocation).to.deep.include({ artifactLocation: { uri: 'gw.cfg' } });
    expect(first?.locations[0]?.physicalLocation.region?.startLine).to.equal(23);
  });

  it('points at the pasted line of a hazard', () => {
    const [first] = resultsOf(renderReport(SAMPLES.review, 'sarif'));
    expect(first?.ruleId).to.equal('list-deleted');
    expect(first?.locations[0]?.physicalLocation).to.deep.include({
      artifactLocation: { uri: 'change.txt' },
    });
    expect(first?.locations[0]?.physicalLocation.region?.startLine).to.equal(1);
  });

  it('puts what two configurations cut off into the later one', () => {
    const { header, result } = SAMPLES.review;
    const config = (file: string) => ({ role: 'config' as const, file, sha256: '0'.repeat(64) });
    const hazard = { ...result.hazards[0]!, step: 0, command: '', line: null };
    const text = renderReport(
      {
        ...SAMPLES.review,
        header: { ...header, inputs: [config('old.cfg'), config('new.cfg')] },
        result: { ...result, hazards: [hazard], findings: [] },
      },
      'sarif',
    );
    expect(text).to.match(
      /"locations": \[\s*\{\s*"physicalLocation": \{\s*"artifactLocation": \{\s*"uri": "new\.cfg"/,
    );
  });

  it('keeps a finding’s identity when its line moves or is respaced, and not when the line says something else', () => {
    const before = fingerprints(SAMPLES.lint as LintReport);
    expect(fingerprints(moved(SAMPLES.lint as LintReport, 40))).to.deep.equal(before);
    const edit = (change: (text: string) => string): LintReport => ({
      ...(SAMPLES.lint as LintReport),
      findings: (SAMPLES.lint as LintReport).findings.map((f) => ({
        ...f,
        line: f.line === null ? null : { ...f.line, text: change(f.line.text) },
      })),
    });
    expect(fingerprints(edit((t) => ` ${t.replaceAll(' ', '  ')}`))).to.deep.equal(before);
    expect(fingerprints(edit((t) => t.replace('192.168', '192.169')))).to.not.include(before[0]);
  });

  it('tells two findings of the same rule on equal lines apart', () => {
    const [finding] = (SAMPLES.lint as LintReport).findings;
    if (!finding) throw new Error('the sample changed');
    const marks = fingerprints({ ...(SAMPLES.lint as LintReport), findings: [finding, finding] });
    expect(new Set(marks).size).to.equal(2);
  });

  it('an undetermined flow is open, not a failure', () => {
    const open = resultsOf(renderReport(SAMPLES.audit, 'sarif')).filter((r) => r.kind === 'open');
    expect(open.map((r) => [r.ruleId, r.level])).to.deep.equal([['flow-undetermined', 'none']]);
  });

  it('does not let text become a link or a placeholder', () => {
    const sarif = renderReport(poison(SAMPLES.lint, 'see {0} and [here](0)'), 'sarif');
    expect(resultsOf(sarif)[0]?.message.text).to.include('see {{0}} and \\[here\\](0)');
  });

  it('encodes file names as URIs', () => {
    expect(fileUri('configs/gw 1.cfg')).to.equal('configs/gw%201.cfg');
    expect(fileUri('/etc/gw.cfg')).to.equal('file:///etc/gw.cfg');
    expect(fileUri('C:\\gw.cfg')).to.equal('C%3A/gw.cfg');
    expect(fileUri('\ud800')).to.equal('%EF%BF%BD');
  });
});
