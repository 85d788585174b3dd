import {
  type Area,
  canaryPanel,
  describeSeconds,
  findingsPanel,
  findingsTitle,
  HELP,
  icmpPanel,
  inspectedFinding,
  listPanel,
  listTitle,
  mapPanel,
  mapTitle,
  STEERING_HELP,
  vantagePanel,
} from './panels.ts';
import {
  ASCII_GLYPHS,
  beside,
  fitLine,
  type Glyphs,
  lineOf,
  type ScreenLine,
  span,
  spread,
  UNICODE_GLYPHS,
} from './screen-line.ts';
import { type ScreenModel, shownEntries } from './screen-model.ts';

export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
  readonly unicode: boolean;
}

export const LEAST_COLUMNS = 50;
export const LEAST_ROWS = 14;
/** From here on two columns of panels fit. */
const WIDE = 120;

type Panel = (m: ScreenModel, area: Area) => readonly ScreenLine[];

function rule(title: string, width: number, g: Glyphs, focused: boolean): ScreenLine {
  const head = [
    span(`${g.rule}${g.rule} `, 'quiet'),
    span(title, focused ? 'strong' : 'quiet'),
    span(' ', 'quiet'),
  ];
  return fitLine([...head, { text: g.rule.repeat(width), tone: 'quiet', inverse: false }], width, g.rule);
}

/** A titled panel of exactly `height` lines, its title included. */
function framed(
  m: ScreenModel,
  title: string,
  panel: Panel,
  width: number,
  height: number,
  glyphs: Glyphs,
  focused = false,
): readonly ScreenLine[] {
  if (height <= 0) return [];
  const body = height === 1 ? [] : panel(m, { width, height: height - 1, glyphs });
  const lines = [rule(title, width, glyphs, focused), ...body].slice(0, height);
  while (lines.length < height) lines.push([]);
  return lines.map((l) => fitLine(l, width, glyphs.ellipsis));
}

function titleBar(m: ScreenModel, width: number, g: Glyphs): ScreenLine {
  const elapsed = m.startedAt === null ? '' : describeSeconds((m.now - m.startedAt) / 1000);
  const state = m.stopping
    ? span(' stopping, keeping what was seen ', 'warn', true)
    : m.paused
      ? span(' paused ', 'warn', true)
      : span('', 'plain');
  return spread(
    [span(` aclscope watch  ${m.site}`, 'strong')],
    [state, span(` ${elapsed} `)],
    width,
    g.ellipsis,
  );
}

const keyBar = (m: ScreenModel): ScreenLine =>
  lineOf(
    span(
      m.inspecting || m.help
        ? ' esc back  up/down another  q stop and keep everything'
        : `${m.steerable ? ` p ${m.paused ? 'go on' : 'pause'}  s slower  f faster ` : ''} tab pane  enter inspect  v ports  ? help  q stop`,
      'quiet',
    ),
  );

const lastNote = (m: ScreenModel): ScreenLine => {
  const note = m.notes[m.notes.length - 1];
  return note === undefined ? [] : lineOf(span(note, 'warn'));
};

/** Shares `rows` by weight, each at least 2, the first taking what is left over. */
function share(rows: number, weights: readonly number[]): readonly number[] {
  const total = weights.reduce((a, b) => a + b, 0);
  const heights = weights.map((w) => Math.max(2, Math.floor((rows * w) / total)));
  const over = rows - heights.reduce((a, b) => a + b, 0);
  return heights.map((h, i) => (i === 0 ? Math.max(2, h + over) : h));
}

function narrowBody(m: ScreenModel, width: number, rows: number, g: Glyphs): readonly ScreenLine[] {
  const [map = 0, findings = 0, list = 0, senders = 0] = share(rows, [5, 5, 5, 3]);
  const half = Math.floor(width / 2);
  return [
    ...framed(m, mapTitle(m), mapPanel, width, map, g),
    ...framed(m, findingsTitle(m), findingsPanel, width, findings, g, m.pane === 'findings'),
    ...framed(m, listTitle(m), listPanel, width, list, g, m.pane === 'list'),
    ...beside(
      framed(m, 'Canaries', canaryPanel, half, senders, g),
      framed(m, 'ICMP from', icmpPanel, width - half, senders, g),
    ),
  ];
}

const divider = (rows: number, g: Glyphs): readonly ScreenLine[] =>
  Array.from({ length: rows }, () => lineOf(span(` ${g.wall} `, 'quiet')));

function wideBody(m: ScreenModel, width: number, rows: number, g: Glyphs): readonly ScreenLine[] {
  const left = Math.floor((width - 3) * 0.55);
  const right = width - 3 - left;
  const list = Math.min(Math.max(2, shownEntries(m).length + 1), Math.floor(rows * 0.6));
  const map = rows - list;
  const canaries = Math.min(Math.max(2, m.canaries.length + 1), Math.floor(rows / 5));
  const icmp = Math.min(Math.max(2, m.icmp.length + 1), Math.floor(rows / 5));
  const findings = rows - canaries - icmp;
  return beside(
    beside(
      [
        ...framed(m, mapTitle(m), mapPanel, left, map, g),
        ...framed(m, listTitle(m), listPanel, left, list, g, m.pane === 'list'),
      ],
      divider(rows, g),
    ),
    [
      ...framed(m, findingsTitle(m), findingsPanel, right, findings, g, m.pane === 'findings'),
      ...framed(m, 'Canaries', canaryPanel, right, canaries, g),
      ...framed(m, 'ICMP from', icmpPanel, right, icmp, g),
    ],
  );
}

const helpPanel: Panel = (m) =>
  [...(m.steerable ? STEERING_HELP : []), ...HELP].map(([key, what]) =>
    lineOf(span(key.padEnd(12), 'strong'), what),
  );

/** The whole screen: exactly `rows` lines of exactly `columns` columns. */
export function layScreen(m: ScreenModel, size: ScreenSize): readonly ScreenLine[] {
  const g = size.unicode ? UNICODE_GLYPHS : ASCII_GLYPHS;
  const { columns: width, rows } = size;
  const fitAll = (lines: readonly ScreenLine[]): readonly ScreenLine[] =>
    Array.from({ length: rows }, (_, i) => fitLine(lines[i] ?? [], width, g.ellipsis));
  if (width < LEAST_COLUMNS || rows < LEAST_ROWS) {
    const lines = vantagePanel(m, { width, height: Math.max(1, rows - 2), glyphs: g });
    return fitAll([
      titleBar(m, width, g),
      ...lines,
      lineOf(`at least ${LEAST_COLUMNS} by ${LEAST_ROWS}, please`),
    ]);
  }
  const vantages = vantagePanel(m, { width, height: rows < 30 ? 3 : 6, glyphs: g });
  const rest = rows - 1 - vantages.length - 2;
  const body = m.inspecting
    ? framed(m, 'Finding', inspectedFinding, width, rest, g, true)
    : m.help
      ? framed(m, 'Keys', helpPanel, width, rest, g, true)
      : width >= WIDE
        ? wideBody(m, width, rest, g)
        : narrowBody(m, width, rest, g);
  return fitAll([titleBar(m, width, g), ...vantages, ...body, lastNote(m), keyBar(m)]);
}
