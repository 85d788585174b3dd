import type { ChangedSpace } from '../../src/model/review.ts';
import { describeDecider, describePacket, describeSpace, formatCount, plural } from '../wording.ts';
import { type Block, heading, paragraph } from './outline.ts';

/** Up to so many spaces are told one by one; more, by the two lines that decide them. */
const MOST_SPACES = 20;
const MOST_PAIRS = 20;
/** Of each pair of lines. */
const MOST_LARGEST = 3;

const packetsOf = (spaces: readonly ChangedSpace[]): bigint =>
  spaces.reduce((sum, s) => sum + BigInt(s.packets), 0n);

export const countPackets = (spaces: readonly ChangedSpace[]): string => {
  const total = packetsOf(spaces);
  const more = spaces.some((s) => s.atLeast) ? 'at least ' : '';
  return `${more}${formatCount(total.toString())} ${total === 1n ? 'packet' : 'packets'}`;
};

const SIGNS = { gained: '+', lost: '-', undetermined: '?' } as const;
type Kind = keyof typeof SIGNS;
type FindingBlock = Extract<Block, { kind: 'finding' }>;

/** Spaces that a change gained or lost, gathered by the lines that decide them where they are too many to read. */
export function spaceBlocks(title: string, kind: Kind, spaces: readonly ChangedSpace[]): readonly Block[] {
  if (spaces.length === 0) return [];
  const all = heading(`${title}: ${countPackets(spaces)} in ${plural(spaces.length, 'space')}`);
  if (spaces.length <= MOST_SPACES) return [all, ...spaces.map((s) => spaceBlock(kind, s))];
  const pairs = byDeciders(spaces);
  const rest = pairs.slice(MOST_PAIRS).flat();
  return [
    all,
    ...pairs.slice(0, MOST_PAIRS).map((pair) => pairBlock(kind, pair)),
    paragraph(
      rest.length === 0
        ? '--format json lists every space.'
        : `${countPackets(rest)} more in ${plural(rest.length, 'space')} of ${plural(pairs.length - MOST_PAIRS, 'other pair')} of lines: --format json lists every space.`,
    ),
  ];
}

/** Spaces of one place with the same lines before and after; the largest first, within and among them. */
function byDeciders(spaces: readonly ChangedSpace[]): readonly (readonly ChangedSpace[])[] {
  const pairs = new Map<string, ChangedSpace[]>();
  for (const space of spaces) {
    const key = JSON.stringify([space.interface, space.direction, space.before, space.after]);
    const pair = pairs.get(key);
    if (pair) pair.push(space);
    else pairs.set(key, [space]);
  }
  return [...pairs.values()]
    .map((pair) => ({ pair: pair.sort(bySize), packets: packetsOf(pair) }))
    .sort((a, b) => downwards(a.packets, b.packets))
    .map(({ pair }) => pair);
}

const bySize = (a: ChangedSpace, b: ChangedSpace): number => downwards(BigInt(a.packets), BigInt(b.packets));

const downwards = (a: bigint, b: bigint): number => (a === b ? 0 : a > b ? -1 : 1);

function pairBlock(kind: Kind, pair: readonly ChangedSpace[]): FindingBlock {
  const largest = pair[0]!;
  if (pair.length === 1) return spaceBlock(kind, largest);
  return {
    ...spaceBlock(kind, largest),
    message: `${plural(pair.length, 'space')}, ${countPackets(pair)}`,
    facts: [
      { label: 'before', value: describeDecider(largest.before) },
      { label: 'after', value: describeDecider(largest.after) },
      ...pair.slice(0, MOST_LARGEST).map((space) => ({ label: 'among them', value: [describeSpace(space)] })),
      { label: 'for instance', value: [describePacket(largest.witness)] },
    ],
  };
}

const spaceBlock = (kind: Kind, s: ChangedSpace): FindingBlock => ({
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
});
