import { firstNonBlank, type PhysicalLine } from './lines.ts';
import type { Words } from './words.ts';

/** Where the text's indentation puts a line: at the margin, under a header, or nothing is to be seen from it. */
export type Indent = 'outside' | 'inside' | 'unknown';

/** Behind a prompt, or alone, a line's own column is all there is to go by. */
export const standsBelow = (words: Words, indent: Indent): boolean =>
  indent === 'inside' || (indent === 'unknown' && words.line.column > 1);

/** The least column at which a line begins, unless all begin there. */
export function marginOf(lines: readonly PhysicalLine[]): number | null {
  let least = Number.POSITIVE_INFINITY;
  let most = -1;
  for (const { text } of lines) {
    const from = firstNonBlank(text);
    if (from < 0) continue;
    if (from < least) least = from;
    if (from > most) most = from;
  }
  return most > least ? least + 1 : null;
}

/** Whether the next line that says anything stands deeper than the margin. */
export function nextIsIndented(lines: readonly PhysicalLine[], at: number, margin: number): boolean {
  for (let i = at + 1; i < lines.length; i++) {
    const { text } = lines[i]!;
    const from = firstNonBlank(text);
    if (from >= 0 && text.charCodeAt(from) !== 33) return from >= margin;
  }
  return false;
}
