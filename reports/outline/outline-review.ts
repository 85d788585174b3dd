import { atLeast, SEVERITIES } from '../../src/model/finding.ts';
import { pushAll } from '../../src/model/push-all.ts';
import type { ChangedPair, Hazard } from '../../src/model/review.ts';
import type { ReviewReport } from '../report.ts';
import { describePacket, plural, toneOfSeverity } from '../wording.ts';
import { reachBlocks } from './changed-reach.ts';
import { countPackets, spaceBlocks } from './changed-spaces.ts';
import { type Block, code, type Fact, heading, paragraph, type Tone } from './outline.ts';
import { lintProblem } from './outline-lint.ts';

const TONES: Readonly<Record<ReviewReport['result']['verdict'], Tone>> = {
  pass: 'good',
  fail: 'bad',
  undetermined: 'warn',
};

function hazardBlock(h: Hazard): Block {
  const facts: Fact[] = h.step === 0 ? [] : [{ label: `step ${h.step}`, value: [code(h.command)] }];
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

const MOST_HAZARDS = 50;

/** In the order of the commands; of very many the gravest. */
function hazardBlocks(hazards: readonly Hazard[]): readonly Block[] {
  const inOrder = (list: readonly Hazard[]): Block[] =>
    [...list].sort((a, b) => a.step - b.step).map(hazardBlock);
  if (hazards.length <= MOST_HAZARDS) return inOrder(hazards);
  const gravest = [...hazards]
    .sort((a, b) => rankOf(a) - rankOf(b) || a.step - b.step)
    .slice(0, MOST_HAZARDS);
  const rest = plural(hazards.length - MOST_HAZARDS, 'more hazard');
  return [...inOrder(gravest), paragraph(`and ${rest}: shown are the gravest; --format json has all.`)];
}

const rankOf = (h: Hazard): number => SEVERITIES.indexOf(h.severity);

export function outlineReview(report: ReviewReport): readonly Block[] {
  const { result, floor } = report;
  const open = result.undetermined ?? [];
  const inTerms = (spaces: ChangedPair['spaces']): readonly ChangedPair[] =>
    (result.pairs ?? []).filter((pair) => pair.spaces === spaces);
  const grave = (list: readonly { readonly severity: Hazard['severity'] }[]): number =>
    list.filter((x) => atLeast(x.severity, floor)).length;
  const blocks: Block[] = [
    {
      kind: 'verdict',
      tone: TONES[result.verdict],
      word: result.verdict.toUpperCase(),
      text:
        result.hazards.length + result.gained.length + result.lost.length + open.length === 0
          ? result.beyondLists === true
            ? 'no list treats a packet otherwise, but what the lists stand between changes'
            : 'the change changes nothing that packets meet'
          : `${plural(grave(result.hazards), 'hazard')} and ${plural(grave(result.findings), 'finding')} at ${floor} or above`,
      facts: [
        { label: 'gained', value: [countPackets(result.gained)] },
        { label: 'lost', value: [countPackets(result.lost)] },
        { label: 'hazards', value: [String(result.hazards.length)] },
      ],
    },
  ];
  if (result.hazards.length > 0) {
    blocks.push(heading(result.hazards.some((h) => h.step > 0) ? 'Hazards, command by command' : 'Hazards'));
    pushAll(blocks, hazardBlocks(result.hazards));
  }
  if (result.gained.length + result.lost.length + open.length === 0) {
    const who = result.beyondLists === true ? 'Every list treats' : 'The change treats';
    blocks.push(paragraph(`${who} every whole packet as before.`));
  }
  blocks.push(
    ...spaceBlocks('Gained', 'gained', result.gained, inTerms('gained')),
    ...spaceBlocks('Lost', 'lost', result.lost, inTerms('lost')),
    ...spaceBlocks(
      'Gained, non-initial fragments',
      'gained',
      result.fragments.gained,
      inTerms('fragments.gained'),
    ),
    ...spaceBlocks('Lost, non-initial fragments', 'lost', result.fragments.lost, inTerms('fragments.lost')),
    ...spaceBlocks('Undetermined', 'undetermined', open, []),
    ...reachBlocks(result.reach),
  );
  if (result.findings.length > 0) {
    blocks.push(heading('Findings on the result'), ...result.findings.map(lintProblem));
  }
  return blocks;
}
