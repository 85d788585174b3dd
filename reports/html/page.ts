import { createHash } from 'node:crypto';
import type { Tone } from '../outline/outline.ts';
import type { ReportHeader } from '../report.ts';
import { html, type Markup, NOTHING, trusted } from './markup.ts';
import { SCRIPT } from './script.ts';
import { STYLE } from './style.ts';

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** Only this style sheet and this script may act; nothing is fetched, sent or framed, whatever the report quotes. */
const CONTENT_POLICY = [
  "default-src 'none'",
  `style-src ${hashOf(STYLE)}`,
  `script-src ${hashOf(SCRIPT)}`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

const MARKS: Readonly<Record<Tone, string>> = {
  good: '✓',
  bad: '✗',
  warn: '?',
  quiet: '·',
  plain: '·',
  strong: '·',
};

export const verdictBand = (tone: Tone, word: string, text: Markup): Markup => html`
<div class="verdict v-${tone}" role="status"><span class="mark" aria-hidden="true">${MARKS[tone]}</span><div><div class="word">${word}</div>${text}</div></div>`;

export interface Section {
  readonly id: string;
  readonly title: string;
  readonly content: Markup;
}

export interface Page {
  readonly header: ReportHeader;
  /** Verdict and what belongs right under it. */
  readonly top: Markup;
  readonly sections: readonly Section[];
}

const navigation = (sections: readonly Section[]): Markup =>
  sections.length < 2
    ? NOTHING
    : html`<nav class="sections" aria-label="Sections">${sections.map((s) => html`<a href="#${s.id}">${s.title}</a>`)}</nav>`;

const made = (h: ReportHeader): string =>
  `aclscope ${h.toolVersion}${h.generated === null ? '' : `, ${h.generated}`}`;

export const layPage = ({ header, top, sections }: Page): Markup => html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${CONTENT_POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${header.title === '' ? 'aclscope report' : header.title}</title>
<style>${trusted(STYLE)}</style>
</head>
<body>
<a class="skip" href="#content">To the content</a>
<header class="top">
<h1>${header.title === '' ? 'aclscope report' : header.title}</h1>
${top}
${navigation(sections)}
</header>
<main id="content">
${sections.map(
  (s) => html`<section aria-labelledby="${s.id}">
<h2 id="${s.id}">${s.title}</h2>
${s.content}
</section>
`,
)}
</main>
<footer>${made(header)}</footer>
<script>${trusted(SCRIPT)}</script>
</body>
</html>
`;
