import type { Uses } from '../command.ts';
import type { Draft } from './draft.ts';
import { changed, type Effect, unchanged } from './effect.ts';

/** Sets the uses of a statement, or takes away those of every statement that begins as the `no` does. */
export function changeUses(draft: Draft, uses: Uses): Effect {
  const { owner } = uses;
  if (uses.on) {
    if (uses.references.length === 0) return unchanged('it uses no list');
    const table = draft.table('references');
    table.set(owner, uses.references);
    return changed();
  }
  // A `no` in a device's own text states a default and ends nothing; only an exact namesake is taken away.
  const { references } = draft.device;
  const gone =
    draft.reading === 'file'
      ? references.has(owner)
        ? [owner]
        : []
      : [...references.keys()].filter((key) => key === owner || key.startsWith(`${owner} `));
  if (gone.length === 0) return unchanged('there is no such statement');
  const table = draft.table('references');
  for (const key of gone) table.delete(key);
  return changed();
}
