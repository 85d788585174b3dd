import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect } from 'chai';
import { toJsonDocument } from '../../reports/json.ts';
import { DOCUMENT_SCHEMAS, jsonSchemaOf } from '../../reports/json-schema.ts';
import { renderReport } from '../../reports/registry.ts';
import { REPORT_KINDS } from '../../reports/report.ts';
import { forJson } from '../../reports/untrusted.ts';
import { EMPTY, SAMPLES } from './samples/all-samples.ts';
import { HOSTILE, poison } from './samples/hostile.ts';
import { ace } from './samples/isp-mail.ts';

describe('JSON documents', () => {
  for (const kind of REPORT_KINDS) {
    it(`${kind} validates against its published schema`, () => {
      const ajv = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true });
      const validate = ajv.compile(jsonSchemaOf(kind));
      for (const report of [SAMPLES[kind], EMPTY[kind]]) {
        expect(validate(JSON.parse(renderReport(report, 'json'))), ajv.errorsText(validate.errors)).to.equal(
          true,
        );
      }
    });

    it(`${kind} with a required field taken away does not validate`, () => {
      const ajv = new Ajv2020({ strict: false });
      const validate = ajv.compile(jsonSchemaOf(kind));
      const { schema: _, ...rest } = JSON.parse(renderReport(SAMPLES[kind], 'json')) as Record<
        string,
        unknown
      >;
      expect(validate(rest)).to.equal(false);
    });

    it(`${kind} is the same value after the text is escaped for terminals`, () => {
      for (const [, text] of HOSTILE) {
        const report = poison(SAMPLES[kind], text);
        const plain = JSON.parse(JSON.stringify(toJsonDocument(report))) as unknown;
        expect(JSON.parse(renderReport(report, 'json'))).to.deep.equal(plain);
      }
    });

    it(`${kind} is written as its document is, in lines`, () => {
      const report = SAMPLES[kind];
      const plain = forJson(JSON.stringify(toJsonDocument(report), null, 2));
      expect(renderReport(report, 'json')).to.equal(`${plain}\n`);
    });

    it(`${kind} fits its zod schema without unknown fields`, () => {
      expect(DOCUMENT_SCHEMAS[kind].strict().parse(toJsonDocument(SAMPLES[kind]))).to.be.an('object');
    });
  }

  it('writes a config line as file, line and raw text, and an implicit deny as such', () => {
    const review = toJsonDocument(SAMPLES.review) as { lost: { before: unknown; after: unknown }[] };
    expect(review.lost[0]?.before).to.deep.equal(ace(11));
    expect(review.lost[0]?.after).to.deep.equal({ implicitDeny: true, acl: '150' });
  });

  it('writes packet counts as decimal strings and witnesses with dotted quads', () => {
    const review = toJsonDocument(SAMPLES.review) as { gained: { packets: unknown; witness: unknown }[] };
    expect(review.gained[0]?.packets).to.equal('65536');
    expect(review.gained[0]?.witness).to.include({
      source: '192.168.1.30',
      destinationPort: 25,
      tcpFlags: 'syn',
    });
  });

  it('says so where no list stood in the way, so that `because` holds no null', () => {
    const report = {
      ...SAMPLES.audit,
      result: {
        ...SAMPLES.audit.result,
        flows: SAMPLES.audit.result.flows.map((f) => ({ ...f, because: [null] })),
      },
    };
    const audit = toJsonDocument(report) as { flows: { because: unknown[] }[] };
    expect(audit.flows[0]?.because[0]).to.deep.equal({
      kind: 'reason',
      text: 'no list stands in the way',
      line: null,
    });
  });
});
