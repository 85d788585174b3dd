import type { CommandOf } from '../command.ts';
import type { NatPoolRange } from '../router-config.ts';
import type { Draft } from './draft.ts';
import { changed, type Effect, NO_EFFECT, refused } from './effect.ts';
import type { RowKind } from './keyed-rows.ts';
import { addRow, dropRows, findRows } from './rows.ts';

const rangeKey = (r: NatPoolRange): string => `${r.first}-${r.last}`;
const RANGES: RowKind<NatPoolRange> = { keys: (r) => [rangeKey(r)] };

export function changePool(
  draft: Draft,
  command: CommandOf<'nat-pool' | 'nat-pool-range' | 'delete-nat-pool'>,
): Effect {
  const pools = draft.device.natPools;
  switch (command.kind) {
    case 'nat-pool':
      if (command.pool.ranges.length === 0 && pools.has(command.pool.name)) return NO_EFFECT;
      draft.table('natPools').set(command.pool.name, command.pool);
      return changed();
    case 'delete-nat-pool':
      if (!pools.has(command.name)) return refused('not-there', `there is no pool ${command.name}`);
      draft.table('natPools').delete(command.name);
      return changed();
    case 'nat-pool-range': {
      const pool = pools.get(command.name);
      if (!pool) return refused('not-there', `there is no pool ${command.name}`);
      const found = findRows(pool.ranges, RANGES, [rangeKey(command.range)]);
      if (!command.on && found.size === 0)
        return refused('not-there', `pool ${command.name} has no such range`);
      const others = dropRows(draft, pool.ranges, RANGES, found);
      const ranges = command.on ? addRow(draft, others, RANGES, command.range) : others;
      draft.table('natPools').set(pool.name, { ...pool, ranges });
      return changed();
    }
  }
}
