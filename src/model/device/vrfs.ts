import type { CommandOf } from '../command.ts';
import type { Draft } from './draft.ts';
import { changed, type Effect, NO_EFFECT, unchanged } from './effect.ts';

/** With a table go its static routes, and the addresses of the interfaces that were in it. */
export function changeVrf(draft: Draft, { name, on }: CommandOf<'vrf'>): Effect {
  if (on && draft.device.vrfs.has(name)) return NO_EFFECT;
  if (on) {
    draft.table('vrfs').set(name, true);
    return changed();
  }
  if (!draft.device.vrfs.has(name)) return unchanged(`there is no VRF ${name}`);
  draft.table('vrfs').delete(name);
  for (const iface of [...draft.device.interfaces.values()].filter((i) => i.vrf === name))
    draft
      .table('interfaces')
      .set(iface.name, { ...iface, vrf: null, addresses: [], addressing: { kind: 'none' } });
  for (const [key, routes] of [...draft.device.routes])
    if (routes.some((r) => r.vrf === name)) draft.table('routes').delete(key);
  return changed();
}
