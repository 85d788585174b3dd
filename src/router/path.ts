import type { CompiledAcl } from '../acl/compile.ts';
import { coverWithin } from '../acl/decide.ts';
import { type SourceSpan, toConfigLine } from '../diagnostics/source-span.ts';
import { type Box, boxDestination, boxSource, makeBox, withDestination } from '../headerspace/box.ts';
import { intersect, type PacketSet, subtract } from '../headerspace/packet-set.ts';
import type { Ace, AclEntry } from '../model/access-list.ts';
import {
  type AddressPattern,
  ANY_ADDRESS,
  hostPattern,
  type Ipv4,
  patternContains,
  patternCovers,
  samePattern,
  toIpv4,
} from '../model/address.ts';
import type { Doubt, Hop } from '../model/exposure.ts';
import type { DecidedBy, Verdict } from '../model/finding.ts';
import type { Direction, Interface } from '../model/router-config.ts';
import { isTranslated, type Translation, translateDestination, translateSource } from './nat.ts';
import { type Network, ownerOf, type Router } from './network.ts';
import { learnedDefault, type Route, routeGroups } from './routes.ts';

/** Where a packet set stops. */
export type Arrival =
  /** Handed to the network behind an interface. */
  | { readonly kind: 'delivered'; readonly router: Router; readonly interface: Interface }
  /** One of the router's own addresses. */
  | { readonly kind: 'router'; readonly router: Router; readonly interface: Interface }
  /** Permitted as far as the text goes. */
  | { readonly kind: 'beyond-text' }
  | { readonly kind: 'dropped' };

/** A part of the packets asked about, all of which fare alike. The pieces of one path partition its set. */
export interface PathPiece {
  /** In the header the sender wrote. */
  readonly sent: Box;
  /** In the header after all translations, as it stands where the path ends. */
  readonly arrived: Box;
  readonly verdict: Verdict;
  readonly decidedBy: DecidedBy;
  readonly hops: readonly Hop[];
  readonly doubts: readonly Doubt[];
  readonly assumptions: readonly string[];
  readonly arrival: Arrival;
  /** Routers passed, with the interface each was entered by: the way back, where routes do not say. */
  readonly entered: readonly Entered[];
}

export interface Entered {
  readonly router: Router;
  readonly interface: Interface;
  /** The source before this router translated it, and after; equal where it did not. */
  readonly source: AddressPattern;
  readonly translated: AddressPattern;
}

interface Walker {
  readonly current: Box;
  /** From the current header back to the sender's. */
  readonly undo: (box: Box) => Box;
  readonly verdict: 'permit' | 'undetermined';
  readonly decidedBy: DecidedBy;
  readonly hops: readonly Hop[];
  readonly doubts: readonly Doubt[];
  readonly assumptions: readonly string[];
  readonly entered: PathPiece['entered'];
}

export interface PathOptions {
  /** Interface by which the packets must leave (`--out`), on the last router. */
  readonly egress: Interface | null;
  /** The forward path, when this is a reply: its ingress interfaces are the way out where no route says. */
  readonly replyTo: PathPiece | null;
}

/** Follows packets that arrive at one interface through the network, list by list. */
export function followPath(
  network: Network,
  router: Router,
  ingress: Interface,
  set: PacketSet,
  options: PathOptions,
): readonly PathPiece[] {
  return set.flatMap((box) =>
    enter(network, router, ingress, options, {
      current: box,
      undo: (b) => b,
      verdict: 'permit',
      decidedBy: null,
      hops: [],
      doubts: [],
      assumptions: [],
      entered: [],
    }),
  );
}

function enter(
  network: Network,
  router: Router,
  ingress: Interface,
  options: PathOptions,
  walker: Walker,
): readonly PathPiece[] {
  if (walker.entered.some((e) => e.router.name === router.name))
    return [stop(walker, 'deny', null, { kind: 'dropped' }, `a routing loop returns to ${router.name}`)];
  if (ingress.shutdown)
    return [stop(walker, 'deny', null, { kind: 'dropped' }, `${ingress.name} is shut down`, ingress.span)];
  const here: Walker = {
    ...walker,
    entered: [
      ...walker.entered,
      {
        router,
        interface: ingress,
        source: boxSource(walker.current),
        translated: boxSource(walker.current),
      },
    ],
    assumptions: [...walker.assumptions, ...effectAssumptions(ingress)],
  };
  return passList(router, ingress, 'in', here, options, (passed) => {
    if (ingress.natSide !== 'outside' && ingress.natSide !== 'enabled')
      return forward(network, router, ingress, options, passed);
    return translateDestination(router, passed.current, earlierTranslation(router, options)).flatMap((t) =>
      forward(network, router, ingress, options, translatedWalker(passed, t)),
    );
  });
}

/** For a reply: the source that this router had translated on the way out. */
function earlierTranslation(
  router: Router,
  options: PathOptions,
): { from: AddressPattern; to: AddressPattern } | null {
  const passage = options.replyTo?.entered.find((e) => e.router.name === router.name);
  if (!passage || samePattern(passage.source, passage.translated)) return null;
  return { from: passage.translated, to: passage.source };
}

const translatedWalker = (walker: Walker, t: Translation): Walker => ({
  ...walker,
  current: t.box,
  undo: (b) => walker.undo(t.undo(b)),
  assumptions: t.assumption ? [...walker.assumptions, t.assumption] : walker.assumptions,
});

/** Splits a walker by what a bound list says; what it denies stops here. */
function passList(
  router: Router,
  iface: Interface,
  direction: Direction,
  walker: Walker,
  options: PathOptions,
  go: (passed: Walker) => readonly PathPiece[],
): readonly PathPiece[] {
  const binding = iface.bindings[direction];
  if (!binding) return go(walker);
  const compiled = router.list(binding.acl, binding.common, options.replyTo ? 'reply' : 'unsolicited');
  return applyList(
    compiled,
    binding.acl,
    walker,
    (verdict, decidedBy) => ({
      router: router.name,
      interface: iface.name,
      direction,
      acl: binding.acl,
      verdict,
      decidedBy,
    }),
    go,
  );
}

function applyList(
  compiled: CompiledAcl,
  aclName: string,
  walker: Walker,
  hop: (verdict: Verdict, decidedBy: DecidedBy) => Hop,
  go: (passed: Walker) => readonly PathPiece[],
): readonly PathPiece[] {
  return coverWithin(compiled, [walker.current]).flatMap((piece) => {
    const decidedBy = toDecidedBy(piece.decidedBy, aclName);
    const next: Walker = {
      ...walker,
      current: piece.box,
      hops: [...walker.hops, hop(piece.verdict, decidedBy)],
      decidedBy,
      doubts: [...walker.doubts, ...piece.doubts.map((entry) => toDoubt(compiled, entry))],
    };
    if (piece.verdict === 'deny') return [stop(next, 'deny', decidedBy, { kind: 'dropped' })];
    const verdict = piece.verdict === 'permit' ? walker.verdict : 'undetermined';
    return go({ ...next, verdict, decidedBy: verdict === 'permit' ? decidedBy : null });
  });
}

export const toDecidedBy = (entry: AclEntry | 'implicit-deny' | null, acl: string): DecidedBy =>
  entry === null ? null : entry === 'implicit-deny' ? { implicitDeny: true, acl } : toConfigLine(entry.span);

const toDoubt = (compiled: CompiledAcl, entry: AclEntry): Doubt => ({
  line: toConfigLine(entry.span),
  reason: `undetermined, because line ${entry.span.line}: ${
    compiled.entries.find((e) => e.entry === entry)?.reason ??
    'it names something that this text does not decide'
  }`,
});

function stop(
  walker: Walker,
  verdict: Verdict,
  decidedBy: DecidedBy,
  arrival: Arrival,
  reason?: string,
  span?: SourceSpan,
): PathPiece {
  return {
    sent: walker.undo(walker.current),
    arrived: walker.current,
    verdict,
    decidedBy,
    hops: walker.hops,
    doubts: verdict === 'deny' ? [] : walker.doubts,
    assumptions: reason
      ? [...walker.assumptions, span ? `${reason} (line ${span.line})` : reason]
      : walker.assumptions,
    arrival,
    entered: walker.entered,
  };
}

/** Own addresses, then the routing table, longest prefix first. */
function forward(
  network: Network,
  router: Router,
  ingress: Interface,
  options: PathOptions,
  walker: Walker,
): readonly PathPiece[] {
  const pieces: PathPiece[] = [];
  let remaining: PacketSet = [walker.current];
  const take = (pattern: AddressPattern, go: (part: Walker) => readonly PathPiece[]): void => {
    const inside = intersect(remaining, [makeBox({ destination: pattern })]);
    if (inside.length === 0) return;
    remaining = subtract(remaining, [makeBox({ destination: pattern })]);
    for (const box of inside) pieces.push(...go({ ...walker, current: box }));
  };

  for (const own of router.config.interfaces.values()) {
    if (own.shutdown || own.vrf !== ingress.vrf) continue;
    for (const a of own.addresses) take(hostPattern(a.address), (part) => toRouterItself(router, own, part));
  }
  if (options.egress) {
    const out = options.egress;
    for (const box of remaining)
      pieces.push(...leave(network, router, ingress, out, null, options, { ...walker, current: box }));
    return pieces;
  }
  const policy = ingress.effects.find((e) => e.family === 'policy-route');
  if (policy) {
    const { effects } = ingress;
    const unpoliced = { ...ingress, effects: effects.filter((e) => e.family !== 'policy-route') };
    const exits = [...router.config.interfaces.values()].filter((i) => !i.shutdown && i.vrf === ingress.vrf);
    for (const box of remaining) {
      const part = { ...walker, current: box };
      const ways = [
        forward(network, router, unpoliced, options, part),
        ...exits.map((out) => leave(network, router, ingress, out, null, options, part)),
      ];
      pieces.push(
        ...agree(ways, policy.span, 'policy routing may choose another egress, whose list differs'),
      );
    }
    return pieces;
  }
  const groups = routeGroups(router.routes, ingress.vrf);
  groups.forEach((group, index) => {
    if (remaining.length === 0) return;
    const destination = group[0]!.destination;
    take(destination, (part) => {
      const candidates = [...group];
      for (let next = index + 1; candidates.every((r) => r.conditional) && next < groups.length; next++) {
        if (patternCovers(groups[next]![0]!.destination, destination)) candidates.push(...groups[next]!);
      }
      const ways = candidates.map((route) => take1(network, router, ingress, route, options, part));
      if (candidates.every((r) => r.conditional)) ways.push(noRoute(network, router, ingress, options, part));
      return agree(ways, group[0]!.span, 'several routes may carry these packets, and their lists differ');
    });
  });
  for (const box of remaining)
    pieces.push(...noRoute(network, router, ingress, options, { ...walker, current: box }));
  return pieces;
}

function take1(
  network: Network,
  router: Router,
  ingress: Interface,
  route: Route,
  options: PathOptions,
  walker: Walker,
): readonly PathPiece[] {
  switch (route.egress.kind) {
    case 'null':
      return [
        stop(
          walker,
          'deny',
          toConfigLine(route.span),
          { kind: 'dropped' },
          'the route leads to Null0',
          route.span,
        ),
      ];
    case 'unknown':
      return beyondText(walker, `${route.egress.reason} (line ${route.span.line})`);
    case 'interface': {
      const out = router.config.interfaces.get(route.egress.interface);
      const learned = learnedDefault(route);
      if (!out)
        return beyondText(
          walker,
          `the route leaves by ${route.egress.interface}, which the text does not show`,
        );
      return leave(network, router, ingress, out, route.egress.nextHop, options, {
        ...walker,
        assumptions: [...walker.assumptions, ...(learned === null ? [] : [learned])],
      });
    }
  }
}

/** What several possible ways have in common: where they differ, the answer is undetermined because of a line. */
function agree(ways: readonly (readonly PathPiece[])[], span: SourceSpan, why: string): readonly PathPiece[] {
  return ways.reduce((merged, way) =>
    merged.flatMap((a) =>
      way.flatMap((b) => {
        const common = intersect([a.sent], [b.sent]);
        return common.map((sent): PathPiece => {
          if (a.verdict === b.verdict) return { ...a, sent, doubts: [...a.doubts, ...b.doubts] };
          return {
            ...a,
            sent,
            verdict: 'undetermined',
            decidedBy: null,
            arrival: { kind: 'beyond-text' },
            doubts: [
              ...a.doubts,
              ...b.doubts,
              { line: toConfigLine(span), reason: `undetermined, because line ${span.line}: ${why}` },
            ],
          };
        });
      }),
    ),
  );
}

const beyondText = (walker: Walker, why: string): readonly PathPiece[] => [
  {
    ...stop(walker, walker.verdict, walker.decidedBy, { kind: 'beyond-text' }),
    assumptions: [...walker.assumptions, `the egress is unknown: ${why}; lists beyond it are not counted`],
  },
];

function noRoute(
  network: Network,
  router: Router,
  ingress: Interface,
  options: PathOptions,
  walker: Walker,
): readonly PathPiece[] {
  const back = options.replyTo?.entered.find((e) => e.router.name === router.name)?.interface;
  if (back) {
    const assumed = `no route leads back to the sender; the reply is taken to leave by ${back.name}, where the packet entered`;
    return leave(network, router, ingress, back, null, options, {
      ...walker,
      assumptions: [...walker.assumptions, assumed],
    });
  }
  const others = [...router.config.interfaces.values()].filter((i) => i.name !== ingress.name && !i.shutdown);
  const unsure =
    router.config.excerpt ||
    router.config.routing.some((r) => !['hsrp', 'vrrp', 'glbp'].includes(r.protocol)) ||
    others.length === 0 ||
    others.every((i) => i.addresses.every((a) => a.prefixLength === null)) ||
    router.routes.every((r) => r.connected);
  if (unsure) return beyondText(walker, 'no route of this text leads to the destination');
  return [stop(walker, 'deny', null, { kind: 'dropped' }, 'no route leads to the destination')];
}

/** Out of one interface: source translation, the outbound list, then the next router or the wire. */
function leave(
  network: Network,
  router: Router,
  ingress: Interface,
  out: Interface,
  nextHop: Ipv4 | null,
  options: PathOptions,
  walker: Walker,
): readonly PathPiece[] {
  if (out.shutdown)
    return [stop(walker, 'deny', null, { kind: 'dropped' }, `${out.name} is shut down`, out.span)];
  const go = (w: Walker): readonly PathPiece[] =>
    passList(
      router,
      out,
      'out',
      { ...doubtUnsaidDirection(out, w), assumptions: [...w.assumptions, ...effectAssumptions(out)] },
      options,
      (passed) => {
        const next = nextRouter(network, router, out, nextHop ?? hostOf(passed.current));
        if (next) return enter(network, next.router, next.interface, options, passed);
        return [
          stop(passed, passed.verdict, passed.decidedBy, { kind: 'delivered', router, interface: out }),
        ];
      },
    );
  const translates =
    (ingress.natSide === 'inside' && out.natSide === 'outside') ||
    (ingress.natSide === 'enabled' && out.natSide === 'enabled');
  if (!translates) return go(walker);
  return translateSource(router, walker.current).flatMap((t) => {
    const pieces = go(noteSource(translatedWalker(walker, t), boxSource(t.box)));
    return t.dynamic ? oneAnswer(pieces, translatedWalker(walker, t)) : pieces;
  });
}

/** `ip access-group X` alone bound the list outbound on old releases, and nowhere on those that refuse the line. */
function doubtUnsaidDirection(out: Interface, walker: Walker): Walker {
  const unsaid = out.effects.find((e) => e.name?.startsWith('ip access-group '));
  if (!unsaid || out.bindings.out) return walker;
  const { span } = unsaid;
  const reason = `undetermined, because line ${span.line}: it says neither in nor out, which some releases read as out`;
  return {
    ...walker,
    verdict: 'undetermined',
    decidedBy: null,
    doubts: [...walker.doubts, { line: toConfigLine(span), reason }],
  };
}

/** Remembers in the last passage what the source became. */
const noteSource = (walker: Walker, translated: AddressPattern): Walker => ({
  ...walker,
  entered: walker.entered.map((e, i) => (i === walker.entered.length - 1 ? { ...e, translated } : e)),
});

/** After a many-to-few translation a list that splits the pool leaves every sender undetermined. */
function oneAnswer(pieces: readonly PathPiece[], walker: Walker): readonly PathPiece[] {
  const first = pieces[0];
  const sent = walker.undo(walker.current);
  if (!first || pieces.length === 1) return pieces;
  if (pieces.every((p) => p.verdict === first.verdict)) return [{ ...first, sent }];
  return [
    {
      ...first,
      sent,
      verdict: 'undetermined',
      decidedBy: null,
      arrival: { kind: 'beyond-text' },
      doubts: [
        ...pieces.flatMap((p) => p.doubts),
        {
          line: null,
          reason: 'undetermined, because the list tells apart addresses or ports that translation chooses',
        },
      ],
    },
  ];
}

const hostOf = (box: Box): Ipv4 | null => {
  const destination = boxDestination(box);
  return destination.wildcard === 0 ? destination.address : null;
};

/** The other router that answers to this address on the network behind the interface. */
function nextRouter(
  network: Network,
  from: Router,
  out: Interface,
  address: Ipv4 | null,
): { router: Router; interface: Interface } | undefined {
  if (address === null) return undefined;
  for (const router of network.routers) {
    if (router === from) continue;
    const iface = ownerOf(router, address);
    if (iface && out.vrf === iface.vrf) return { router, interface: iface };
  }
  return undefined;
}

/**
 * To the router itself only the arrival interface's inbound list counts, whichever own address is meant; then, for
 * logins, the access-class of the terminal lines, which looks at the source (TAC 116101).
 */
function toRouterItself(router: Router, own: Interface, walker: Walker): readonly PathPiece[] {
  const arrival: Arrival = { kind: 'router', router, interface: own };
  const vty = router.config.lines.filter((l) => l.kind === 'vty');
  const guarded = vty.filter((l) => l.accessClassIn !== null);
  const logins = [makeBox({ protocol: 6, destinationPorts: [[22, 23]] })];
  const rest = subtract([walker.current], logins);
  const pieces: PathPiece[] = rest.map((box) =>
    stop({ ...walker, current: box }, walker.verdict, walker.decidedBy, arrival),
  );
  const login = intersect([walker.current], logins);
  if (vty.length === 0 || guarded.length < vty.length) {
    const open = vty.find((l) => l.accessClassIn === null);
    for (const box of login) {
      const part = { ...walker, current: box };
      pieces.push({
        ...stop(part, walker.verdict, walker.decidedBy, arrival),
        assumptions: open
          ? [
              ...walker.assumptions,
              `line vty ${open.first} ${open.last} has no access-class (line ${open.span.line})`,
            ]
          : walker.assumptions,
      });
    }
    return pieces;
  }
  for (const box of login) {
    const part = { ...walker, current: box };
    const ways = guarded.map((line) => {
      const acl = line.accessClassIn!.acl;
      const compiled = router.list(acl, undefined, 'unsolicited');
      const enterBy = (from: Walker): readonly PathPiece[] =>
        applyList(
          compiled,
          acl,
          from,
          (verdict, decidedBy) => ({
            router: router.name,
            interface: `vty ${line.first} ${line.last}`,
            direction: 'in',
            acl,
            verdict,
            decidedBy,
          }),
          (passed) => [stop(passed, passed.verdict, passed.decidedBy, arrival)],
        );
      const particular = compiled.entries.find(
        ({ entry }) => entry.kind === 'ace' && namesDestination(entry),
      );
      if (!particular) return enterBy(part);
      // Before CSCuw89081 the list sees no destination at all, so that a particular one never matches.
      const { span } = particular.entry;
      const blind: Walker = {
        ...part,
        current: withDestination(box, NO_ADDRESS),
        undo: (b) => part.undo(withDestination(b, boxDestination(box))),
      };
      return agree(
        [enterBy(part), enterBy(blind)],
        span,
        'not every release compares the destination in an access-class',
      );
    });
    pieces.push(...anyPermits(ways));
  }
  return pieces;
}

const NO_ADDRESS = hostPattern(toIpv4(0));

const namesDestination = ({ match: { destination } }: Ace): boolean =>
  destination.kind !== 'pattern' || destination.pattern.wildcard !== ANY_ADDRESS.wildcard;

/** A login takes whichever terminal line is free: it gets in when one of them lets it. */
function anyPermits(ways: readonly (readonly PathPiece[])[]): readonly PathPiece[] {
  const rank: Record<Verdict, number> = { permit: 2, undetermined: 1, deny: 0 };
  return ways.reduce((merged, way) =>
    merged.flatMap((a) =>
      way.flatMap((b) =>
        intersect([a.sent], [b.sent]).map((sent) => ({
          ...(rank[b.verdict] > rank[a.verdict] ? b : a),
          sent,
        })),
      ),
    ),
  );
}

/** What the text says of an interface that is stated, not modelled. */
function effectAssumptions(iface: Interface): readonly string[] {
  return iface.effects.map((e) => `${iface.name}: ${EFFECT_WORDS[e.family]} (line ${e.span.line})`);
}

const EFFECT_WORDS: Readonly<Record<Interface['effects'][number]['family'], string>> = {
  inspect: 'stateful inspection may open return paths; not counted',
  zone: 'zone policy may drop more than the lists; not counted',
  'policy-route': 'policy routing may choose another egress; not counted',
  urpf: 'reverse-path checks may drop spoofed sources; not counted',
  'crypto-map': 'encryption may take packets away before the outbound list; not counted',
  'tcp-intercept': 'TCP intercept answers for the server; an open port seen through it is not the server',
  'ipv6-filter': 'IPv6 is not modelled',
  'service-policy': 'a service policy may drop packets; not counted',
  'web-redirect': 'web redirection may change what is seen; not counted',
  other: 'a statement whose effect is not modelled',
};

/**
 * True when both ends sit on one connected network, so that no router stands between. A router is no neighbour:
 * what is sent to one of its own addresses, or to one that it translates, meets the inbound list.
 */
export function onOneSegment(network: Network, a: Ipv4, b: Ipv4): boolean {
  if (network.routers.some((r) => ownerOf(r, b) !== undefined || isTranslated(r, b))) return false;
  return network.routers.some((r) =>
    r.routes.some(
      (route) =>
        route.connected && patternContains(route.destination, a) && patternContains(route.destination, b),
    ),
  );
}
