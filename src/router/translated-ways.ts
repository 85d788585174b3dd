import type { CompiledAcl } from '../acl/compile.ts';
import { deniesAll } from '../acl/deciding-entries.ts';
import { type Box, boxCovers, boxHasPorts, intersectBoxes, makeBox, sameBox } from '../headerspace/box.ts';
import { hostPattern, samePattern } from '../model/address.ts';
import type { Interface, NatRule } from '../model/router-config.ts';
import { hasTranslation, translates } from './nat.ts';
import { ANYWHERE, intoPool, poolAddresses, poolPattern, redirected, rotated } from './nat-pools.ts';
import {
  appliesTo,
  asksOf,
  type End,
  isAskedAt,
  moveStatic,
  type Side,
  type StaticMapping,
  staticMappings,
} from './nat-static.ts';
import type { Router } from './network.ts';
import { replyBox, requestBox } from './replies.ts';
import { inTurn, type Translation, untouched } from './translation.ts';

/** Packets that the same rules may translate, so that one header stands for all of them. */
export interface Way {
  /** As they were sent. */
  readonly sent: Box;
  /** Packets of `sent` that surely go another way; others may as well. */
  readonly apart: readonly Box[];
  readonly choices: readonly Choice[];
  /** From the header as it was sent to the one at this place, or to all that it may be. */
  readonly header: Translation;
}

/** A list by which a rule may choose the packets of a way, or may leave them alone. */
export interface Choice {
  readonly list: CompiledAcl;
  /** The packets as the rule finds them. */
  readonly way: Way;
  readonly mayChoose: boolean;
}

type DynamicRule = Extract<NatRule, { kind: 'dynamic' }>;

export const wayOf = (sent: Box): Way => ({ sent, apart: [], choices: [], header: untouched(sent) });

/** The packets of a way that have one of these headers; null: none has. */
export function within(way: Way, asks: Box): Way | null {
  const part = intersectBoxes(way.header.box, asks);
  if (part === null) return null;
  return { ...way, sent: way.header.undo(part), header: { ...way.header, box: part } };
}

/** Everything that `translateInward` may make of packets that belong to no session. */
export function waysInward(router: Router, ingress: Interface, way: Way): readonly Way[] {
  if (!hasTranslation(ingress)) return [way];
  const { moved, left } = throughStatics(router, way, 'destination', 'inward', ingress);
  const pooled = left === null ? [] : [withoutPools(router, left, ingress), ...rotatedWays(router, left)];
  return [...pooled, ...moved].flatMap((w) => outerSources(router, w, ingress));
}

/** Everything that `translateOutward` may make of packets that belong to no session. */
export function waysOutward(router: Router, ingress: Interface, out: Interface, way: Way): readonly Way[] {
  if (!translates(ingress, out)) return [way];
  const { moved, left } = throughStatics(router, way, 'source', 'outward', ingress);
  const pooled = left === null ? [] : throughRules(router, left, 'inside', ingress);
  return [...pooled, ...moved].flatMap((w) => outerDestinations(router, w, ingress));
}

/** What answers to the packets of a way, where these have arrived; null: nothing does. */
export function answersTo(way: Way): Way | null {
  const { header } = way;
  const box = replyBox(header.box);
  if (box === null) return null;
  const answers: Translation = {
    ...header,
    box,
    apply: (b) => replyBox(header.apply(b)) ?? box,
    undo: (b) => header.undo(requestBox(b, header.box)),
  };
  return { ...way, header: answers };
}

/** Whether its packets are as they were sent. */
export const isUntouched = ({ sent, header }: Way): boolean => !header.dynamic && sameBox(header.box, sent);

/** Answers after `translateInward`, where they come in by `ingress`; to a session through a pool, as it restores them. */
export function answersInward(router: Router, ingress: Interface, way: Way): readonly Way[] {
  if (!hasTranslation(ingress)) return [way];
  if (!way.header.dynamic) return [...waysInward(router, ingress, way), ...exposedWays(router, way, ingress)];
  return outerSources(router, { ...way, header: backToSource(way) }, ingress);
}

/** Whether answers go to the very addresses that have asked. */
export function goToAsker({ sent, header }: Way): boolean {
  const { destination } = header.box;
  const host = hostPattern(destination.address);
  const { source } = header.undo({ ...header.box, destination: host });
  return samePattern(destination, sent.source) && samePattern(source, host);
}

/** Answers after `translateOutward`. */
export function answersOutward(router: Router, ingress: Interface, out: Interface, way: Way): readonly Way[] {
  if (!translates(ingress, out)) return [way];
  if (!way.header.dynamic) return waysOutward(router, ingress, out, way);
  return outerDestinations(router, { ...way, header: backToDestination(way) }, ingress);
}

/** Answers that go to the very address and port that has asked. */
function backToSource({ sent, header }: Way): Translation {
  const back = (to: Box, { source, l4a }: Box): Box => ({
    ...to,
    destination: source,
    ...(boxHasPorts(to) ? { l4b: l4a } : {}),
  });
  return {
    ...header,
    box: back(header.box, sent),
    apply: (b) => back(header.apply(b), b),
    undo: (b) => ({
      ...header.undo({ ...b, destination: header.box.destination, l4b: header.box.l4b }),
      source: b.destination,
      ...(boxHasPorts(b) ? { l4a: b.l4b } : {}),
    }),
  };
}

/** Answers that come from the very address that was asked. */
function backToDestination({ sent, header }: Way): Translation {
  return {
    ...header,
    box: { ...header.box, source: sent.destination },
    apply: (b) => ({ ...header.apply(b), source: b.destination }),
    undo: (b) => ({ ...header.undo({ ...b, source: header.box.source }), destination: b.source }),
  };
}

const mappingsAt = new WeakMap<Router, Map<string, readonly MappingAsks[]>>();

interface MappingAsks {
  readonly mapping: StaticMapping;
  readonly asks: Box;
}

function mappingsOf(router: Router, end: End, side: Side, ingress: Interface): readonly MappingAsks[] {
  const known = mappingsAt.get(router) ?? new Map<string, readonly MappingAsks[]>();
  mappingsAt.set(router, known);
  const key = `${end} ${side} ${ingress.name}`;
  const found =
    known.get(key) ??
    staticMappings(router, end, side, ingress)
      .filter(({ rule }) => side === 'inward' || appliesTo(rule, ingress))
      .flatMap((mapping) => asksOf(router, mapping, ingress).map((asks) => ({ mapping, asks })));
  known.set(key, found);
  return found;
}

/** Those that a static rule may move, and those that it need not. */
function throughStatics(
  router: Router,
  way: Way,
  end: End,
  side: Side,
  ingress: Interface,
): { readonly moved: readonly Way[]; readonly left: Way | null } {
  const moved: Way[] = [];
  let left = way;
  for (const { mapping, asks } of mappingsOf(router, end, side, ingress)) {
    const part = within(left, asks);
    if (part === null) continue;
    moved.push({ ...part, header: inTurn(part.header, moveStatic(part.header.box, mapping)) });
    if (mapping.unsure !== null || !isSure(part)) continue;
    if (boxCovers(part.header.box, left.header.box)) return { moved, left: null };
    left = { ...left, apart: [...left.apart, part.sent] };
  }
  return { moved, left };
}

/** Whether all headers that its packets may have are in its box. */
export const isSure = ({ sent, header }: Way): boolean =>
  !header.dynamic || boxCovers(header.box, header.apply(sent));

/** Those that a dynamic rule may translate, or none. */
function throughRules(
  router: Router,
  way: Way,
  side: 'inside' | 'outside',
  ingress: Interface,
): readonly Way[] {
  const moved: Way[] = [];
  let left = way;
  for (const rule of router.config.nat) {
    if (rule.kind !== 'dynamic' || rule.side !== side || !isAskedAt(rule, ingress)) continue;
    if (side === 'inside' && (rule.vrf ?? null) !== ingress.vrf) continue;
    const list = listOf(router, rule);
    const { header } = left;
    if (list !== null && deniesAll(list, header.box)) continue;
    const choosing = (mayChoose: boolean): readonly Choice[] =>
      list === null ? left.choices : [...left.choices, { list, way: left, mayChoose }];
    const pool = poolPattern(router, rule);
    moved.push({
      ...left,
      choices: choosing(true),
      header: inTurn(header, intoPool(header.box, pool, rule)),
    });
    left = { ...left, choices: choosing(false) };
  }
  return [left, ...moved];
}

/** By whom a dynamic rule chooses; null: the text does not say. */
const listOf = (router: Router, { list }: DynamicRule): CompiledAcl | null =>
  list !== null && router.config.acls.has(list) ? router.list(list, undefined, 'unsolicited') : null;

/** Those to addresses of pools, which nobody inside surely has. */
const toPoolsOf = (
  router: Router,
  way: Way,
  ingress: Interface,
  wanted: (rule: DynamicRule) => boolean,
): readonly Way[] =>
  router.config.nat.flatMap((rule) => {
    if (rule.kind !== 'dynamic' || rule.side !== 'inside' || !isAskedAt(rule, ingress)) return [];
    const pool = rule.pool === null || !wanted(rule) ? undefined : router.config.natPools.get(rule.pool);
    return pool
      ? poolAddresses(pool).flatMap((destination) => within(way, makeBox({ destination })) ?? [])
      : [];
  });

function withoutPools(router: Router, way: Way, ingress: Interface): Way {
  const taken = toPoolsOf(router, way, ingress, () => true).filter(isSure);
  return taken.length === 0 ? way : { ...way, apart: [...way.apart, ...taken.map(({ sent }) => sent)] };
}

/** Those that a translation which happens to live may take to any host inside. */
const exposedWays = (router: Router, way: Way, ingress: Interface): readonly Way[] =>
  toPoolsOf(router, way, ingress, (rule) => !rule.overload).map((part) => ({
    ...part,
    header: inTurn(part.header, redirected(part.header.box, ANYWHERE)),
  }));

/** Sessions to virtual addresses, which go round the hosts of a pool. */
function rotatedWays(router: Router, way: Way): readonly Way[] {
  if (!router.config.nat.some((rule) => rule.kind === 'rotary')) return [];
  return (rotated(router, way.header.box) ?? []).flatMap(({ part, ways, fork }) =>
    fork === null
      ? []
      : ways.flatMap((to) => {
          const chosen = within(way, part);
          return chosen ? [{ ...chosen, header: inTurn(chosen.header, to) }] : [];
        }),
  );
}

const hasOutsideRules = ({ config }: Router): boolean =>
  config.nat.some((rule) => rule.kind !== 'rotary' && rule.side === 'outside');

function outerSources(router: Router, way: Way, ingress: Interface): readonly Way[] {
  if (!hasOutsideRules(router)) return [way];
  const { moved, left } = throughStatics(router, way, 'source', 'inward', ingress);
  return [...(left === null ? [] : throughRules(router, left, 'outside', ingress)), ...moved];
}

function outerDestinations(router: Router, way: Way, ingress: Interface): readonly Way[] {
  const { moved, left } = throughStatics(router, way, 'destination', 'outward', ingress);
  return [...(left === null ? [] : [left]), ...moved];
}
