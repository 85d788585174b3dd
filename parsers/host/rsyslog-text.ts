import type { ConfigLine } from '../../src/diagnostics/source-span.ts';
import { type HostFile, linesOf } from './host-file.ts';

/** A file of rsyslog's as a text with a place in it; both of its languages are read from left to right. */
export class RsyslogText {
  private readonly text: string;
  private readonly lines: ReturnType<typeof linesOf>;
  private readonly starts: readonly number[];
  private at = 0;
  /** A bracket, brace or condition reached to the end of the file. */
  unclosed = false;

  constructor(file: HostFile) {
    this.lines = linesOf(file);
    this.text = `${this.lines.map((l) => l.raw).join('\n')}\n`;
    let sum = 0;
    this.starts = this.lines.map((l) => {
      const start = sum;
      sum += l.raw.length + 1;
      return start;
    });
  }

  get ended(): boolean {
    return this.at >= this.text.length;
  }

  line(): ConfigLine {
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.starts[middle]! <= this.at) low = middle;
      else high = middle - 1;
    }
    return this.lines[low]!.line;
  }

  skipBlanks(): void {
    for (;;) {
      while (/\s/.test(this.text[this.at] ?? '')) this.at++;
      if (this.text[this.at] === '#') this.restOfLine();
      else if (this.text.startsWith('/*', this.at)) {
        const end = this.text.indexOf('*/', this.at + 2);
        this.at = end < 0 ? this.text.length : end + 2;
      } else return;
    }
  }

  peek(): string {
    return this.text[this.at] ?? '';
  }

  take(pattern: RegExp): RegExpExecArray | null {
    const sticky = new RegExp(pattern.source, 'y');
    sticky.lastIndex = this.at;
    const m = sticky.exec(this.text);
    if (m) this.at += m[0].length;
    return m;
  }

  preview(): string {
    return this.text.slice(this.at, this.at + 20);
  }

  /** After an opening brace: past its partner, quotes apart. */
  skipBlock(): void {
    for (let depth = 1; this.at < this.text.length; this.at++) {
      const c = this.text[this.at]!;
      if (c === '"' || c === "'") this.skipQuoted(c);
      else if (c === '{') depth++;
      else if (c === '}' && --depth === 0) {
        this.at++;
        return;
      }
    }
    this.unclosed = true;
  }

  /** To the end of the line, over closing backslashes. */
  restOfLine(): string {
    let out = '';
    for (;;) {
      const end = this.text.indexOf('\n', this.at);
      const piece = this.text.slice(this.at, end < 0 ? this.text.length : end);
      this.at = end < 0 ? this.text.length : end + 1;
      if (!piece.endsWith('\\') || this.ended) return out + piece;
      out += piece.slice(0, -1);
    }
  }

  /** After the opening parenthesis: up to its partner, quotes apart. */
  untilClosed(): string {
    const start = this.at;
    for (let depth = 1; this.at < this.text.length; this.at++) {
      const c = this.text[this.at]!;
      if (c === '"' || c === "'") this.skipQuoted(c);
      else if (c === '(') depth++;
      else if (c === ')' && --depth === 0) return this.text.slice(start, this.at++);
    }
    this.unclosed = true;
    return this.text.slice(start);
  }

  /** Up to the word `then`, quotes apart; null when it never comes. */
  untilThen(): string | null {
    const start = this.at;
    for (; this.at < this.text.length; this.at++) {
      const c = this.text[this.at]!;
      if (c === '"' || c === "'") this.skipQuoted(c);
      else if (
        c === 't' &&
        /^\bthen\b/.test(this.text.slice(this.at, this.at + 5)) &&
        /[\s)]/.test(this.text[this.at - 1]!)
      ) {
        const expression = this.text.slice(start, this.at);
        this.at += 4;
        return expression;
      }
    }
    this.unclosed = true;
    return null;
  }

  private skipQuoted(quote: string): void {
    for (this.at++; this.at < this.text.length && this.text[this.at] !== quote; this.at++) {
      if (this.text[this.at] === '\\') this.at++;
    }
  }
}
