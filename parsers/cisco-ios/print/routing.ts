import { formatIpv4 } from '../../../src/model/address.ts';
import type { RoutingProcess, StaticRoute } from '../../../src/model/router-config.ts';
import { netmask } from './words.ts';

export function printRouting(p: RoutingProcess): string[][] {
  if (p.protocol === 'hsrp' || p.protocol === 'vrrp' || p.protocol === 'glbp') return [];
  // A process that only interfaces join needs no header of its own.
  const joined = p.interfaces !== undefined && p.networks.length === 0 && p.neighbours.length === 0;
  if (joined) return [];
  const header =
    p.protocol === 'other' ? `router ${p.id}` : `router ${p.protocol}${p.id === '' ? '' : ` ${p.id}`}`;
  const lines = [header];
  for (const n of p.networks) {
    const address = formatIpv4(n.address);
    if (p.protocol === 'ospf') lines.push(` network ${address} ${formatIpv4(n.wildcard)} area 0`);
    else lines.push(` network ${address}${p.protocol === 'eigrp' ? ` ${formatIpv4(n.wildcard)}` : ''}`);
  }
  for (const n of p.neighbours)
    lines.push(` neighbor ${formatIpv4(n)}${p.protocol === 'bgp' ? ' remote-as 0' : ''}`);
  return [lines];
}

export function printRoute(r: StaticRoute): string {
  const words = ['ip route'];
  if (r.vrf !== null) words.push(`vrf ${r.vrf}`);
  words.push(formatIpv4(r.destination.address), netmask(r.prefixLength), printNextHop(r));
  if (r.distance !== (r.nextHop.kind === 'dhcp' ? 254 : 1)) words.push(String(r.distance));
  if (r.tag !== null) words.push(`tag ${r.tag}`);
  if (r.name !== null) words.push(`name ${r.name}`);
  if (r.track !== null) words.push(`track ${r.track}`);
  if (r.permanent) words.push('permanent');
  if (r.global) words.push('global');
  return words.join(' ');
}

function printNextHop({ nextHop }: StaticRoute): string {
  switch (nextHop.kind) {
    case 'address':
      return formatIpv4(nextHop.address);
    case 'interface':
      return nextHop.address === null
        ? nextHop.interface
        : `${nextHop.interface} ${formatIpv4(nextHop.address)}`;
    case 'null':
      return 'Null0';
    case 'dhcp':
      return 'dhcp';
  }
}
