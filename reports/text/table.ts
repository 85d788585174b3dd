import type { Column, Row } from '../outline/outline.ts';
import { piecesOf, type StyledLine, widthOf, wrap } from './styled.ts';

const GAP = 2;
const NARROWEST = 8;

/** Shares the width: the widest columns give way first, none below `NARROWEST` or its own need. */
function fitColumns(natural: readonly number[], width: number): readonly number[] {
  const widths = [...natural];
  const room = width - GAP * (widths.length - 1);
  let excess = widths.reduce((a, b) => a + b, 0) - room;
  while (excess > 0) {
    const widest = Math.max(...widths);
    if (widest <= NARROWEST) break;
    const at = widths.indexOf(widest);
    const next = Math.max(NARROWEST, ...widths.filter((w) => w < widest));
    const step = Math.min(excess, Math.max(1, widest - next));
    widths[at] = widest - step;
    excess -= step;
  }
  return widths;
}

const pad = (n: number): StyledLine => (n > 0 ? [{ text: ' '.repeat(n), tone: 'plain' }] : []);

/** The rows as lines, cells wrapped inside their columns, headings first. */
export function layTable(
  columns: readonly Column[],
  rows: readonly Row[],
  width: number,
): readonly StyledLine[] {
  const head = columns.map((c): StyledLine => [{ text: c.title, tone: 'quiet' }]);
  const body = rows.map((r) => r.cells.map(piecesOf));
  const natural = columns.map((_, i) => Math.max(...[head, ...body].map((cells) => widthOf(cells[i] ?? []))));
  const widths = fitColumns(natural, width);
  const layRow = (cells: readonly StyledLine[]): readonly StyledLine[] => {
    const wrapped = columns.map((_, i) => wrap(cells[i] ?? [], widths[i] ?? NARROWEST));
    const height = Math.max(...wrapped.map((w) => w.length));
    return Array.from({ length: height }, (_, k) =>
      columns.flatMap((column, i) => {
        const cell = wrapped[i]?.[k] ?? [];
        const free = (widths[i] ?? NARROWEST) - widthOf(cell);
        const gap = i === columns.length - 1 ? [] : pad(GAP);
        return column.align === 'right' ? [...pad(free), ...cell, ...gap] : [...cell, ...pad(free), ...gap];
      }),
    );
  };
  return [head, ...body].flatMap(layRow);
}
