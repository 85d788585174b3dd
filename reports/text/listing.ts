import type { ListingRow } from '../outline/outline.ts';
import { forTerminal } from '../untrusted.ts';
import { type StyledLine, widthOf, wrap } from './styled.ts';

const pad = (text: string, width: number): string => text.padEnd(width);

/**
 * `word  line  text  note`; the note moves under its line where the page is too narrow for both. Lines of one file
 * stand under its name; of several, each carries its own.
 */
export function layListing(rows: readonly ListingRow[], width: number): readonly StyledLine[] {
  const [file, ...others] = new Set(rows.map((r) => r.line.file));
  const oneFile = file !== undefined && others.length === 0;
  const places = rows.map((r) =>
    oneFile ? String(r.line.line) : `${forTerminal(r.line.file)}:${r.line.line}`,
  );
  const texts = rows.map((r) => forTerminal(r.line.text.trim()));
  const notes = rows.map((r) => forTerminal(r.note));
  const widest = (list: readonly string[]): number => Math.max(0, ...list.map((s) => s.length));
  const wordWidth = widest(rows.map((r) => r.word)) + 2;
  const placeWidth = widest(places) + 2;
  const textWidth = widest(texts) + 2;
  const left = wordWidth + placeWidth;
  const oneLine = left + textWidth + widest(notes) <= width;
  const blank = (n: number): StyledLine => [{ text: ' '.repeat(n), tone: 'plain' }];
  const title: readonly StyledLine[] = oneFile
    ? wrap([{ text: forTerminal(file), tone: 'quiet' }], width)
    : [];
  const body = rows.flatMap((r, i): readonly StyledLine[] => {
    const head: StyledLine = [
      { text: pad(r.word, wordWidth), tone: r.tone },
      { text: pad(places[i] ?? '', placeWidth), tone: 'quiet' },
    ];
    const text = texts[i] ?? '';
    const note = notes[i] ?? '';
    if (oneLine) {
      return [[...head, { text: pad(text, textWidth), tone: 'plain' }, { text: note, tone: 'quiet' }]];
    }
    const room = Math.max(20, width - left);
    const under = [
      ...wrap([{ text, tone: 'plain' }], room),
      ...(note === '' ? [] : wrap([{ text: `- ${note}`, tone: 'quiet' }], room)),
    ];
    return under.map((l, k) => (k === 0 ? [...head, ...l] : [...blank(widthOf(head)), ...l]));
  });
  return [...title, ...body];
}
