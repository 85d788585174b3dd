import type { ConfigLine } from '../src/diagnostics/source-span.ts';
import { inputBlocks } from './outline/frame.ts';
import type { Block, Fact, Inline, Inlines } from './outline/outline.ts';
import { outlineReport } from './outline/outline-report.ts';
import { REPORT_KINDS, type Report } from './report.ts';
import type { ReportFormat } from './report-format.ts';
import { excerptLines, forMarkdown, markdownCode } from './untrusted.ts';

function oneInline(inline: Inline, inTable: boolean): string {
  if (typeof inline === 'string') return forMarkdown(inline);
  switch (inline.kind) {
    case 'tone':
      return inline.tone === 'quiet' || inline.tone === 'plain'
        ? forMarkdown(inline.text)
        : `**${forMarkdown(inline.text.trim())}**${inline.text.endsWith(' ') ? ' ' : ''}`;
    case 'code':
      return markdownCode(inline.text, inTable);
    case 'line':
      return `${linePlace(inline.line)} ${markdownCode(inline.line.text.trim(), inTable)}`;
  }
}

const linePlace = (l: ConfigLine): string => forMarkdown(`${l.file}:${l.line}`);

const inlineText = (inlines: Inlines, inTable: boolean): string =>
  inlines.map((i) => oneInline(i, inTable)).join('');

const factItems = (facts: readonly Fact[]): readonly string[] =>
  facts.map((f) => `- ${forMarkdown(f.label)}: ${inlineText(f.value, false)}`);

const tableRow = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

function blockText(block: Block): string {
  switch (block.kind) {
    case 'verdict':
      return [
        `**${forMarkdown(block.word)}**: ${forMarkdown(block.text)}`,
        '',
        ...factItems(block.facts),
      ].join('\n');
    case 'heading':
      return `## ${forMarkdown(block.text)}`;
    case 'paragraph':
      return inlineText(block.text, false);
    case 'finding':
      return [
        `### ${forMarkdown(block.label)}${block.rule === '' ? '' : ` ${forMarkdown(block.rule)}`}`,
        '',
        forMarkdown(block.message),
        '',
        ...factItems(block.facts),
      ].join('\n');
    case 'problem': {
      const place =
        block.place === null ? '' : ` (${forMarkdown(`${block.place.file}:${block.place.line}`)})`;
      return [
        `### ${block.severity} ${forMarkdown(block.rule)}${place}`,
        '',
        forMarkdown(block.message),
        '',
        ...factItems(block.facts),
      ].join('\n');
    }
    case 'steps':
      return block.steps
        .map((s, i) =>
          [
            `${i + 1}. ${forMarkdown(s.place)}: **${forMarkdown(s.word)}**`,
            ...s.details.map((d) => `   - ${inlineText(d, false)}`),
          ].join('\n'),
        )
        .join('\n');
    case 'listing':
      return [
        tableRow(['Line', 'Text', 'Result', 'Why']),
        tableRow(['---', '---', '---', '---']),
        ...block.rows.map((r) =>
          tableRow([
            linePlace(r.line),
            markdownCode(r.line.text.trim(), true),
            `**${forMarkdown(r.word)}**`,
            forMarkdown(r.note),
          ]),
        ),
      ].join('\n');
    case 'table':
      return [
        tableRow(block.columns.map((c) => forMarkdown(c.title))),
        tableRow(block.columns.map((c) => (c.align === 'right' ? '--:' : '---'))),
        ...block.rows.map((r) => tableRow(r.cells.map((c) => inlineText(c, true)))),
      ].join('\n');
    case 'excerpt':
      return [
        `${forMarkdown(block.caption)}:`,
        '',
        ...excerptLines(block.text, block.leftOut).map((l) => `    ${l}`.trimEnd()),
      ].join('\n');
    case 'list':
      return block.items.map((item) => `- ${inlineText(item, false)}`).join('\n');
  }
}

function renderMarkdown(report: Report): string {
  const { header } = report;
  const made = `aclscope ${header.toolVersion}${header.generated === null ? '' : `, ${header.generated}`}`;
  const parts = [
    `# ${forMarkdown(header.title)}`,
    ...[...outlineReport(report), ...inputBlocks(report)].map(blockText),
    `_${forMarkdown(made)}_`,
  ];
  return `${parts
    .map((p) => p.trimEnd())
    .filter((p) => p !== '')
    .join('\n\n')}\n`;
}

export const markdownFormat: ReportFormat = {
  id: 'markdown',
  description: 'for a pull request, a ticket or a wiki',
  extension: 'md',
  renders: REPORT_KINDS,
  render: (report) => ({ output: renderMarkdown(report) }),
};
