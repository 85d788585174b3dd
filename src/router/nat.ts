import { coverWithin } from '../acl/decide.ts';
import {
  type Box,
  boxDestination,
  boxHasPorts,
  boxSource,
  makeBox,
  withDestination,
  withPorts,
  withSource,
} from '../headerspace/box.ts';
import { intersect, type PacketSet, subtract } from '../headerspace/packet-set.ts';
import {
  type AddressPattern,
  formatIpv4,
  hostPattern,
  type Ipv4,
  patternContains,
  prefixPattern,
} from '../model/address.ts';
import type { PortSet } from '../model/ports.ts';
import type { Interface, NatRule } from '../model/router-config.ts';
import type { Fork } from './fork.ts';
import type { Router } from './network.ts';
import {
  appliesTo,
  asksOf,
  type End,
  globalPattern,
  moveStatic,
  type Side,
  staticMappings,
} from './nat-static.ts';
import type { Rewriting, Translation } from './translation.ts';

/** What a session's first packet looked like before this router translated it, and after. */
export interface Session {
  readonly before: Box;
  readonly after: Box;
}

type DynamicRule = Extract<NatRule, { kind: 'dynamic' }>;
type RotaryRule = Extract<NatRule, { kind: 'rotary' }>;

const untouched = (box: Box): Translation => ({
  box,
  apply: (b) => b,
  undo: (b) => b,
  assumption: null,
  dynamic: false,
});

const asIs = (part: Box): Rewriting => ({ part, ways: [untouched(part)], fork: null });

const then = (a: Translation, b: Translation): Translation => ({
  box: b.box,
  apply: (box) => b.apply(a.apply(box)),
  undo: (box) => a.undo(b.undo(box)),
  assumption: a.assumption ?? b.assumption,
  dynamic: a.dynamic || b.dynamic,
  ...(b.vrf === undefined ? (a.vrf === undefined ? {} : { vrf: a.vrf }) : { vrf: b.vrf }),
});

/** The static rule that gives an inner host this address outside. */
export const translatedBy = (router: Router, address: Ipv4): NatRule | undefined =>
  router.config.nat.find((rule) => {
    if (rule.kind !== 'static' || rule.side !== 'inside') return false;
    const outer = globalPattern(router, rule);
    return outer !== null && patternContains(outer, address);
  });

export const isTranslated = (router: Router, address: Ipv4): boolean =>
  translatedBy(router, address) !== undefined;

/**
 * Outside to inside, after the inbound list and before routing: the destination's global address becomes the local
 * one, and an outer host may get a local address. `session` is what this router translated on the way out, for a reply.
 */
export function translateInward(
  router: Router,
  ingress: Interface,
  box: Box,
  session: Session | null,
): readonly Rewriting[] {
  const nvi = ingress.natSide === 'enabled';
  const rewritings: Rewriting[] = [];
  let rest: PacketSet = [box];
  if (session) {
    const asks = makeBox({ destination: boxSource(session.after) });
    for (const hit of intersect(rest, [asks])) rewritings.push(only(hit, backToSource(hit, session)));
    rest = subtract(rest, [asks]);
  }
  const ruled = rest.flatMap((part) => statically(router, part, 'destination', 'inward', nvi, ingress));
  for (const rewriting of ruled) {
    if (rewriting.fork !== null || rewriting.ways[0]!.box !== rewriting.part) rewritings.push(rewriting);
    else if (session) rewritings.push(rewriting);
    else rewritings.push(...toPools(router, rewriting.part, nvi));
  }
  return rewritings.flatMap((r) => followedBy(r, (b) => outerSource(router, b, nvi, ingress)));
}

/** Inside to outside, after routing and before the outbound list: local sources become global ones. */
export function translateOutward(
  router: Router,
  ingress: Interface,
  box: Box,
  session: Session | null,
): readonly Rewriting[] {
  const nvi = ingress.natSide === 'enabled';
  const rewritings: Rewriting[] = [];
  let rest: PacketSet = [box];
  if (session) {
    const asks = makeBox({ source: boxDestination(session.after) });
    for (const hit of intersect(rest, [asks])) rewritings.push(only(hit, backToDestination(hit, session)));
    rest = subtract(rest, [asks]);
  }
  for (const part of rest)
    for (const rewriting of statically(router, part, 'source', 'outward', nvi, ingress)) {
      const hit = rewriting.fork !== null || rewriting.ways[0]!.box !== rewriting.part;
      rewritings.push(...(hit ? [rewriting] : intoPools(router, rewriting.part, 'inside', nvi, ingress)));
    }
  return rewritings.flatMap((r) =>
    followedBy(r, (b) => statically(router, b, 'destination', 'outward', nvi, ingress)),
  );
}

const only = (part: Box, way: Translation): Rewriting => ({ part, ways: [way], fork: null });

/** A second translation of what the first one made, where any applies. */
function followedBy(first: Rewriting, second: (box: Box) => readonly Rewriting[]): readonly Rewriting[] {
  if (first.dropped) return [first];
  const seconds = first.ways.map((way) => second(way.box));
  if (seconds.every((s) => s.length === 1 && s[0]!.ways.length === 1 && s[0]!.ways[0]!.box === s[0]!.part))
    return [first];
  const [way] = first.ways;
  if (way && first.ways.length === 1)
    return seconds[0]!.map((s) => ({
      part: way.undo(s.part),
      ways: s.ways.map((w) => then(way, w)),
      fork: s.fork,
    }));
  const ways = first.ways.flatMap((w, i) => seconds[i]!.flatMap((s) => s.ways.map((next) => then(w, next))));
  return [{ ...first, ways }];
}

/** A reply to a dynamically translated sender gets the sender's own address and port back. */
const backToSource = (hit: Box, { before }: Session): Translation =>
  restoring(hit, (b) => {
    const back = withDestination(b, boxSource(before));
    return boxHasPorts(b) && boxHasPorts(before) ? withPorts(back, { destination: before.l4a }) : back;
  });

/** A reply of a host behind a rotary address leaves under that address. */
const backToDestination = (hit: Box, { before }: Session): Translation =>
  restoring(hit, (b) => withSource(b, boxDestination(before)));

const restoring = (hit: Box, apply: (box: Box) => Box): Translation => ({
  box: apply(hit),
  apply,
  // Which of the header's addresses and ports the session had is all that was lost.
  undo: (b) => ({ ...b, source: hit.source, destination: hit.destination, l4a: hit.l4a, l4b: hit.l4b }),
  assumption: null,
  dynamic: true,
});

/** Static rules, single ports before whole addresses; what none of them moves stays in a part of its own. */
function statically(
  router: Router,
  box: Box,
  end: End,
  direction: Side,
  nvi: boolean,
  ingress: Interface,
): readonly Rewriting[] {
  const found: Rewriting[] = [];
  let rest: PacketSet = [box];
  for (const mapping of staticMappings(router, end, direction, nvi)) {
    if (rest.length === 0) break;
    if (direction === 'outward' && !appliesTo(mapping.rule, ingress)) continue;
    for (const asks of asksOf(router, mapping, ingress)) {
      const hits = intersect(rest, [asks]);
      if (hits.length === 0) continue;
      rest = subtract(rest, [asks]);
      for (const part of hits) {
        const moved = moveStatic(part, mapping);
        found.push(
          mapping.unsure === null
            ? only(part, moved)
            : {
                part,
                ways: [moved, untouched(part)],
                fork: { lines: [mapping.rule.span], why: mapping.unsure },
              },
        );
      }
    }
  }
  return [...found, ...rest.map(asIs)];
}

/** The source of outer hosts: `outside source static`, then pools. */
function outerSource(router: Router, box: Box, nvi: boolean, ingress: Interface): readonly Rewriting[] {
  if (!router.config.nat.some((r) => r.kind !== 'rotary' && r.side === 'outside')) return [asIs(box)];
  return statically(router, box, 'source', 'inward', nvi, ingress).flatMap((r) =>
    r.fork === null && r.ways[0]!.box === r.part ? intoPools(router, r.part, 'outside', nvi, ingress) : [r],
  );
}

/** Pools and overloaded interfaces, rule by rule: the list says who is translated; what it denies asks the next rule. */
function intoPools(
  router: Router,
  box: Box,
  side: DynamicRule['side'],
  nvi: boolean,
  ingress: Interface,
): readonly Rewriting[] {
  const found: Rewriting[] = [];
  let rest: PacketSet = [box];
  for (const rule of router.config.nat) {
    if (rule.kind !== 'dynamic' || rule.side !== side || (rule.nvi ?? false) !== nvi) continue;
    if (rest.length === 0 || (side === 'inside' && (rule.vrf ?? null) !== ingress.vrf)) continue;
    const { surely, perhaps, why } = chosenBy(router, rule, rest);
    const pool = poolPattern(router, rule);
    found.push(...surely.map((part) => only(part, intoPool(part, pool, rule))));
    found.push(
      ...perhaps.map((part) => ({
        part,
        ways: [intoPool(part, pool, rule), untouched(part)],
        fork: { lines: [rule.span], why },
      })),
    );
    rest = subtract(rest, [...surely, ...perhaps]);
  }
  return [...found, ...rest.map(asIs)];
}

/** Whom a dynamic rule translates. */
function chosenBy(
  router: Router,
  rule: DynamicRule,
  set: PacketSet,
): { surely: PacketSet; perhaps: PacketSet; why: string } {
  if (rule.list === null)
    return {
      surely: [],
      perhaps: set,
      why: `which packets route-map ${rule.routeMap ?? ''} translates is not modelled`,
    };
  if (!router.config.acls.has(rule.list))
    return {
      surely: [],
      perhaps: set,
      why: `it translates by list ${rule.list}, which the text does not show`,
    };
  const pieces = coverWithin(router.list(rule.list, undefined, 'unsolicited'), set);
  const boxes = (verdict: 'permit' | 'undetermined'): PacketSet =>
    pieces.filter((p) => p.verdict === verdict).map((p) => p.box);
  return {
    surely: boxes('permit'),
    perhaps: boxes('undetermined'),
    why: `whom list ${rule.list} translates depends on something that this text does not decide`,
  };
}

const ANYWHERE = prefixPattern(0, 0);

/** The address after it is one of several, and with overload the port too. */
function intoPool(box: Box, pool: AddressPattern | null, rule: DynamicRule): Translation {
  const to = pool ?? ANYWHERE;
  const ports: PortSet | null = boxHasPorts(box) && rule.overload ? box.l4a : null;
  const before = boxSource(box);
  const apply = (b: Box): Box => {
    const moved = withSource(b, to);
    return ports ? withPorts(moved, { source: [[1, 65535]] }) : moved;
  };
  const named =
    pool === null
      ? 'an address that the text does not show'
      : `${formatIpv4(pool.address)}${pool.wildcard === 0 ? '' : ' and its neighbours'}`;
  return {
    box: apply(box),
    apply,
    undo: (b) => {
      const back = withSource(b, before);
      return ports ? withPorts(back, { source: ports }) : back;
    },
    assumption: `the source is taken to be translated to ${named} (line ${rule.span.line})`,
    dynamic: true,
  };
}

/**
 * Packets that nobody inside asked for, to a pool's address. A rotary pool spreads them over its hosts. Without
 * overload, a translation that happens to live exposes every port of one inner host; with it, none does, and the
 * router itself answers for the address.
 */
function toPools(router: Router, box: Box, nvi: boolean): readonly Rewriting[] {
  const found: Rewriting[] = [];
  let rest: PacketSet = [box];
  const take = (asks: PacketSet, rewrite: (part: Box) => readonly Rewriting[]): void => {
    const hits = intersect(rest, asks);
    if (hits.length === 0) return;
    rest = subtract(rest, asks);
    found.push(...hits.flatMap(rewrite));
  };
  for (const own of router.ownAddresses)
    take([makeBox({ destination: hostPattern(own.address) })], (p) => rotated(router, p) ?? [asIs(p)]);
  for (const rule of router.config.nat) {
    if (rule.kind === 'rotary') {
      for (const part of rest) {
        const parts = rotated(router, part, rule);
        if (!parts) continue;
        found.push(...parts);
        rest = subtract(
          rest,
          parts.map((r) => r.part),
        );
      }
    } else if (
      rule.kind === 'dynamic' &&
      rule.side === 'inside' &&
      (rule.nvi ?? false) === nvi &&
      rule.pool !== null
    ) {
      const pool = router.config.natPools.get(rule.pool);
      if (pool)
        take(
          rangePatterns(pool.first, pool.last).map((destination) => makeBox({ destination })),
          (part) => [exposedByPool(router, part, rule)],
        );
    }
  }
  return [...found, ...rest.map(asIs)];
}

function exposedByPool(router: Router, part: Box, rule: DynamicRule): Rewriting {
  const pool = rule.pool ?? '';
  if (rule.overload)
    return {
      part,
      ways: [],
      fork: null,
      dropped: { reason: `no translation for an unasked packet to an address of pool ${pool}`, rule },
    };
  return {
    part,
    ways: insideHosts(router, rule).map(
      (to): Translation => ({
        box: withDestination(part, to),
        apply: (b) => withDestination(b, to),
        undo: (b) => withDestination(b, boxDestination(part)),
        assumption: null,
        dynamic: true,
        ...(rule.vrf === undefined ? {} : { vrf: rule.vrf }),
      }),
    ),
    fork: {
      lines: [rule.span],
      why: `a translation of pool ${pool} that happens to live exposes every port of an inner host`,
    },
    dropped: { reason: `no translation lives for this address of pool ${pool}`, rule },
  };
}

/** More inner networks than this are taken as one: anywhere. */
const MOST_NETWORKS = 16;

function insideHosts(router: Router, rule: DynamicRule): readonly AddressPattern[] {
  if (rule.list === null) return [ANYWHERE];
  const pieces = coverWithin(router.list(rule.list, undefined, 'unsolicited'), [makeBox({})]);
  const chosen = pieces.filter((p) => p.verdict !== 'deny').map((p) => boxSource(p.box));
  const sources = chosen.length === 0 || chosen.length > MOST_NETWORKS ? [ANYWHERE] : chosen;
  return subtract(
    sources.map((source) => makeBox({ source })),
    router.ownAddresses.map((own) => makeBox({ source: hostPattern(own.address) })),
  ).map(boxSource);
}

/** `inside destination`: TCP sessions to the addresses of a list go round the hosts of a pool. */
function rotated(router: Router, box: Box, only?: RotaryRule): readonly Rewriting[] | null {
  const rules = only ? [only] : router.config.nat.filter((r): r is RotaryRule => r.kind === 'rotary');
  for (const rule of rules) {
    const pool = router.config.natPools.get(rule.pool);
    const tcp = intersect([box], [makeBox({ protocol: 6 })]);
    if (!pool || tcp.length === 0) continue;
    const chosen = tcp.flatMap((part) => chosenDestinations(router, rule, part));
    if (chosen.length === 0) continue;
    const hosts = rangePatterns(pool.first, pool.last);
    const fork: Fork = {
      lines: [rule.span],
      why: `the pool ${rule.pool} chooses the host, and its hosts fare differently`,
    };
    const rest = subtract([box], chosen);
    return [
      ...chosen.map((part) => ({ part, fork, ways: hosts.map((to) => rotate(part, to)) })),
      ...(only ? [] : rest.map(asIs)),
    ];
  }
  return null;
}

const rotate = (part: Box, to: AddressPattern): Translation => ({
  box: withDestination(part, to),
  apply: (b) => withDestination(b, to),
  undo: (b) => withDestination(b, boxDestination(part)),
  assumption: null,
  dynamic: true,
});

/** A standard list names the virtual address as its source; an extended one as its destination. */
function chosenDestinations(router: Router, rule: RotaryRule, part: Box): PacketSet {
  const acl = router.config.acls.get(rule.list);
  if (!acl) return [];
  const standard = acl.kind === 'standard';
  const asked = standard ? withSource(part, boxDestination(part)) : part;
  return coverWithin(router.list(rule.list, undefined, 'unsolicited'), [asked])
    .filter((p) => p.verdict === 'permit')
    .map((p) => (standard ? withSource(withDestination(p.box, boxSource(p.box)), boxSource(part)) : p.box));
}

/** The addresses of a range as disjoint patterns. */
function rangePatterns(first: number, last: number): readonly AddressPattern[] {
  const patterns: AddressPattern[] = [];
  for (let at = first; at <= last; ) {
    let length = 32;
    while (length > 0) {
      const size = 2 ** (33 - length);
      if (at % size !== 0 || at + size - 1 > last) break;
      length--;
    }
    patterns.push(prefixPattern(at, length));
    at += 2 ** (32 - length);
  }
  return patterns;
}

/** All addresses that a rule may choose, or more; null where the text does not show them. */
function poolPattern(router: Router, rule: DynamicRule): AddressPattern | null {
  if (rule.interface !== null) {
    const own = router.config.interfaces.get(rule.interface)?.addresses.find((a) => !a.secondary);
    return own ? hostPattern(own.address) : null;
  }
  const pool = rule.pool === null ? undefined : router.config.natPools.get(rule.pool);
  if (!pool) return null;
  const differing = (pool.first ^ pool.last) >>> 0;
  return prefixPattern(pool.first, differing === 0 ? 32 : Math.clz32(differing));
}
