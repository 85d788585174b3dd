import type { SourceSpan } from '../../../src/diagnostics/source-span.ts';

/** A whole line as the span of its statement. */
export const spanOfLine = (text: string, line = 1): SourceSpan => ({
  file: 'typed',
  line,
  column: text.length - text.trimStart().length + 1,
  endColumn: text.trimEnd().length + 1,
  text,
});
