import type { ConfigLine } from '../../src/diagnostics/source-span.ts';
import type { AceCoverage, AuditFinding } from '../../src/model/audit.ts';
import type { AuditReport, QuotedList } from '../report.ts';
import { formatCount, toneOfCoverage, toneOfSeverity } from '../wording.ts';
import type { LineAnchor } from './blocks.ts';
import type { FindingAnchor } from './finding-cards.ts';
import { html, type Markup, NOTHING } from './markup.ts';

const lineKey = (l: ConfigLine): string => `${l.file}\n${l.line}`;

/** The lists to show: as quoted, or, where the caller gave none, what the coverage names. */
export function listsToShow(report: AuditReport): readonly QuotedList[] {
  if (report.lists.length > 0) return report.lists;
  const names = [...new Set(report.result.coverage.map((c) => c.acl))];
  return names.map((acl) => ({
    acl,
    router: null,
    boundTo: [],
    entries: report.result.coverage
      .filter((c) => c.acl === acl)
      .map((c) => ({ kind: 'ace', action: null, line: c.line, hits: null })),
  }));
}

const anchorId = (list: number, entry: number): string => `ace-${list + 1}-${entry + 1}`;

/** Where each line of the shown lists stands on the page. */
export function anchorLines(lists: readonly QuotedList[]): LineAnchor {
  const ids = new Map<string, string>();
  lists.forEach((list, l) => {
    list.entries.forEach((e, i) => {
      ids.set(lineKey(e.line), anchorId(l, i));
    });
  });
  return (l) => ids.get(lineKey(l)) ?? null;
}

/** The action's word set off, the rest as it stands. */
function sourceMarkup(text: string): Markup {
  const shown = text.trim();
  const m = /^(.*?)\b(permit|deny)\b/.exec(shown);
  if (m === null || /\bremark\b/.test(m[1] ?? '')) return html`${shown}`;
  const [whole, before = '', action = ''] = m;
  return html`${before}<span class="${action === 'permit' ? 'permit' : 'deny'}">${action}</span>${shown.slice(whole.length)}`;
}

/** Short: the whole of it stands where the link leads. */
function foundMarkup(f: AuditFinding, anchor: FindingAnchor): Markup {
  const id = anchor(f);
  const words = html`<span class="badge ${toneOfSeverity(f.severity)}">${f.severity}</span> ${f.kind}`;
  return html`<div>${id === null ? words : html`<a href="#${id}">${words}</a>`}</div>`;
}

function listTable(
  list: QuotedList,
  index: number,
  coverage: ReadonlyMap<string, AceCoverage>,
  findings: ReadonlyMap<string, readonly AuditFinding[]>,
  anchor: FindingAnchor,
): Markup {
  let number = 0;
  const rows = list.entries.map((e, i) => {
    const said = coverage.get(lineKey(e.line));
    const found = findings.get(lineKey(e.line)) ?? [];
    if (e.kind !== 'remark') number++;
    const tone = said === undefined ? 'quiet' : toneOfCoverage(said.status);
    return html`<tr id="${anchorId(index, i)}" class="r-${said?.status ?? 'none'}" data-item data-status="${said?.status ?? ''}"><td class="num quiet">${e.kind === 'remark' ? '' : number}</td><td class="num quiet">${e.line.line}</td><td class="src">${sourceMarkup(e.line.text)}</td><td>${said === undefined ? NOTHING : html`<span class="badge ${tone}">${said.status}</span>`}</td><td class="num">${e.hits === null ? '' : formatCount(e.hits)}</td><td>${said?.reason ?? ''}${found.map((f) => foundMarkup(f, anchor))}</td></tr>
`;
  });
  const implied =
    list.entries.some((e) => e.kind !== 'remark') && list.entries.some((e) => e.action !== null)
      ? html`<tr class="implied"><td></td><td></td><td class="src">deny ip any any (implicit, at the end of every list)</td><td></td><td></td><td></td></tr>`
      : NOTHING;
  const file = list.entries[0]?.line.file ?? '';
  const bound = list.boundTo.length === 0 ? 'bound to no interface' : `bound to ${list.boundTo.join(', ')}`;
  const table = html`<div class="scroll" tabindex="0" role="group" aria-label="Access list ${list.acl}"><table class="acl">
<caption>${file}</caption>
<thead><tr><th scope="col" class="num">ACE</th><th scope="col" class="num">Line</th><th scope="col">Text</th><th scope="col">Probes say</th><th scope="col" class="num">Hits</th><th scope="col">Why, and what was found</th></tr></thead>
<tbody>${rows}${implied}</tbody></table></div>`;
  const title = html`List ${list.acl}${list.router === null ? '' : ` on ${list.router}`}, ${bound}`;
  return list.boundTo.length > 0 || list.router === null
    ? html`<h3>${title}</h3>${table}`
    : html`<details><summary>${title}</summary>${table}</details>`;
}

/** Every list with what the probes say of each line, its hits and its findings. */
export function annotatedLists(
  report: AuditReport,
  lists: readonly QuotedList[],
  anchor: FindingAnchor,
): Markup {
  const coverage = new Map(report.result.coverage.map((c) => [lineKey(c.line), c]));
  const findings = new Map<string, AuditFinding[]>();
  for (const f of report.result.findings) {
    if (f.line === null) continue;
    const key = lineKey(f.line);
    findings.set(key, [...(findings.get(key) ?? []), f]);
  }
  const statuses = ['proven', 'contradicted', 'unprobed', 'unprobeable', 'dead'];
  return html`<div class="tools" data-tools="lists" hidden><label>Search<input type="search" autocomplete="off"></label>
<label>Probes say<select name="status"><option value="">all</option>${statuses.map((s) => html`<option value="${s}">${s}</option>`)}</select></label><output aria-live="polite"></output></div>
<div id="lists">${lists.map((l, i) => listTable(l, i, coverage, findings, anchor))}</div>`;
}
