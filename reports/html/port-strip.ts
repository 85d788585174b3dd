import type { AuditFlow } from '../../src/model/audit.ts';
import type { ObservedState } from '../../src/model/evidence.ts';
import type { Verdict } from '../../src/model/finding.ts';
import { html, type Markup } from './markup.ts';

// All 65,536 ports in one strip, drawn as runs over 1000 columns: however many runs a scan found, a lane never
// holds more than 1000 rectangles, so that twenty flows of alternating ports still open at once.

const COLUMNS = 1000;
/** A single port must be seen: it takes at least this many columns. */
const LEAST = 3;

/** Half the width for the well-known ports, where most of what matters lies. */
const SCALE: readonly (readonly [first: number, end: number, from: number, to: number])[] = [
  [0, 1024, 0, 500],
  [1024, 49152, 500, 850],
  [49152, 65536, 850, COLUMNS],
];

function columnOf(port: number): number {
  for (const [first, end, from, to] of SCALE) {
    if (port < end) return from + ((port - first) / (end - first)) * (to - from);
  }
  return COLUMNS;
}

/** Which state wins where several ports share a column: the one that a reader must not miss. */
const INTENDED_RANK: Readonly<Record<Verdict, number>> = { deny: 1, undetermined: 2, permit: 3 };
const OBSERVED_RANK: Readonly<Record<ObservedState, number>> = {
  unobserved: 1,
  filtered: 2,
  closed: 3,
  unreachable: 4,
  unstable: 5,
  wrapped: 6,
  open: 7,
};
const VERDICT_RANK: Readonly<Record<AuditFlow['verdict'], number>> = {
  pass: 0,
  waived: 0,
  undetermined: 1,
  fail: 2,
};

/** The state of each column, 0 for none. */
function rasterise<T extends string>(
  flows: readonly AuditFlow[],
  stateOf: (f: AuditFlow) => T,
  rank: Readonly<Record<T, number>>,
): Uint8Array {
  const columns = new Uint8Array(COLUMNS);
  for (const flow of flows) {
    const value = rank[stateOf(flow)];
    if (value === 0) continue;
    for (const [lo, hi] of flow.ports) {
      const from = Math.min(COLUMNS - LEAST, Math.floor(columnOf(lo)));
      const to = Math.max(from + LEAST, Math.floor(columnOf(hi + 1)));
      for (let c = from; c < to && c < COLUMNS; c++) {
        if ((columns[c] ?? 0) < value) columns[c] = value;
      }
    }
  }
  return columns;
}

/** One path per state: runs of equal columns as rectangles. */
function lane<T extends string>(
  columns: Uint8Array,
  rank: Readonly<Record<T, number>>,
  y: number,
  height: number,
): readonly Markup[] {
  const paths = new Map<number, string>();
  for (let c = 0; c < COLUMNS; ) {
    const value = columns[c] ?? 0;
    let end = c + 1;
    while (end < COLUMNS && columns[end] === value) end++;
    if (value > 0) paths.set(value, `${paths.get(value) ?? ''}M${c} ${y}h${end - c}v${height}h${c - end}z`);
    c = end;
  }
  return (Object.entries(rank) as [T, number][]).flatMap(([state, value]) => {
    const d = paths.get(value);
    return d === undefined ? [] : [html`<path class="s-${state}" d="${d}"/>`];
  });
}

/** Intended above, observed below, and under both a mark where they differ or nothing could be said. */
export const portStrip = (flows: readonly AuditFlow[], label: string): Markup =>
  html`<svg viewBox="0 0 1000 36" preserveAspectRatio="none" role="img" aria-label="${label}">${[
    ...lane(
      rasterise(flows, (f) => f.intended, INTENDED_RANK),
      INTENDED_RANK,
      2,
      11,
    ),
    ...lane(
      rasterise(flows, (f) => f.observed, OBSERVED_RANK),
      OBSERVED_RANK,
      15,
      11,
    ),
    ...lane(
      rasterise(flows, (f) => f.verdict, VERDICT_RANK),
      VERDICT_RANK,
      29,
      6,
    ),
  ]}</svg>`;
