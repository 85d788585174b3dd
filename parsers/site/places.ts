import { hostPattern, parseIpv4, patternContains, prefixPattern } from '../../src/model/address.ts';
import type { Segment, SiteRouter, Vantage } from '../../src/model/site.ts';
import type { Path } from './positions.ts';
import type { RawSite } from './schema.ts';
import type { SiteValues } from './site-values.ts';

export function readSegment(values: SiteValues, name: string, cidr: string): Segment {
  const path = ['segments', name];
  const m = /^(\d{1,3}(?:\.\d{1,3}){3})\/(\d{1,2})$/.exec(cidr);
  const base = m && parseIpv4(m[1]!);
  const length = m ? Number(m[2]) : 33;
  if (base === null || base === undefined || length > 32) {
    values.error(
      path,
      false,
      `"${cidr}" is not a network`,
      'write it as address/length, such as 192.0.2.0/24',
    );
    return { name, network: hostPattern(0), prefixLength: 32, span: values.pos.of(path) };
  }
  return { name, network: prefixPattern(base, length), prefixLength: length, span: values.pos.of(path) };
}

/** The longest segment that holds the address. */
export function segmentOf(segments: ReadonlyMap<string, Segment>, addr: number): Segment | undefined {
  return [...segments.values()]
    .filter((s) => patternContains(s.network, addr))
    .sort((a, b) => b.prefixLength - a.prefixLength)[0];
}

export function readVantage(
  values: SiteValues,
  name: string,
  raw: RawSite['vantages'][string],
  segments: ReadonlyMap<string, Segment>,
  routers: readonly SiteRouter[],
): Vantage {
  const path = ['vantages', name];
  const addr = values.ipv4(raw.address, [...path, 'address']);
  const enters =
    raw.enters === undefined ? null : readEntry(values, raw.enters, [...path, 'enters'], routers);
  if (raw.segment !== undefined && !segments.has(raw.segment))
    values.unknown([...path, 'segment'], 'segment', raw.segment, segments.keys());
  const listed = raw.sources === undefined ? [] : [raw.sources].flat();
  const sources = listed.map((text, i) =>
    values.pattern(text, Array.isArray(raw.sources) ? [...path, 'sources', i] : [...path, 'sources']),
  );
  if (sources.length > 0 && !sources.some((p) => patternContains(p, addr)))
    values.error(
      [...path, 'address'],
      false,
      `${raw.address} is not among the vantage's own sources`,
      'add it to sources, or probe from an address that is',
    );
  return {
    name,
    address: addr,
    sources: sources.length > 0 ? sources : [hostPattern(addr)],
    enters,
    segment: enters
      ? null
      : ((raw.segment ? segments.get(raw.segment) : segmentOf(segments, addr))?.name ?? null),
    span: values.pos.of(path, true),
  };
}

function readEntry(
  values: SiteValues,
  text: string,
  path: Path,
  routers: readonly SiteRouter[],
): Vantage['enters'] {
  const [router = '', ...rest] = text.trim().split(/\s+/);
  if (rest.length === 0) {
    values.error(
      path,
      false,
      `"${text}" does not name a router and an interface`,
      'write "ROUTER INTERFACE", such as "gw FastEthernet0/0"',
    );
    return null;
  }
  if (!routers.some((r) => r.name === router))
    values.unknown(
      path,
      'router',
      router,
      routers.map((r) => r.name),
    );
  return { router, interface: rest.join('') };
}
