import { expect } from 'chai';
import { REPORT_FORMATS } from '../../reports/registry.ts';
import { REPORT_KINDS } from '../../reports/report.ts';
import { PLAIN } from '../../reports/report-format.ts';
import { EMPTY, SAMPLES } from '../reports/samples/all-samples.ts';
import { HOSTILE, poison } from '../reports/samples/hostile.ts';

// What neither a person at a terminal nor a program should ever meet raw in a report.
const RAW =
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]|\p{Surrogate}/u;
const MEGABYTE = 1_000_000;

describe('every report format', () => {
  it('has an id, a description and an extension of its own', () => {
    for (const key of ['id', 'description', 'extension'] as const) {
      const all = REPORT_FORMATS.map((f) => f[key]);
      expect(new Set(all).size, key).to.equal(all.length);
      expect(all.every((v) => v.length > 0)).to.equal(true);
    }
  });

  for (const format of REPORT_FORMATS) {
    describe(format.id, () => {
      it('renders at least one kind of document', () => {
        expect(format.renders.length).to.be.greaterThan(0);
      });

      for (const kind of REPORT_KINDS.filter((k) => format.renders.includes(k))) {
        it(`renders ${kind} the same twice`, () => {
          const first = format.render(SAMPLES[kind], PLAIN).output;
          expect(format.render(structuredClone(SAMPLES[kind]), PLAIN).output).to.equal(first);
          expect(first).to.not.match(/undefined|NaN|\[object/);
        });

        it(`renders an empty ${kind}`, () => {
          const { output } = format.render(EMPTY[kind], PLAIN);
          expect(output.trim()).to.not.equal('');
          expect(output).to.not.match(/undefined|NaN|\[object/);
        });

        it(`renders ${kind} with hostile text and lets no raw control through`, () => {
          for (const [name, text] of HOSTILE) {
            const { output } = format.render(poison(SAMPLES[kind], text), { ...PLAIN, colour: false });
            expect(RAW.test(output), `${name}: raw character in ${kind}`).to.equal(false);
          }
        });
      }
    });
  }

  it('pages for people stay short however long the text is', () => {
    for (const format of REPORT_FORMATS.filter((f) => ['text', 'markdown', 'html'].includes(f.id))) {
      for (const kind of REPORT_KINDS) {
        const { output } = format.render(poison(SAMPLES[kind], 'x'.repeat(100_000)), PLAIN);
        expect(output.length, `${format.id} ${kind}`).to.be.lessThan(MEGABYTE);
      }
    }
  });
});
