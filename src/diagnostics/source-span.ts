/** Where a piece of outside text stands: the one way every finding points back at its cause. */
export interface SourceSpan {
  /** Path or label as the user gave it. */
  readonly file: string;
  /** Physical line, 1-based. */
  readonly line: number;
  /** First column, 1-based. */
  readonly column: number;
  /** One past the last column. */
  readonly endColumn: number;
  /** The whole physical line, raw, without CR or LF. */
  readonly text: string;
}

/** A config line as every JSON document writes it. */
export interface ConfigLine {
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

export const toConfigLine = (span: SourceSpan): ConfigLine => ({
  file: span.file,
  line: span.line,
  text: span.text,
});

/** What the line says at the span, without outer blanks. */
export const statementOf = ({ text, column, endColumn }: SourceSpan): string =>
  text.slice(column - 1, endColumn - 1).trim();
