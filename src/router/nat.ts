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
import { type AddressPattern, type Ipv4, patternContains } from '../model/address.ts';
import { pushAll } from '../model/push-all.ts';
import type { Interface, NatRule } from '../model/router-config.ts';
import { intoPools, toPools } from './nat-pools.ts';
import {
  appliesTo,
  asksOf,
  type End,
  globalPattern,
  moveStatic,
  type Side,
  staticMappings,
} from './nat-static.ts';
import type { Router } from './network.ts';
import { asIs, inTurn, only, type Rewriting, type Translation, untouched } from './translation.ts';

/** What a session's first packet looked like before this router translated it, and after. */
export interface Session {
  readonly before: Box;
  readonly after: Box;
}

export const hasTranslation = (ingress: Interface): boolean =>
  ingress.natSide === 'outside' || ingress.natSide === 'enabled';

/** Whether packets from one interface to another may have their sources translated. */
export const translates = (ingress: Interface, out: Interface): boolean =>
  (ingress.natSide === 'inside' && out.natSide === 'outside') ||
  (ingress.natSide === 'enabled' && out.natSide === 'enabled');

/** The static rule that gives an inner host this address outside. */
export const translatedBy = (router: Router, address: Ipv4): NatRule | undefined =>
  router.config.nat.find((rule) => {
    if (rule.kind !== 'static' || rule.side !== 'inside') return false;
    const outer = globalPattern(router, rule);
    return outer !== null && patternContains(outer, address);
  });

/** Outer addresses of inner hosts, for packets from an interface that are not translated: nobody is sure to have those. */
export const untranslatedAt = (router: Router, ingress: Interface): readonly AddressPattern[] =>
  hasTranslation(ingress)
    ? []
    : router.config.nat.flatMap((rule) =>
        rule.kind === 'static' && rule.side === 'inside' ? (globalPattern(router, rule) ?? []) : [],
      );

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
  const { answers, rest } = session
    ? answersOf(box, makeBox({ destination: boxSource(session.after) }), (hit) => backToSource(hit, session))
    : { answers: [], rest: [box] };
  const rewritings = [...answers];
  const ruled = rest.flatMap((part) => statically(router, part, 'destination', 'inward', ingress));
  for (const rewriting of ruled) {
    if (rewriting.fork !== null || rewriting.ways[0]!.box !== rewriting.part) rewritings.push(rewriting);
    else if (session) rewritings.push(rewriting);
    else pushAll(rewritings, toPools(router, rewriting.part, ingress));
  }
  return rewritings.flatMap((r) => followedBy(r, (b) => outerSource(router, b, ingress)));
}

/** Inside to outside, after routing and before the outbound list: local sources become global ones. */
export function translateOutward(
  router: Router,
  ingress: Interface,
  box: Box,
  session: Session | null,
): readonly Rewriting[] {
  const { answers, rest } = session
    ? answersOf(box, makeBox({ source: boxDestination(session.after) }), (hit) =>
        backToDestination(hit, session),
      )
    : { answers: [], rest: [box] };
  const rewritings = [...answers];
  for (const part of rest)
    for (const rewriting of statically(router, part, 'source', 'outward', ingress)) {
      const hit = rewriting.fork !== null || rewriting.ways[0]!.box !== rewriting.part;
      pushAll(rewritings, hit ? [rewriting] : intoPools(router, rewriting.part, 'inside', ingress));
    }
  return rewritings.flatMap((r) =>
    followedBy(r, (b) => statically(router, b, 'destination', 'outward', ingress)),
  );
}

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
      ways: s.ways.map((w) => inTurn(way, w)),
      fork: s.fork,
    }));
  const ways = first.ways.flatMap((w, i) =>
    seconds[i]!.flatMap((s) => s.ways.map((next) => inTurn(w, next))),
  );
  return [{ ...first, ways }];
}

/** The packets of a box that answer a session, each given back what the session had; and the rest. */
const answersOf = (
  box: Box,
  asks: Box,
  restore: (hit: Box) => Translation,
): { readonly answers: readonly Rewriting[]; readonly rest: PacketSet } => ({
  answers: intersect([box], [asks]).map((hit) => only(hit, restore(hit))),
  rest: subtract([box], [asks]),
});

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
  ingress: Interface,
): readonly Rewriting[] {
  const found: Rewriting[] = [];
  let rest: PacketSet = [box];
  for (const mapping of staticMappings(router, end, direction, ingress)) {
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
function outerSource(router: Router, box: Box, ingress: Interface): readonly Rewriting[] {
  if (!router.config.nat.some((r) => r.kind !== 'rotary' && r.side === 'outside')) return [asIs(box)];
  return statically(router, box, 'source', 'inward', ingress).flatMap((r) =>
    r.fork === null && r.ways[0]!.box === r.part ? intoPools(router, r.part, 'outside', ingress) : [r],
  );
}
