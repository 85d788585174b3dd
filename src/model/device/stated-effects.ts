import type { Direction, UnmodelledEffect } from '../router-config.ts';
import type { Draft } from './draft.ts';
import type { RowKind } from './keyed-rows.ts';
import { addRow, dropRows, findRows, replaceRow } from './rows.ts';

const key = (e: UnmodelledEffect, direction: Direction | undefined, name: string): string =>
  `${e.family} ${direction ?? '-'} ${name}`;
const ANY_NAME = '*';
const nameKey = (name: string | undefined): string => (name === undefined ? '-' : `=${name}`);

const EFFECTS: RowKind<UnmodelledEffect> = {
  keys: (e) => [key(e, e.direction, nameKey(e.name)), key(e, e.direction, ANY_NAME)],
};

/** One effect of a family, name and direction; a `no` without a name takes the family away. */
export function withEffect(
  draft: Draft,
  effects: readonly UnmodelledEffect[],
  effect: UnmodelledEffect,
  on: boolean,
): readonly UnmodelledEffect[] {
  if (!on) {
    const directions =
      effect.direction === undefined ? (['in', 'out', undefined] as const) : [effect.direction];
    const names = effect.name === undefined ? [ANY_NAME] : [nameKey(effect.name), nameKey(undefined)];
    const keys = directions.flatMap((d) => names.map((n) => key(effect, d, n)));
    return dropRows(draft, effects, EFFECTS, findRows(effects, EFFECTS, keys));
  }
  // A device prints a statement once, so a file's are not looked for.
  if (draft.reading === 'file') return addRow(draft, effects, EFFECTS, effect);
  const [same] = findRows(effects, EFFECTS, [key(effect, effect.direction, nameKey(effect.name))]);
  return same ? replaceRow(draft, effects, EFFECTS, same, effect) : addRow(draft, effects, EFFECTS, effect);
}
