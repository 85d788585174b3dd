import type { Ace } from '../../model/access-list.ts';
import { patternCovers } from '../../model/address.ts';
import { TCP, UDP } from '../../model/packet.ts';
import { ALL_PORTS, countRanges, formatRanges, type PortSet, rangesHave } from '../../model/ports.ts';
import type { RouterConfig } from '../../model/router-config.ts';
import type { LintContext } from '../lint-context.ts';
import {
  asksFlags,
  destinationPatterns,
  isAnyPattern,
  isBroadSource,
  isTemplate,
  joinPorts,
  limited,
  servicesOf,
  sourcePatterns,
} from './ace-parts.ts';
import { guardingUses, placesOf } from './bound-lists.ts';
import type { Check } from './check.ts';
import { finding, listWords, quote } from './finding-parts.ts';

const WIDE = 100;

/** Services above the system ports that a wide range tends to open by accident. */
const TELLING: readonly (readonly [port: number, name: string, protocols: readonly number[]])[] = [
  [1433, 'SQL Server', [TCP]],
  [1434, 'SQL Server', [UDP]],
  [1521, 'Oracle', [TCP]],
  [1812, 'RADIUS', [UDP]],
  [2049, 'NFS', [TCP, UDP]],
  [3306, 'MySQL', [TCP]],
  [3389, 'remote desktop', [TCP, UDP]],
  [5060, 'SIP', [UDP]],
  [5432, 'PostgreSQL', [TCP]],
  [5900, 'VNC', [TCP]],
  [6000, 'X11', [TCP]],
  [8080, 'web proxies', [TCP]],
];

/** Those among the ports that carry a service of this line's protocols; of TCP where it has both. */
function tellingServices(config: RouterConfig, ace: Ace, ports: PortSet): readonly string[] {
  const isOf = (protocol: number): boolean =>
    servicesOf(config, ace).some((s) => s.protocols?.includes(protocol) ?? true);
  const protocol = isOf(TCP) ? TCP : UDP;
  return TELLING.filter(([port, , of]) => of.includes(protocol) && rangesHave(ports, port)).map(
    ([port, name]) => `${port} (${name})`,
  );
}

export const WIDE_PORT_RANGE: Check = {
  id: 'wide-port-range',
  code: 'R12',
  severity: 'high',
  title: 'Many ports opened to everybody at once',
  rationale:
    'Databases, remote desktops and proxies listen above 1023 too. A range opened for one program opens all that will ever listen there.',
  example: {
    trigger: `interface FastEthernet0/0
 description outside
 ip address 203.0.113.1 255.255.255.0
 ip access-group 101 in
access-list 101 permit tcp any any gt 1023
access-list 101 deny ip any any
`,
    nearMiss: `interface FastEthernet0/0
 description outside
 ip address 203.0.113.1 255.255.255.0
 ip access-group 101 in
access-list 101 permit tcp any any gt 1023 established
access-list 101 permit tcp any host 192.0.2.21 range 50000 50050
access-list 101 deny ip any any
`,
  },
  check(context) {
    return context.lists.flatMap((list) => {
      const uses = guardingUses(context, list);
      if (uses.length === 0) return [];
      const surely = guardingUses(context, list, 'surely').length > 0;
      return list.live.flatMap((ace) => {
        if (ace.action !== 'permit' || !sourcePatterns(context.config, ace).some(isAnyPattern)) return [];
        const ports =
          widePorts(context.config, ace) ?? (surely && opensEveryPort(context, ace) ? ALL_PORTS : null);
        if (ports === null) return [];
        const opened = tellingServices(context.config, ace, ports);
        const everywhere = destinationPatterns(context.config, ace).some((p) => p.wildcard !== 0);
        return [
          finding('wide-port-range', everywhere && opened.length > 0 ? 'high' : 'medium', {
            acl: list.acl.name,
            span: ace.span,
            message: `${quote(ace.span)} opens ${countRanges(ports)} ports (${formatRanges(ports)}) to everybody (bound ${placesOf(uses)})${
              opened.length > 0 ? `, among them ${listWords(opened.slice(0, 4))}` : ''
            }`,
          }),
        ];
      });
    });
  },
};

/** A permit of whole protocols to hosts of one's own; to everywhere, and to the router alone, other rules speak. */
const opensEveryPort = ({ config, territory }: LintContext, ace: Ace): boolean =>
  destinationPatterns(config, ace).length > 0 &&
  !asksFlags(ace) &&
  !isTemplate(ace) &&
  ace.match.fragments !== true &&
  !destinationPatterns(config, ace).some(
    (d) => isAnyPattern(d) || territory.own.some((o) => patternCovers(o, d)),
  ) &&
  servicesOf(config, ace).some(
    (s) =>
      (s.protocols?.some((p) => p === TCP || p === UDP) ?? true) &&
      !limited(s.sourcePorts) &&
      !limited(s.destinationPorts) &&
      s.icmp === null,
  );

/** The destination ports of a permit that opens more than a few to a broad source; null for any other line. */
export function widePorts(config: RouterConfig, ace: Ace): PortSet | null {
  if (ace.action !== 'permit' || asksFlags(ace) || !isBroadSource(config, ace)) return null;
  const sets = servicesOf(config, ace)
    .filter((s) => s.protocols?.some((p) => p === TCP || p === UDP) && !limited(s.sourcePorts))
    .flatMap((s) => (limited(s.destinationPorts) ? [s.destinationPorts] : []));
  const ports = joinPorts(sets);
  return countRanges(ports) > WIDE ? ports : null;
}
