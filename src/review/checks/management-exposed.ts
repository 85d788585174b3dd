import type { Ace } from '../../model/access-list.ts';
import { type AddressPattern, patternCovers } from '../../model/address.ts';
import type { LintFinding } from '../../model/finding.ts';
import { TCP, UDP } from '../../model/packet.ts';
import {
  ALL_PORTS,
  formatRanges,
  intersectRanges,
  type PortSet,
  sameRanges,
  subtractRanges,
  toRanges,
} from '../../model/ports.ts';
import { isNamed } from '../../model/target-names.ts';
import { globalPattern } from '../../router/nat-static.ts';
import type { LintContext, LintList } from '../lint-context.ts';
import { asksFlags, destinationPatterns, isBroadSource, limited, servicesOf } from './ace-parts.ts';
import { guardingUses, placesOf } from './bound-lists.ts';
import type { Check } from './check.ts';
import { finding, quote } from './finding-parts.ts';
import { openTerminal } from './open-terminal.ts';
import { permitsAnything } from './permit-any.ts';
import { widePorts } from './wide-port-range.ts';

/** Services through which machines are managed or owned; nobody offers them to the world on purpose. */
const MANAGEMENT_TCP: PortSet = toRanges([
  [22, 23],
  [111, 111],
  [135, 139],
  [445, 445],
  [514, 514],
  [2049, 2049],
  [3389, 3389],
]);
const MANAGEMENT_UDP: PortSet = toRanges([
  [69, 69],
  [111, 111],
  [135, 139],
  [161, 161],
  [445, 445],
  [514, 514],
  [2049, 2049],
  [3389, 3389],
]);
const SYSTEM_PORTS: PortSet = [[0, 1023]];
/** On the router itself its web interface is management as well; elsewhere web servers are meant to be seen. */
const WEB: PortSet = [
  [80, 80],
  [443, 443],
];

export const MANAGEMENT_EXPOSED: Check = {
  id: 'management-exposed',
  code: 'R17',
  severity: 'critical',
  title: 'Management is open to everybody',
  rationale:
    'Logins, SNMP, file sharing and the router itself are the first things that scanners try. They belong to named administrators.',
  example: {
    trigger: `interface FastEthernet0/0
 description outside
 ip address 203.0.113.1 255.255.255.0
 ip access-group 101 in
access-list 101 permit tcp any host 192.0.2.35 eq 22
access-list 101 deny ip any any
`,
    nearMiss: `interface FastEthernet0/0
 description outside
 ip address 203.0.113.1 255.255.255.0
 ip access-group 101 in
access-list 2 permit 198.51.100.32
access-list 101 permit tcp host 198.51.100.32 host 192.0.2.35 eq 22
access-list 101 permit tcp any host 192.0.2.80 eq www
access-list 101 deny ip any any
line vty 0 4
 access-class 2 in
`,
  },
  check: (context) => [
    ...context.lists.flatMap((list) => exposedByLines(context, list)),
    ...context.config.lines.flatMap((line) => openTerminal(context, line)),
  ],
};

function exposedByLines(context: LintContext, list: LintList): readonly LintFinding[] {
  const uses = guardingUses(context, list);
  if (uses.length === 0) return [];
  const { config } = context;
  return list.live.flatMap((ace) => {
    if (ace.action !== 'permit' || asksFlags(ace) || !isBroadSource(config, ace)) return [];
    // Told by the rule about everything.
    if (permitsAnything(config, ace)) return [];
    // What goes out of an interface has been routed: the router's own addresses are not among it.
    const inbound = uses.some((use) => use.direction === 'in');
    const open = managementOf(context, ace, inbound ? context.territory.own : []);
    if (open === null) return [];
    return [
      finding('management-exposed', 'critical', {
        acl: list.acl.name,
        span: ace.span,
        message: `${quote(ace.span)} opens ${open} to everybody (bound ${placesOf(uses)})`,
      }),
    ];
  });
}

/** What of it is management, in words; null where nothing is, or the site's policy wants it so. */
function managementOf(context: LintContext, ace: Ace, own: readonly AddressPattern[]): string | null {
  const destinations = destinationPatterns(context.config, ace);
  const onlyRouter =
    destinations.length > 0 && destinations.every((d) => own.some((o) => patternCovers(o, d)));
  // A line for web servers takes the router's own web interface along, unless none runs. A whole configuration
  // that does not speak of it has none: trains that start it by themselves write it down.
  const { settings, excerpt } = context.config;
  const web =
    onlyRouter ||
    ((settings.httpServer ?? excerpt) && destinations.some((d) => own.some((o) => patternCovers(d, o))));
  // The rule about wide ranges tells what is above the system ports.
  const wide = widePorts(context.config, ace) !== null;
  for (const service of servicesOf(context.config, ace)) {
    if (limited(service.sourcePorts) || service.icmp !== null) continue;
    const protocols = service.protocols ?? [TCP, UDP];
    for (const protocol of protocols) {
      if (protocol !== TCP && protocol !== UDP) continue;
      const whole = !limited(service.destinationPorts);
      const passedOn = onlyRouter ? passedOnTo(context, destinations, protocol) : [];
      if (whole && onlyRouter && !sameRanges(passedOn, ALL_PORTS)) return 'every port of the router itself';
      if (whole) continue;
      const ownWeb = web ? subtractRanges(WEB, passedOn) : [];
      const telling = protocol === TCP ? [...MANAGEMENT_TCP, ...ownWeb] : MANAGEMENT_UDP;
      const asked = intersectRanges(service.destinationPorts!, toRanges(telling));
      const ports = wide ? intersectRanges(asked, SYSTEM_PORTS) : asked;
      if (ports.length === 0 || allowedByPolicy(context, destinations, protocol, ports)) continue;
      const what = `${protocol === TCP ? 'tcp' : 'udp'}/${formatRanges(ports)}`;
      const ofRouter = onlyRouter && intersectRanges(ports, passedOn).length === 0;
      return ofRouter ? `${what} of the router itself` : what;
    }
  }
  return null;
}

/** Ports of the router's own address that static translation hands to a server behind it. */
const passedOnTo = (
  { config, router }: LintContext,
  destinations: readonly AddressPattern[],
  protocol: number,
): PortSet =>
  toRanges(
    config.nat.flatMap((rule) => {
      if (rule.kind !== 'static' || rule.side !== 'inside') return [];
      if (rule.protocol !== null && rule.protocol !== protocol) return [];
      const outer = globalPattern(router, rule);
      if (outer === null || !destinations.every((d) => patternCovers(outer, d))) return [];
      return rule.globalPort === null ? [...ALL_PORTS] : [[rule.globalPort, rule.globalPort] as const];
    }),
  );

function allowedByPolicy(
  context: LintContext,
  destinations: readonly AddressPattern[],
  protocol: number,
  ports: PortSet,
): boolean {
  const { site } = context;
  if (!site) return false;
  const targets = [...site.targets.values()].filter((t) =>
    destinations.every((d) => d.wildcard === 0 && d.address === t.address),
  );
  return targets.some((target) =>
    site.policy.some(
      (rule) =>
        rule.action === 'allow' &&
        !rule.unconfirmed &&
        rule.from.kind === 'any' &&
        (rule.to.kind === 'any' || (rule.to.kind === 'target' && isNamed(target, rule.to.name))) &&
        intersectRanges(protocol === TCP ? rule.tcp : rule.udp, ports).length > 0 &&
        sameCount(intersectRanges(protocol === TCP ? rule.tcp : rule.udp, ports), ports),
    ),
  );
}

const sameCount = (a: PortSet, b: PortSet): boolean => formatRanges(a) === formatRanges(b);
