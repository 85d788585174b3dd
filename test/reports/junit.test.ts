import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { SaxesParser } from 'saxes';
import { validateXML } from 'xmllint-wasm';
import { OUTCOME_KINDS } from '../../reports/outcomes.ts';
import { renderReport } from '../../reports/registry.ts';
import { EMPTY, SAMPLES } from './samples/all-samples.ts';
import { HOSTILE, poison } from './samples/hostile.ts';

const schema = readFileSync(new URL('./junit.xsd', import.meta.url), 'utf8');

async function complaints(xml: string): Promise<readonly string[]> {
  const { errors } = await validateXML({
    xml: [{ fileName: 'report.xml', contents: xml }],
    schema: [schema],
  });
  return errors.map((e) => e.message);
}

/** Element names with their attributes, in order. */
function elements(xml: string) {
  const found: { name: string; attributes: Record<string, string> }[] = [];
  const parser = new SaxesParser();
  parser.on('opentag', (t) =>
    found.push({ name: t.name, attributes: t.attributes as Record<string, string> }),
  );
  parser.on('error', (e) => {
    throw e;
  });
  parser.write(xml).close();
  return found;
}

describe('the JUnit format', () => {
  for (const kind of OUTCOME_KINDS) {
    it(`${kind} fits the schema, full and empty`, async () => {
      expect(await complaints(renderReport(SAMPLES[kind], 'junit'))).to.deep.equal([]);
      expect(await complaints(renderReport(EMPTY[kind], 'junit'))).to.deep.equal([]);
    });

    it(`${kind} stays well-formed whatever its text holds`, () => {
      for (const [name, text] of HOSTILE) {
        const report = poison(SAMPLES[kind], text);
        const xml = renderReport({ ...report, header: { ...report.header, generated: null } }, 'junit');
        const names = new Set(elements(xml).map((e) => e.name));
        for (const n of names) {
          expect(
            ['testsuites', 'testsuite', 'testcase', 'failure', 'error', 'skipped', 'system-out'],
            name,
          ).to.include(n);
        }
      }
    });
  }

  it('the schema refuses what is not JUnit', async () => {
    expect(await complaints('<testsuites name="x"><testsuite/></testsuites>')).to.not.deep.equal([]);
  });

  it('a failing flow is a failure, an undetermined one an error, a pass a bare case', () => {
    const all = elements(renderReport(SAMPLES.audit, 'junit'));
    expect(all.filter((e) => e.name === 'failure').map((e) => e.attributes.type)).to.deep.equal([
      'high bypassed',
      'high exposed',
      'high dead-permit',
      'high dead-permit',
    ]);
    expect(all.filter((e) => e.name === 'error')).to.have.length(1);
    expect(all.find((e) => e.name === 'testsuites')?.attributes).to.include({
      tests: '10',
      failures: '4',
      errors: '1',
    });
  });

  it('an accepted difference is skipped and says until when', () => {
    const [flow] = SAMPLES.audit.result.flows.filter((f) => f.verdict === 'fail');
    const [finding] = SAMPLES.audit.result.findings.filter((f) => f.kind === 'bypassed');
    if (!flow || !finding) throw new Error('the sample changed');
    const report = {
      ...SAMPLES.audit,
      result: {
        ...SAMPLES.audit.result,
        flows: [{ ...flow, verdict: 'waived' as const }],
        findings: [{ ...finding, waived: { owner: 'ops', why: 'being replaced', until: '2026-06-30' } }],
      },
    };
    const skipped = elements(renderReport(report, 'junit')).find((e) => e.name === 'skipped');
    expect(skipped?.attributes.message).to.equal('waived until 2026-06-30 by ops: being replaced');
  });

  it('a clean lint is one passed case, an audit of nothing an error', () => {
    expect(elements(renderReport(EMPTY.lint, 'junit')).map((e) => e.name)).to.deep.equal([
      'testsuites',
      'testsuite',
      'testcase',
    ]);
    expect(elements(renderReport(EMPTY.audit, 'junit')).map((e) => e.name)).to.include('error');
  });
});
