import { toConfigLine } from '../diagnostics/source-span.ts';
import { type Box, boxIsIcmp, boxIsWholeTcp, boxProtocols } from '../headerspace/box.ts';
import { UDP } from '../model/packet.ts';
import type { Direction, Interface, RouterConfig, UnmodelledEffect } from '../model/router-config.ts';
import type { Place } from './filter.ts';
import type { Router } from './network.ts';
import { doubting, doubtOf, type GoOn, type PathPiece, type Walker } from './walk.ts';

/**
 * Stateful inspection (`ip inspect NAME in|out`) opens the way back for sessions that it saw: a reply that a list
 * denies passes all the same. It never permits what nobody asked for, so that no first packet depends on it, wherever
 * its place in the order of operation may be.
 */
export function throughOpening(
  router: Router,
  sessionIngress: Interface,
  sessionEgress: Interface,
  place: Place,
  denied: Walker,
  otherwise: PathPiece,
  go: GoOn,
): readonly PathPiece[] {
  const seen = inspecting(sessionIngress, 'in') ?? inspecting(sessionEgress, 'out');
  if (!seen) return [otherwise];
  const opened = { ...denied, hops: denied.hops.slice(0, -1) };
  const decidedBy = toConfigLine(seen.span);
  if (inspects(router.config, seen.name ?? '', denied.current))
    return go({
      ...opened,
      hops: [...opened.hops, { ...place, verdict: 'permit', decidedBy }],
      decidedBy: denied.verdict === 'permit' ? decidedBy : null,
    });
  return go(
    doubting(
      { ...opened, hops: [...opened.hops, { ...place, verdict: 'undetermined', decidedBy: null }] },
      doubtOf(seen.span, 'stateful inspection may open the way back'),
    ),
  );
}

const inspecting = (iface: Interface, direction: Direction): UnmodelledEffect | undefined =>
  iface.effects.find((e) => e.family === 'inspect' && e.direction === direction);

/** The rule names the whole protocol; the many protocols above it are not told apart. */
function inspects(config: RouterConfig, rule: string, box: Box): boolean {
  const word = boxIsWholeTcp(box) ? 'tcp' : boxIsIcmp(box) ? 'icmp' : isUdp(box) ? 'udp' : null;
  return (
    word !== null &&
    config.settings.effects.some((e) => {
      const words = e.family === 'inspect' ? (e.name ?? '').split(/\s+/) : [];
      return words[0]?.toLowerCase() === 'name' && words[1] === rule && words[2]?.toLowerCase() === word;
    })
  );
}

const isUdp = (box: Box): boolean => boxProtocols(box).every((p) => p === UDP);
