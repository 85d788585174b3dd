import type { SourceSpan } from '../../src/diagnostics/source-span.ts';
import { parseIpv4 } from '../../src/model/address.ts';
import { AMBIGUOUS, findKeyword, type Keywords } from './keywords.ts';

const SPACE = 32;
const TAB = 9;
const BANG = 33;

/** One line cut at blanks, with a place in it. Words keep their spelling; keywords are compared in lower case. */
export class Words {
  readonly line: SourceSpan;
  readonly text: string;
  readonly all: string[] = [];
  private readonly starts: number[] = [];
  /** How many words take part: those before a trailing `! comment`. */
  count: number;
  at = 0;
  /** Furthest word that anything looked at: where a message points. */
  furthest = 0;
  /** A word that abbreviates to fewer than four letters, −1 where none. */
  short = -1;
  readonly comment: boolean;

  constructor(line: SourceSpan) {
    this.line = line;
    const text = line.text;
    this.text = text;
    const end = Math.min(line.endColumn - 1, text.length);
    let count = -1;
    for (let i = line.column - 1; i < end; ) {
      let c = text.charCodeAt(i);
      if (c === SPACE || c === TAB) {
        i++;
        continue;
      }
      const start = i;
      if (c === BANG && count < 0 && this.all.length > 0) count = this.all.length;
      while (i < end && c !== SPACE && c !== TAB) c = text.charCodeAt(++i);
      this.all.push(text.slice(start, i));
      this.starts.push(start);
    }
    this.comment = count >= 0;
    this.count = count < 0 ? this.all.length : count;
  }

  /** For statements whose last words are free text, where a `!` is a character like any other. */
  keepComment(): void {
    this.count = this.all.length;
  }

  get done(): boolean {
    return this.at >= this.count;
  }

  /** The word at the place, or '' at the end of the line. */
  peek(ahead = 0): string {
    const i = this.at + ahead;
    if (i > this.furthest) this.furthest = i;
    return i < this.count ? this.all[i]! : '';
  }

  peekLower(ahead = 0): string {
    return this.peek(ahead).toLowerCase();
  }

  take(): string {
    const word = this.peek();
    if (this.at < this.count) this.at++;
    return word;
  }

  /** Steps over the word when it is `keyword` or at least `minimum` letters of it. */
  takeWord(keyword: string, minimum = 1): boolean {
    const word = this.peekLower();
    if (word === '' || word.length < minimum || !keyword.startsWith(word)) return false;
    if (word.length < keyword.length && word.length < 4 && this.short < 0) this.short = this.at;
    this.at++;
    return true;
  }

  /** Looks the word up among keywords without stepping over it. */
  look<V>(table: Keywords<V>): V | typeof AMBIGUOUS | undefined {
    const word = this.peekLower();
    return word === '' ? undefined : findKeyword(table, word);
  }

  /** Steps over the word when it is one of the keywords. */
  takeKeyword<V>(table: Keywords<V>): V | typeof AMBIGUOUS | undefined {
    const word = this.peekLower();
    if (word === '') return undefined;
    const exact = table.exact.get(word);
    if (exact !== undefined) {
      this.at++;
      return exact;
    }
    const value = findKeyword(table, word);
    if (value !== undefined && value !== AMBIGUOUS) {
      if (word.length < 4 && this.short < 0) this.short = this.at;
      this.at++;
    }
    return value;
  }

  /** An unsigned decimal number up to `most`. */
  takeNumber(most: number, least = 0): number | undefined {
    const value = readNumber(this.peek());
    if (value === undefined || value > most || value < least) return undefined;
    this.at++;
    return value;
  }

  takeAddress(): number | undefined {
    const word = this.peek();
    if (!startsWithDigit(word)) return undefined;
    const value = parseIpv4(word);
    if (value !== undefined) this.at++;
    return value;
  }

  /** The text from the word at the place to the end of the line, inner blanks kept. */
  rest(): string {
    const start = this.starts[this.at];
    return start === undefined ? '' : this.text.slice(start, this.line.endColumn - 1);
  }

  /** Where a word stands; past the end, just behind the last. */
  spanOf(index: number): SourceSpan {
    const { file, line, text } = this.line;
    const start = this.starts[index];
    if (start === undefined)
      return { file, line, text, column: this.line.endColumn, endColumn: this.line.endColumn + 1 };
    return { file, line, text, column: start + 1, endColumn: start + 1 + this.all[index]!.length };
  }
}

export const startsWithDigit = (word: string): boolean => {
  const c = word.charCodeAt(0);
  return c >= 48 && c <= 57;
};

/** Decimal digits only, at most ten of them; undefined for anything else. */
export function readNumber(word: string): number | undefined {
  const length = word.length;
  if (length === 0 || length > 10) return undefined;
  let value = 0;
  for (let i = 0; i < length; i++) {
    const digit = word.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
  }
  return value;
}
