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
  samePattern,
  toAddressPattern,
} from '../model/address.ts';
import type { NatRule } from '../model/router-config.ts';
import type { Router } from './network.ts';

/** One part of a packet set after translation, with the way back to the header before it. */
export interface Translation {
  readonly box: Box;
  readonly undo: (box: Box) => Box;
  readonly assumption: string | null;
  /** The many-to-few kind: the source after it is one of a pool, so that nothing narrower is known. */
  readonly dynamic: boolean;
}

type StaticRule = Extract<NatRule, { kind: 'static' }>;

const untouched = (box: Box): Translation => ({ box, undo: (b) => b, assumption: null, dynamic: false });

/** Rules for single ports come before whole addresses, as the more specific entries of the table. */
const staticRules = (router: Router, side: 'inside' | 'outside'): readonly StaticRule[] =>
  router.config.nat
    .filter((r): r is StaticRule => r.kind === 'static' && r.side === side)
    .sort((a, b) => Number(a.localPort === null) - Number(b.localPort === null));

/** The global side of a rule; null when it is an interface whose address the text does not give. */
export function globalPattern(router: Router, rule: StaticRule): AddressPattern | null {
  if (rule.global !== null) return prefixPattern(rule.global, rule.prefixLength);
  if (rule.globalInterface === null) return null;
  const own = router.config.interfaces.get(rule.globalInterface)?.addresses.find((a) => !a.secondary);
  return own ? hostPattern(own.address) : null;
}

/** Whether a static rule gives an inner host this address outside. */
export const isTranslated = (router: Router, address: Ipv4): boolean =>
  staticRules(router, 'inside').some((rule) => {
    const outer = globalPattern(router, rule);
    return outer !== null && patternContains(outer, address);
  });

const localPattern = (rule: StaticRule): AddressPattern => prefixPattern(rule.local, rule.prefixLength);

/**
 * Outside to inside, before routing: the destination's global address becomes the local one (order of operation:
 * inbound list, then translation, then routing). `reply` is the source that this router translated on the way out.
 */
export function translateDestination(
  router: Router,
  box: Box,
  reply: { readonly from: AddressPattern; readonly to: AddressPattern } | null,
): readonly Translation[] {
  const out: Translation[] = [];
  let rest: PacketSet = [box];
  for (const rule of staticRules(router, 'inside')) {
    const outer = globalPattern(router, rule);
    if (!outer || (reply && rule.localPort !== null && samePattern(reply.from, outer))) continue;
    const asks =
      rule.globalPort === null ? makeBox({ destination: outer }) : portBox(rule, outer, 'destination');
    for (const hit of intersect(rest, [asks])) {
      const before = boxDestination(hit);
      let moved = withDestination(hit, rebase(before, localPattern(rule)));
      if (rule.localPort !== null && rule.globalPort !== null)
        moved = withPorts(moved, { destination: [[rule.localPort, rule.localPort]] });
      const globalPort = rule.globalPort;
      out.push({
        box: moved,
        undo: (b) => {
          const back = withDestination(b, rebase(boxDestination(b), outer));
          return globalPort === null ? back : withPorts(back, { destination: [[globalPort, globalPort]] });
        },
        assumption: null,
        dynamic: false,
      });
    }
    rest = subtract(rest, [asks]);
  }
  if (reply) {
    const asks = makeBox({ destination: reply.from });
    for (const hit of intersect(rest, [asks])) {
      const before = boxDestination(hit);
      out.push({
        box: withDestination(hit, reply.to),
        undo: (b) => withDestination(b, before),
        assumption: null,
        dynamic: false,
      });
    }
    rest = subtract(rest, [asks]);
  }
  const conditional = router.config.nat.find(
    (r) => r.kind === 'dynamic' && r.side === 'inside' && !r.overload,
  );
  out.push(
    ...rest.map((b) => ({
      ...untouched(b),
      assumption: conditional
        ? `dynamic translations that happen to live may expose more (line ${conditional.span.line})`
        : null,
    })),
  );
  return out;
}

/** The same offset inside another block of the same size. */
const rebase = (part: AddressPattern, block: AddressPattern): AddressPattern =>
  toAddressPattern(
    (block.address & ~block.wildcard) | (part.address & block.wildcard),
    part.wildcard & block.wildcard,
  );

function portBox(rule: StaticRule, address: AddressPattern, end: 'source' | 'destination'): Box {
  const protocol = rule.protocol ?? 6;
  const port = (end === 'source' ? rule.localPort : rule.globalPort) ?? 0;
  return end === 'source'
    ? makeBox({ protocol, source: address, sourcePorts: [[port, port]], fragments: 'whole' })
    : makeBox({ protocol, destination: address, destinationPorts: [[port, port]], fragments: 'whole' });
}

/** Inside to outside, after routing and before the outbound list: local sources become global ones. */
export function translateSource(router: Router, box: Box): readonly Translation[] {
  const out: Translation[] = [];
  let rest: PacketSet = [box];
  for (const rule of staticRules(router, 'inside')) {
    const outer = globalPattern(router, rule);
    if (!outer) continue;
    const asks =
      rule.localPort === null
        ? makeBox({ source: localPattern(rule) })
        : portBox(rule, localPattern(rule), 'source');
    for (const hit of intersect(rest, [asks])) {
      const inner = boxSource(hit);
      const { globalPort, localPort } = rule;
      let moved = withSource(hit, rebase(inner, outer));
      if (globalPort !== null) moved = withPorts(moved, { source: [[globalPort, globalPort]] });
      out.push({
        box: moved,
        undo: (b) => {
          const back = withSource(b, rebase(boxSource(b), localPattern(rule)));
          return localPort === null ? back : withPorts(back, { source: [[localPort, localPort]] });
        },
        assumption: null,
        dynamic: false,
      });
    }
    rest = subtract(rest, [asks]);
  }
  return [...out, ...rest.flatMap((b) => translateDynamically(router, b))];
}

/** Pools and overloaded interfaces, rule by rule: the list says who is translated; what it denies asks the next rule. */
function translateDynamically(router: Router, box: Box): readonly Translation[] {
  const out: Translation[] = [];
  let rest: PacketSet = [box];
  for (const rule of router.config.nat) {
    if (rule.kind !== 'dynamic' || rule.side !== 'inside') continue;
    const pool = poolPattern(router, rule);
    if (!pool) continue;
    const chosen = rule.list === null ? rest : notDenied(router, rule.list, rest);
    out.push(...chosen.map((part) => intoPool(part, pool, rule)));
    rest = subtract(rest, chosen);
    if (rest.length === 0) break;
  }
  return [...out, ...rest.map(untouched)];
}

/** Whom a list does not surely refuse. */
const notDenied = (router: Router, list: string, set: PacketSet): PacketSet =>
  coverWithin(router.list(list, undefined, 'unsolicited'), set)
    .filter((piece) => piece.verdict !== 'deny')
    .map((piece) => piece.box);

/** The address after it is one of several. */
function intoPool(box: Box, pool: AddressPattern, rule: Extract<NatRule, { kind: 'dynamic' }>): Translation {
  const before = boxSource(box);
  const ports = boxHasPorts(box) ? box.l4a : null;
  let moved = withSource(box, pool);
  if (ports && rule.overload) moved = withPorts(moved, { source: [[1, 65535]] });
  return {
    box: moved,
    undo: (b) => {
      const back = withSource(b, before);
      return ports ? withPorts(back, { source: ports }) : back;
    },
    assumption: `the source is taken to be translated to ${formatIpv4(pool.address)}${pool.wildcard === 0 ? '' : ' and its neighbours'} (line ${rule.span.line})`,
    dynamic: true,
  };
}

function poolPattern(router: Router, rule: Extract<NatRule, { kind: 'dynamic' }>): AddressPattern | null {
  if (rule.interface !== null) {
    const own = router.config.interfaces.get(rule.interface)?.addresses.find((a) => !a.secondary);
    return own ? hostPattern(own.address) : null;
  }
  const pool = rule.pool === null ? undefined : router.config.natPools.get(rule.pool);
  if (!pool) return null;
  const differing = (pool.first ^ pool.last) >>> 0;
  const wildcard = differing === 0 ? 0 : 0xffffffff >>> Math.clz32(differing);
  return toAddressPattern(pool.first, wildcard);
}
