import type { HistoryReport } from '../report.ts';
import { plural } from '../wording.ts';
import { type Block, heading, paragraph, tone } from './outline.ts';
import { AUDIT_WORD, auditFindingBlock, countFindings } from './outline-audit.ts';

/** A time in UTC, short enough for a column; what is no time stands as it is. */
const toTheMinute = (iso: string): string =>
  Number.isNaN(Date.parse(iso)) ? iso : new Date(iso).toISOString().slice(0, 16);

export function outlineHistory(report: HistoryReport): readonly Block[] {
  const { audits, comparison, interval, site } = report.result;
  const last = audits[audits.length - 1];
  const blocks: Block[] = [];
  if (last === undefined) {
    return [
      { kind: 'verdict', tone: 'warn', word: 'EMPTY', text: `${site}: no audit is kept yet`, facts: [] },
    ];
  }
  const [word, wordTone] = AUDIT_WORD[last.summary.verdict];
  blocks.push({
    kind: 'verdict',
    tone: wordTone,
    word,
    text: `${site}, last audited ${last.at}; ${plural(audits.length, 'audit')} kept`,
    facts: [],
  });
  if (interval !== null) {
    blocks.push(
      paragraph(
        interval.kept
          ? tone('good', `The promised interval of ${plural(interval.promisedDays, 'day')} was kept.`)
          : tone('bad', `The promised interval of ${plural(interval.promisedDays, 'day')} was broken.`),
      ),
      {
        kind: 'list',
        items: interval.gaps.map((g) => [`${g.days} days without a scan: ${g.from} to ${g.to ?? 'now'}`]),
      },
    );
  }
  blocks.push(heading('Trend'), {
    kind: 'table',
    columns: [
      { title: 'Audit (UTC)' },
      { title: 'Last scan' },
      { title: 'Verdict' },
      { title: 'Fail', align: 'right' },
      { title: 'Undetermined', align: 'right' },
      { title: 'Pass', align: 'right' },
      { title: 'Findings' },
      { title: 'Coverage', align: 'right' },
    ],
    rows: audits.map((a) => ({
      cells: [
        [toTheMinute(a.at)],
        [a.scanned === null ? 'none' : toTheMinute(a.scanned).replace(/T.*/, '')],
        [tone(AUDIT_WORD[a.summary.verdict][1], a.summary.verdict)],
        [String(a.summary.flows.fail)],
        [String(a.summary.flows.undetermined)],
        [String(a.summary.flows.pass)],
        [countFindings(a.summary)],
        [`${Math.round(a.summary.coveragePercent)}%`],
      ],
    })),
  });
  if (comparison !== null) {
    for (const [title, findings] of [
      ['New', comparison.added],
      ['Fixed', comparison.fixed],
    ] as const) {
      if (findings.length > 0) {
        blocks.push(heading(`${title} since ${comparison.baseline}`), ...findings.map(auditFindingBlock));
      }
    }
  }
  return blocks;
}
