import type { Acl } from '../access-list.ts';
import { GLOBAL_MODE, type Mode } from '../command.ts';
import type {
  AclReference,
  GlobalSettings,
  Interface,
  IosVersion,
  Ipv6Notice,
  LineAccount,
  NatPool,
  NatRule,
  ObjectGroup,
  RouterConfig,
  RoutingProcess,
  StaticRoute,
  TerminalLine,
  TimeRange,
  Unfollowed,
} from '../router-config.ts';

/**
 * What a device holds after some commands. Tables are keyed by what makes an entry the same to IOS, so that
 * entering it again replaces it; parts that a command does not touch keep their identity from state to state.
 */
export interface Device {
  readonly version: IosVersion | null;
  readonly hostname: string | null;
  readonly mode: Mode;
  readonly acls: ReadonlyMap<string, Acl>;
  readonly interfaces: ReadonlyMap<string, Interface>;
  /** By destination and table. */
  readonly routes: ReadonlyMap<string, readonly StaticRoute[]>;
  readonly nat: ReadonlyMap<string, NatRule>;
  readonly natPools: ReadonlyMap<string, NatPool>;
  readonly objectGroups: ReadonlyMap<string, ObjectGroup>;
  readonly timeRanges: ReadonlyMap<string, TimeRange>;
  /** By kind, then ascending. */
  readonly lines: ReadonlyMap<string, TerminalLine>;
  /** Uses of lists that no other table shows, by the statement that makes them. */
  readonly references: ReadonlyMap<string, readonly AclReference[]>;
  readonly routing: ReadonlyMap<string, RoutingProcess>;
  readonly vrfs: ReadonlyMap<string, true>;
  readonly settings: GlobalSettings;
  /** `ip tcp intercept mode`, which may be written before its list. */
  readonly interceptMode: 'intercept' | 'watch';
  readonly ipv6: ReadonlyMap<string, Ipv6Notice>;
}

const DEFAULT_SETTINGS: GlobalSettings = {
  ipRouting: true,
  ipClassless: true,
  defaultGateway: null,
  unreachableIntervalMs: 500,
  tcpIntercept: null,
  httpServer: null,
  effects: [],
};

/** A device without any configuration, at the global prompt. */
export const emptyDevice = (version: IosVersion | null = null): Device => ({
  version,
  hostname: null,
  mode: GLOBAL_MODE,
  acls: new Map(),
  interfaces: new Map(),
  routes: new Map(),
  nat: new Map(),
  natPools: new Map(),
  objectGroups: new Map(),
  timeRanges: new Map(),
  lines: new Map(),
  references: new Map(),
  routing: new Map(),
  vrfs: new Map(),
  settings: DEFAULT_SETTINGS,
  interceptMode: 'intercept',
  ipv6: new Map(),
});

/** The device that a configuration describes: where a pasted snippet starts. */
export function deviceOf(config: RouterConfig): Device {
  const byOwner = new Map<string, AclReference[]>();
  for (const reference of config.references)
    if (!DERIVED_USES.has(reference.use)) gather(byOwner, useOwner(reference), reference);
  const byPrefix = new Map<string, StaticRoute[]>();
  for (const route of config.routes) gather(byPrefix, prefixKey(route), route);
  return {
    version: config.version,
    hostname: config.hostname,
    mode: GLOBAL_MODE,
    acls: config.acls,
    interfaces: config.interfaces,
    routes: byPrefix,
    nat: new Map(config.nat.map((r) => [natKey(r), r])),
    natPools: config.natPools,
    objectGroups: config.objectGroups,
    timeRanges: config.timeRanges,
    lines: new Map(config.lines.map((l) => [lineKey(l), l])),
    references: byOwner,
    routing: new Map(config.routing.map((r) => [routingKey(r.protocol, r.id, r.vrf), r])),
    vrfs: new Map([...config.vrfs].map((v) => [v, true])),
    settings: config.settings,
    interceptMode: config.settings.tcpIntercept?.mode ?? 'intercept',
    ipv6: new Map(config.ipv6.map((n) => [ipv6Key(n), n])),
  };
}

function gather<V>(groups: Map<string, V[]>, key: string, value: V): void {
  const group = groups.get(key);
  if (group) group.push(value);
  else groups.set(key, [value]);
}

/** What the text around the device adds to make a whole configuration of it. */
export interface ReadingFacts {
  readonly file: string;
  readonly excerpt: boolean;
  readonly account: LineAccount;
  /** Default: none. */
  readonly unfollowed?: readonly Unfollowed[];
}

export const NO_ACCOUNT: LineAccount = {
  total: 0,
  modelled: 0,
  skipped: 0,
  diagnosed: 0,
  skippedFamilies: {},
};

export const toRouterConfig = (device: Device, facts: ReadingFacts): RouterConfig => ({
  file: facts.file,
  hostname: device.hostname,
  version: device.version,
  excerpt: facts.excerpt,
  acls: device.acls,
  interfaces: device.interfaces,
  routes: [...device.routes.values()].flat().sort((a, b) => a.span.line - b.span.line),
  nat: [...device.nat.values()],
  natPools: device.natPools,
  objectGroups: device.objectGroups,
  timeRanges: device.timeRanges,
  lines: [...device.lines.values()],
  references: allReferences(device),
  routing: [...device.routing.values()].map(withoutRepeats),
  vrfs: new Set(device.vrfs.keys()),
  settings: device.settings,
  ipv6: [...device.ipv6.values()],
  unfollowed: facts.unfollowed ?? [],
  account: facts.account,
});

/** A file may say twice that an interface takes part; finding that out line by line would cost its square. */
const withoutRepeats = (p: RoutingProcess): RoutingProcess =>
  p.interfaces === undefined ? p : { ...p, interfaces: [...new Set(p.interfaces)] };

/** Uses that follow from other tables, so that a `no` of the rule takes its use along. */
const DERIVED_USES: ReadonlySet<AclReference['use']> = new Set(['nat', 'access-class', 'tcp-intercept']);

function allReferences(device: Device): AclReference[] {
  const found = [...device.references.values()].flat();
  for (const rule of device.nat.values())
    if (rule.kind !== 'static' && rule.list !== null)
      found.push({ acl: rule.list, use: 'nat', span: rule.span });
  for (const line of device.lines.values())
    for (const use of [line.accessClassIn, line.accessClassOut])
      if (use) found.push({ acl: use.acl, use: 'access-class', span: use.span });
  const { tcpIntercept } = device.settings;
  if (tcpIntercept) found.push({ acl: tcpIntercept.list, use: 'tcp-intercept', span: tcpIntercept.span });
  return found.sort((a, b) => a.span.line - b.span.line);
}

const useOwner = (r: AclReference): string => r.owner ?? r.span.text.trim();

export const lineKey = (l: Pick<TerminalLine, 'kind' | 'first' | 'last'>): string =>
  `${l.kind} ${l.first} ${l.last}`;

/** An OSPF process runs in one table; of the others each has a family for every table. */
export const routingKey = (protocol: RoutingProcess['protocol'], id: string, vrf?: string | null): string =>
  `${protocol} ${id}${vrf == null || protocol === 'ospf' ? '' : ` vrf ${vrf}`}`;

export const ipv6Key = (n: Ipv6Notice): string => `${n.kind} ${n.interface ?? ''} ${n.name}`;

/** Another distance or name for the same next hop of a prefix replaces the route. */
export const prefixKey = (r: Pick<StaticRoute, 'destination' | 'prefixLength' | 'vrf'>): string =>
  `${r.vrf ?? ''} ${r.destination.address}/${r.prefixLength}`;

export const nextHopKey = (n: StaticRoute['nextHop']): string =>
  n.kind === 'address'
    ? String(n.address)
    : n.kind === 'interface'
      ? `${n.interface} ${n.address ?? ''}`
      : n.kind;

/** What NAT rule another line of the same key would replace. */
export function natKey(r: NatRule): string {
  switch (r.kind) {
    case 'static':
      return `static ${r.nvi ? 'nvi' : r.side} ${r.protocol ?? ''} ${r.local} ${r.localPort ?? ''} ${r.global ?? r.globalInterface} ${r.globalPort ?? ''} ${r.prefixLength} ${r.vrf ?? ''}`;
    case 'dynamic':
      return `dynamic ${r.nvi ? 'nvi' : r.side} ${r.list ?? ''} ${r.routeMap ?? ''}`;
    case 'rotary':
      return `rotary ${r.list}`;
  }
}
