import type { OutlinedSpace } from '../acl/diff-spaces.ts';
import { type AddressSets, joinByAddresses } from '../headerspace/address-sets.ts';
import type { Box } from '../headerspace/box.ts';
import type { ChangedSpace } from '../model/review.ts';
import {
  countDescribed,
  describeBoxes,
  describeInRuns,
  describeInSets,
  describeOutline,
  type Place,
} from './describe-space.ts';

/** Packets of one pair of deciding lines at one place, not in words yet. */
export interface SpaceGroup {
  /** Disjoint. */
  readonly boxes: readonly Box[];
  /** Present: the packets were found in sets of addresses, disjoint ones, and these are told instead of boxes. */
  readonly sets?: readonly AddressSets[] | undefined;
  readonly outlined: readonly OutlinedSpace[];
  readonly place: Place;
}

export interface ToldSpaces {
  readonly spaces: readonly ChangedSpace[];
  /** There are more. */
  readonly cut: boolean;
}

/** Unbinding a list of thousands of lines makes more spaces than anybody reads or memory holds. */
export const MOST_SPACES = 50_000;

/** Where a whole change takes more spaces than this, addresses are told in sets and protocols in runs. */
export const MOST_IN_ALL = 10_000;

/** All lists of one change in the words of the contract, as many of each as are listed at most. */
export function tellSpaces<Name extends string>(
  lists: Readonly<Record<Name, readonly SpaceGroup[]>>,
): Readonly<Record<Name, ToldSpaces>> {
  const many = areMany(Object.values<readonly SpaceGroup[]>(lists));
  const describe = ({ boxes, sets, place }: SpaceGroup): readonly ChangedSpace[] => {
    if (sets) return describeInSets(sets, place);
    if (!many) return describeBoxes(boxes, place);
    // Most of thousands of pairs of lines have one box.
    return boxes.length === 1 ? describeInRuns(boxes, place) : describeInSets(joinByAddresses(boxes), place);
  };
  const told = Object.entries<readonly SpaceGroup[]>(lists).map(([name, groups]) => [
    name,
    tellList(groups, describe),
  ]);
  return Object.fromEntries(told) as Record<Name, ToldSpaces>;
}

/** Whether all of these together take more spaces than are told one by one. */
export function areMany(lists: readonly (readonly SpaceGroup[])[]): boolean {
  let count = 0;
  for (const groups of lists)
    for (const group of groups) {
      count += countSpaces(group);
      if (count > MOST_IN_ALL) return true;
    }
  return false;
}

/** How many spaces at least a group takes box by box, outlines apart. */
export const countSpaces = ({ boxes, sets = [] }: SpaceGroup): number =>
  countDescribed(boxes) +
  sets.reduce(
    (sum, { box, sources, destinations }) =>
      sum + countDescribed([box]) * sources.length * destinations.length,
    0,
  );

function tellList(
  groups: readonly SpaceGroup[],
  describe: (group: SpaceGroup) => readonly ChangedSpace[],
): ToldSpaces {
  const spaces: ChangedSpace[] = [];
  for (const group of groups) {
    if (spaces.length > MOST_SPACES) break;
    for (const space of describe(group)) spaces.push(space);
    for (const space of group.outlined) spaces.push(describeOutline(space, group.place));
  }
  return spaces.length > MOST_SPACES
    ? { spaces: spaces.slice(0, MOST_SPACES), cut: true }
    : { spaces, cut: false };
}
