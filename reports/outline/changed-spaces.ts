import { ICMP, TCP, UDP } from '../../src/model/packet.ts';
import type { ChangedPair, ChangedSpace } from '../../src/model/review.ts';
import { describeDecider, describePacket, describeSpace, formatCount, plural } from '../wording.ts';
import { type Block, type Fact, heading, paragraph } from './outline.ts';

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

/**
 * Spaces that a change gained or lost, gathered by the lines that decide them where they are too many to read. `inTerms`
 * holds pairs of lines that are told as the lists put them.
 */
export function spaceBlocks(
  title: string,
  kind: Kind,
  spaces: readonly ChangedSpace[],
  inTerms: readonly ChangedPair[],
): readonly Block[] {
  if (spaces.length === 0) return [];
  const all = heading(`${title}: ${countPackets(spaces)} in ${plural(spaces.length, 'space')}`);
  if (spaces.length <= MOST_SPACES) return [all, ...spaces.map((s) => spaceBlock(kind, s))];
  const pairs = byDeciders(spaces);
  const terms = new Map(inTerms.map((pair) => [keyOf(pair), pair]));
  const rest = pairs.slice(MOST_PAIRS).flat();
  return [
    all,
    ...pairs.slice(0, MOST_PAIRS).map((pair) => pairBlock(kind, pair, terms.get(keyOf(pair[0]!)))),
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
    const key = keyOf(space);
    const pair = pairs.get(key);
    if (pair) pair.push(space);
    else pairs.set(key, [space]);
  }
  return [...pairs.values()]
    .map((pair) => ({ pair: pair.sort(bySize), packets: packetsOf(pair) }))
    .sort((a, b) => downwards(a.packets, b.packets))
    .map(({ pair }) => pair);
}

const keyOf = (p: Pick<ChangedPair, 'interface' | 'direction' | 'before' | 'after'>): string =>
  JSON.stringify([p.interface, p.direction, p.before, p.after]);

const bySize = (a: ChangedSpace, b: ChangedSpace): number => downwards(BigInt(a.packets), BigInt(b.packets));

const downwards = (a: bigint, b: bigint): number => (a === b ? 0 : a > b ? -1 : 1);

/** Everything but TCP is told protocol by protocol; nobody has seen a packet of protocol 0. */
const WELL_KNOWN: ReadonlySet<number> = new Set([TCP, UDP, ICMP]);

function pairBlock(kind: Kind, pair: readonly ChangedSpace[], terms: ChangedPair | undefined): FindingBlock {
  const largest = pair[0]!;
  const instance = pair.find(({ witness }) => WELL_KNOWN.has(witness.protocol)) ?? largest;
  if (pair.length === 1) return spaceBlock(kind, largest);
  return {
    ...spaceBlock(kind, largest),
    message: `${plural(pair.length, 'space')}, ${countPackets(pair)}`,
    facts: [
      { label: 'before', value: describeDecider(largest.before) },
      { label: 'after', value: describeDecider(largest.after) },
      ...(terms
        ? termFacts(terms)
        : pair
            .slice(0, MOST_LARGEST)
            .map((space): Fact => ({ label: 'among them', value: [describeSpace(space)] }))),
      { label: 'for instance', value: [describePacket(instance.witness)] },
    ],
  };
}

function termFacts({ match, less, moreLess }: ChangedPair): readonly Fact[] {
  const told = less.slice(0, moreLess > 0 ? MOST_LARGEST : less.length);
  const more = less.length - told.length + moreLess;
  return [
    ...match.map((part): Fact => ({ label: 'that is', value: [describeSpace(part)] })),
    ...told.map((by): Fact => ({ label: 'less', value: describeDecider(by) })),
    ...(more === 0 ? [] : [{ label: 'less', value: [`what ${plural(more, 'more line')} decide`] }]),
  ];
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
