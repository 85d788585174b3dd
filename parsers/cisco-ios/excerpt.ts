import type { RouterConfig } from '../../src/model/router-config.ts';

export interface Markers {
  version: boolean;
  hostname: boolean;
  end: boolean;
}

/**
 * Whether a text is a piece of a configuration, so that what it does not show is unknown. `version`, `hostname`
 * and `end` frame a whole one: with all three nothing is missing, with none it is a piece, and with some it is a
 * piece when it speaks of what it does not hold. No whole configuration has an address without a mask.
 */
export function isExcerpt(config: RouterConfig, markers: Markers): boolean {
  const frame = Number(markers.version) + Number(markers.hostname) + Number(markers.end);
  if (frame === 0) return true;
  for (const i of config.interfaces.values())
    if (i.addresses.some((a) => a.prefixLength === null)) return true;
  return frame < 3 && speaksOfMissing(config);
}

function speaksOfMissing(config: RouterConfig): boolean {
  const { acls, interfaces, objectGroups } = config;
  for (const i of interfaces.values()) {
    for (const binding of [i.bindings.in, i.bindings.out]) if (binding && !acls.has(binding.acl)) return true;
    if (i.addressing.kind === 'unnumbered' && !interfaces.has(i.addressing.interface)) return true;
  }
  if (config.references.some((r) => !acls.has(r.acl))) return true;
  for (const r of config.routes)
    if (r.nextHop.kind === 'interface' && !interfaces.has(r.nextHop.interface)) return true;
  for (const acl of acls.values())
    for (const e of acl.entries) {
      if (e.kind !== 'ace') continue;
      const { source, destination, protocol } = e.match;
      if (source.kind === 'group' && !objectGroups.has(source.name)) return true;
      if (destination.kind === 'group' && !objectGroups.has(destination.name)) return true;
      if (protocol.kind === 'service-group' && !objectGroups.has(protocol.name)) return true;
    }
  return false;
}
