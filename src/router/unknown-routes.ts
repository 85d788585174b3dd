import type { RouterConfig } from '../model/router-config.ts';

const REDUNDANCY: ReadonlySet<string> = new Set(['hsrp', 'vrrp', 'glbp']);

/** Routes come from neighbours, so the text shows only a part of the table. */
export const learnsRoutes = (config: RouterConfig): boolean =>
  config.routing.some((r) => !REDUNDANCY.has(r.protocol)) ||
  config.settings.effects.some((e) => e.name?.startsWith('ip default-network'));

/** The text does not show every network that the router may be on, or every route. */
export const routesMayBeMissing = (config: RouterConfig): boolean =>
  config.excerpt ||
  learnsRoutes(config) ||
  [...config.interfaces.values()].some(
    (i) =>
      !i.shutdown &&
      (i.addressing.kind === 'dhcp' ||
        i.addressing.kind === 'negotiated' ||
        i.addresses.some((a) => a.prefixLength === null)),
  );
