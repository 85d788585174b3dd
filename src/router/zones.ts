import type { Interface, RouterConfig, UnmodelledEffect } from '../model/router-config.ts';
import type { Router } from './network.ts';
import { doubting, doubtOf, drop, type GoOn, type PathPiece, type Walker } from './walk.ts';

/**
 * Zone-based firewall (SDM 2.5 guide): members of one zone pass; a member and a non-member do not; two zones need a
 * zone pair. What a pair's policy inspects, passes or drops is not modelled, so a pair leaves packets undetermined
 * and never permits them; its absence drops for sure. The router itself (zone `self`) is open until a pair names it.
 */
export function passZones(
  router: Router,
  ingress: Interface,
  egress: Interface | 'self',
  reply: boolean,
  walker: Walker,
  go: GoOn,
): readonly PathPiece[] {
  const { config } = router;
  const from = zoneOf(config, ingress);
  const to = egress === 'self' ? { name: 'self', line: null } : zoneOf(config, egress);
  if (from === null && (to === null || egress === 'self')) return go(walker);
  const pair = findPair(config, from?.name, to?.name);
  // A pair of the way out may have opened a session for the answer.
  const governing = pair ?? (reply ? findPair(config, to?.name, from?.name) : undefined);
  if (governing)
    return go(
      doubting(
        walker,
        doubtOf(governing.span, `the policy of the zone pair ${governing.name} may pass or drop it`),
      ),
    );
  if (egress === 'self' || from?.name === to?.name) return go(walker);
  const line = (from ?? to)?.line;
  const why =
    from && to
      ? `no zone pair leads from zone ${from.name} to zone ${to.name}`
      : `only one of ${ingress.name} and ${egress.name} is in a zone`;
  return [drop(walker, why, line?.span)];
}

interface Zone {
  readonly name: string;
  readonly line: UnmodelledEffect | null;
}

/** IOS-XE puts interfaces without a zone into `default`, once that zone is defined. */
function zoneOf(config: RouterConfig, iface: Interface): Zone | null {
  const line = iface.effects.find((e) => e.family === 'zone');
  if (line) return { name: line.name ?? '', line };
  return config.settings.effects.some((e) => e.family === 'zone' && e.name === 'zone security default')
    ? { name: 'default', line: null }
    : null;
}

const PAIR = /^zone-pair\s+security\s+(\S+)\s+source\s+(\S+)\s+destination\s+(\S+)/i;

function findPair(
  config: RouterConfig,
  source: string | undefined,
  destination: string | undefined,
): { readonly name: string; readonly span: UnmodelledEffect['span'] } | undefined {
  for (const { family, name, span } of config.settings.effects) {
    const pair = family === 'zone' ? PAIR.exec(name ?? '') : null;
    if (pair && pair[2] === source && pair[3] === destination) return { name: pair[1]!, span };
  }
  return undefined;
}

/** The pair whose policy what the router itself sends to this interface's zone meets. */
export const pairFromSelf = (router: Router, egress: Interface): ReturnType<typeof findPair> =>
  findPair(router.config, 'self', zoneOf(router.config, egress)?.name);
