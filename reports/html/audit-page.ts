import {
  type AuditFlow,
  type AuditResult,
  type AuditSummary,
  type FlowVerdict,
  isReachable,
} from '../../src/model/audit.ts';
import { countRanges } from '../../src/model/ports.ts';
import { type AuditStory, tellAudit } from '../audit-story.ts';
import { joinMembers } from '../join-members.ts';
import { frameBlocks } from '../outline/frame.ts';
import { AUDIT_WORD, countFindings } from '../outline/outline-audit.ts';
import type { AuditReport } from '../report.ts';
import { describePorts, formatCount, plural, toneOfFlow } from '../wording.ts';
import { anchorLines, annotatedLists, listsToShow } from './annotated-list.ts';
import { cutIntoSections } from './blocks.ts';
import { anchorFindings, type EvidenceAnchor, findingCards } from './finding-cards.ts';
import { html, type Markup, NOTHING } from './markup.ts';
import { drawNetwork } from './network-drawing.ts';
import { type Page, type Section, verdictBand } from './page.ts';
import { portPicture } from './port-picture.ts';

const total = (counts: AuditSummary['flows']): number =>
  counts.pass + counts.fail + counts.undetermined + counts.waived;

/** The verdict as a sentence that a network's owner can quote. */
function verdictSentence(s: AuditSummary): string {
  const flows = plural(total(s.flows), 'flow');
  const grave = s.findings.critical + s.findings.high;
  switch (s.verdict) {
    case 'conforms':
      return `All ${flows} are as intended.`;
    case 'differs':
      return s.flows.fail > 0
        ? `${s.flows.fail} of ${flows} ${s.flows.fail === 1 ? 'differs' : 'differ'} from what is intended.`
        : `The flows are as intended, but ${plural(grave, 'grave finding')} stand against the configuration.`;
    case 'incomplete':
      return total(s.flows) === 0
        ? 'No flow was audited.'
        : `Nothing differs so far, but ${s.flows.undetermined} of ${flows} could not be determined.`;
  }
}

const PERCENT = 100;

function tiles({ summary: s, coverage }: AuditResult): Markup {
  const tile = (value: string, label: string, more: Markup = NOTHING, tone = ''): Markup =>
    html`<li><b class="${tone}">${value}</b><span>${label}</span>${more}</li>`;
  const portNote = (v: FlowVerdict): string => plural(s.ports[v], 'port');
  const meter = html`<svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true"><path class="s-filtered" d="M0 0h100v4h-100z"/><path class="s-wrapped" d="M0 0h${Math.max(0, Math.min(PERCENT, s.coveragePercent))}v4H0z"/></svg>`;
  return html`<ul class="tiles">${[
    tile(String(s.flows.fail), `flows fail, ${portNote('fail')}`, NOTHING, s.flows.fail > 0 ? 'bad' : ''),
    tile(
      String(s.flows.undetermined),
      `undetermined, ${portNote('undetermined')}`,
      NOTHING,
      s.flows.undetermined > 0 ? 'warn' : '',
    ),
    tile(String(s.flows.pass), `flows pass, ${portNote('pass')}`, NOTHING, s.flows.pass > 0 ? 'good' : ''),
    ...(s.flows.waived > 0 ? [tile(String(s.flows.waived), `waived, ${portNote('waived')}`)] : []),
    tile(String(Object.values(s.findings).reduce((a, b) => a + b, 0)), `findings: ${countFindings(s)}`),
    coverage.some(isReachable)
      ? tile(`${Math.round(s.coveragePercent)}%`, 'of reachable list lines proven', meter)
      : tile('–', 'no list line that probes can reach'),
  ]}</ul>`;
}

const MARK: Readonly<Record<FlowVerdict, string>> = { pass: '✓', fail: '✗', undetermined: '?', waived: '~' };

const flowRow = (f: AuditFlow): Markup => {
  const tone = toneOfFlow(f.verdict);
  return html`<tr data-item data-verdict="${f.verdict}"><td><span class="badge ${tone}">${MARK[f.verdict]} ${f.verdict}</span></td><th scope="row">${f.vantage} → ${f.target}</th><td class="mono">${f.protocol}/${describePorts(f.ports, 6)}</td><td class="num">${formatCount(countRanges(f.ports))}</td><td>${f.intended}</td><td>${f.config ?? 'no list'}</td><td>${f.policy ?? 'silent'}</td><td>${f.observed}</td><td>${f.confidence}</td><td>${f.message}</td></tr>
`;
};

const ORDER: readonly FlowVerdict[] = ['fail', 'undetermined', 'waived', 'pass'];

function flowTable(flows: readonly AuditFlow[]): Markup {
  const sorted = [...flows].sort((a, b) => ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict));
  const columns = [
    'Verdict',
    'From → to',
    'Ports',
    'Count',
    'Intended',
    'Config',
    'Policy',
    'Observed',
    'Confidence',
    'Why',
  ];
  return html`<div class="tools" data-tools="flows" hidden><label>Search<input type="search" autocomplete="off"></label>
<label>Verdict<select name="verdict"><option value="">all</option>${ORDER.map((v) => html`<option value="${v}">${v}</option>`)}</select></label><output aria-live="polite"></output></div>
<div class="scroll" tabindex="0" role="group" aria-label="All flows"><table id="flows"><thead><tr>${columns.map((c) => html`<th scope="col" class="${c === 'Count' ? 'num' : 'txt'}">${c}</th>`)}</tr></thead><tbody>${sorted.map(flowRow)}</tbody></table></div>`;
}

const evidenceId = (index: number): string => `evidence-${index + 1}`;

function anchorEvidence(report: AuditReport): EvidenceAnchor {
  const ids = new Map(report.result.evidence.map((e, i) => [e.file, evidenceId(i)]));
  return (file) => ids.get(file) ?? null;
}

const span = (started: string | null, ended: string | null): string =>
  started === null ? 'not recorded' : ended === null ? started : `${started} to ${ended}`;

function appendix(report: AuditReport): Markup {
  const { evidence } = report.result;
  const rows = evidence.map(
    (e, i) =>
      html`<tr id="${evidenceId(i)}"><th scope="row">${e.file}</th><td>${e.vantage}</td><td>${e.via}${e.tool === null ? '' : `, ${e.tool}`}</td><td>${span(e.started, e.ended)}</td><td>${e.complete ? html`<span class="badge good">complete</span>` : html`<span class="badge warn">incomplete</span>`}</td><td class="hash mono">${e.sha256}</td></tr>${e.notes.map((n) => html`<tr><td></td><td colspan="5" class="quiet">${n}</td></tr>`)}
`,
  );
  const others = report.header.inputs.filter((i) => i.role !== 'evidence');
  return html`<div class="scroll" tabindex="0" role="group" aria-label="Evidence"><table><thead><tr><th scope="col">Evidence</th><th scope="col">Vantage</th><th scope="col">From</th><th scope="col">Time</th><th scope="col">State</th><th scope="col">SHA-256</th></tr></thead><tbody>${rows}</tbody></table></div>
${
  others.length === 0
    ? NOTHING
    : html`<div class="scroll" tabindex="0" role="group" aria-label="Inputs"><table><thead><tr><th scope="col">Input</th><th scope="col">Role</th><th scope="col">SHA-256</th></tr></thead><tbody>${others.map((i) => html`<tr><th scope="row">${i.file}</th><td>${i.role}</td><td class="hash mono">${i.sha256}</td></tr>`)}</tbody></table></div>`
}
<p class="quiet">Check a file with <code>sha256sum FILE</code>.</p>`;
}

function comparison(report: AuditReport): readonly Section[] {
  const c = report.comparison;
  if (c === null) return [];
  const item = (word: string, tone: string, f: { severity: string; kind: string; message: string }): Markup =>
    html`<li><span class="badge ${tone}">${word}</span> ${f.severity} ${f.kind}: ${f.message}</li>`;
  return [
    {
      id: 'since',
      title: `Since ${c.baseline}`,
      content: html`<p>${plural(c.added.length, 'new finding')}, ${c.fixed.length} fixed, ${c.unchanged.length} unchanged.</p><ul>${[...c.added.map((f) => item('new', 'bad', f)), ...c.fixed.map((f) => item('fixed', 'good', f))]}</ul>`,
    },
  ];
}

const differences = (story: AuditStory): number =>
  story.failing.length + story.furtherFindings.length + story.undetermined.length + story.waived.length;

/** The audit as one page: the verdict, where it happened, what differs and why, and everything it rests on. */
export function auditPage(whole: AuditReport): Page {
  const report = joinMembers(whole);
  const { result } = report;
  const story = tellAudit(result);
  const lists = listsToShow(report);
  const anchors = { line: anchorLines(lists), evidence: anchorEvidence(report) };
  const [word, tone] = AUDIT_WORD[result.summary.verdict];
  const sections: Section[] = [
    ...comparison(report),
    ...(report.network === null
      ? []
      : [{ id: 'network', title: 'The network', content: drawNetwork(report.network, result.flows) }]),
    { id: 'ports', title: 'Intended against observed', content: portPicture(result.flows) },
    {
      id: 'findings',
      title: `What to look at (${differences(story)})`,
      content: findingCards(story, report, anchors),
    },
    ...(lists.length === 0
      ? []
      : [
          {
            id: 'access-lists',
            title: 'Access lists, line by line',
            content: annotatedLists(report, lists, anchorFindings(story)),
          },
        ]),
    { id: 'all-flows', title: `All flows (${whole.result.flows.length})`, content: flowTable(result.flows) },
    { id: 'evidence', title: 'Evidence', content: appendix(report) },
    ...cutIntoSections(frameBlocks(report)).sections.map((s) => ({ ...s, id: `frame-${s.id}` })),
  ];
  const site = result.site === '' ? NOTHING : html`<p><span class="strong">${result.site}</span></p>`;
  return {
    header: report.header,
    top: html`${verdictBand(tone, word, html`${site}<p>${verdictSentence(result.summary)}</p>`)}${tiles(result)}`,
    sections,
  };
}
