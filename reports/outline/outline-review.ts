import { atLeast } from '../../src/model/finding.ts';
import type { ChangedSpace, Hazard } from '../../src/model/review.ts';
import type { ReviewReport } from '../report.ts';
import {
  describeDecider,
  describePacket,
  describeSpace,
  formatCount,
  plural,
  toneOfSeverity,
} from '../wording.ts';
import { lintProblem } from './outline-lint.ts';
import { type Block, code, type Fact, heading, paragraph, type Tone } from './outline.ts';

const TONES: Readonly<Record<ReviewReport['result']['verdict'], Tone>> = {
  pass: 'good',
  fail: 'bad',
  undetermined: 'warn',
};

const packets = (spaces: readonly ChangedSpace[]): string => {
  const total = spaces.reduce((sum, s) => sum + BigInt(s.packets), 0n);
  const more = spaces.some((s) => s.atLeast) ? 'at least ' : '';
  return `${more}${formatCount(total.toString())} ${total === 1n ? 'packet' : 'packets'}`;
};

/** Nobody reads on after so many; a program takes the JSON. */
const SHOWN = 100;

const SIGNS = { gained: '+', lost: '-', undetermined: '?' } as const;

function spaceBlocks(
  title: string,
  kind: keyof typeof SIGNS,
  spaces: readonly ChangedSpace[],
): readonly Block[] {
  if (spaces.length === 0) return [];
  const rest = spaces.slice(SHOWN);
  return [
    heading(`${title}: ${packets(spaces)} in ${plural(spaces.length, 'space')}`),
    ...spaces.slice(0, SHOWN).map(
      (s): Block => ({
        kind: 'finding',
        tone: kind === 'lost' ? 'plain' : 'warn',
        label: SIGNS[kind],
        rule: `${s.interface} ${s.direction}`,
        message: describeSpace(s),
        facts: [
          { label: 'packets', value: [`${s.atLeast ? 'at least ' : ''}${formatCount(s.packets)}`] },
          { label: 'before', value: describeDecider(s.before) },
          { label: 'after', value: describeDecider(s.after) },
          { label: 'for instance', value: [describePacket(s.witness)] },
        ],
      }),
    ),
    ...(rest.length === 0
      ? []
      : [
          paragraph(
            `${packets(rest)} more in ${plural(rest.length, 'space')}: --format json lists them all.`,
          ),
        ]),
  ];
}

function hazardBlock(h: Hazard): Block {
  const facts: Fact[] = [{ label: `step ${h.step}`, value: [code(h.command)] }];
  if (h.witness !== null) facts.push({ label: 'for instance', value: [describePacket(h.witness)] });
  return {
    kind: 'finding',
    tone: toneOfSeverity(h.severity),
    label: h.severity,
    rule: h.kind,
    message: h.message,
    facts,
  };
}

export function outlineReview(report: ReviewReport): readonly Block[] {
  const { result, floor } = report;
  const open = result.undetermined ?? [];
  const grave = (list: readonly { readonly severity: Hazard['severity'] }[]): number =>
    list.filter((x) => atLeast(x.severity, floor)).length;
  const blocks: Block[] = [
    {
      kind: 'verdict',
      tone: TONES[result.verdict],
      word: result.verdict.toUpperCase(),
      text:
        result.hazards.length + result.gained.length + result.lost.length + open.length === 0
          ? 'the change changes nothing that packets meet'
          : `${plural(grave(result.hazards), 'hazard')} and ${plural(grave(result.findings), 'finding')} at ${floor} or above`,
      facts: [
        { label: 'gained', value: [packets(result.gained)] },
        { label: 'lost', value: [packets(result.lost)] },
        { label: 'hazards', value: [String(result.hazards.length)] },
      ],
    },
  ];
  if (result.hazards.length > 0) {
    blocks.push(heading('Hazards, command by command'));
    blocks.push(...[...result.hazards].sort((a, b) => a.step - b.step).map(hazardBlock));
  }
  if (result.gained.length + result.lost.length + open.length === 0) {
    blocks.push(paragraph('The change treats every whole packet as before.'));
  }
  blocks.push(
    ...spaceBlocks('Gained', 'gained', result.gained),
    ...spaceBlocks('Lost', 'lost', result.lost),
    ...spaceBlocks('Gained, non-initial fragments', 'gained', result.fragments.gained),
    ...spaceBlocks('Lost, non-initial fragments', 'lost', result.fragments.lost),
    ...spaceBlocks('Undetermined', 'undetermined', open),
  );
  if (result.findings.length > 0) {
    blocks.push(heading('Findings on the result'), ...result.findings.map(lintProblem));
  }
  return blocks;
}
