import type { CommandOf } from '../command.ts';
import type { StaticRoute } from '../router-config.ts';
import { nextHopKey, prefixKey } from './device.ts';
import type { Draft } from './draft.ts';
import { changed, type Effect, refused } from './effect.ts';
import type { RowKind } from './keyed-rows.ts';
import { addRow, countRows, dropRows, findRows } from './rows.ts';

/** The routes of one prefix. */
const ROUTES: RowKind<StaticRoute> = { keys: (r) => [nextHopKey(r.nextHop)] };

/** Repeated routes of a file stay; at the terminal another distance or name replaces the route. */
export function addRoute(draft: Draft, route: StaticRoute): Effect {
  const key = prefixKey(route);
  let routes = draft.device.routes.get(key) ?? draft.made<StaticRoute>([]);
  if (draft.reading === 'terminal')
    routes = dropRows(draft, routes, ROUTES, findRows(routes, ROUTES, [nextHopKey(route.nextHop)]));
  draft.table('routes').set(key, addRow(draft, routes, ROUTES, route));
  return changed();
}

export function removeRoute(draft: Draft, command: CommandOf<'remove-route'>): Effect {
  const key = prefixKey(command);
  const { nextHop } = command;
  const routes = draft.device.routes.get(key);
  const found = routes && nextHop ? findRows(routes, ROUTES, [nextHopKey(nextHop)]) : null;
  if (!routes || found?.size === 0) return refused('not-there', '% No matching route to delete');
  if (found && found.size < countRows(routes))
    draft.table('routes').set(key, dropRows(draft, routes, ROUTES, found));
  else draft.table('routes').delete(key);
  return changed();
}
