import type { DiffSpace } from '../acl/diff.ts';
import type { Box } from '../headerspace/box.ts';
import type { ChangedSpace } from '../model/review.ts';
import {
  countDescribed,
  describeBoxes,
  describeInSets,
  describeOutline,
  type OutlinedSpace,
  type Place,
} from './describe-space.ts';

/** Packets of one pair of deciding lines at one place, not in words yet. */
export interface SpaceGroup {
  /** Disjoint. */
  readonly boxes: readonly Box[];
  readonly outlined: readonly OutlinedSpace[];
  readonly place: Place;
}

export const isOutlined = (space: DiffSpace): space is OutlinedSpace => space.outline !== undefined;

export interface ToldSpaces {
  readonly spaces: readonly ChangedSpace[];
  /** There are more. */
  readonly cut: boolean;
}

/** Unbinding a list of thousands of lines makes more spaces than anybody reads or memory holds. */
export const MOST_SPACES = 50_000;

/** Where a whole change takes more spaces than this, addresses are told in sets and protocols in runs. */
const MOST_IN_ALL = 10_000;

/** All lists of one change in the words of the contract, as many of each as are listed at most. */
export function tellSpaces<Name extends string>(
  lists: Readonly<Record<Name, readonly SpaceGroup[]>>,
): Readonly<Record<Name, ToldSpaces>> {
  const all = Object.values<readonly SpaceGroup[]>(lists).flat();
  const describe = countSpaces(all) > MOST_IN_ALL ? describeInSets : describeBoxes;
  const told = Object.entries<readonly SpaceGroup[]>(lists).map(([name, groups]) => [
    name,
    tellList(groups, describe),
  ]);
  return Object.fromEntries(told) as Record<Name, ToldSpaces>;
}

const countSpaces = (groups: readonly SpaceGroup[]): number =>
  groups.reduce((sum, { boxes }) => sum + countDescribed(boxes), 0);

function tellList(groups: readonly SpaceGroup[], describe: typeof describeBoxes): ToldSpaces {
  const spaces: ChangedSpace[] = [];
  for (const { boxes, outlined, place } of groups) {
    if (spaces.length > MOST_SPACES) break;
    for (const space of describe(boxes, place)) spaces.push(space);
    for (const space of outlined) spaces.push(describeOutline(space, place));
  }
  return spaces.length > MOST_SPACES
    ? { spaces: spaces.slice(0, MOST_SPACES), cut: true }
    : { spaces, cut: false };
}
