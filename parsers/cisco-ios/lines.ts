import type { SourceSpan } from '../../src/diagnostics/source-span.ts';

/** One physical line, freed of what terminals and mail leave in it. */
export interface PhysicalLine {
  /** Raw without CR, control characters, escapes and `--More--`. */
  readonly text: string;
  /** Longer than any command: not cleaned, not to be cut into words. */
  readonly overlong: boolean;
}

/** IOS takes no command longer than a few hundred characters; saved banners and keys stay far below this. */
const LONGEST_LINE = 20_000;

const DIRT = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u00a0\u200b\ufeff]|-- ?More ?--/;
const MORE = / ?<?-{2,3} ?More ?-{2,3}>? ?[\b\r ]*(?:\x1b\[[0-9;]*[A-Za-z][\b\r ]*)*/g;
const ESCAPES =
  /(?:\x1b\[|\x9b)[0-9;?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[()][A-Z0-9]|\x1b./g;

/** Cuts text into physical lines as editors number them; an end of line at the very end adds none. */
export function cutLines(text: string): PhysicalLine[] {
  const whole = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  const dirty = DIRT.test(whole);
  // Old Macintosh ends of line, where no other is found.
  const ends = whole.includes('\n') ? '\n' : '\r';
  const lines = whole.split(ends);
  if (lines[lines.length - 1] === '') lines.pop();
  return lines.map((line) => cleanLine(line, dirty));
}

function cleanLine(raw: string, dirty: boolean): PhysicalLine {
  let text = raw;
  while (text.charCodeAt(text.length - 1) === 13) text = text.slice(0, -1);
  if (text.length > LONGEST_LINE) return { text, overlong: true };
  if (!dirty || !DIRT.test(text)) return { text, overlong: false };
  // The end-of-text character is how IOS delimits banners, and substitute ends a session's editing; printed, they say the same.
  text = text
    .replace(MORE, '')
    .replace(ESCAPES, '')
    .replaceAll('\x03', '^C')
    .replaceAll('\x1a', '^Z')
    .replaceAll('\u00a0', ' ');
  if (text.includes('\b')) text = rubOut(text);
  return { text: text.replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\ufeff]/g, ''), overlong: false };
}

function rubOut(text: string): string {
  const kept: string[] = [];
  for (const c of text) {
    if (c === '\b') kept.pop();
    else kept.push(c);
  }
  return kept.join('');
}

const SAMPLE = 65_536;

/** Whether the text is no text: too much of it is control characters or failed decoding. NUL alone may be UTF-16. */
export function looksBinary(text: string): boolean {
  const sample = text.length > SAMPLE ? text.slice(0, SAMPLE) : text;
  let strange = 0;
  for (let i = 0; i < sample.length; i++) {
    const c = sample.charCodeAt(i);
    if (c === 0xfffd || (c < 32 && c !== 0 && c !== 3 && !(c >= 7 && c <= 13) && c !== 27) || c === 127)
      strange++;
  }
  return strange > 8 && strange > sample.length / 20;
}

export interface Prompt {
  /** The word in parentheses, null at the exec prompt. */
  readonly mode: string | null;
  /** `>` for `#`: an exec prompt without privilege. */
  readonly user: boolean;
  /** Where the command begins, as an index into the text. */
  readonly start: number;
  /** The terminal scrolled the line sideways: its start is lost. */
  readonly scrolled: boolean;
}

const PROMPT = /^[\w.-]{1,63}(?:\(([\w-]+)\))?([>#])[ \t]*/;

export function findPrompt(text: string): Prompt | undefined {
  const m = PROMPT.exec(text);
  if (!m) return undefined;
  const start = m[0].length;
  return {
    mode: m[1] ?? null,
    user: m[1] === undefined && m[2] === '>',
    start,
    scrolled: text.charCodeAt(start) === 36,
  };
}

const isBlank = (c: number): boolean => c === 32 || c === 9;

/** Index of the first character that is no blank; −1 in a blank line. */
export function firstNonBlank(text: string): number {
  for (let i = 0; i < text.length; i++) if (!isBlank(text.charCodeAt(i))) return i;
  return -1;
}

/** The statement that begins at or after index `from`, without the blanks around it. */
export function spanOf(text: string, from: number, file: string, line: number): SourceSpan {
  let end = text.length;
  while (end > from && isBlank(text.charCodeAt(end - 1))) end--;
  let start = from;
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  return { file, line, column: start + 1, endColumn: end + 1, text };
}
