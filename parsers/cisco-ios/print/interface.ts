import { formatIpv4 } from '../../../src/model/address.ts';
import type {
  Interface,
  RouterConfig,
  RoutingProcess,
  TunnelEnds,
} from '../../../src/model/router-config.ts';
import { asItStood, netmask } from './words.ts';

/** What stands under one interface, though the model holds it elsewhere. */
interface Elsewhere {
  readonly joins: string[];
  readonly uses: string[];
  readonly ipv6: string[];
}

export function printInterfaces(config: RouterConfig): string[][] {
  const elsewhere = new Map<string, Elsewhere>();
  const of = (name: string): Elsewhere => {
    const found = elsewhere.get(name) ?? { joins: [], uses: [], ipv6: [] };
    elsewhere.set(name, found);
    return found;
  };
  for (const p of config.routing)
    for (const name of p.interfaces ?? [])
      of(name).joins.push(...printJoin(p, name, config.interfaces.get(name)?.ospfArea));
  for (const { owner } of config.references) {
    const header = owner === undefined ? null : /^interface (\S+): /.exec(owner);
    if (owner !== undefined && header) of(header[1]!).uses.push(` ${owner.slice(header[0].length)}`);
  }
  for (const n of config.ipv6)
    if (n.interface !== null)
      of(n.interface).ipv6.push(
        n.kind === 'binding' ? ` ipv6 traffic-filter ${n.name} in` : ` ipv6 address ${n.name}`,
      );
  return [...config.interfaces.values()].map((i) => printInterface(i, of(i.name)));
}

function printInterface(i: Interface, { joins, uses, ipv6 }: Elsewhere): string[] {
  const lines = [`interface ${i.name}`];
  if (i.description !== null) lines.push(` description ${i.description}`);
  if (i.vrf !== null) lines.push(` ip vrf forwarding ${i.vrf}`);
  for (const a of i.addresses)
    lines.push(
      ` ip address ${formatIpv4(a.address)}${a.prefixLength === null ? '' : ` ${netmask(a.prefixLength)}`}${a.secondary ? ' secondary' : ''}`,
    );
  if (i.addressing.kind === 'dhcp' || i.addressing.kind === 'negotiated')
    lines.push(` ip address ${i.addressing.kind}`);
  if (i.addressing.kind === 'none') lines.push(' no ip address');
  if (i.addressing.kind === 'unnumbered') lines.push(` ip unnumbered ${i.addressing.interface}`);
  for (const b of [i.bindings.in, i.bindings.out]) {
    if (!b) continue;
    lines.push(
      ` ip access-group ${b.common === undefined ? '' : `common ${b.common} `}${b.acl} ${b.direction}`,
    );
  }
  if (i.natSide !== null) lines.push(` ip nat ${i.natSide === 'enabled' ? 'enable' : i.natSide}`);
  if (!i.sendsUnreachables) lines.push(' no ip unreachables');
  if (!i.proxyArp) lines.push(' no ip proxy-arp');
  for (const e of i.effects) lines.push(` ${asItStood(e.span)}`);
  if (i.hsrpVersion === 2) lines.push(' standby version 2');
  if (i.encapsulation !== undefined) lines.push(` encapsulation ${i.encapsulation}`);
  if (i.tunnel) lines.push(...printTunnel(i.tunnel));
  if (i.ospfShutdown) lines.push(' ip ospf shutdown');
  lines.push(...joins.sort());
  const printed = new Set(lines);
  for (const line of uses) {
    if (printed.has(line)) continue;
    printed.add(line);
    lines.push(line);
  }
  lines.push(...ipv6);
  if (i.shutdown && !i.parentDown) lines.push(' shutdown');
  return lines;
}

const GROUP_WORDS = { hsrp: 'standby', vrrp: 'vrrp', glbp: 'glbp' } as const;

function printJoin(p: RoutingProcess, name: string, area: string | undefined): string[] {
  switch (p.protocol) {
    case 'hsrp':
    case 'vrrp':
    case 'glbp': {
      const address = p.virtualAddress == null ? '' : ` ${formatIpv4(p.virtualAddress)}`;
      return [` ${GROUP_WORDS[p.protocol]} ${p.id.slice(name.length + 1)} ip${address}`];
    }
    case 'ospf':
      return [` ip ospf ${p.id} area ${area ?? '0'}`];
    case 'isis':
      return [` ip router isis${p.id === '' ? '' : ` ${p.id}`}`];
    default:
      return [];
  }
}

const MODES: Readonly<Record<TunnelEnds['mode'], string>> = {
  gre: 'gre ip',
  'multipoint-gre': 'gre multipoint',
  ipip: 'ipip',
  ipsec: 'ipsec ipv4',
  other: 'ipv6ip',
};

function printTunnel({ mode, source, destination, key, vrf }: TunnelEnds): string[] {
  const lines = [` tunnel mode ${MODES[mode]}`];
  if (source !== null)
    lines.push(` tunnel source ${typeof source === 'string' ? source : formatIpv4(source)}`);
  if (destination !== null) lines.push(` tunnel destination ${formatIpv4(destination)}`);
  if (key !== null) lines.push(` tunnel key ${key}`);
  if (vrf !== null) lines.push(` tunnel vrf ${vrf}`);
  return lines;
}
