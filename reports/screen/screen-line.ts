import type { Tone } from '../outline/outline.ts';
import { characterWidth, displayWidth } from '../text/display-width.ts';
import { forTerminal } from '../untrusted.ts';

/** A piece of one line of the screen; its text is already harmless. */
export interface Span {
  readonly text: string;
  readonly tone: Tone;
  readonly inverse: boolean;
}
export type ScreenLine = readonly Span[];

/** The only way to make a span: whatever the text holds, no control or escape survives. */
export const span = (text: string, tone: Tone = 'plain', inverse = false): Span => ({
  text: forTerminal(text),
  tone,
  inverse,
});

export const lineOf = (...parts: readonly (Span | string)[]): ScreenLine =>
  parts.map((p) => (typeof p === 'string' ? span(p) : p));

export const lineText = (l: ScreenLine): string => l.map((s) => s.text).join('');

const widthOfLine = (l: ScreenLine): number => l.reduce((n, s) => n + displayWidth(s.text), 0);

function clipText(text: string, width: number): string {
  let used = 0;
  let kept = '';
  for (const c of text) {
    const w = characterWidth(c);
    if (used + w > width) return kept;
    kept += c;
    used += w;
  }
  return kept;
}

/** The line at exactly `width` columns: cut with a mark, or filled with blanks that keep the last inversion. */
export function fitLine(l: ScreenLine, width: number, ellipsis: string): ScreenLine {
  const wide = widthOfLine(l);
  if (wide <= width) {
    const last = l[l.length - 1];
    const filler: Span = {
      text: ' '.repeat(width - wide),
      tone: last?.tone ?? 'plain',
      inverse: last?.inverse ?? false,
    };
    return filler.text === '' ? l : [...l, filler];
  }
  const kept: Span[] = [];
  let room = width - displayWidth(ellipsis);
  for (const s of l) {
    const text = clipText(s.text, room);
    if (text !== '') kept.push({ ...s, text });
    room -= displayWidth(text);
    if (text !== s.text || room <= 0) break;
  }
  const last = kept[kept.length - 1];
  const end: Span = { text: ellipsis, tone: last?.tone ?? 'quiet', inverse: last?.inverse ?? false };
  const used = widthOfLine(kept) + displayWidth(ellipsis);
  return [...kept, end, { ...end, text: ' '.repeat(Math.max(0, width - used)) }];
}

/** Left and right parts with blanks between; the left part gives way. */
export function spread(left: ScreenLine, right: ScreenLine, width: number, ellipsis: string): ScreenLine {
  const room = Math.max(0, width - widthOfLine(right) - 1);
  return [...fitLine(left, room, ellipsis), span(' '), ...right];
}

/** Two blocks of lines side by side. */
export const beside = (left: readonly ScreenLine[], right: readonly ScreenLine[]): readonly ScreenLine[] =>
  Array.from({ length: Math.max(left.length, right.length) }, (_, i) => [
    ...(left[i] ?? []),
    ...(right[i] ?? []),
  ]);

/** The characters that a terminal can show: box drawing and marks, or ASCII for the same. */
export interface Glyphs {
  readonly rule: string;
  readonly wall: string;
  readonly full: string;
  readonly empty: string;
  readonly ok: string;
  readonly bad: string;
  readonly dot: string;
  readonly dead: string;
  readonly none: string;
  readonly ellipsis: string;
  readonly pointer: string;
}

export const UNICODE_GLYPHS: Glyphs = {
  rule: '─',
  wall: '│',
  full: '█',
  empty: '░',
  ok: '✓',
  bad: '✗',
  dot: '·',
  dead: '†',
  none: '–',
  ellipsis: '…',
  pointer: '▸',
};

export const ASCII_GLYPHS: Glyphs = {
  rule: '-',
  wall: '|',
  full: '#',
  empty: '.',
  ok: '+',
  bad: 'x',
  dot: '.',
  dead: 'd',
  none: '-',
  ellipsis: '~',
  pointer: '>',
};
