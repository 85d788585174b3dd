import type { SourceSpan } from '../src/diagnostics/source-span.ts';

/** Physical lines of a text without CR, LF or a leading byte order mark. */
export const splitLines = (text: string): string[] =>
  text
    .replace(/^\ufeff/, '')
    .split('\n')
    .map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));

/** The span of a whole physical line; `line` is 1-based. */
export const spanOfLine = (file: string, line: number, text: string): SourceSpan => ({
  file,
  line,
  column: 1,
  endColumn: text.length + 1,
  text: text.length > 500 ? `${text.slice(0, 499)}…` : text,
});
