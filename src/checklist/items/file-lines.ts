import * as z from 'zod';
import type { Statement } from '../../model/checklist.ts';
import { defineCheck } from '../check.ts';
import { breaks, holds, missing } from '../statement.ts';

const pattern = z.string().refine((text) => {
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
}, 'a regular expression');

/** For items that users add: lines that a file of the bundle must and must not hold. */
export const fileLines = defineCheck({
  id: 'file-lines',
  description: 'A file or a command output of the bundle holds lines that match, and none that must not.',
  parameters: z.strictObject({
    file: z.string().min(1).describe('path on the host, or commands/NAME'),
    requires: z.array(pattern).default([]).describe('each must match some line'),
    forbids: z.array(pattern).default([]).describe('none may match any line'),
    comment: z.string().default('#').describe('lines that begin so do not count; empty: all do'),
  }),
  judge: ({ pieces }, { file, requires, forbids, comment }) => {
    const piece =
      pieces.get(file) ??
      [...pieces.values()].find((p) => p.source.origin === file && p.source.kind === 'file');
    if (piece === undefined)
      return [missing(`${file} is not in the bundle (the collector takes it with -f)`)];
    const sources = [piece.source];
    const lines = piece.text
      .split(/\r?\n/)
      .map((text, i) => ({ file: piece.source.origin, line: i + 1, text }))
      .filter((l) => comment === '' || !l.text.trimStart().startsWith(comment));
    const statements: Statement[] = [];
    for (const required of requires) {
      const found = lines.find((l) => new RegExp(required).test(l.text));
      statements.push(
        found
          ? holds(`a line matches ${required}`, { lines: [found], sources })
          : breaks(`no line matches ${required}`, { sources }),
      );
    }
    for (const forbidden of forbids) {
      const found = lines.filter((l) => new RegExp(forbidden).test(l.text));
      statements.push(
        found.length > 0
          ? breaks(`a line matches ${forbidden}`, { lines: found.slice(0, 10), sources })
          : holds(`no line matches ${forbidden}`, { sources }),
      );
    }
    return statements;
  },
});
