import { type PortSet, subtractRanges, toRanges } from '../model/ports.ts';
import type { FlowContext } from './sightings.ts';

/**
 * What a target's own segment saw of it, where no router stands between. Silence outside is the list's doing only where
 * the host answers inside; where it stays silent there too, the host itself may be what is silent.
 */
export interface InsideView {
  /** Ports that answered some vantage on the segment, open or with a RST. */
  readonly answers: PortSet;
  /** Ports that were probed there and gave no answer at all. */
  readonly silent: PortSet;
  /** Names of the vantages that looked. */
  readonly from: readonly string[];
}

export type InsideWord = 'answers' | 'silent' | 'unknown';

/** The view of a flow's target from its own segment; null for flows that start there, or where nobody looked. */
export function insideView(context: FlowContext, contexts: readonly FlowContext[]): InsideView | null {
  if (context.intended.ownSegment) return null;
  const inside = contexts.filter(
    (c) =>
      c.intended.ownSegment &&
      c.target === context.target &&
      c.protocol === context.protocol &&
      c.sightings.some((s) => s.disqualified === null),
  );
  if (inside.length === 0) return null;
  const observations = inside
    .flatMap((c) => c.sightings.filter((s) => s.disqualified === null))
    .flatMap((s) => s.part.observations);
  const portsOf = (states: readonly string[]): PortSet =>
    toRanges(observations.filter((o) => states.includes(o.state)).flatMap((o) => o.ports));
  const answers = portsOf(['open', 'wrapped', 'closed']);
  return {
    answers,
    silent: subtractRanges(portsOf(['filtered', 'unreachable']), answers),
    from: [...new Set(inside.map((c) => c.vantage.name))],
  };
}
