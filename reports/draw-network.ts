import { formatIpv4 } from '../src/model/address.ts';
import type { Acl, AclEntry } from '../src/model/access-list.ts';
import type { Interface, RouterConfig } from '../src/model/router-config.ts';
import { toConfigLine } from '../src/diagnostics/source-span.ts';
import type { Site } from '../src/model/site.ts';
import type { DrawnInterface, NetworkPicture, QuotedList } from './report.ts';

const DIRECTIONS = ['in', 'out'] as const;

const drawInterface = (i: Interface): DrawnInterface => ({
  name: i.name,
  addresses: i.addresses.map(
    (a) => `${formatIpv4(a.address)}${a.prefixLength === null ? '' : `/${a.prefixLength}`}`,
  ),
  shutdown: i.shutdown,
  bindings: DIRECTIONS.flatMap((direction) => {
    const binding = i.bindings[direction];
    return binding === null ? [] : [{ direction, acl: binding.acl }];
  }),
});

/** What a drawing of the site needs, taken from the site file and its routers' configs, keyed by router name. */
export const pictureNetwork = (site: Site, configs: ReadonlyMap<string, RouterConfig>): NetworkPicture => ({
  routers: site.routers.map((r) => {
    const config = configs.get(r.name);
    return {
      name: r.name,
      file: config?.file ?? r.configPath,
      interfaces: config === undefined ? [] : [...config.interfaces.values()].map(drawInterface),
    };
  }),
  segments: [...site.segments.values()].map((s) => ({
    name: s.name,
    network: `${formatIpv4(s.network.address)}/${s.prefixLength}`,
  })),
  targets: [...site.targets.values()].map((t) => ({
    name: t.name,
    address: formatIpv4(t.address),
    segment: t.segment,
  })),
  vantages: [...site.vantages.values()].map((v) => ({
    name: v.name,
    address: formatIpv4(v.address),
    enters: v.enters,
    segment: v.segment,
  })),
});

const quoteEntry = (e: AclEntry): QuotedList['entries'][number] => ({
  kind: e.kind,
  action: e.kind === 'ace' || e.kind === 'unparsed' ? e.action : null,
  line: toConfigLine(e.span),
  hits: e.kind === 'ace' ? e.hits : null,
});

const boundTo = (acl: Acl, config: RouterConfig): readonly string[] =>
  [...config.interfaces.values()].flatMap((i) =>
    DIRECTIONS.filter((d) => i.bindings[d]?.acl === acl.name).map((d) => `${i.name} ${d}`),
  );

/** Every access list of the configs in full, bound ones first, to be shown with what the audit says of each line. */
export function quoteLists(configs: ReadonlyMap<string, RouterConfig>): readonly QuotedList[] {
  const lists = [...configs].flatMap(([router, config]) =>
    [...config.acls.values()].map((acl) => ({
      acl: acl.name,
      router,
      boundTo: boundTo(acl, config),
      entries: acl.entries.map(quoteEntry),
    })),
  );
  return [...lists.filter((l) => l.boundTo.length > 0), ...lists.filter((l) => l.boundTo.length === 0)];
}
