import { expect } from 'chai';
import fc from 'fast-check';
import { asValues, type TextList, type Writing, writeJson } from '../../reports/shared-lists.ts';
import { forJson } from '../../reports/untrusted.ts';

/** Texts of all kinds, of which some read as if something stood for a list. */
const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.nat(12).map((n) => `\0${n}`),
  fc.nat(12).map((n) => `"\0${n}"`),
  fc.constantFrom('\n', '\u202e', '\ud800', '10.8.0.1 0.0.0.0'),
);

/** Rows, each with a text of its own and some of a few lists, at more than one depth, a few of them or hundreds. */
const rows = fc.record({
  lists: fc.array(fc.array(text, { maxLength: 20 }), { minLength: 1, maxLength: 3 }),
  rows: fc.array(fc.record({ own: text, which: fc.array(fc.nat(2), { maxLength: 2 }) }), { maxLength: 12 }),
  times: fc.constantFrom(0, 1, 1, 1, 90),
});

interface Row {
  readonly own: string;
  readonly which: readonly number[];
}

describe('writeJson', () => {
  it('writes lists that many rows share as if each had its own, and rows that are written apart as all else', () => {
    fc.assert(
      fc.property(rows, ({ lists, rows, times }) => {
        const value = ({ own, which }: Row, list: TextList) => ({
          own,
          lists: which.map((i) => list(lists[i % lists.length]!)),
          one: which.length > 0 ? list(lists[which[0]! % lists.length]!) : undefined,
        });
        const many = Array.from({ length: times }, () => rows).flat();
        const document = (writing: Writing) => ({
          here: rows.map((row) => value(row, writing.list)),
          apart: writing.rows(many, value),
          inside: { apart: writing.rows(rows, value), texts: writing.rows(rows, ({ own }) => own) },
        });
        const plain = document(asValues);
        expect(writeJson(document)).to.equal(`${forJson(JSON.stringify(plain, null, 2))}\n`);
      }),
      { numRuns: 400 },
    );
  });
});
