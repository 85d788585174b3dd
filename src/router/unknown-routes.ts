import type { Interface, RouterConfig } from '../model/router-config.ts';
import type { Route } from './route.ts';

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

/** Another router stands in for this one on the networks of the interface: their hosts may come by way of it. */
export const sharesItsNetworks = (config: RouterConfig, iface: Interface): boolean =>
  config.routing.some((r) => REDUNDANCY.has(r.protocol) && r.interfaces?.includes(iface.name));

/** What is known of a router's table. */
interface KnownRoutes {
  readonly config: RouterConfig;
  readonly routes: readonly Route[];
  /** See `Router`. */
  readonly routesShown: boolean;
}

/** The router may have a route that the text does not show, to what none of its routes leads to. */
export const destinationMayBeMissing = (router: KnownRoutes, ingress: Interface): boolean =>
  router.config.excerpt ||
  learnsRoutes(router.config) ||
  (!router.routesShown && leadsNowhere(router, ingress));

/** A text that leads nowhere by itself is taken for a piece of one that does. */
function leadsNowhere({ config, routes }: KnownRoutes, ingress: Interface): boolean {
  const others = [...config.interfaces.values()].filter((i) => i.name !== ingress.name && !i.shutdown);
  return (
    others.every((i) => i.addresses.every((a) => a.prefixLength === null)) || routes.every((r) => r.connected)
  );
}
