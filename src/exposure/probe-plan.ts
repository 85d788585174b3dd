import { formatIpv4 } from '../model/address.ts';
import type { IntendedFlow } from '../model/exposure.ts';
import type { Plan, PlanTarget } from '../model/plan.ts';
import {
  countRanges,
  formatRanges,
  intersectRanges,
  type PortSet,
  rangesHave,
  rangesOf,
  subtractRanges,
  toRanges,
  unionRanges,
} from '../model/ports.ts';
import type { PortProtocol, Site, Target, Vantage } from '../model/site.ts';
import { labelTargets } from '../model/target-names.ts';
import type { Network } from '../router/network.ts';
import { intendedFlow, reachedAs } from './intended.ts';
import { policyView } from './policy.ts';
import { viewerOf } from './viewer.ts';
import { WATCHED_TCP_PORTS } from './watched-services.ts';

export interface PlanOptions {
  /** Ports to sweep; `witnesses` probes only what tells lines apart. */
  readonly ports: PortSet;
  readonly coverage: 'exhaustive' | 'witnesses';
  readonly perHost: number;
  readonly total: number;
  readonly overrideCeiling: boolean;
  readonly siteSha256: string;
  /** ISO time. */
  readonly created: string;
  /** Deterministic choice of negative canaries: a number in [0, n). */
  readonly pick: (n: number) => number;
  /** Ports that are never probed, neither swept nor as a canary. */
  readonly never: PortSet;
  /** Targets to probe; null: all. */
  readonly targets: ReadonlySet<string> | null;
}

/** What to probe from one vantage, first what decides the verdict that matters. Holds no config text. */
export function buildPlan(network: Network, site: Site, vantage: Vantage, options: PlanOptions): Plan {
  const chosen = [...site.targets.values()].filter(
    (t) => options.targets === null || options.targets.has(t.name),
  );
  const targets = chosen.flatMap((target) =>
    (['tcp', 'udp'] as const)
      .filter(
        (protocol) =>
          protocol === 'tcp' || policyView(site, vantage, target, 'udp').rules.some((r) => r.udp.length > 0),
      )
      .map((protocol) => planTarget(network, site, vantage, target, protocol, options)),
  );
  return {
    schema: 'aclscope/plan/1',
    site: site.name,
    siteSha256: options.siteSha256,
    vantage: vantage.name,
    vantageAddress: formatIpv4(vantage.address),
    created: options.created,
    coverage: options.coverage,
    targets,
    pace: { perHost: options.perHost, total: options.total, overrideCeiling: options.overrideCeiling },
    warnings: [
      ...excluded(options.never),
      ...intercepted(network, targets, options),
      ...warnings(site, chosen, targets),
    ],
  };
}

function planTarget(
  network: Network,
  site: Site,
  vantage: Vantage,
  target: Target,
  protocol: PortProtocol,
  options: PlanOptions,
): PlanTarget {
  const viewer = viewerOf(network, vantage, target);
  const intended = intendedFlow(network, viewer, target, protocol);
  const policy = policyView(site, vantage, target, protocol);
  const answering = intended.ownSegment
    ? unionRanges(policy.allow ?? [], policy.wrapped)
    : protocol === 'tcp'
      ? intended.reachable
      : intersectRanges(intended.reachable, policy.allow ?? []);
  const services =
    protocol === 'tcp' ? unionRanges(target.listeners, policy.allow ?? []) : (policy.allow ?? []);
  const declared = protocol === 'tcp' ? canaryFor(site, target, intended, policy.allow) : null;
  const canaryPort = declared !== null && rangesHave(options.never, declared) ? null : declared;
  const swept = subtractRanges(options.ports, options.never);
  const first = firstPorts(intended, services, canaryPort, protocol).filter((p) => rangesHave(swept, p));
  const ports = options.coverage === 'witnesses' ? rangesOf(first) : swept;
  const [address = target.address] = reachedAs(viewer.ingress, target.address);
  return {
    name: target.name,
    address: formatIpv4(intended.ownSegment ? target.address : address),
    protocol,
    ports,
    first,
    // A whole range of permitted ports without known listeners would need 15 s each: only services earn five tries.
    expectedOpen: intersectRanges(narrow(answering, services), ports),
    canary: canaryPort,
    negativeCanaries: protocol === 'tcp' ? negativeCanaries(intended, policy.allow, services, options) : [],
    onLink: intended.ownSegment,
  };
}

/** Permitted ports a person would expect to answer: single ones, and known services inside wide ranges. */
function narrow(answering: PortSet, services: PortSet): PortSet {
  const single = answering.filter(([lo, hi]) => hi - lo < 16);
  return unionRanges(single, intersectRanges(answering, services));
}

/** The declared canary when this vantage may reach it; else none is possible. */
function canaryFor(site: Site, target: Target, intended: IntendedFlow, allow: PortSet | null): number | null {
  const port = site.canaries.get(target.name);
  if (port === undefined) return null;
  if (intended.ownSegment) return allow === null || rangesHave(allow, port) ? port : null;
  return rangesHave(intended.reachable, port) ? port : null;
}

/** The canary and services, then one port inside and one on each side of every boundary between deciding lines, then what hurts most. */
function firstPorts(
  intended: IntendedFlow,
  services: PortSet,
  canary: number | null,
  protocol: PortProtocol,
): readonly number[] {
  const order = new Set<number>();
  if (canary !== null) order.add(canary);
  const short = services.filter(([lo, hi]) => hi - lo < 64);
  for (const [lo, hi] of short) for (let p = lo; p <= hi; p++) order.add(p);
  for (const [lo, hi] of [...intended.reachable, ...intended.undetermined])
    for (const p of [lo, hi, lo - 1, hi + 1]) order.add(p);
  for (const { ports } of intended.deciding)
    for (const [lo, hi] of ports.slice(0, 64))
      for (const p of [lo, hi, Math.floor((lo + hi) / 2)]) order.add(p);
  if (protocol === 'tcp') for (const port of WATCHED_TCP_PORTS) order.add(port);
  return [...order].filter((p) => p >= 1 && p <= 65535);
}

const NEGATIVE_CANARIES = 3;

function negativeCanaries(
  intended: IntendedFlow,
  allow: PortSet | null,
  services: PortSet,
  options: PlanOptions,
): readonly number[] {
  const denied = intended.ownSegment
    ? subtractRanges(toRanges([[1024, 65535]]), allow ?? [])
    : intersectRanges(intended.blocked, [[1024, 65535]]);
  const anywhere = subtractRanges(subtractRanges(denied, services), options.never);
  const swept = intersectRanges(anywhere, options.ports);
  const pool = countRanges(swept) >= NEGATIVE_CANARIES ? swept : anywhere;
  const size = pool.reduce((n, [lo, hi]) => n + hi - lo + 1, 0);
  const chosen = new Set<number>();
  for (let i = 0; i < NEGATIVE_CANARIES * 4 && chosen.size < Math.min(NEGATIVE_CANARIES, size); i++) {
    let at = options.pick(size);
    for (const [lo, hi] of pool) {
      if (at <= hi - lo) {
        chosen.add(lo + at);
        break;
      }
      at -= hi - lo + 1;
    }
  }
  return [...chosen];
}

const excluded = (never: PortSet): readonly string[] =>
  never.length === 0
    ? []
    : [`ports ${formatRanges(never)} are excluded: they stay unobserved, and their verdict undetermined`];

/** Connection attempts a minute, and half-open ones, beyond which IOS's TCP intercept drops others' (its defaults). */
const INTERCEPT_LIMIT = 1100;

/** A router that intercepts TCP keeps every unanswered SYN, and at its limit serves nobody well: the pace must stay below. */
function intercepted(
  network: Network,
  targets: readonly PlanTarget[],
  { perHost, total }: PlanOptions,
): readonly string[] {
  const crossing = targets.filter((t) => t.protocol === 'tcp' && !t.onLink);
  const hosts = new Set(crossing.map((t) => t.address)).size;
  if (Math.min(total, perHost * hosts) * 60 <= INTERCEPT_LIMIT) return [];
  const gentle = Math.max(1, Math.floor(INTERCEPT_LIMIT / 60 / hosts));
  return network.routers
    .filter((r) => r.config.settings.tcpIntercept !== null)
    .map(
      (r) =>
        `${r.name} intercepts TCP: at more than ${INTERCEPT_LIMIT} attempts a minute, by its defaults, it begins to drop connections, others' too; plan with --rate ${gentle} or less`,
    );
}

function warnings(site: Site, chosen: readonly Target[], targets: readonly PlanTarget[]): readonly string[] {
  const label = (test: (target: Target) => boolean): readonly string[] =>
    labelTargets(site, chosen.filter(test));
  const unreached = new Set(
    targets.filter((t) => t.canary === null && t.protocol === 'tcp').map((t) => t.name),
  );
  return [
    ...label((t) => t.defences.includes('portsentry')).map(
      (name) =>
        `${name} runs PortSentry: it may block this scanner midway; let it ignore the scanner's address, or expect an incomplete scan`,
    ),
    ...label((t) => t.defences.includes('fail2ban')).map(
      (name) => `${name} runs fail2ban: repeated handshakes may block this scanner`,
    ),
    ...label((t) => !site.canaries.has(t.name)).map(
      (name) => `no canary is declared for ${name}: silence there will prove nothing`,
    ),
    ...label((t) => site.canaries.has(t.name) && unreached.has(t.name)).map(
      (name) =>
        `no canary is possible for ${name} from here: its declared port is not permitted from this vantage or excluded, so silence stays undetermined`,
    ),
  ];
}
