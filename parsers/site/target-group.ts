import { formatIpv4, patternContains } from '../../src/model/address.ts';
import {
  countRanges,
  formatRanges,
  intersectRanges,
  type Ranges,
  subtractRanges,
  toRanges,
  valuesOf,
} from '../../src/model/ports.ts';
import type { Segment } from '../../src/model/site.ts';
import { networkEnds, readAddressSet } from './address-set.ts';
import type { RawTarget } from './schema.ts';
import type { SiteValues } from './site-values.ts';

/** Hosts that all groups of a site may have together. */
export const MOST_HOSTS = 65_536;

/**
 * The addresses that a target with `addresses` stands for, in order; none where something is wrong with it.
 * `room` is how many hosts the site's other groups leave to it.
 */
export function groupAddresses(
  values: SiteValues,
  name: string,
  raw: RawTarget & { readonly addresses: string | readonly string[] },
  stated: Segment | undefined,
  room: number,
): readonly number[] {
  const path = ['targets', name, 'addresses'];
  const before = values.diagnostics.length;
  const set = readAddressSet(values, raw.addresses, path);
  const left = readExcept(values, name, raw.except ?? [], set.all);
  if (values.diagnostics.length > before) return [];
  const hosts = subtractRanges(set.hosts, left);
  const count = countRanges(hosts);
  if (count === 0) {
    values.error(
      path,
      false,
      `"${name}" stands for no host`,
      'name at least one address that except does not leave out',
    );
    return [];
  }
  if (count > room) {
    values.error(
      path,
      false,
      `"${name}" stands for ${count} hosts, and the groups of a site for at most ${MOST_HOSTS} together`,
      'name smaller networks, or split the site into several files',
    );
    return [];
  }
  if (!allWithin(values, hosts, stated, path)) return [];
  sayWhatIsLeftOut(values, name, subtractRanges(networkEnds(set), left), count);
  return valuesOf(hosts);
}

/** Exceptions must except something: a mistyped one would probe what it was to protect. */
function readExcept(values: SiteValues, name: string, raw: string | readonly string[], all: Ranges): Ranges {
  const path = ['targets', name, 'except'];
  return toRanges(
    [raw].flat().flatMap((text, i) => {
      const at = typeof raw === 'string' ? path : [...path, i];
      const before = values.diagnostics.length;
      const left = readAddressSet(values, text, at).all;
      if (values.diagnostics.length === before && intersectRanges(left, all).length === 0)
        values.error(
          at,
          false,
          `"${text}" is not among the addresses of "${name}"`,
          `they are ${formatRanges(all, formatIpv4)}`,
        );
      return left;
    }),
  );
}

function allWithin(
  values: SiteValues,
  hosts: Ranges,
  segment: Segment | undefined,
  path: readonly string[],
): boolean {
  if (segment === undefined) return true;
  const outside = hosts.flat().find((end) => !patternContains(segment.network, end));
  if (outside === undefined) return true;
  values.error(
    path,
    false,
    `${formatIpv4(outside)} is not in segment "${segment.name}"`,
    'correct the addresses or the segment, or leave the address out with except',
  );
  return false;
}

function sayWhatIsLeftOut(values: SiteValues, name: string, ends: Ranges, count: number): void {
  if (ends.length === 0) return;
  values.diagnostics.push({
    code: 'site-group',
    severity: 'notice',
    message: `"${name}" stands for ${count} ${count === 1 ? 'host' : 'hosts'}: the network and broadcast addresses ${formatRanges(ends, formatIpv4)} are left out`,
    span: values.pos.of(['targets', name, 'addresses']),
    mend: 'an address that a host does have can be listed by itself beside the network',
  });
}
