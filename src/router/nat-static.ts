import {
  type Box,
  boxDestination,
  boxSource,
  makeBox,
  withDestination,
  withPorts,
  withSource,
} from '../headerspace/box.ts';
import { type PacketSet, subtract } from '../headerspace/packet-set.ts';
import {
  type AddressPattern,
  ANY_ADDRESS,
  hostPattern,
  prefixPattern,
  toAddressPattern,
} from '../model/address.ts';
import type { Interface, NatRule } from '../model/router-config.ts';
import type { Router } from './network.ts';
import type { Translation } from './translation.ts';

export type End = 'source' | 'destination';
/** The way across the translation: from outside to inside, or back. */
export type Side = 'inward' | 'outward';
type StaticRule = Extract<NatRule, { kind: 'static' }>;

/** One static rule, seen from one side: which addresses and port become which. */
export interface StaticMapping {
  readonly rule: StaticRule;
  readonly end: End;
  readonly side: Side;
  /** null: the address that an interface has, which the text does not give. */
  readonly from: AddressPattern | null;
  readonly to: AddressPattern | null;
  readonly fromPort: number | null;
  readonly toPort: number | null;
  /** Why it may not translate; null when it surely does. */
  readonly unsure: string | null;
}

/** The global side of a rule; null when it is an interface whose address the text does not give. */
export function globalPattern(router: Router, rule: StaticRule): AddressPattern | null {
  if (rule.global !== null) return prefixPattern(rule.global, rule.prefixLength);
  if (rule.globalInterface === null) return null;
  const own = router.config.interfaces.get(rule.globalInterface)?.addresses.find((a) => !a.secondary);
  return own ? hostPattern(own.address) : null;
}

export const localPattern = (rule: StaticRule): AddressPattern =>
  prefixPattern(rule.local, rule.prefixLength);

/** `inside` rules move inner hosts' addresses, `outside` rules outer hosts', whose global address stands first. */
const movesSide = (end: End, side: Side): 'inside' | 'outside' =>
  (end === 'destination') === (side === 'inward') ? 'inside' : 'outside';

/** An interface with `ip nat enable` asks the rules that have no side (`ip nat source`), any other those that have one. */
export const isAskedAt = (rule: { readonly nvi?: boolean }, ingress: Interface): boolean =>
  (rule.nvi ?? false) === (ingress.natSide === 'enabled');

/** Rules for single ports come before whole addresses, as the more specific entries of the table. */
export function staticMappings(
  router: Router,
  end: End,
  side: Side,
  ingress: Interface,
): readonly StaticMapping[] {
  const wanted = movesSide(end, side);
  return router.config.nat
    .filter((r): r is StaticRule => r.kind === 'static' && r.side === wanted && isAskedAt(r, ingress))
    .sort((a, b) => Number(a.localPort === null) - Number(b.localPort === null))
    .map((rule) => mappingOf(router, rule, end, side));
}

function mappingOf(router: Router, rule: StaticRule, end: End, side: Side): StaticMapping {
  const first = { address: localPattern(rule), port: rule.localPort };
  const second = { address: globalPattern(router, rule), port: rule.globalPort };
  // What the rule writes first is what is seen on the rule's own side of the router.
  const forwards = (rule.side === 'inside') === (side === 'outward');
  const [from, to] = forwards ? [first, second] : [second, first];
  return {
    rule,
    end,
    side,
    from: from.address,
    to: to.address,
    fromPort: from.port,
    toPort: to.port,
    unsure:
      rule.routeMap !== undefined
        ? `which packets route-map ${rule.routeMap} translates is not modelled`
        : from.address === null
          ? `the address of ${rule.globalInterface ?? 'the interface'} is not in the text`
          : null,
  };
}

/** Hosts of a VRF are translated by the rules of that VRF. */
export const appliesTo = (rule: StaticRule, ingress: Interface): boolean =>
  rule.side === 'outside' || rule.vrf === ingress.vrf;

/** The packets that a mapping may concern. An address that the text does not give is none that a route leads to. */
export function asksOf(router: Router, mapping: StaticMapping, ingress: Interface): PacketSet {
  if (mapping.from === null) {
    if (mapping.rule.globalInterface !== ingress.name) return [];
    const known = router.routes
      .filter((r) => r.prefixLength > 0)
      .map((r) => makeBox({ destination: r.destination }));
    return subtract([asksBox(mapping, ANY_ADDRESS)], known);
  }
  return [asksBox(mapping, mapping.from)];
}

function asksBox({ rule, end, fromPort }: StaticMapping, address: AddressPattern): Box {
  const protocol = rule.protocol ?? 'ip';
  const ends = end === 'source' ? { source: address } : { destination: address };
  if (fromPort === null) return makeBox({ ...ends, protocol });
  const ports = [[fromPort, fromPort]] as const;
  return makeBox({
    ...ends,
    protocol,
    ...(end === 'source' ? { sourcePorts: ports } : { destinationPorts: ports }),
    fragments: 'whole',
  });
}

export function moveStatic(part: Box, mapping: StaticMapping): Translation {
  const before = addressOf(part, mapping.end);
  const from = mapping.from ?? before;
  const to = mapping.to ?? ANY_ADDRESS;
  const { end, fromPort, toPort, rule, side } = mapping;
  const apply = (b: Box): Box =>
    move(b, end, from.wildcard === to.wildcard ? rebase(addressOf(b, end), to) : to, toPort);
  return {
    box: apply(part),
    apply,
    undo: (b) =>
      move(
        b,
        end,
        from.wildcard === to.wildcard && mapping.from ? rebase(addressOf(b, end), from) : before,
        fromPort,
      ),
    assumption: null,
    dynamic: mapping.to === null,
    ...(side === 'inward' && rule.side === 'inside' && rule.vrf !== null ? { vrf: rule.vrf } : {}),
  };
}

const addressOf = (box: Box, end: End): AddressPattern =>
  end === 'source' ? boxSource(box) : boxDestination(box);

function move(box: Box, end: End, address: AddressPattern, port: number | null): Box {
  const moved = end === 'source' ? withSource(box, address) : withDestination(box, address);
  return port === null
    ? moved
    : withPorts(moved, end === 'source' ? { source: [[port, port]] } : { destination: [[port, port]] });
}

/** The same offset inside another block of the same size. */
export const rebase = (part: AddressPattern, block: AddressPattern): AddressPattern =>
  toAddressPattern(
    (block.address & ~block.wildcard) | (part.address & block.wildcard),
    part.wildcard & block.wildcard,
  );
