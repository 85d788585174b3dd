import { type Box, makeBox } from '../headerspace/box.ts';
import { intersect, subtract } from '../headerspace/packet-set.ts';
import { TCP, UDP } from '../model/packet.ts';
import type { Interface, RouterConfig, UnmodelledEffect } from '../model/router-config.ts';
import { assuming, doubting, doubtOf, type Walker } from './walk.ts';

/** What `management-interface … allow` calls the services that it is about. */
const MANAGEMENT: readonly (readonly [service: string, protocol: number, ports: readonly number[]])[] = [
  ['ssh', TCP, [22]],
  ['telnet', TCP, [23]],
  ['http', TCP, [80]],
  ['https', TCP, [443]],
  ['ftp', TCP, [21]],
  ['tftp', UDP, [69]],
  ['snmp', UDP, [161]],
  ['beep', TCP, [602, 603, 604, 605]],
];

const statements = (config: RouterConfig, pattern: RegExp): readonly UnmodelledEffect[] =>
  config.settings.effects.filter((e) => pattern.test(e.name ?? ''));

/**
 * Packets to the router itself behind the list of the interface of arrival: what the control plane's policy, a list of
 * `ip receive` or an interface that is not one for management does to them is not modelled, and never permits.
 */
export function throughControlPlane(
  config: RouterConfig,
  ingress: Interface,
  walker: Walker,
): readonly Walker[] {
  const doubts = [
    ...statements(config, POLICY_IN).map((e) =>
      doubtOf(e.span, "the control plane's policy may drop packets to the router itself"),
    ),
    ...statements(config, /^ip receive /i).map((e) =>
      doubtOf(e.span, 'the list of `ip receive` may drop packets to the router itself'),
    ),
  ];
  const delays = (meets(walker, LOGINS) ? statements(config, /^login block-for$/i) : []).map(
    (e) => `after failed logins the router refuses others for a while (line ${e.span.line})`,
  );
  const here = assuming(
    doubts.length === 0 ? walker : doubting(walker, ...doubts),
    ...delays,
    ...guards(config, walker),
  );
  return byManagement(config, ingress, here);
}

const meets = ({ current }: Walker, box: Box): boolean => intersect([current], [box]).length > 0;

const LOGINS = makeBox({
  protocol: TCP,
  destinationPorts: [
    [22, 23],
    [80, 80],
  ],
});
const BGP = makeBox({ protocol: TCP, destinationPorts: [[179, 179]] });

/** `neighbor A ttl-security`: of BGP, only packets that are still fresh are heard. */
function guards(config: RouterConfig, walker: Walker): readonly string[] {
  if (!meets(walker, BGP)) return [];
  return config.routing.flatMap(({ id, peerSettings = [], span }) =>
    peerSettings.flatMap(({ kind, peer }) =>
      kind === 'ttl-security'
        ? [`BGP ${id} hears ${peer} by TTL security, which drops what comes from afar (line ${span.line})`]
        : [],
    ),
  );
}

const POLICY_IN = /^control-plane service-policy (?:type \S+ )?in/i;

/** Management protection: where interfaces are named, others and other services than those named there may not manage. */
function byManagement(config: RouterConfig, ingress: Interface, walker: Walker): readonly Walker[] {
  const lines = statements(config, /^control-plane management-interface /i);
  if (lines.length === 0) return [walker];
  const allowed = new Set(
    lines.flatMap(({ name = '' }) => {
      const [, , place, , ...services] = name.split(' ');
      return place === ingress.name ? services.map((s) => s.toLowerCase()) : [];
    }),
  );
  const refused = MANAGEMENT.filter(([service]) => !allowed.has(service)).map(([, protocol, ports]) =>
    makeBox({ protocol, destinationPorts: ports.map((p) => [p, p] as const) }),
  );
  const doubts = lines.map((e) =>
    doubtOf(
      e.span,
      'the control plane takes management by the interfaces that it names, and may drop it here',
    ),
  );
  return [
    ...subtract([walker.current], refused).map((current) => ({ ...walker, current })),
    ...refused.flatMap((asks) =>
      intersect([walker.current], [asks]).map((current) => doubting({ ...walker, current }, ...doubts)),
    ),
  ];
}
