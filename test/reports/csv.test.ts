import { expect } from 'chai';
import { parse } from 'csv-parse/sync';
import { renderReport } from '../../reports/registry.ts';
import { REPORT_KINDS } from '../../reports/report.ts';
import { EMPTY, SAMPLES } from './samples/all-samples.ts';
import { HOSTILE, poison } from './samples/hostile.ts';

const read = (csv: string): string[][] => parse(csv, { relax_column_count: false });

describe('the CSV format', () => {
  for (const kind of REPORT_KINDS) {
    it(`${kind} reads back as rows of equal length, no cell of which is a formula`, () => {
      for (const [name, text] of HOSTILE) {
        for (const row of read(renderReport(poison(SAMPLES[kind], text), 'csv'))) {
          for (const cell of row) expect(cell, name).to.not.match(/^\s*[=+@|%-]/);
        }
      }
    });

    it(`an empty ${kind} has its column names`, () => {
      expect(read(renderReport(EMPTY[kind], 'csv'))).to.have.length(1);
    });
  }

  it('gives a flow one row with its ports and deciding line', () => {
    const [columns, ...rows] = read(renderReport(SAMPLES.audit, 'csv'));
    const row = rows.find((r) => r.includes('fail')) ?? [];
    const named = Object.fromEntries((columns ?? []).map((c, i) => [c, row[i]]));
    expect(named).to.include({
      vantage: 'internet',
      ports: '1-109 111-65535',
      count: '65534',
      verdict: 'fail',
      file: 'gw.cfg',
      line: '25',
    });
  });
});
