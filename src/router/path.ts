import { type Box, boxDestination, makeBox } from '../headerspace/box.ts';
import { intersect, type PacketSet, subtract } from '../headerspace/packet-set.ts';
import { hostPattern, type Ipv4, patternContains } from '../model/address.ts';
import { pushAll } from '../model/push-all.ts';
import type { Interface, UnmodelledEffect } from '../model/router-config.ts';
import { refusedByClass } from './classful.ts';
import { passList } from './filter.ts';
import type { Fork } from './fork.ts';
import { groupFate } from './group-addresses.ts';
import { whyIdle } from './idle-interface.ts';
import { throughOpening } from './inspection.ts';
import {
  hasTranslation,
  type Session,
  translatedBy,
  translateInward,
  translateOutward,
  translates,
} from './nat.ts';
import { type Entrance, hostOf, nextRouters } from './neighbours.ts';
import type { Network, Router, Traffic } from './network.ts';
import { toRouterItself } from './own-services.ts';
import { checkSource } from './reverse-path.ts';
import { learnedDefault, type Route } from './route.ts';
import { choicesFor } from './routes.ts';
import { doubtUnread, statedEffects, statedPorts, statedSettings } from './stated-effects.ts';
import type { Rewriting } from './translation.ts';
import { destinationMayBeMissing } from './unknown-routes.ts';
import {
  arrive,
  assuming,
  beyondText,
  doubting,
  doubtOf,
  drop,
  enterRouter,
  type GoOn,
  type PathOptions,
  type PathPiece,
  startWalk,
  translated,
  type Walker,
} from './walk.ts';
import { agree, settle } from './ways.ts';
import { passZones } from './zones.ts';

/** What every step of one walk shares. */
interface Walk {
  readonly network: Network;
  readonly options: PathOptions;
}

/** Follows packets that arrive at one interface through the network, list by list. */
export const followPath = (
  network: Network,
  router: Router,
  ingress: Interface,
  set: PacketSet,
  options: PathOptions,
): readonly PathPiece[] =>
  set.flatMap((box) => enter({ network, options }, { router, interface: ingress }, startWalk(box)));

/** Follows packets that a router itself sends: its own outbound lists do not see them (2960-X guide, p. 1264). */
export const followFromRouter = (
  network: Network,
  router: Router,
  own: Interface,
  set: PacketSet,
  options: PathOptions,
): readonly PathPiece[] =>
  set.flatMap((box) => route({ network, options }, { router, interface: own, sends: true }, startWalk(box)));

/** Where packets are while a router handles them. */
interface Place extends Entrance {
  /** The router made them itself: no list, zone or translation of its own meets them on the way out. */
  readonly sends: boolean;
}

/** Into a router: inbound list, check of the source, translation, then on. */
function enter(walk: Walk, { router, interface: ingress }: Entrance, walker: Walker): readonly PathPiece[] {
  if (walker.entered.some((e) => e.router === router && e.interface === ingress))
    return [drop(walker, `a routing loop returns to ${router.name}`)];
  const idle = whyIdle(ingress);
  if (idle) return [drop(walker, idle, ingress.span)];
  const place: Place = { router, interface: ingress, sends: false };
  const here = doubtUnread(
    ingress,
    assuming(
      enterRouter(walker, router, ingress),
      ...statedSettings(router, walker.current),
      ...statedEffects(ingress),
      ...statedPorts(router, ingress),
    ),
  );
  return partsByReceiver(walk, place, here).flatMap(({ part, traffic }) =>
    filter(walk, place, ingress, 'in', part, traffic, (passed) =>
      checkSource(router, ingress, passed, (checked) => comeInside(walk, place, checked)),
    ),
  );
}

/** Lists with object groups may see packets to the router itself with other eyes. */
function partsByReceiver(
  walk: Walk,
  { router, interface: ingress }: Place,
  walker: Walker,
): readonly { part: Walker; traffic: Traffic }[] {
  const traffic: Traffic = walk.options.replyTo ? 'reply' : 'unsolicited';
  const binding = ingress.bindings.in;
  if (!binding || walk.options.replyTo || router.config.objectGroups.size === 0)
    return [{ part: walker, traffic }];
  const own = router.ownAddresses.map((a) => makeBox({ destination: hostPattern(a.address) }));
  const mine = own.flatMap((asks) => intersect([walker.current], [asks]));
  const punted = mine.filter((box) => !isMoved(router, ingress, box));
  const others = subtract([walker.current], punted);
  return [
    ...others.map((current) => ({ part: { ...walker, current }, traffic })),
    ...punted.map((current) => ({ part: { ...walker, current }, traffic: 'to-router' as const })),
  ];
}

const isMoved = (router: Router, ingress: Interface, box: Box): boolean =>
  hasTranslation(ingress) &&
  translateInward(router, ingress, box, null).some((r) => r.ways.some((w) => w.box !== r.part));

/** A bound list; of a reply that it denies, what inspection of the session opened passes all the same. */
function filter(
  walk: Walk,
  { router, interface: ingress }: Place,
  iface: Interface,
  direction: 'in' | 'out',
  walker: Walker,
  traffic: Traffic,
  go: GoOn,
): readonly PathPiece[] {
  const pieces = passList(router, iface, direction, walker, traffic, go);
  const session = sessionAt(walk, router);
  const acl = iface.bindings[direction]?.acl;
  if (!session || acl === undefined) return pieces;
  const place = { router: router.name, interface: iface.name, direction, acl };
  return pieces.flatMap((piece) =>
    piece.hops.length === walker.hops.length + 1 && piece.hops.at(-1)?.verdict === 'deny'
      ? throughOpening(router, session.interface, ingress, place, atDenial(walker, piece), piece, go)
      : [piece],
  );
}

const atDenial = (walker: Walker, piece: PathPiece): Walker => ({
  ...walker,
  current: piece.arrived,
  hops: piece.hops,
});

/** For a reply: the passage of the session through this router. */
const sessionAt = (walk: Walk, router: Router) =>
  walk.options.replyTo?.entered.find((e) => e.router.name === router.name);

/** What a reply's session had translated by way of a pool, so that no rule tells the way back. */
function sessionOf(walk: Walk, router: Router): Session | null {
  const passage = sessionAt(walk, router);
  return passage?.dynamic ? passage : null;
}

function comeInside(walk: Walk, place: Place, walker: Walker): readonly PathPiece[] {
  const { router, interface: ingress } = place;
  if (!hasTranslation(ingress)) return route(walk, place, walker);
  return translateInward(router, ingress, walker.current, sessionOf(walk, router)).flatMap((rewriting) =>
    rewrite(walker, rewriting, (moved, vrf) => route(walk, place, moved, vrf)),
  );
}

/** Every header that a translation may give, followed; where several are possible, what they have in common. */
function rewrite(
  walker: Walker,
  { part, ways, fork, dropped }: Rewriting,
  go: (moved: Walker, vrf: string | undefined) => readonly PathPiece[],
): readonly PathPiece[] {
  const here = { ...walker, current: part };
  const followed = ways.map((way) => go(translated(here, way), way.vrf));
  if (dropped) followed.unshift([drop(here, dropped.reason, dropped.rule.span)]);
  if (followed.length > 1) return agree(followed, fork ?? CHOSEN_BY_TRANSLATION);
  const pieces = followed[0] ?? [];
  return ways[0]?.dynamic ? settle(pieces, CHOSEN_BY_TRANSLATION) : pieces;
}

const CHOSEN_BY_TRANSLATION: Fork = {
  lines: [],
  why: 'the list tells apart addresses or ports that translation chooses',
};

/** Own addresses, then the routing table, longest prefix first. */
function route(walk: Walk, place: Place, walker: Walker, vrf?: string | null): readonly PathPiece[] {
  const { router, interface: ingress } = place;
  const table = vrf === undefined ? ingress.vrf : vrf;
  const pieces: PathPiece[] = [];
  let rest: PacketSet = [walker.current];
  const take = (asks: Box, go: (part: Walker) => readonly PathPiece[]): void => {
    const inside = intersect(rest, [asks]);
    if (inside.length === 0) return;
    rest = subtract(rest, [asks]);
    for (const current of inside) pushAll(pieces, go({ ...walker, current }));
  };
  if (!place.sends)
    for (const own of router.ownAddresses)
      if (own.interface.vrf === table && patternContains(boxDestination(walker.current), own.address))
        take(makeBox({ destination: hostPattern(own.address) }), (part) =>
          receive(walk, place, own.interface, part),
        );
  for (const current of rest) pushAll(pieces, toOneOrMany(walk, place, table, { ...walker, current }));
  return pieces;
}

function toOneOrMany(walk: Walk, place: Place, table: string | null, walker: Walker): readonly PathPiece[] {
  const host = hostOf(boxDestination(walker.current));
  const fate = host === null || place.sends ? null : groupFate(place.router, place.interface, host);
  switch (fate?.kind) {
    case undefined:
      return carry(walk, place, table, doubtOuterAddress(walk, place, host, walker));
    case 'heard':
      return receive(walk, place, place.interface, walker);
    case 'unknown':
      return carry(
        walk,
        place,
        table,
        doubting(walker, { line: null, reason: `undetermined: ${fate.reason}` }),
      );
  }
}

/**
 * From inside, the address that an inner host has outside is not translated: the router answers for it itself, unless
 * a router beyond sends the packets back.
 */
function doubtOuterAddress(walk: Walk, place: Place, host: Ipv4 | null, walker: Walker): Walker {
  if (host === null || place.sends || walk.options.replyTo || hasTranslation(place.interface)) return walker;
  const rule = translatedBy(place.router, host);
  return rule
    ? doubting(walker, doubtOf(rule.span, 'from inside, this address of an inner host is not translated'))
    : walker;
}

function receive(walk: Walk, { router, interface: ingress }: Place, own: Interface, walker: Walker) {
  return passZones(router, ingress, 'self', walk.options.replyTo !== null, walker, (passed) =>
    toRouterItself(router, ingress, own, passed),
  );
}

/** On towards another network. */
function carry(walk: Walk, place: Place, table: string | null, walker: Walker): readonly PathPiece[] {
  const { router, interface: ingress } = place;
  const { egress } = walk.options;
  // Routers before the one that has the interface carry by their routes.
  if (egress && router.config.interfaces.get(egress.name) === egress)
    return leave(walk, place, egress, null, walker);
  if (!router.config.settings.ipRouting && !place.sends)
    return [drop(walker, '`no ip routing`: packets are not forwarded')];
  const policy = place.sends ? undefined : ingress.effects.find((e) => e.family === 'policy-route');
  if (!policy) return lookUp(walk, place, table, walker);
  const exits = [...router.config.interfaces.values()].filter((i) => !i.shutdown && i.vrf === table);
  const ways = [
    lookUp(walk, place, table, walker),
    ...exits.map((out) => leave(walk, place, out, null, walker)),
    ...dropsByPolicy(router, policy.name).map(({ span }) => [
      drop(walker, `route-map ${policy.name} may send it to Null0`, span),
    ]),
  ];
  return agree(ways, {
    lines: [policy.span],
    why: 'policy routing may choose another egress, whose list differs',
  });
}

/** Clauses of a route-map that send packets nowhere. */
const dropsByPolicy = (router: Router, routeMap: string | undefined): readonly UnmodelledEffect[] =>
  router.config.settings.effects.filter(
    (e) => e.family === 'policy-route' && e.name?.startsWith(`route-map ${routeMap} `),
  );

function lookUp(walk: Walk, place: Place, table: string | null, walker: Walker): readonly PathPiece[] {
  const { router } = place;
  const pieces: PathPiece[] = [];
  let rest: PacketSet = [walker.current];
  for (const { destination, routes, mayFail } of choicesFor(
    router.routes,
    table,
    boxDestination(walker.current),
  )) {
    if (rest.length === 0) break;
    const refused = refusedByClass(router, table, routes[0]!.prefixLength);
    for (const current of intersect(rest, refused))
      pieces.push(
        drop({ ...walker, current }, '`no ip classless`: no route to this subnet of a known network'),
      );
    rest = subtract(rest, refused);
    const asks = [makeBox({ destination })];
    for (const current of intersect(rest, asks)) {
      const part = { ...walker, current };
      const ways = differing(routes).map((r) => along(walk, place, r, part));
      if (mayFail) ways.push(noRoute(walk, place, part));
      pieces.push(
        ...agree(ways, {
          lines: routes.map((r) => r.span),
          why: 'several routes may carry these packets, and their lists differ',
        }),
      );
    }
    rest = subtract(rest, asks);
  }
  for (const current of rest) pushAll(pieces, noRoute(walk, place, { ...walker, current }));
  return pieces;
}

/** Routes to the same egress and next hop carry alike. */
const differing = (routes: readonly Route[]): readonly Route[] => [
  ...new Map(routes.map((r) => [JSON.stringify(r.egress), r])).values(),
];

function along(walk: Walk, place: Place, r: Route, walker: Walker): readonly PathPiece[] {
  const { router, interface: ingress } = place;
  switch (r.egress.kind) {
    case 'null':
      return [drop(walker, 'the route leads to Null0', r.span)];
    case 'unknown':
      return [beyondText(walker, `${r.egress.reason} (line ${r.span.line})`)];
    case 'interface': {
      const name = r.egress.interface;
      const out = router.config.interfaces.get(name);
      if (!out) return [beyondText(walker, `the route leaves by ${name}, which the text does not show`)];
      const learned = learnedDefault(r);
      const left = leave(walk, place, out, r, learned === null ? walker : assuming(walker, learned));
      const { addressing } = ingress;
      if (out !== ingress || (addressing.kind !== 'dhcp' && addressing.kind !== 'negotiated')) return left;
      return agree([left, receive(walk, place, ingress, walker)], {
        lines: [addressing.span],
        why: `the address of ${ingress.name} is not in the text, so these packets may be for the router itself`,
      });
    }
  }
}

function noRoute(walk: Walk, place: Place, walker: Walker): readonly PathPiece[] {
  const { router, interface: ingress } = place;
  const back = sessionAt(walk, router)?.interface;
  if (back) {
    const assumed = `no route leads back to the sender; the reply is taken to leave by ${back.name}, where the packet entered`;
    return leave(walk, place, back, null, assuming(walker, assumed));
  }
  return destinationMayBeMissing(router, ingress)
    ? [beyondText(walker, 'no route of this text leads to the destination')]
    : [drop(walker, 'no route leads to the destination')];
}

/** Out of one interface: zones, source translation, the outbound list, then the next router or the wire. */
function leave(
  walk: Walk,
  place: Place,
  out: Interface,
  r: Route | null,
  walker: Walker,
): readonly PathPiece[] {
  const { router, interface: ingress } = place;
  const idle = whyIdle(out);
  if (idle) return [drop(walker, idle, out.span)];
  if (place.sends) return handOver(walk, router, out, r, walker);
  const isReply = walk.options.replyTo !== null;
  const outward = (w: Walker): readonly PathPiece[] =>
    filter(
      walk,
      place,
      out,
      'out',
      doubtUnread(out, assuming(w, ...statedEffects(out), ...statedPorts(router, out))),
      isReply ? 'reply' : 'unsolicited',
      (passed) => handOver(walk, router, out, r, passed),
    );
  return passZones(router, ingress, out, isReply, walker, (zoned) =>
    translates(ingress, out)
      ? translateOutward(router, ingress, zoned.current, sessionOf(walk, router)).flatMap((rewriting) =>
          rewrite(zoned, rewriting, outward),
        )
      : outward(zoned),
  );
}

function handOver(
  walk: Walk,
  router: Router,
  out: Interface,
  r: Route | null,
  walker: Walker,
): readonly PathPiece[] {
  const next = nextRouters(walk.network, router, out, r, hostOf(boxDestination(walker.current)));
  if (next.length === 0) return [arrive(walker, { kind: 'delivered', router, interface: out })];
  return agree(
    next.map((entrance) => enter(walk, entrance, walker)),
    {
      lines: next.map((n) => n.interface.span),
      why: 'several routers may take these packets next, and their lists differ',
    },
  );
}
