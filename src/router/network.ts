import { type CompiledAcl, compileAcl } from '../acl/compile.ts';
import type { Acl } from '../model/access-list.ts';
import type { Ipv4 } from '../model/address.ts';
import type { Interface, RouterConfig } from '../model/router-config.ts';
import { withoutOptions } from './plain-packets.ts';
import type { Route } from './route.ts';
import { buildRoutes } from './routes.ts';

/**
 * Replies may meet the temporary entries of reflexive lists; packets that nobody asked for do not. IOS-XE is
 * documented to ignore lines with object groups for packets that go to the route processor: `to-router`.
 */
export type Traffic = 'unsolicited' | 'reply' | 'to-router';

/** One device of the path, its lists compiled on first use and its routes resolved. */
export interface Router {
  readonly name: string;
  readonly config: RouterConfig;
  readonly routes: readonly Route[];
  /** The compiled list of that name, for packets without IP options; undefined and empty lists permit everything (cmdref, ME3600X p.122). */
  readonly list: (name: string, common: string | undefined, traffic: Traffic) => CompiledAcl;
  /** Addresses that the router itself answers to, those it shares with others (HSRP and its like) included. */
  readonly ownAddresses: readonly OwnAddress[];
  /** What the text has no route for goes nowhere, even where it has no static route at all. */
  readonly routesShown: boolean;
}

export interface OwnAddress {
  readonly address: Ipv4;
  readonly interface: Interface;
  /** Shared by a redundancy group: another member may be the one that answers. */
  readonly shared: boolean;
}

/** The routers between the vantages and the targets. They join where one's next hop is another's address. */
export interface Network {
  readonly routers: readonly Router[];
}

export interface RouterOptions extends NetworkOptions {
  /** Another state of the device: what its lists have in common with this one's is compiled once. */
  readonly like?: Router;
}

export interface NetworkOptions {
  /** Router wall clock as milliseconds since the epoch, read as UTC; null leaves time-ranges undecided. */
  readonly clock: number | null;
}

/** One router of a network. */
export interface RouterText {
  readonly name: string;
  readonly config: RouterConfig;
  /** See `Router.routesShown`; absent: false. */
  readonly routesShown?: boolean;
}

export function buildRouter(
  { name, config, routesShown = false }: RouterText,
  { clock, like }: RouterOptions,
): Router {
  const compiled = new Map<string, CompiledAcl>();
  const environment = {
    objectGroups: config.objectGroups,
    timeRanges: config.timeRanges,
    clock,
  };
  return {
    name,
    config,
    routes: buildRoutes(config),
    ownAddresses: findOwnAddresses(config),
    routesShown,
    list: (aclName, common, traffic) => {
      const key = [traffic, common ?? '', aclName].join('\n');
      let list = compiled.get(key);
      if (!list) {
        const asked = {
          ...environment,
          traffic: traffic === 'reply' ? traffic : 'unsolicited',
          groupsMayBeIgnored: traffic === 'to-router' && mayBeXe(config),
        } as const;
        const other = like?.list(aclName, common, traffic);
        list = withoutOptions(compileAcl(chained(config, aclName, common), asked, other));
        compiled.set(key, list);
      }
      return list;
    },
  };
}

/** IOS-XE looks a common list up first; only the last list's implicit deny counts. */
function chained(config: RouterConfig, aclName: string, common: string | undefined): Acl | null {
  const own = config.acls.get(aclName) ?? null;
  const first = common === undefined ? null : (config.acls.get(common) ?? null);
  if (!first) return own;
  if (!own) return first;
  return { ...own, entries: [...first.entries, ...own.entries] };
}

export const buildNetwork = (routers: readonly RouterText[], options: NetworkOptions): Network => ({
  routers: routers.map((router) => buildRouter(router, options)),
});

/** `FastEthernet 0/0`, `Fa0/0` and `fastethernet0/0` all find FastEthernet0/0; undefined when none or several fit. */
export function findInterface(config: RouterConfig, written: string): Interface | undefined {
  const key = written.replace(/\s+/g, '').toLowerCase();
  const exact = [...config.interfaces.values()].filter((i) => i.name.toLowerCase() === key);
  if (exact.length === 1) return exact[0];
  const split = /^([a-z-]+)(\d.*)?$/.exec(key);
  if (!split) return undefined;
  const fits = [...config.interfaces.values()].filter((i) => {
    const own = /^([a-z-]+)(\d.*)?$/.exec(i.name.toLowerCase());
    return own !== null && own[1]!.startsWith(split[1]!) && (own[2] ?? '') === (split[2] ?? '');
  });
  return fits.length === 1 ? fits[0] : undefined;
}

/** IOS before 15 knows no route processor apart; from 15 on the number is shared with IOS-XE. */
const mayBeXe = ({ version }: RouterConfig): boolean => version === null || version.major >= 15;

function findOwnAddresses(config: RouterConfig): readonly OwnAddress[] {
  const found: OwnAddress[] = [];
  for (const own of config.interfaces.values())
    if (!own.shutdown)
      for (const { address } of own.addresses) found.push({ address, interface: own, shared: false });
  for (const { virtualAddress, interfaces } of config.routing) {
    const own = interfaces?.[0] === undefined ? undefined : config.interfaces.get(interfaces[0]);
    if (virtualAddress != null && own && !own.shutdown)
      found.push({ address: virtualAddress, interface: own, shared: true });
  }
  return found;
}

/** The interface that owns an address, when it is up. */
export const ownerOf = (router: Router, address: Ipv4): Interface | undefined =>
  router.ownAddresses.find((own) => own.address === address)?.interface;
