import type { AuditFinding, AuditFlow, Because, ObservationRef } from '../../src/model/audit.ts';
import { SEVERITIES } from '../../src/model/finding.ts';
import { type AuditStory, beyondFlow, gravestFirst, summariseAlike, type ToldFlow } from '../audit-story.ts';
import type { AuditReport } from '../report.ts';
import {
  describeBecause,
  describeFlow,
  describeObservation,
  describePorts,
  formatCount,
  toneOfSeverity,
} from '../wording.ts';
import { inlinesMarkup, type LineAnchor, lineMarkup } from './blocks.ts';
import { html, type Markup, NOTHING } from './markup.ts';
import { repeatCommands, witnessText } from './shell-command.ts';

/** Links an observation to the row of its evidence file. */
export type EvidenceAnchor = (file: string) => string | null;

export interface Anchors {
  readonly line: LineAnchor;
  readonly evidence: EvidenceAnchor;
}

const step = (name: string, content: Markup, classes = ''): Markup =>
  html`<li class="${classes}"><span class="step">${name}</span>${content}</li>`;

function observationMarkup(o: ObservationRef, anchors: Anchors): Markup {
  const id = anchors.evidence(o.evidence);
  return html`<div>${describeObservation(o)}${id === null ? NOTHING : html` <a href="#${id}">evidence</a>`}</div>`;
}

const isObservation = (b: Because): b is ObservationRef =>
  b !== null && 'kind' in b && b.kind === 'observation';

function becauseMarkup(b: Because, anchors: Anchors): Markup {
  if (isObservation(b)) return observationMarkup(b, anchors);
  const { label, value } = describeBecause(b);
  return html`<div>${label === 'decided by' ? NOTHING : html`${label}: `}${inlinesMarkup(value, anchors.line)}</div>`;
}

const intendedText = (f: AuditFlow): string =>
  f.config === null
    ? `No router list applies on the own segment; the policy says ${f.policy ?? 'nothing'}.`
    : `The config says ${f.config}, the policy ${f.policy ?? 'nothing'}: intended is ${f.intended}.`;

function mendStep(findings: readonly AuditFinding[]): Markup {
  const mends = [...new Set(findings.flatMap((f) => (f.mend === null ? [] : [f.mend])))];
  return mends.length === 0
    ? NOTHING
    : step('What to do', html`${mends.map((m) => html`<div>${m}</div>`)}`, 'mend');
}

function waivedStep(findings: readonly AuditFinding[]): Markup {
  const waived = findings.flatMap((f) => (f.waived === null ? [] : [f.waived]));
  return waived.length === 0
    ? NOTHING
    : step('Accepted', html`${waived.map((w) => html`<div>until ${w.until} by ${w.owner}: ${w.why}</div>`)}`);
}

function flowCard(id: string, { flow, findings }: ToldFlow, report: AuditReport, anchors: Anchors): Markup {
  const tone = flow.verdict === 'undetermined' ? 'warn' : toneOfSeverity(flow.severity ?? 'high');
  const lines = flow.because.filter((b) => !isObservation(b));
  const seen = flow.because.filter(isObservation);
  const repeat = repeatCommands(flow, report.network);
  const severity = flow.severity ?? (flow.verdict === 'undetermined' ? 'undetermined' : 'none');
  const kinds = [...new Set(findings.map((f) => f.kind))].join(', ');
  return html`<article id="${id}" class="card ${tone}" data-item data-severity="${severity}" data-vantage="${flow.vantage}">
<header><span class="badge ${tone}">${flow.verdict === 'undetermined' ? '? undetermined' : flow.verdict === 'waived' ? '~ waived' : `✗ ${severity}`}</span><h3>${describeFlow(flow).replace(' -> ', ' → ')}</h3>${kinds === '' ? NOTHING : html`<span class="mono quiet">${kinds}</span>`}</header>
<p class="what">${flow.message}</p>
${findings.map((f) => beyondFlow(f, flow)).map((m) => (m === null ? NOTHING : html`<p>${m}</p>`))}
<ol class="proof">
${step('What should happen', html`<div>${intendedText(flow)}</div>${lines.map((b) => becauseMarkup(b, anchors))}`)}
${step('One such packet', html`<code>${witnessText(flow, report.network)}</code>`)}
${step('What was seen', seen.length === 0 ? html`<div>nothing</div>` : html`${seen.map((o) => observationMarkup(o, anchors))}`)}
${step('So', html`<div><span class="strong">${flow.verdict}</span>, ${flow.confidence === 'none' ? 'without proof' : flow.confidence}</div>`, flow.verdict === 'fail' ? 'verdict-step' : '')}
${repeat === null ? NOTHING : step('See it again', html`<div>from ${repeat.from}:</div><pre>${repeat.probe}</pre>${repeat.explain === null ? NOTHING : html`<div>at the desk:</div><pre>${repeat.explain}</pre>`}`)}
${waivedStep(findings)}${mendStep(findings)}
</ol></article>
`;
}

function findingCard(id: string, f: AuditFinding, anchors: Anchors): Markup {
  const tone = toneOfSeverity(f.severity);
  return html`<article id="${id}" class="card ${tone}" data-item data-severity="${f.severity}" data-vantage="${f.vantage ?? ''}">
<header><span class="badge ${tone}">${f.severity}</span><h3>${f.kind}</h3>${f.vantage === null ? NOTHING : html`<span class="quiet">${f.vantage}${f.target === null ? '' : ` → ${f.target}`}</span>`}</header>
<p class="what">${f.message}</p>
<ol class="proof">
${f.line === null ? NOTHING : step('The line', lineMarkup(f.line, anchors.line))}
${f.observations.length === 0 ? NOTHING : step('What was seen', html`${f.observations.map((o) => observationMarkup(o, anchors))}`)}
${waivedStep([f])}${mendStep([f])}
</ol></article>
`;
}

function unseenTable(story: AuditStory): Markup {
  if (story.unseen.length === 0) return NOTHING;
  const rows = summariseAlike(story.unseen).map(
    (a) =>
      html`<tr><th scope="row">${a.vantage} → ${a.target}</th><td class="mono">${a.protocol}/${describePorts(a.ports, 6)}</td><td class="num">${formatCount(a.count)}</td><td>${a.intended}</td></tr>`,
  );
  return html`<h3>Nobody looked</h3><p class="quiet">No evidence speaks of these flows, so nothing is said about them.</p>
<div class="scroll" tabindex="0" role="group" aria-label="Flows that nobody observed"><table><thead><tr><th scope="col">From → to</th><th scope="col">Ports</th><th scope="col" class="num">Count</th><th scope="col">Intended</th></tr></thead><tbody>${rows}</tbody></table></div>`;
}

type Entry =
  | { readonly kind: 'flow'; readonly id: string; readonly told: ToldFlow }
  | { readonly kind: 'finding'; readonly id: string; readonly finding: AuditFinding };

/** Failing flows and findings together, gravest first, then what is undetermined and what is waived. */
function orderEntries(story: AuditStory): readonly Entry[] {
  const flow = (told: ToldFlow) => ({ kind: 'flow' as const, severity: told.flow.severity, told });
  const differing = gravestFirst([
    ...story.failing.map(flow),
    ...story.furtherFindings.map((finding) => ({
      kind: 'finding' as const,
      severity: finding.severity,
      finding,
    })),
  ]);
  return [...differing, ...[...story.undetermined, ...story.waived].map(flow)].map((e, i) => ({
    ...e,
    id: `look-${i + 1}`,
  }));
}

/** Where each finding is told on the page. */
export function anchorFindings(story: AuditStory): FindingAnchor {
  const ids = new Map(
    orderEntries(story).flatMap((e): [AuditFinding, string][] =>
      e.kind === 'flow' ? e.told.findings.map((f) => [f, e.id]) : [[e.finding, e.id]],
    ),
  );
  return (f) => ids.get(f) ?? null;
}
export type FindingAnchor = (finding: AuditFinding) => string | null;

export function findingCards(story: AuditStory, report: AuditReport, anchors: Anchors): Markup {
  const cards = orderEntries(story).map((e) =>
    e.kind === 'flow' ? flowCard(e.id, e.told, report, anchors) : findingCard(e.id, e.finding, anchors),
  );
  if (cards.length === 0) return html`<p>Nothing differs from what is intended.</p>${unseenTable(story)}`;
  const vantages = [...new Set(report.result.flows.map((f) => f.vantage))];
  return html`<div class="tools" data-tools="cards" hidden><label>Search<input type="search" autocomplete="off"></label>
<label>Severity<select name="severity"><option value="">all</option>${[...SEVERITIES, 'undetermined'].map((s) => html`<option value="${s}">${s}</option>`)}</select></label>
<label>Vantage<select name="vantage"><option value="">all</option>${vantages.map((v) => html`<option value="${v}">${v}</option>`)}</select></label>
<output aria-live="polite"></output></div>
<div id="cards">${cards}</div>${unseenTable(story)}`;
}
