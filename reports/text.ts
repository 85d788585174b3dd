import type { Block, Fact, Inlines } from './outline/outline.ts';
import { outlineReport } from './outline/outline-report.ts';
import { REPORT_KINDS, type Report } from './report.ts';
import type { RenderOptions, ReportFormat } from './report-format.ts';
import { layListing } from './text/listing.ts';
import { paint, paintLine, piecesOf, type StyledLine, widthOf, wrap } from './text/styled.ts';
import { layTable } from './text/table.ts';
import { excerptLines, forTerminal } from './untrusted.ts';

const NARROWEST_PAGE = 40;

/** Lines of `first` and `inlines`, wrapped and indented so that the text hangs under itself. */
function hang(first: StyledLine, inlines: StyledLine, indent: number, o: RenderOptions): readonly string[] {
  const left = indent + widthOf(first);
  const lines = wrap(inlines, Math.max(20, o.width - left));
  return lines.map((l, i) =>
    i === 0
      ? paintLine([{ text: ' '.repeat(indent), tone: 'plain' }, ...first, ...l], o.colour)
      : paintLine([{ text: ' '.repeat(left), tone: 'plain' }, ...l], o.colour),
  );
}

function factLines(facts: readonly Fact[], indent: number, o: RenderOptions): readonly string[] {
  const labels = facts.map((f) => forTerminal(f.label));
  const width = Math.min(16, Math.max(0, ...labels.map((l) => l.length)));
  return facts.flatMap((f, i) =>
    hang([{ text: `${(labels[i] ?? '').padEnd(width)}  `, tone: 'quiet' }], piecesOf(f.value), indent, o),
  );
}

const listItem = (item: Inlines, o: RenderOptions): readonly string[] =>
  hang([{ text: '- ', tone: 'quiet' }], piecesOf(item), 2, o);

const indented = (l: StyledLine, o: RenderOptions): string => `  ${paintLine(l, o.colour)}`.trimEnd();

function blockLines(block: Block, o: RenderOptions): readonly string[] {
  switch (block.kind) {
    case 'verdict':
      return [
        ...hang([{ text: `${block.word}  `, tone: block.tone }], piecesOf([block.text]), 0, o),
        ...factLines(block.facts, 2, o),
        '',
      ];
    case 'heading':
      return ['', paint('strong', forTerminal(block.text), o.colour)];
    case 'paragraph':
      return hang([], piecesOf(block.text), 0, o);
    case 'finding':
      return [
        ...hang(
          [{ text: `${block.label}  `, tone: block.tone }],
          piecesOf(
            block.rule === ''
              ? [block.message]
              : [{ kind: 'tone', tone: 'strong', text: block.rule }, ': ', block.message],
          ),
          2,
          o,
        ),
        ...factLines(block.facts, 6, o),
        '',
      ];
    case 'problem': {
      const place = block.place === null ? '' : `${forTerminal(block.place.file)}:${block.place.line}: `;
      return [
        `${place}${paint(block.tone, block.severity, o.colour)} ${forTerminal(block.rule)} ${forTerminal(block.message)}`,
        ...factLines(block.facts, 4, o),
      ];
    }
    case 'steps':
      return block.steps.flatMap((s, i) => [
        ...hang(
          [{ text: `${String(i + 1).padStart(2)}. `, tone: 'quiet' }],
          piecesOf([`${s.place}: `, { kind: 'tone', tone: s.tone, text: s.word }]),
          0,
          o,
        ),
        ...s.details.flatMap((d) => hang([], piecesOf(d), 6, o)),
      ]);
    case 'listing':
      return [...layListing(block.rows, o.width - 2).map((l) => indented(l, o)), ''];
    case 'table':
      return [...layTable(block.columns, block.rows, o.width - 2).map((l) => indented(l, o)), ''];
    case 'excerpt':
      return [
        `      ${paint('quiet', forTerminal(block.caption), o.colour)}`,
        ...excerptLines(block.text, block.leftOut).map((l) => `      | ${l}`.trimEnd()),
        '',
      ];
    case 'list':
      return [...block.items.flatMap((item) => listItem(item, o)), ''];
  }
}

function renderText(report: Report, options: RenderOptions): string {
  const o = { ...options, width: Math.max(NARROWEST_PAGE, options.width) };
  const lines = outlineReport(report).flatMap((b) => blockLines(b, o));
  if (report.kind === 'audit' || report.kind === 'checklist' || report.kind === 'history') {
    const { header } = report;
    const inputs = header.inputs.map((i) => `${i.file} ${i.sha256.slice(0, 12)}`).join(', ');
    lines.push(
      '',
      ...hang(
        [],
        piecesOf([
          {
            kind: 'tone',
            tone: 'quiet',
            text:
              `aclscope ${header.toolVersion}${header.generated === null ? '' : `, ${header.generated}`}` +
              `${inputs === '' ? '' : `; sha256 of ${inputs}`}`,
          },
        ]),
        0,
        o,
      ),
    );
  }
  const text = lines
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
  return `${text}\n`;
}

export const textFormat: ReportFormat = {
  id: 'text',
  description: 'for a terminal: the verdict first, then what to do',
  extension: 'txt',
  renders: REPORT_KINDS,
  render: (report, options) => ({ output: renderText(report, options) }),
};
