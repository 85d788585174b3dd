import type { Ipv4 } from '../../model/address.ts';
import type { Device } from '../../model/device/device.ts';
import { NO_ACCOUNT, toRouterConfig } from '../../model/device/device.ts';
import { buildRoutes, routesTo } from '../../router/routes.ts';

const routesKnown = new WeakMap<
  Device['interfaces'],
  WeakMap<Device['routes'], WeakMap<Device['settings'], Map<string, boolean>>>
>();

/** Packets to the address leave by some interface: a route to nowhere leads to nobody. */
export function hasRouteTo(
  { interfaces, routes, settings, ...device }: Device,
  vrf: string | null,
  address: Ipv4,
): boolean {
  const byRoutes = routesKnown.get(interfaces) ?? new WeakMap();
  routesKnown.set(interfaces, byRoutes);
  const bySettings = byRoutes.get(routes) ?? new WeakMap<Device['settings'], Map<string, boolean>>();
  byRoutes.set(routes, bySettings);
  const answers = bySettings.get(settings) ?? new Map<string, boolean>();
  bySettings.set(settings, answers);
  const key = `${address} ${vrf ?? ''}`;
  let found = answers.get(key);
  if (found === undefined) {
    const config = toRouterConfig(
      { ...device, interfaces, routes, settings },
      { file: '', excerpt: false, account: NO_ACCOUNT },
    );
    found = routesTo(buildRoutes(config), vrf, address).some((r) => r.egress.kind !== 'null');
    answers.set(key, found);
  }
  return found;
}
