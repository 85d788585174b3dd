import type { AuditFlow } from '../../src/model/audit.ts';
import { countRanges, type PortSet } from '../../src/model/ports.ts';
import type { PortProtocol } from '../../src/model/site.ts';
import { plural } from '../wording.ts';
import { type FlowGroup, groupFlows } from './flow-groups.ts';
import { html, type Markup, NOTHING } from './markup.ts';
import { portStrip } from './port-strip.ts';

/** More columns than this no page shows side by side; the rest is in the strips and the table of flows. */
const MOST_COLUMNS = 24;

type Run = readonly [lo: number, hi: number];

interface Cell {
  readonly flow: AuditFlow | null;
}

interface MatrixColumn {
  readonly run: Run;
  readonly cells: readonly Cell[];
}

/** The runs of ports inside which no flow of this protocol changes. */
function elementaryRuns(groups: readonly FlowGroup[]): readonly Run[] {
  const starts = new Set<number>();
  for (const g of groups) {
    for (const f of g.flows) {
      for (const [lo, hi] of f.ports) starts.add(lo).add(hi + 1);
    }
  }
  const sorted = [...starts].sort((a, b) => a - b);
  return sorted.slice(0, -1).map((lo, i) => [lo, (sorted[i + 1] ?? lo + 1) - 1]);
}

/** Finds the flow of a run in a group whose runs are walked in ascending order. */
function cellsOf(group: FlowGroup, runs: readonly Run[]): readonly Cell[] {
  const spans = group.flows
    .flatMap((flow) => flow.ports.map(([lo, hi]) => ({ lo, hi, flow })))
    .sort((a, b) => a.lo - b.lo);
  let at = 0;
  return runs.map(([lo]) => {
    while (at < spans.length && (spans[at]?.hi ?? 0) < lo) at++;
    const span = spans[at];
    return { flow: span !== undefined && span.lo <= lo ? span.flow : null };
  });
}

const isOn = (f: AuditFlow): boolean =>
  f.intended !== 'deny' || f.observed === 'open' || f.observed === 'wrapped';

/** What makes a run worth a column: 3 a single flow's failure, 2 something undetermined, 1 something open or permitted. */
function weight(cells: readonly Cell[], run: Run): number {
  let most = 0;
  for (const { flow } of cells) {
    if (flow === null) continue;
    if (flow.verdict === 'fail') most = Math.max(most, run[1] - run[0] < 16 ? 4 : 2);
    else if (flow.verdict === 'undetermined') most = Math.max(most, 2);
    else if (isOn(flow)) most = Math.max(most, 3);
  }
  return most;
}

function matrixColumns(groups: readonly FlowGroup[]): {
  readonly columns: readonly MatrixColumn[];
  readonly leftOut: number;
} {
  const runs = elementaryRuns(groups);
  const byGroup = groups.map((g) => cellsOf(g, runs));
  const all = runs.map((run, i) => {
    const cells = byGroup.map((c) => c[i] ?? { flow: null });
    return { run, cells, weight: weight(cells, run) };
  });
  const wanted = all.filter((c) => c.cells.some((x) => x.flow !== null));
  const kept = new Set(
    [...wanted].sort((a, b) => b.weight - a.weight || a.run[0] - b.run[0]).slice(0, MOST_COLUMNS),
  );
  return { columns: wanted.filter((c) => kept.has(c)), leftOut: wanted.length - kept.size };
}

const SHORT: Readonly<Record<AuditFlow['observed'], string>> = {
  open: 'open',
  wrapped: 'wrapped',
  closed: 'closed',
  filtered: 'filtered',
  unreachable: 'unreach.',
  unobserved: 'not seen',
  unstable: 'unstable',
};
const MARK: Readonly<Record<AuditFlow['verdict'], string>> = {
  pass: '✓',
  fail: '✗',
  undetermined: '?',
  waived: '~',
};

function cellMarkup({ flow }: Cell): Markup {
  if (flow === null) return html`<td class="quiet">–</td>`;
  const on = isOn(flow) ? ' c-on' : '';
  return html`<td class="c-${flow.verdict}${on}"><span class="want">${flow.intended === 'undetermined' ? 'open question' : flow.intended}</span><span class="got">${MARK[flow.verdict]} ${SHORT[flow.observed]}</span></td>`;
}

const runLabel = ([lo, hi]: Run): string => (lo === hi ? `${lo}` : `${lo}–${hi}`);

function matrix(protocol: PortProtocol, groups: readonly FlowGroup[]): Markup {
  const { columns, leftOut } = matrixColumns(groups);
  const more =
    leftOut === 0
      ? NOTHING
      : html`<p class="quiet">${plural(leftOut, 'further run')} of ports in the strips and in the table of flows below.</p>`;
  return html`<div class="scroll" tabindex="0" role="group" aria-label="Intended and observed by ${protocol} port"><table class="ports${columns.length > 12 ? ' many' : ''}">
<caption>${protocol.toUpperCase()} ports: above what is intended, below what was observed</caption>
<thead><tr><th scope="col">From → to</th>${columns.map((c) => html`<th scope="col">${runLabel(c.run)}</th>`)}</tr></thead>
<tbody>${groups.map(
    (
      g,
      i,
    ) => html`<tr><th scope="row">${g.vantage} → ${g.target}</th>${columns.map((c) => cellMarkup(c.cells[i] ?? { flow: null }))}</tr>
`,
  )}</tbody></table></div>${more}`;
}

const countOf = (flows: readonly AuditFlow[]): number =>
  flows.reduce((n, f) => n + countRanges(f.ports as PortSet), 0);

function stripLabel(g: FlowGroup): string {
  const of = (v: AuditFlow['verdict']): number => countOf(g.flows.filter((f) => f.verdict === v));
  return `${g.vantage} to ${g.target}, ${g.protocol}: of ${plural(countOf(g.flows), 'port')} ${of('pass')} pass, ${of('fail')} fail, ${of('undetermined')} undetermined`;
}

const swatch = (name: string, text: string): Markup =>
  html`<li><svg viewBox="0 0 14 14" aria-hidden="true"><path class="s-${name}" d="M0 0h14v14h-14z"/></svg>${text}</li>`;

const strips = (groups: readonly FlowGroup[]): Markup => html`<h3>All 65,536 ports</h3>
<p class="quiet">In each strip the upper lane is what is intended, the middle one what was observed, and the lowest marks where they differ. Ports 0–1023 take half the width.</p>
<ul class="legend">${[
  swatch('open', 'permit; open'),
  swatch('wrapped', 'wrapped'),
  swatch('deny', 'deny; filtered'),
  swatch('closed', 'closed'),
  swatch('undetermined', 'undetermined, not seen, unstable'),
  swatch('fail', 'differs'),
]}</ul>
<div class="strips">${groups.map(
  (
    g,
  ) => html`<div class="who">${g.vantage} → ${g.target} ${g.protocol}</div>${portStrip(g.flows, stripLabel(g))}
`,
)}<div class="who"></div><div class="axis" aria-hidden="true"><span>0–1023</span><span>1024–49151</span><span>49152–65535</span></div></div>`;

/** Intended against observed: a table of the ports that matter, then every port in strips. */
export function portPicture(flows: readonly AuditFlow[]): Markup {
  const groups = groupFlows(flows);
  if (groups.length === 0) return html`<p>No flow was audited.</p>`;
  const protocols = [...new Set(groups.map((g) => g.protocol))];
  return html`${protocols.map((p) =>
    matrix(
      p,
      groups.filter((g) => g.protocol === p),
    ),
  )}${strips(groups)}`;
}
