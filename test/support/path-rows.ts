import { expect } from 'chai';
import { ask, type Configs, inShort, type Question } from './ask.ts';

/** A sentence, who is asked, what, and the answers in short; `because`: lines of the doubts, in order. */
export interface PathRow {
  readonly title: string;
  readonly config: Configs;
  readonly q: Question;
  readonly forward: string;
  readonly reply?: string;
  readonly because?: readonly (number | undefined)[];
  readonly replyBecause?: readonly (number | undefined)[];
}

export function describeRows(title: string, rows: readonly PathRow[]): void {
  describe(title, () => {
    for (const row of rows)
      it(row.title, () => {
        const trace = ask(row.config, row.q);
        expect(inShort(trace)).to.equal(row.forward);
        if (row.reply !== undefined) expect(inShort(trace.reply), 'reply').to.equal(row.reply);
        if (row.because) expect(linesOf(trace.doubts)).to.deep.equal(row.because);
        if (row.replyBecause) expect(linesOf(trace.reply.doubts)).to.deep.equal(row.replyBecause);
      });
  });
}

const linesOf = (doubts: readonly { line: { line: number } | null }[]): (number | undefined)[] =>
  doubts.map((d) => d.line?.line);
