import type { ConfigLine } from '../../src/diagnostics/source-span.ts';
import type { Block, Fact, Inline, Inlines } from '../outline/outline.ts';
import { excerptLines } from '../untrusted.ts';
import { html, join, type Markup, NOTHING } from './markup.ts';
import { type Section, verdictBand } from './page.ts';

/** Turns a config line into a link where the page shows that line. */
export type LineAnchor = (line: ConfigLine) => string | null;
const NO_ANCHOR: LineAnchor = () => null;

export function lineMarkup(l: ConfigLine, anchor: LineAnchor): Markup {
  const id = anchor(l);
  const place = html`${l.file}:${l.line}`;
  return html`<span class="mono quiet">${id === null ? place : html`<a href="#${id}">${place}</a>`}</span> <code>${l.text.trim()}</code>`;
}

function inlineMarkup(inline: Inline, anchor: LineAnchor): Markup {
  if (typeof inline === 'string') return html`${inline}`;
  switch (inline.kind) {
    case 'tone':
      return html`<span class="${inline.tone}">${inline.text}</span>`;
    case 'code':
      return html`<code>${inline.text}</code>`;
    case 'line':
      return lineMarkup(inline.line, anchor);
  }
}

/** One source line per line; each is escaped by itself, so the line ends stay. */
const lines = (texts: readonly string[]): readonly Markup[] =>
  texts.map(
    (t) => html`${t}
`,
  );

export const inlinesMarkup = (inlines: Inlines, anchor: LineAnchor = NO_ANCHOR): Markup =>
  join(inlines.map((i) => inlineMarkup(i, anchor)));

const factsMarkup = (facts: readonly Fact[], anchor: LineAnchor = NO_ANCHOR): Markup =>
  facts.length === 0
    ? NOTHING
    : html`<dl class="facts">${facts.map((f) => html`<dt>${f.label}</dt><dd>${inlinesMarkup(f.value, anchor)}</dd>`)}</dl>`;

function blockMarkup(block: Block, anchor: LineAnchor = NO_ANCHOR): Markup {
  switch (block.kind) {
    case 'verdict':
      return html`${verdictBand(block.tone, block.word, html`<p>${block.text}</p>`)}${factsMarkup(block.facts, anchor)}`;
    case 'heading':
      return html`<h3>${block.text}</h3>`;
    case 'paragraph':
      return html`<p>${inlinesMarkup(block.text, anchor)}</p>`;
    case 'finding':
      return html`<article class="card ${block.tone}" data-item><header><span class="badge ${block.tone}">${block.label}</span><h3>${block.rule}</h3></header><p class="what">${block.message}</p>${factsMarkup(block.facts, anchor)}</article>`;
    case 'problem':
      return html`<article class="card ${block.tone}" data-item><header><span class="badge ${block.tone}">${block.severity}</span><h3>${block.rule}</h3>${block.place === null ? NOTHING : html`<span class="mono quiet">${block.place.file}:${block.place.line}</span>`}</header><p class="what">${block.message}</p>${factsMarkup(block.facts, anchor)}</article>`;
    case 'steps':
      return html`<ol class="hops">${block.steps.map((s) => html`<li>${s.place}: <span class="strong ${s.tone}">${s.word}</span>${s.details.map((d) => html`<br>${inlinesMarkup(d, anchor)}`)}</li>`)}</ol>`;
    case 'listing':
      return html`<div class="scroll" tabindex="0" role="group" aria-label="lines"><table><thead><tr><th scope="col">Result</th><th scope="col">Line</th><th scope="col">Why</th></tr></thead><tbody>${block.rows.map((r) => html`<tr><td><span class="badge ${r.tone}">${r.word}</span></td><td>${lineMarkup(r.line, anchor)}</td><td>${r.note}</td></tr>`)}</tbody></table></div>`;
    case 'table':
      return html`<div class="scroll" tabindex="0" role="group" aria-label="table"><table><thead><tr>${block.columns.map((c) => html`<th scope="col" class="${c.align === 'right' ? 'num' : 'txt'}">${c.title}</th>`)}</tr></thead><tbody>${block.rows.map((r) => html`<tr>${r.cells.map((c, i) => html`<td class="${block.columns[i]?.align === 'right' ? 'num' : 'txt'}">${inlinesMarkup(c, anchor)}</td>`)}</tr>`)}</tbody></table></div>`;
    case 'excerpt':
      return html`<details><summary>${block.caption}</summary><pre>${lines(excerptLines(block.text, block.leftOut))}</pre></details>`;
    case 'list':
      return block.items.length === 0
        ? NOTHING
        : html`<ul>${block.items.map((i) => html`<li>${inlinesMarkup(i, anchor)}</li>`)}</ul>`;
  }
}

/** An outline as the top of a page and its sections, cut at the headings. */
export function cutIntoSections(blocks: readonly Block[]): {
  readonly top: Markup;
  readonly sections: readonly Section[];
} {
  const top: Markup[] = [];
  const sections: { id: string; title: string; parts: Markup[] }[] = [];
  for (const block of blocks) {
    const last = sections[sections.length - 1];
    const begin = (title: string): Markup[] => {
      const parts: Markup[] = [];
      sections.push({ id: `s${sections.length + 1}`, title, parts });
      return parts;
    };
    if (block.kind === 'heading') begin(block.text);
    else if (last !== undefined) last.parts.push(blockMarkup(block));
    else if (block.kind === 'problem' || block.kind === 'finding') begin('Findings').push(blockMarkup(block));
    else top.push(blockMarkup(block));
  }
  return {
    top: join(top),
    sections: sections.map((s) => ({ id: s.id, title: s.title, content: join(s.parts) })),
  };
}
