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
  prefixesOfRange,
  prefixPattern,
} from '../model/address.ts';
import type { PortSet } from '../model/ports.ts';
import { pushAll } from '../model/push-all.ts';
import type { Interface, NatPool, NatRule } from '../model/router-config.ts';
import type { Fork } from './fork.ts';
import { isAskedAt } from './nat-static.ts';
import type { Router } from './network.ts';
import { asIs, only, type Rewriting, type Translation, untouched } from './translation.ts';

type DynamicRule = Extract<NatRule, { kind: 'dynamic' }>;
type RotaryRule = Extract<NatRule, { kind: 'rotary' }>;

/** Pools and overloaded interfaces, rule by rule: the list says who is translated; what it denies asks the next rule. */
export function intoPools(
  router: Router,
  box: Box,
  side: DynamicRule['side'],
  ingress: Interface,
): readonly Rewriting[] {
  const found: Rewriting[] = [];
  let rest: PacketSet = [box];
  for (const rule of router.config.nat) {
    if (rule.kind !== 'dynamic' || rule.side !== side || !isAskedAt(rule, ingress)) continue;
    if (rest.length === 0 || (side === 'inside' && (rule.vrf ?? null) !== ingress.vrf)) continue;
    const { surely, perhaps, why } = chosenBy(router, rule, rest);
    const pool = poolPattern(router, rule);
    pushAll(
      found,
      surely.map((part) => only(part, intoPool(part, pool, rule))),
    );
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

export const ANYWHERE = prefixPattern(0, 0);

/** The address after it is one of several, and with overload the port too. */
export function intoPool(box: Box, pool: AddressPattern | null, rule: DynamicRule): Translation {
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
export function toPools(router: Router, box: Box, ingress: Interface): readonly Rewriting[] {
  const found: Rewriting[] = [];
  let rest: PacketSet = [box];
  const take = (asks: PacketSet, rewrite: (part: Box) => readonly Rewriting[]): void => {
    const hits = intersect(rest, asks);
    if (hits.length === 0) return;
    rest = subtract(rest, asks);
    pushAll(found, hits.flatMap(rewrite));
  };
  for (const own of router.ownAddresses)
    take([makeBox({ destination: hostPattern(own.address) })], (p) => rotated(router, p) ?? [asIs(p)]);
  for (const rule of router.config.nat) {
    if (rule.kind === 'rotary') {
      for (const part of rest) {
        const parts = rotated(router, part, rule);
        if (!parts) continue;
        pushAll(found, parts);
        rest = subtract(
          rest,
          parts.map((r) => r.part),
        );
      }
    } else if (
      rule.kind === 'dynamic' &&
      rule.side === 'inside' &&
      isAskedAt(rule, ingress) &&
      rule.pool !== null
    ) {
      const pool = router.config.natPools.get(rule.pool);
      if (pool)
        take(
          poolAddresses(pool).map((destination) => makeBox({ destination })),
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
    ways: insideHosts(router, rule).map((to) => ({
      ...redirected(part, to),
      ...(rule.vrf === undefined ? {} : { vrf: rule.vrf }),
    })),
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
export function rotated(router: Router, box: Box, only?: RotaryRule): readonly Rewriting[] | null {
  const rules = only ? [only] : router.config.nat.filter((r): r is RotaryRule => r.kind === 'rotary');
  for (const rule of rules) {
    const pool = router.config.natPools.get(rule.pool);
    const tcp = intersect([box], [makeBox({ protocol: 6 })]);
    if (!pool || tcp.length === 0) continue;
    const chosen = tcp.flatMap((part) => chosenDestinations(router, rule, part));
    if (chosen.length === 0) continue;
    const hosts = poolAddresses(pool);
    const fork: Fork = {
      lines: [rule.span],
      why: `the pool ${rule.pool} chooses the host, and its hosts fare differently`,
    };
    const rest = subtract([box], chosen);
    return [
      ...chosen.map((part) => ({ part, fork, ways: hosts.map((to) => redirected(part, to)) })),
      ...(only ? [] : rest.map(asIs)),
    ];
  }
  return null;
}

/** Sent to another host than the packet names, for as long as a translation lives. */
export const redirected = (part: Box, to: AddressPattern): Translation => ({
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

/** All addresses that a rule may choose, or more; null where the text does not show them. */
export function poolPattern(router: Router, rule: DynamicRule): AddressPattern | null {
  if (rule.interface !== null) {
    const own = router.config.interfaces.get(rule.interface)?.addresses.find((a) => !a.secondary);
    return own ? hostPattern(own.address) : null;
  }
  const pool = rule.pool === null ? undefined : router.config.natPools.get(rule.pool);
  return pool ? poolNetwork(pool) : null;
}

/** The smallest network that holds all of a pool; null for a pool without addresses. */
export function poolNetwork(pool: NatPool): AddressPattern | null {
  const ends = pool.ranges.flatMap((r) => [r.first, r.last]);
  const [first] = ends;
  if (first === undefined) return null;
  const differing = ends.reduce((bits, end) => bits | (first ^ end), 0) >>> 0;
  return prefixPattern(first, differing === 0 ? 32 : Math.clz32(differing));
}

export const poolAddresses = (pool: NatPool): readonly AddressPattern[] =>
  pool.ranges.flatMap((r) => prefixesOfRange(r.first, r.last));
