import { type SourceSpan, toConfigLine } from '../../diagnostics/source-span.ts';
import type { LintFinding, Severity } from '../../model/finding.ts';
import type { Packet } from '../../model/packet.ts';

interface Parts {
  readonly acl?: string | null;
  readonly span: SourceSpan | null;
  readonly message: string;
  readonly related?: readonly SourceSpan[];
  readonly witness?: Packet | null;
}

/** A finding of a rule at a line. */
export const finding = (rule: string, severity: Severity, parts: Parts): LintFinding => ({
  rule,
  severity,
  acl: parts.acl ?? null,
  line: parts.span ? toConfigLine(parts.span) : null,
  message: parts.message,
  related: (parts.related ?? []).map(toConfigLine),
  witness: parts.witness ?? null,
});

/** The line as a sentence can hold it: blanks run together, ends cut. */
export const quote = (span: SourceSpan): string => `"${span.text.trim().replace(/\s+/g, ' ')}"`;

/** `line 7`, `lines 7 and 9`, `lines 7, 9 and 12`, `lines 7, 9 and 5 more`. */
export function citeLines(spans: readonly SourceSpan[], most = 4): string {
  const numbers = [...new Set(spans.map((s) => s.line))];
  if (numbers.length === 1) return `line ${numbers[0]}`;
  const shown =
    numbers.length > most ? [...numbers.slice(0, most - 1), `${numbers.length - most + 1} more`] : numbers;
  return `lines ${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}

/** `a`, `a and b`, `a, b and c`. */
export const listWords = (words: readonly string[]): string =>
  words.length <= 1 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
