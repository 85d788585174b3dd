import { type $ZodType, safeParse } from 'zod/v4/core';
import { en } from 'zod/v4/locales';
import type { Diagnostic, Parsed } from '../src/diagnostics/diagnostic.ts';
import { escapeUntrusted } from '../src/model/untrusted-text.ts';
import { spanOfLine } from './text-lines.ts';

/** Where JSON.parse stopped, as a 1-based line; its message says `position N` or `line N column M`. */
function lineOfJsonError(text: string, message: string): number {
  const line = /line (\d+)/.exec(message);
  if (line) return Number(line[1]);
  const position = /position (\d+)/.exec(message);
  return position ? text.slice(0, Number(position[1])).split('\n').length : text.split('\n').length;
}

/** Decodes one of our own JSON documents; undefined, with what is wrong and where, when it is not one. */
export function parseJsonDocument<T>(
  text: string,
  file: string,
  schema: $ZodType<T>,
  document: { readonly code: string; readonly name: string; readonly schema: string; readonly mend: string },
): Parsed<T | undefined> {
  const fail = (message: string, line = 1): Parsed<undefined> => {
    const diagnostic: Diagnostic = {
      code: document.code,
      severity: 'error',
      message,
      span: spanOfLine(file, line, text.split('\n', line)[line - 1] ?? ''),
      mend: document.mend,
    };
    return { value: undefined, diagnostics: [diagnostic] };
  };
  let raw: unknown;
  try {
    raw = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return fail(
      `not a whole ${document.name}: ${escapeUntrusted(message, 160)}`,
      lineOfJsonError(text, message),
    );
  }
  const claimed = typeof raw === 'object' && raw !== null ? Reflect.get(raw, 'schema') : undefined;
  if (claimed !== document.schema) {
    return fail(
      `no ${document.name}: its "schema" is ${escapeUntrusted(JSON.stringify(claimed) ?? 'missing', 80)}, not ${JSON.stringify(document.schema)}`,
    );
  }
  const decoded = safeParse(schema, raw, { error: en().localeError });
  if (decoded.success) return { value: decoded.data, diagnostics: [] };
  const issue = decoded.error.issues[0];
  const where = issue && issue.path.length > 0 ? issue.path.map(String).join('.') : 'the document';
  return fail(
    `${document.name}: ${escapeUntrusted(where, 120)}: ${escapeUntrusted(issue?.message ?? 'not as agreed', 200)}`,
  );
}
