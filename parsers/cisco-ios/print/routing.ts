import { formatIpv4 } from '../../../src/model/address.ts';
import type { RoutingProcess, StaticRoute } from '../../../src/model/router-config.ts';
import { netmask } from './words.ts';

export function printRouting(p: RoutingProcess): string[][] {
  if (p.protocol === 'hsrp' || p.protocol === 'vrrp' || p.protocol === 'glbp') return [];
  // A process that only interfaces join needs no header of its own.
  const joined =
    p.interfaces !== undefined && p.networks.length === 0 && p.neighbours.length === 0 && !p.shutdown;
  if (joined) return [];
  const name = p.protocol === 'other' ? p.id : `${p.protocol}${p.id === '' ? '' : ` ${p.id}`}`;
  const header = `router ${name}${p.protocol === 'ospf' && p.vrf !== undefined ? ` vrf ${p.vrf}` : ''}`;
  const family = familyOf(p);
  const inner = statementsOf(p);
  if (family === null) return [[header, ...inner.map((line) => ` ${line}`)]];
  return [[header, ` ${family}`, ...inner.map((line) => `  ${line}`), ' exit-address-family']];
}

/** The family under whose header the statements of a process stand; null: under its own. */
function familyOf({ protocol, vrf, autonomousSystem }: RoutingProcess): string | null {
  const table = vrf === undefined || protocol === 'ospf' ? '' : ` vrf ${vrf}`;
  const system = autonomousSystem === undefined ? '' : ` autonomous-system ${autonomousSystem}`;
  return table === '' && system === '' ? null : `address-family ipv4${table}${system}`;
}

function statementsOf(p: RoutingProcess): string[] {
  const lines = p.version == null ? [] : [`version ${p.version}`];
  if (p.shutdown) lines.push('shutdown');
  if (p.passive?.byDefault) lines.push('passive-interface default');
  for (const name of p.passive?.except ?? [])
    lines.push(`${p.passive?.byDefault ? 'no ' : ''}passive-interface ${name}`);
  for (const n of p.networks) {
    const address = formatIpv4(n.address);
    if (p.protocol === 'ospf')
      lines.push(`network ${address} ${formatIpv4(n.wildcard)} area ${n.area ?? '0'}`);
    else lines.push(`network ${address}${p.protocol === 'eigrp' ? ` ${formatIpv4(n.wildcard)}` : ''}`);
  }
  const settings = p.peerSettings ?? [];
  for (const n of p.neighbours) {
    const through = settings.find((s) => s.kind === 'interface' && s.peer === formatIpv4(n));
    const rest = p.protocol === 'bgp' ? ' remote-as 0' : through ? ` ${through.value}` : '';
    lines.push(`neighbor ${formatIpv4(n)}${rest}`);
  }
  for (const { peer, kind, value } of settings)
    if (kind !== 'interface') lines.push(`neighbor ${peer} ${kind}${value === '' ? '' : ` ${value}`}`);
  return lines;
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
