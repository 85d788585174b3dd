import type { AclKind } from '../../src/model/access-list.ts';

/** The protocol family that a list's number stands for; undefined outside every range. */
export function listKindOf(number: number): AclKind | 'other' | undefined {
  if ((number >= 1 && number <= 99) || (number >= 1300 && number <= 1999)) return 'standard';
  if ((number >= 100 && number <= 199) || (number >= 2000 && number <= 2699)) return 'extended';
  return number >= 200 && number <= 2999 ? 'other' : undefined;
}

export const isExpanded = (number: number): boolean => number >= 1300 && number <= 2699;
