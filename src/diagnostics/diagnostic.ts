import type { SourceSpan } from './source-span.ts';

export type DiagnosticSeverity = 'error' | 'warning' | 'notice';

/**
 * One thing that a reader of outside text has to say about it.
 * `code` is stable and stands in the catalogue; `message` says what, `mend` what to do next.
 */
export interface Diagnostic {
  readonly code: string;
  readonly severity: DiagnosticSeverity;
  readonly message: string;
  readonly span: SourceSpan | null;
  readonly mend?: string;
}

/** What a parser returns: it goes on past bad lines and throws only for our own bugs. */
export interface Parsed<T> {
  readonly value: T;
  readonly diagnostics: readonly Diagnostic[];
}

/** `file:line:column: severity: message [code]` and, indented, the mend: the form editors can follow. */
export function formatDiagnostic(d: Diagnostic): string {
  const where = d.span ? `${d.span.file}:${d.span.line}:${d.span.column}: ` : '';
  const mend = d.mend ? `\n  mend: ${d.mend}` : '';
  return `${where}${d.severity}: ${d.message} [${d.code}]${mend}`;
}
