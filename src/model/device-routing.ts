import { type AddressPattern, type Ipv4, patternKey } from './address.ts';
import type { CommandOf } from './command.ts';
import { routingKey } from './device.ts';
import type { Draft } from './device-draft.ts';
import { addRow, dropRows, findRows } from './device-rows.ts';
import { changed, type Effect, NO_EFFECT, refused, wrongMode } from './effect.ts';
import type { RowKind } from './keyed-rows.ts';

const NETWORKS: RowKind<AddressPattern> = { keys: (n) => [patternKey(n)] };
const NEIGHBOURS: RowKind<Ipv4> = { keys: (n) => [String(n)] };

export function changeRouting(
  draft: Draft,
  command: CommandOf<'enter-routing' | 'delete-routing' | 'routing-network' | 'routing-neighbour'>,
): Effect {
  const { mode, routing } = draft.device;
  switch (command.kind) {
    case 'enter-routing': {
      const { protocol, id, span } = command;
      const key = routingKey(protocol, id);
      if (routing.has(key)) return NO_EFFECT;
      draft
        .table('routing')
        .set(key, { protocol, id, networks: draft.made([]), neighbours: draft.made([]), span });
      return changed();
    }
    case 'delete-routing': {
      const key = routingKey(command.protocol, command.id);
      if (!routing.has(key)) return refused('not-there', 'there is no such routing process');
      draft.table('routing').delete(key);
      return changed();
    }
    case 'routing-network':
    case 'routing-neighbour': {
      const process = mode.kind === 'routing' ? routing.get(mode.process) : undefined;
      if (!process) return wrongMode('a statement of a routing process');
      const after =
        command.kind === 'routing-network'
          ? { networks: withRow(draft, process.networks, NETWORKS, command.network, command.on) }
          : { neighbours: withRow(draft, process.neighbours, NEIGHBOURS, command.neighbour, command.on) };
      draft.table('routing').set(routingKey(process.protocol, process.id), { ...process, ...after });
      return changed();
    }
  }
}

/** Repeated rows stay; a `no` takes all of them. */
const withRow = <T>(draft: Draft, rows: readonly T[], kind: RowKind<T>, row: T, on: boolean): readonly T[] =>
  on ? addRow(draft, rows, kind, row) : dropRows(draft, rows, kind, findRows(rows, kind, kind.keys(row)));
