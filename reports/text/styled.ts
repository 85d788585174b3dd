import type { Inline, Inlines, Tone } from '../outline/outline.ts';
import { forTerminal } from '../untrusted.ts';
import { characterWidth, displayWidth } from './display-width.ts';

/** A word or blank of neutralised text with the way it is to look. */
interface Piece {
  readonly text: string;
  readonly tone: Tone;
}

/** One line ready to be coloured. */
export type StyledLine = readonly Piece[];

const SGR: Readonly<Record<Tone, string>> = {
  good: '32',
  bad: '1;31',
  warn: '33',
  quiet: '2',
  plain: '',
  strong: '1',
};

/** Turns tones into ANSI colours, or drops them. */
export const paint = (t: Tone, text: string, colour: boolean): string =>
  colour && SGR[t] !== '' ? `\u001b[${SGR[t]}m${text}\u001b[0m` : text;

export const paintLine = (styled: StyledLine, colour: boolean): string =>
  styled
    .map((p) => paint(p.tone, p.text, colour))
    .join('')
    .trimEnd();

export const widthOf = (styled: StyledLine): number =>
  styled.reduce((sum, p) => sum + displayWidth(p.text), 0);

function piecesOfOne(inline: Inline): readonly Piece[] {
  if (typeof inline === 'string') return [{ text: forTerminal(inline), tone: 'plain' }];
  switch (inline.kind) {
    case 'tone':
      return [{ text: forTerminal(inline.text), tone: inline.tone }];
    case 'code':
      return [{ text: forTerminal(inline.text), tone: 'plain' }];
    case 'line':
      return [
        { text: `${forTerminal(inline.line.file)}:${inline.line.line}: `, tone: 'quiet' },
        { text: forTerminal(inline.line.text.trim()), tone: 'plain' },
      ];
  }
}

/** Inlines as pieces; a config line is `file:line: text`. */
export const piecesOf = (inlines: Inlines): StyledLine => inlines.flatMap(piecesOfOne);

/** Breaks a word that no line can hold. */
function splitWord(word: string, width: number): readonly string[] {
  const parts: string[] = [];
  let part = '';
  let used = 0;
  for (const c of word) {
    const w = characterWidth(c);
    if (used + w > width && part !== '') {
      parts.push(part);
      part = '';
      used = 0;
    }
    part += c;
    used += w;
  }
  if (part !== '') parts.push(part);
  return parts;
}

/** Wraps at blanks to lines of at most `width` columns; runs of blanks inside a line are kept. */
export function wrap(styled: StyledLine, width: number): readonly StyledLine[] {
  const lines: Piece[][] = [];
  let current: Piece[] = [];
  let used = 0;
  let pendingBlank: Piece | null = null;
  const flush = (): void => {
    lines.push(current);
    current = [];
    used = 0;
    pendingBlank = null;
  };
  for (const piece of styled) {
    for (const token of piece.text.match(/ +|[^ ]+/g) ?? []) {
      if (token.startsWith(' ')) {
        if (used > 0) pendingBlank = { text: token, tone: piece.tone };
        continue;
      }
      const blank: Piece | null = pendingBlank;
      const blankWidth: number = blank === null ? 0 : blank.text.length;
      const tokenWidth = displayWidth(token);
      if (used > 0 && used + blankWidth + tokenWidth > width) {
        // A token glued to the word before it (`gw.cfg:20:` + text) moves on alone: tokens are short.
        flush();
      } else if (blank !== null) {
        current.push(blank);
        used += blankWidth;
      }
      pendingBlank = null;
      const parts = tokenWidth > width ? splitWord(token, width) : [token];
      parts.forEach((part, i) => {
        if (i > 0) flush();
        current.push({ text: part, tone: piece.tone });
        used += displayWidth(part);
      });
    }
  }
  if (current.length > 0) lines.push(current);
  return lines.length === 0 ? [[]] : lines;
}
