import type { CoverageStatus } from '../../src/model/audit.ts';
import type { Tone } from '../outline/outline.ts';
import { displayWidth } from '../text/display-width.ts';
import { wrap } from '../text/styled.ts';
import { forTerminal } from '../untrusted.ts';
import {
  describeObservation,
  describePorts,
  formatCount,
  plural,
  toneOfCoverage,
  toneOfSeverity,
} from '../wording.ts';
import { boundary, countState, type MapState, portsIn, sampleMap } from './port-map.ts';
import {
  fitLine,
  type Glyphs,
  lineOf,
  lineText,
  type ScreenLine,
  type Span,
  span,
  spread,
} from './screen-line.ts';
import { lineKey, type ScreenModel, shownEntries, type VantageView } from './screen-model.ts';

// Each panel is a function of the model and its size, and returns at most `height` lines.

export interface Area {
  readonly width: number;
  readonly height: number;
  readonly glyphs: Glyphs;
}

const MINUTE = 60;
const HOUR = 3600;

export function describeSeconds(seconds: number): string {
  const s = Math.max(0, Math.round(seconds));
  if (s < MINUTE) return `${s} s`;
  if (s < HOUR) return `${Math.floor(s / MINUTE)} min ${String(s % MINUTE).padStart(2, '0')} s`;
  return `${Math.floor(s / HOUR)} h ${String(Math.floor((s % HOUR) / MINUTE)).padStart(2, '0')} min`;
}

const STATE_TONE: Readonly<Record<VantageView['state'], Tone>> = {
  waiting: 'quiet',
  running: 'plain',
  paused: 'warn',
  finished: 'good',
  incomplete: 'bad',
};

const BAR = 20;

function vantageLine(v: VantageView, nameWidth: number, { width, glyphs }: Area): ScreenLine {
  const share = v.total === 0 ? (v.state === 'finished' ? 1 : 0) : v.done / v.total;
  const bar = width >= 100 ? BAR * 2 : BAR;
  const filled = Math.max(0, Math.min(bar, Math.floor(share * bar)));
  const eta =
    v.state === 'running' && v.perSecond > 0 && v.left > 0
      ? `  ${describeSeconds(v.left / v.perSecond)} left`
      : '';
  const rate = v.state === 'running' ? `  ${formatCount(Math.round(v.perSecond))}/s` : '';
  return lineOf(
    span(`${v.name.slice(0, nameWidth).padEnd(nameWidth)} `, 'strong'),
    span(glyphs.full.repeat(filled), v.state === 'finished' ? 'good' : 'plain'),
    span(glyphs.empty.repeat(bar - filled), 'quiet'),
    ` ${String(Math.floor(share * 100)).padStart(3)}%  ${formatCount(v.done)}/${formatCount(v.total)}${rate}${eta}`,
    ...(v.state === 'running'
      ? []
      : [span(`  ${v.state}${v.reason === null ? '' : `: ${v.reason}`}`, STATE_TONE[v.state])]),
  );
}

export function vantagePanel(m: ScreenModel, area: Area): readonly ScreenLine[] {
  const nameWidth = Math.min(16, Math.max(4, ...m.vantages.map((v) => v.name.length)));
  const shown = m.vantages.length > area.height ? area.height - 1 : m.vantages.length;
  const lines = m.vantages.slice(0, shown).map((v) => vantageLine(v, nameWidth, area));
  return m.vantages.length > shown
    ? [...lines, lineOf(span(`and ${m.vantages.length - shown} more vantages`, 'quiet'))]
    : lines;
}

const MAP_LOOK: Readonly<Record<MapState, readonly [mark: string, tone: Tone, inverse: boolean]>> = {
  untouched: [' ', 'quiet', false],
  waiting: ['.', 'quiet', false],
  filtered: ['-', 'quiet', false],
  closed: ['c', 'plain', false],
  unobserved: ['?', 'warn', false],
  unreachable: ['u', 'warn', false],
  unstable: ['~', 'warn', false],
  wrapped: ['w', 'good', false],
  open: ['o', 'good', true],
  differs: ['!', 'bad', true],
};

/** Neighbours that look alike become one span: a row of the map is a few spans, not a hundred. */
function joinAlike(states: readonly MapState[]): readonly Span[] {
  const spans: Span[] = [];
  for (const state of states) {
    const [mark, tone, inverse] = MAP_LOOK[state];
    const last = spans[spans.length - 1];
    if (last !== undefined && last.tone === tone && last.inverse === inverse) {
      spans[spans.length - 1] = { ...last, text: last.text + mark };
    } else spans.push({ text: mark, tone, inverse });
  }
  return spans;
}

const LABEL = 6;
const NAMED_PORTS = 12;

export function mapTitle(m: ScreenModel): string {
  const view = m.maps[m.selectedMap];
  if (view === undefined) return 'Ports';
  const which = m.maps.length > 1 ? ` (${m.selectedMap + 1} of ${m.maps.length}, v for the next)` : '';
  return `Ports ${view.vantage} -> ${view.target} ${view.protocol}${which}`;
}

export function mapPanel(m: ScreenModel, { width, height }: Area): readonly ScreenLine[] {
  const view = m.maps[m.selectedMap];
  if (view === undefined) return [lineOf(span('no target yet', 'quiet'))];
  const rows = Math.max(1, height - 1);
  const perRow = width - LABEL;
  const states = sampleMap(view.map, perRow * rows);
  const drawn = Array.from({ length: rows }, (_, i) =>
    lineOf(
      span(`${String(boundary(i * perRow, perRow * rows)).padStart(LABEL - 1)} `, 'quiet'),
      ...joinAlike(states.slice(i * perRow, (i + 1) * perRow)),
    ),
  );
  const count = (s: MapState): string => formatCount(countState(view.map, s));
  const named = (s: MapState, tone: Tone): readonly Span[] => {
    const n = countState(view.map, s);
    if (n === 0) return [];
    const ports = portsIn(view.map, s, NAMED_PORTS);
    const more = n > ports.length ? ' …' : '';
    return [
      span(
        `${MAP_LOOK[s][0]} ${s} ${n > NAMED_PORTS ? `${formatCount(n)}: ` : ''}${ports.join(' ')}${more}  `,
        tone,
      ),
    ];
  };
  return [
    ...drawn,
    lineOf(
      ...named('differs', 'bad'),
      ...named('open', 'good'),
      ...named('wrapped', 'good'),
      span(
        `c closed ${count('closed')}  - filtered ${count('filtered')}  . waiting ${count('waiting')}`,
        'quiet',
      ),
    ),
  ];
}

/** Where a list of `count` rows starts so that `selected` is among the `height` shown. */
const windowStart = (selected: number, count: number, height: number): number =>
  Math.max(0, Math.min(selected - Math.floor(height / 2), count - height));

export const findingsTitle = (m: ScreenModel): string =>
  m.findings.length === 0
    ? 'Findings'
    : `Findings (${formatCount(m.findings.length)}), enter for the whole of one`;

export function findingsPanel(m: ScreenModel, { height, glyphs }: Area): readonly ScreenLine[] {
  if (m.findings.length === 0) return [lineOf(span('none so far', 'quiet'))];
  const focused = m.pane === 'findings';
  const first = windowStart(m.selectedFinding, m.findings.length, height);
  return m.findings.slice(first, first + height).map((f, i) => {
    const chosen = first + i === m.selectedFinding;
    const inverse = chosen && focused;
    const place = f.vantage === null ? '' : `${f.vantage}${f.target === null ? '' : ` -> ${f.target}`}`;
    // Messages about a flow begin with it.
    const where =
      place === '' || f.message.startsWith(place)
        ? ''
        : `${place}${f.ports === null ? '' : ` ${describePorts(f.ports, 3)}`}: `;
    return [
      span(chosen ? `${glyphs.pointer} ` : '  ', 'plain', inverse),
      span(`${f.severity} `, toneOfSeverity(f.severity), inverse),
      span(`${f.kind} `, 'strong', inverse),
      span(`${where}${f.message}`, 'plain', inverse),
    ];
  });
}

const LIT_MS = 2500;
const COVERAGE_ORDER: readonly CoverageStatus[] = [
  'proven',
  'contradicted',
  'unprobed',
  'unprobeable',
  'dead',
];

const coverageMark = (s: CoverageStatus, g: Glyphs): string =>
  ({ proven: g.ok, contradicted: g.bad, unprobed: g.dot, unprobeable: g.none, dead: g.dead })[s];

export function listTitle(m: ScreenModel): string {
  const [first] = m.lists;
  if (first === undefined) return 'Access list';
  const name =
    m.lists.length === 1
      ? `List ${first.acl}${first.boundTo.length > 0 ? `, ${first.boundTo.join(', ')}` : ''}`
      : `${m.lists.length} lists`;
  const all = [...m.coverage.values()];
  const counts = COVERAGE_ORDER.map((s) => [s, all.filter((c) => c.status === s).length] as const)
    .filter(([, n]) => n > 0)
    .map(([s, n]) => `${n} ${s}`);
  return counts.length === 0 ? name : `${name}: ${counts.join(', ')}`;
}

const clipTo = (text: string, width: number, ellipsis: string): string =>
  lineText(fitLine(lineOf(text), Math.min(width, displayWidth(forTerminal(text))), ellipsis));

/** The line of the list on which something happened last, unless the reader walks the list himself. */
function lineInView(
  m: ScreenModel,
  entries: readonly { readonly line: { file: string; line: number; text: string } }[],
): number {
  if (m.pane === 'list') return m.selectedLine;
  let latest = -1;
  let at = 0;
  entries.forEach((e, i) => {
    const c = m.coverage.get(lineKey(e.line));
    if (c !== undefined && c.at > latest) {
      latest = c.at;
      at = i;
    }
  });
  return at;
}

export function listPanel(m: ScreenModel, { width, height, glyphs }: Area): readonly ScreenLine[] {
  const entries = shownEntries(m);
  if (entries.length === 0) return [lineOf(span('no access list', 'quiet'))];
  const first = windowStart(lineInView(m, entries), entries.length, height);
  return entries.slice(first, first + height).map((e, i) => {
    const said = m.coverage.get(lineKey(e.line));
    const chosen = m.pane === 'list' && first + i === m.selectedLine;
    const inverse = chosen || (said !== undefined && m.now - said.at < LIT_MS);
    const tone: Tone = said === undefined ? 'quiet' : toneOfCoverage(said.status);
    const text = e.line.text.trim().replace(/^(?:ip )?access-list \S+ /, '');
    const left = [
      span(`${said === undefined ? ' ' : coverageMark(said.status, glyphs)} `, tone, inverse),
      span(`${String(e.line.line).padStart(4)} `, 'quiet', inverse),
      span(text, said === undefined ? 'plain' : tone, inverse),
    ];
    const reason = said?.reason ?? '';
    return reason !== '' && width >= 70
      ? spread(
          left,
          [span(clipTo(reason, Math.floor(width / 3), glyphs.ellipsis), 'quiet')],
          width,
          glyphs.ellipsis,
        )
      : left;
  });
}

export function canaryPanel(m: ScreenModel, { height, glyphs }: Area): readonly ScreenLine[] {
  if (m.canaries.length === 0) return [lineOf(span('no canary yet: silence proves nothing', 'quiet'))];
  const worstFirst = [...m.canaries].sort((a, b) => b.missed - a.missed);
  return worstFirst.slice(0, height).map((c) => {
    const good = c.missed === 0;
    const age =
      c.lastGood === null ? 'never answered' : `${describeSeconds((m.now - c.lastGood) / 1000)} ago`;
    return lineOf(
      span(`${good ? glyphs.ok : glyphs.bad} `, good ? 'good' : 'bad'),
      `${c.vantage} -> ${c.target}:${c.port} ${c.canary === 'negative' ? 'negative ' : ''}${c.answered}/${c.sent}`,
      span(good ? `, ${age}` : `, ${c.missed} missed, ${age}`, good ? 'quiet' : 'bad'),
    );
  });
}

export function icmpPanel(m: ScreenModel, { height }: Area): readonly ScreenLine[] {
  if (m.icmp.length === 0) return [lineOf(span('none', 'quiet'))];
  const mostFirst = [...m.icmp].sort((a, b) => b.answers - a.answers);
  return mostFirst
    .slice(0, height)
    .map((s) =>
      lineOf(
        `${s.from} ${s.type}/${s.code} `,
        span(`${plural(s.answers, 'port')}, to ${s.vantage}`, 'quiet'),
      ),
    );
}

/** One finding in full, wrapped. */
export function inspectedFinding(m: ScreenModel, { width, height }: Area): readonly ScreenLine[] {
  const f = m.findings[m.selectedFinding];
  if (f === undefined) return [];
  const facts: readonly (readonly [label: string, text: string, tone: Tone])[] = [
    ['finding', `${f.severity} ${f.kind}`, toneOfSeverity(f.severity)],
    ['what', f.message, 'plain'],
    ...(f.vantage === null
      ? []
      : [
          [
            'flow',
            `${f.vantage} -> ${f.target ?? '?'} ${f.ports === null ? '' : describePorts(f.ports)}`,
            'plain',
          ] as const,
        ]),
    ...(f.line === null
      ? []
      : [['line', `${f.line.file}:${f.line.line}: ${f.line.text.trim()}`, 'plain'] as const]),
    ...f.observations.map((o) => ['observed', describeObservation(o), 'plain'] as const),
    ...(f.mend === null ? [] : [['to do', f.mend, 'good'] as const]),
  ];
  const LABELS = 10;
  return facts
    .flatMap(([label, text, tone]) =>
      wrap([{ text: forTerminal(text), tone }], width - LABELS).map((l, i) => [
        span((i === 0 ? label : '').padEnd(LABELS), 'quiet'),
        ...l.map((p) => ({ ...p, inverse: false })),
      ]),
    )
    .slice(0, height);
}

export const STEERING_HELP: readonly (readonly [key: string, what: string])[] = [
  ['p', 'pause, and go on'],
  ['s / f', 'slower, faster'],
];

export const HELP: readonly (readonly [key: string, what: string])[] = [
  ['tab', 'findings or access list'],
  ['up, down', 'choose a finding or a line'],
  ['enter', 'the whole finding; esc to return'],
  ['v', "the next vantage's ports"],
  ['q', 'stop and keep everything seen so far'],
  ['?', 'this help'],
];
