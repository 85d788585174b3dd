import { formatIpv4 } from '../../../src/model/address.ts';
import { TCP, UDP } from '../../../src/model/packet.ts';
import type { NatPool, NatPoolRange, NatRule, RouterConfig } from '../../../src/model/router-config.ts';

export function printNat(config: RouterConfig): string[] {
  return [...[...config.natPools.values()].flatMap(printPool), ...config.nat.map(printNatRule)];
}

function printPool(pool: NatPool): string[] {
  const ends = (r: NatPoolRange): string => `${formatIpv4(r.first)} ${formatIpv4(r.last)}`;
  const [only, ...more] = pool.ranges;
  if (only !== undefined && more.length === 0)
    return [`ip nat pool ${pool.name} ${ends(only)} prefix-length ${commonLength(only.first, only.last)}`];
  const length = Math.min(30, ...pool.ranges.map((r) => commonLength(r.first, r.last)));
  return [
    `ip nat pool ${pool.name} prefix-length ${length}`,
    ...pool.ranges.map((r) => ` address ${ends(r)}`),
    '!',
  ];
}

/** A pool's own mask is not held: the longest network of both its ends does as well. */
const commonLength = (first: number, last: number): number => Math.min(30, Math.clz32(first ^ last));

/** NVI knows no sides. */
const sourceWords = (r: Exclude<NatRule, { kind: 'rotary' }>): string =>
  r.nvi ? 'ip nat source' : `ip nat ${r.side} source`;

function printNatRule(r: NatRule): string {
  switch (r.kind) {
    case 'rotary':
      return `ip nat inside destination list ${r.list} pool ${r.pool}`;
    case 'dynamic': {
      const from = r.list !== null ? `list ${r.list}` : `route-map ${r.routeMap ?? ''}`;
      const to = r.pool !== null ? `pool ${r.pool}` : `interface ${r.interface ?? ''}`;
      const vrf = r.vrf === undefined ? '' : ` vrf ${r.vrf}`;
      return `${sourceWords(r)} ${from} ${to}${vrf}${r.overload ? ' overload' : ''}`;
    }
    case 'static': {
      const words = [`${sourceWords(r)} static`];
      if (r.prefixLength !== 32) words.push('network');
      if (r.protocol !== null) words.push(r.protocol === TCP ? 'tcp' : r.protocol === UDP ? 'udp' : 'esp');
      words.push(formatIpv4(r.local));
      if (r.localPort !== null) words.push(String(r.localPort));
      words.push(r.global === null ? `interface ${r.globalInterface ?? ''}` : formatIpv4(r.global));
      if (r.globalPort !== null) words.push(String(r.globalPort));
      if (r.prefixLength !== 32) words.push(`/${r.prefixLength}`);
      if (r.vrf !== null) words.push(`vrf ${r.vrf}`);
      if (r.routeMap !== undefined) words.push(`route-map ${r.routeMap}`);
      return words.join(' ');
    }
  }
}
