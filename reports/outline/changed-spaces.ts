import type { ChangedSpace } from '../../src/model/review.ts';
import { describeDecider, describePacket, describeSpace, formatCount, plural } from '../wording.ts';
import { type Block, heading, type Inlines, paragraph } from './outline.ts';

/** More than anybody reads: what is beyond is counted, by the lines that make the difference. */
const MOST_SHOWN = 20;
const MOST_LINES = 10;

const packetsOf = (spaces: readonly ChangedSpace[]): bigint =>
  spaces.reduce((sum, s) => sum + BigInt(s.packets), 0n);

export const countPackets = (spaces: readonly ChangedSpace[]): string => {
  const total = packetsOf(spaces);
  const more = spaces.some((s) => s.atLeast) ? 'at least ' : '';
  return `${more}${formatCount(total.toString())} ${total === 1n ? 'packet' : 'packets'}`;
};

const SIGNS = { gained: '+', lost: '-', undetermined: '?' } as const;
const NOW = { gained: 'now permitted by ', lost: 'now denied by ', undetermined: 'now met by ' } as const;
type Kind = keyof typeof SIGNS;

/** Spaces that a change gained or lost, the largest first where there are too many to show them all. */
export function spaceBlocks(title: string, kind: Kind, spaces: readonly ChangedSpace[]): readonly Block[] {
  if (spaces.length === 0) return [];
  const all = heading(`${title}: ${countPackets(spaces)} in ${plural(spaces.length, 'space')}`);
  if (spaces.length <= MOST_SHOWN) return [all, ...spaces.map((s) => spaceBlock(kind, s))];
  const bySizeDown = [...spaces].sort(bySize);
  const rest = bySizeDown.slice(MOST_SHOWN);
  return [
    all,
    ...linesBehind(kind, spaces),
    ...bySizeDown.slice(0, MOST_SHOWN).map((s) => spaceBlock(kind, s)),
    paragraph(
      `${countPackets(rest)} more in ${plural(rest.length, 'smaller space')}: --format json lists them all.`,
    ),
  ];
}

function bySize(a: ChangedSpace, b: ChangedSpace): number {
  const x = BigInt(a.packets);
  const y = BigInt(b.packets);
  return x === y ? 0 : x > y ? -1 : 1;
}

interface Behind {
  readonly where: string;
  readonly decider: ChangedSpace['after'];
  readonly spaces: ChangedSpace[];
}

/** What decides them now, line by line: a permit lets packets in that were denied, a deny cuts what was permitted. */
function linesBehind(kind: Kind, spaces: readonly ChangedSpace[]): readonly Block[] {
  const groups = new Map<string, Behind>();
  for (const space of spaces) {
    const where = `${space.interface} ${space.direction}`;
    const key = `${where} ${JSON.stringify(space.after)}`;
    const group = groups.get(key);
    if (group) group.spaces.push(space);
    else groups.set(key, { where, decider: space.after, spaces: [space] });
  }
  const behind = [...groups.values()].sort((a, b) => b.spaces.length - a.spaces.length);
  const items = behind
    .slice(0, MOST_LINES)
    .map(
      (g): Inlines => [
        `${g.where}: ${plural(g.spaces.length, 'space')}, ${countPackets(g.spaces)}, ${NOW[kind]}`,
        ...describeDecider(g.decider),
      ],
    );
  const rest = behind.length - MOST_LINES;
  return [{ kind: 'list', items: rest > 0 ? [...items, [`and ${plural(rest, 'more line')}`]] : items }];
}

const spaceBlock = (kind: Kind, s: ChangedSpace): Block => ({
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
