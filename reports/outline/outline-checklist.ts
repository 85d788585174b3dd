import {
  ITEM_RESULTS,
  type ItemOutcome,
  type ItemResult,
  type Statement,
} from '../../src/model/checklist.ts';
import { byRisk, riskAfterRepair, summariseForOwner } from '../checklist-summary.ts';
import type { ChecklistReport } from '../report.ts';
import { formatCount, plural } from '../wording.ts';
import {
  type Block,
  code,
  type Fact,
  heading,
  type Inlines,
  line,
  paragraph,
  type Tone,
  tone,
} from './outline.ts';

const WORD: Readonly<Record<ChecklistReport['result']['verdict'], readonly [word: string, tone: Tone]>> = {
  pass: ['PASS', 'good'],
  fail: ['FAIL', 'bad'],
  incomplete: ['INCOMPLETE', 'warn'],
};

const TONE: Readonly<Record<ItemResult, Tone>> = {
  pass: 'good',
  fail: 'bad',
  undetermined: 'warn',
  'not-assessed': 'warn',
  'not-applicable': 'quiet',
};

const inWords = (dashed: string): string => dashed.replaceAll('-', ' ');

type Repair = ChecklistReport['result']['repair'];

/** `5 h, 120 goods`; the currency where one is named. */
function costText(hours: number | null, goods: number | null, currency: string | null): string {
  const parts = [
    hours === null ? null : `${hours} h`,
    goods === null || goods === 0 ? null : `${formatCount(goods)} ${currency ?? 'for goods'}`,
  ].filter((p) => p !== null);
  return parts.length === 0 ? 'not estimated' : parts.join(', ');
}

function repairText(r: Repair): string {
  const total = r.total === null ? '' : `, ${formatCount(r.total)} ${r.currency ?? ''}`.trimEnd();
  const open = r.unestimated.length === 0 ? '' : `; no estimate for ${r.unestimated.join(', ')}`;
  return `${r.hours} h${r.goods === 0 ? '' : `, goods ${formatCount(r.goods)}`}${total}${open}`;
}

const STATEMENT: Readonly<Record<Statement['kind'], string>> = {
  holds: 'holds',
  breaks: 'breaks',
  doubt: 'in doubt',
  missing: 'missing',
  note: 'note',
};

function itemBlocks(o: ItemOutcome, currency: string | null): readonly Block[] {
  const facts: Fact[] = [
    { label: 'reference', value: [o.item.reference] },
    { label: 'objective', value: [o.item.objective] },
    { label: 'risk', value: [o.item.risk] },
    { label: 'demands', value: [o.item.compliance] },
    { label: 'tests', value: [`${o.item.tests.join('; ')} (${o.item.assessment})`] },
  ];
  for (const s of o.statements) {
    const lines: Inlines = s.lines.flatMap((l): Inlines => [' ', line(l)]);
    facts.push({ label: STATEMENT[s.kind], value: [s.text, ...lines] });
  }
  if (o.answer !== null) {
    facts.push({
      label: 'answered',
      value: [
        `${inWords(o.answer.result)} by ${o.answer.role}, ${o.answer.date}: ${o.answer.reason} `,
        line(o.answer.line),
      ],
    });
    if (o.automatic !== null && o.automatic !== o.answer.result) {
      facts.push({ label: 'evidence alone', value: [inWords(o.automatic)] });
    }
  }
  for (const e of o.evidence) {
    const where = [e.host, e.at, e.digest].filter((x) => x !== null && x !== '').join(', ');
    facts.push({
      label: 'evidence',
      value: [`${e.id}: `, code(e.origin), where === '' ? '' : ` (${where})`],
    });
  }
  if (o.result !== 'pass' && o.result !== 'not-applicable') {
    facts.push(
      { label: 'to do', value: [o.item.mitigation] },
      {
        label: 'cost',
        value: [
          `${costText(o.item.cost.hours, o.item.cost.goods, currency)}${o.item.cost.note === '' ? '' : `; ${o.item.cost.note}`}`,
        ],
      },
    );
  }
  facts.push({ label: 'residual risk', value: [inWords(o.residual)] });
  return [
    {
      kind: 'finding',
      tone: TONE[o.result],
      label: inWords(o.result).toUpperCase(),
      rule: `${o.item.id} ${o.item.title}`,
      message: o.summary,
      facts,
    },
    ...o.evidence
      .filter((e) => e.output !== '')
      .map(
        (e): Block => ({
          kind: 'excerpt',
          caption: `${e.id}: ${e.origin}`,
          text: e.output,
          leftOut: e.leftOut,
        }),
      ),
  ];
}

/** Verdict and what repair costs first, then the risks that remain, then every item with its evidence. */
export function outlineChecklist(report: ChecklistReport): readonly Block[] {
  const { result } = report;
  const [word, wordTone] = WORD[result.verdict];
  const counts = ITEM_RESULTS.filter((r) => result.counts[r] > 0).map(
    (r) => `${result.counts[r]} ${inWords(r)}`,
  );
  const subject = [result.target, result.site === null ? null : `site ${result.site}`].filter(
    (x) => x !== null,
  );
  const facts: Fact[] = [
    { label: 'items', value: [counts.join(', ') || 'none'] },
    { label: 'residual risk', value: [inWords(result.residual)] },
    { label: 'repair', value: [repairText(result.repair)] },
  ];
  if (result.asOf !== null) facts.push({ label: 'as of', value: [result.asOf] });
  if (result.host !== null) {
    facts.push({
      label: 'host',
      value: [
        `${result.host.name}, ${result.host.system}, collected ${result.host.collected}, bundle `,
        code(result.host.manifestSha256),
      ],
    });
  }
  // The gravest first: a reader with an hour spends it there.
  const toRepair = result.outcomes.filter((o) => o.result === 'fail').sort(byRisk);
  const blocks: Block[] = [
    {
      kind: 'verdict',
      tone: wordTone,
      word,
      text: `${result.title}${subject.length === 0 ? '' : `: ${subject.join(', ')}`}`,
      facts,
    },
  ];
  const summary = summariseForOwner(result);
  if (summary.length > 0)
    blocks.push(heading('Summary for the owner'), ...summary.map((text) => paragraph(text)));
  if (toRepair.length > 0) {
    blocks.push(heading(`What to repair: ${plural(toRepair.length, 'item')}`), {
      kind: 'table',
      columns: [
        { title: 'Item' },
        { title: 'Risk' },
        { title: 'What is wrong' },
        { title: 'What to do' },
        { title: 'Cost' },
      ],
      rows: toRepair.map((o) => ({
        cells: [
          [`${o.item.id} ${o.item.title}`],
          [inWords(o.residual)],
          [o.summary],
          [o.item.mitigation],
          [costText(o.item.cost.hours, o.item.cost.goods, result.repair.currency)],
        ],
      })),
    });
  }
  if (result.outcomes.length > 0) {
    blocks.push(heading('Residual risk'), {
      kind: 'table',
      columns: [
        { title: 'Item' },
        { title: 'Result' },
        { title: 'Residual risk' },
        { title: 'After repair' },
      ],
      rows: result.outcomes.map((o) => ({
        cells: [
          [`${o.item.id} ${o.item.title}`],
          [tone(TONE[o.result], inWords(o.result))],
          [inWords(o.residual)],
          [inWords(riskAfterRepair(o))],
        ],
      })),
    });
    blocks.push(
      heading('Item by item'),
      ...result.outcomes.flatMap((o) => itemBlocks(o, result.repair.currency)),
    );
  }
  return blocks;
}
