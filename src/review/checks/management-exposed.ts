import { coverWithin } from '../../acl/decide.ts';
import { makeBox } from '../../headerspace/box.ts';
import { type AddressPattern, hostPattern, patternCovers } from '../../model/address.ts';
import type { Ace } from '../../model/access-list.ts';
import type { LintFinding } from '../../model/finding.ts';
import { SYN, TCP, UDP } from '../../model/packet.ts';
import { formatRanges, intersectRanges, type PortSet, toRanges } from '../../model/ports.ts';
import type { TerminalLine } from '../../model/router-config.ts';
import { isNamed } from '../../model/target-names.ts';
import type { LintContext, LintList } from '../lint-context.ts';
import {
  asksFlags,
  destinationPatterns,
  isAnyPattern,
  isBroadSource,
  limited,
  servicesOf,
  sourcePatterns,
} from './ace-parts.ts';
import { guardingUses, placesOf } from './bound-lists.ts';
import type { Check } from './check.ts';
import { finding, quote } from './finding-parts.ts';
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
      if (whole && onlyRouter) return 'every port of the router itself';
      if (whole) continue;
      const telling =
        protocol === TCP ? (web ? [...MANAGEMENT_TCP, ...WEB] : MANAGEMENT_TCP) : MANAGEMENT_UDP;
      const asked = intersectRanges(service.destinationPorts!, toRanges(telling));
      const ports = wide ? intersectRanges(asked, SYSTEM_PORTS) : asked;
      if (ports.length === 0 || allowedByPolicy(context, destinations, protocol, ports)) continue;
      const what = `${protocol === TCP ? 'tcp' : 'udp'}/${formatRanges(ports)}`;
      return onlyRouter ? `${what} of the router itself` : what;
    }
  }
  return null;
}

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

/** An access-class that stops nobody is none. */
const letsEverybodyLogIn = ({ config, lists }: LintContext, acl: string): boolean =>
  lists
    .filter((list) => list.acl.name === acl)
    .some((list) =>
      list.live.some(
        (ace) =>
          ace.action === 'permit' &&
          sourcePatterns(config, ace).some(isAnyPattern) &&
          servicesOf(config, ace).some(
            (s) =>
              (s.protocols?.includes(TCP) ?? true) &&
              (!limited(s.destinationPorts) || intersectRanges(s.destinationPorts, [[22, 23]]).length > 0),
          ),
      ),
    );

/** Terminal lines without an access-class: what protects them is the lists of the interfaces alone, if anything. */
function openTerminal(context: LintContext, line: TerminalLine): readonly LintFinding[] {
  const access = line.accessClassIn;
  if (line.kind !== 'vty' || (access !== null && !letsEverybodyLogIn(context, access.acl))) return [];
  if (
    line.transportInput !== null &&
    (line.transportInput.length === 0 || line.transportInput.includes('none'))
  )
    return [];
  const exposed = openToStrangers(context);
  return [
    finding(
      'management-exposed',
      exposed === 'yes' ? 'critical' : exposed === 'unknown' ? 'high' : 'medium',
      {
        span: access?.span ?? line.span,
        message: `line vty ${line.first} ${line.last} has ${access === null ? 'no access-class' : `access-class ${access.acl}, which permits any source`}: ${
          exposed === 'no'
            ? 'every source that the interface lists let through may try to log in'
            : exposed === 'yes'
              ? 'anybody outside may try to log in'
              : 'whoever reaches the router may try to log in'
        }`,
      },
    ),
  ];
}

function openToStrangers(context: LintContext): 'yes' | 'no' | 'unknown' {
  const outside = [...context.config.interfaces.values()].filter(
    (i) => context.facing.outside.has(i.name) && !i.shutdown,
  );
  if (outside.length === 0) return 'unknown';
  const logins = context.territory.own.map((own) =>
    makeBox({
      protocol: TCP,
      destination: hostPattern(own.address),
      destinationPorts: [[22, 23]],
      tcpFlags: { exactly: SYN },
      fragments: 'whole',
    }),
  );
  return outside.some((i) => {
    if (i.bindings.in === null) return true;
    const list = context.router.list(i.bindings.in.acl, i.bindings.in.common, 'unsolicited');
    return coverWithin(list, logins).some((p) => p.verdict !== 'deny' && wide(p.box.source));
  })
    ? 'yes'
    : 'no';
}

const wide = (p: AddressPattern): boolean => {
  let free = 0;
  for (let rest = p.wildcard >>> 0; rest !== 0; rest = (rest & (rest - 1)) >>> 0) free++;
  return free >= 24;
};
