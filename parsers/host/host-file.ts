import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts';
import type { ConfigLine, SourceSpan } from '../../src/diagnostics/source-span.ts';

/** A file of the host, under the name it has there. */
export interface HostFile {
  readonly file: string;
  readonly text: string;
}

/** Gives the files of a path or of a pattern with `*`, `?`, `[…]`, in the order of their names. */
export type FindFiles = (pattern: string) => readonly HostFile[];

/** Files that one configuration may pull in, over and over included: a hostile one includes itself a thousandfold. */
export const MAX_INCLUDED = 500;

export interface NumberedLine {
  readonly raw: string;
  readonly line: ConfigLine;
}

/** Physical lines with their numbers; a missing last newline makes no extra line. */
export function linesOf({ file, text }: HostFile): readonly NumberedLine[] {
  const lines = text.replace(/^\ufeff/, '').split(/\r\n|\n|\r/);
  if (lines.at(-1) === '') lines.pop();
  return lines.map((raw, i) => ({ raw, line: { file, line: i + 1, text: raw } }));
}

/** Lines joined over a closing backslash; the number is the first one's. */
export function* joinedLines(file: HostFile): Generator<NumberedLine> {
  let open: NumberedLine | null = null;
  for (const next of linesOf(file)) {
    const raw: string = open === null ? next.raw : open.raw + next.raw.trimStart();
    const line: ConfigLine = open?.line ?? next.line;
    if (raw.endsWith('\\')) open = { raw: raw.slice(0, -1), line };
    else {
      open = null;
      yield { raw, line };
    }
  }
  if (open !== null) yield open;
}

const spanOf = (line: ConfigLine): SourceSpan => ({
  ...line,
  column: 1,
  endColumn: line.text.length + 1,
});

export const unread = (line: ConfigLine, what: string, mend?: string): Diagnostic => ({
  code: 'host-line-unread',
  severity: 'warning',
  message: what,
  span: spanOf(line),
  ...(mend === undefined ? {} : { mend }),
});

/** Whether the character is in the class between `[` and `]`. */
function inClass(body: string, character: string): boolean {
  const negated = body.startsWith('!') || body.startsWith('^');
  const set = negated ? body.slice(1) : body;
  let found = false;
  for (let i = 0; i < set.length; i++) {
    if (set[i + 1] === '-' && i + 2 < set.length) {
      if (set[i]! <= character && character <= set[i + 2]!) found = true;
      i += 2;
    } else if (set[i] === character) found = true;
  }
  return found !== negated;
}

/**
 * Shell pattern against a whole path; `*` does not cross a slash. Goes back to the last `*` only, so that no
 * pattern in a host's file can make it slow.
 */
export function matchesGlob(pattern: string, path: string): boolean {
  let p = 0;
  let s = 0;
  let star = -1;
  let starAt = 0;
  while (s < path.length) {
    const close = pattern[p] === '[' ? pattern.indexOf(']', p + 2) : -1;
    if (pattern[p] === '*') {
      star = p++;
      starAt = s;
    } else if (
      close > 0
        ? path[s] !== '/' && inClass(pattern.slice(p + 1, close), path[s]!)
        : pattern[p] === path[s] || (pattern[p] === '?' && path[s] !== '/')
    ) {
      p = close > 0 ? close + 1 : p + 1;
      s++;
    } else if (star >= 0 && path[starAt] !== '/') {
      p = star + 1;
      s = ++starAt;
    } else return false;
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}

export const isGlob = (pattern: string): boolean => /[*?[]/.test(pattern);
