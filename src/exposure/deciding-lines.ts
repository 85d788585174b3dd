import type { IntendedFlow } from '../model/exposure.ts';
import type { DecidedBy, Verdict } from '../model/finding.ts';
import { rangesHave } from '../model/ports.ts';
import type { PortLabels } from './port-classes.ts';

/** What the config says of a port, and by which lines. */
export interface Deciding {
  readonly verdict: Verdict;
  readonly decidedBy: readonly DecidedBy[];
  /** What denies it, as a clause, where it is not a list alone. */
  readonly cause: string | null;
  readonly doubts: readonly string[];
}

/** Labels of all ports, each the place of what the config says of the port in `deciding`. */
export function labelDeciding(intended: IntendedFlow): {
  readonly labels: PortLabels;
  readonly deciding: readonly Deciding[];
} {
  const labels = new Uint32Array(65536);
  const places = new Map<string, number>();
  const deciding: Deciding[] = [];
  const cuts = cutsOf(intended);
  cuts.forEach((port, i) => {
    const found = decidingOf(intended, port);
    const key = JSON.stringify(found);
    const place = places.get(key) ?? deciding.push(found) - 1;
    places.set(key, place);
    labels.fill(place, port, cuts[i + 1]);
  });
  return { labels, deciding };
}

/** Where what the config says may change: between two cuts it is the same. */
function cutsOf(intended: IntendedFlow): readonly number[] {
  const cuts = new Set<number>([0]);
  for (const set of [
    intended.reachable,
    intended.undetermined,
    ...intended.deciding.map((d) => d.ports),
    ...intended.doubts.map((d) => d.ports),
  ])
    for (const [lo, hi] of set) cuts.add(lo).add(hi + 1);
  return [...cuts].filter((port) => port <= 65535).sort((a, b) => a - b);
}

function decidingOf(intended: IntendedFlow, port: number): Deciding {
  const verdict: Verdict = rangesHave(intended.reachable, port)
    ? 'permit'
    : rangesHave(intended.undetermined, port)
      ? 'undetermined'
      : 'deny';
  const doubts = intended.doubts.filter((d) => rangesHave(d.ports, port));
  const deciding = intended.deciding.filter((d) => rangesHave(d.ports, port));
  const lines = verdict === 'undetermined' ? doubts.map((d) => d.line) : deciding.map((d) => d.decidedBy);
  return {
    verdict,
    decidedBy: lines.filter((l) => l !== null),
    cause: verdict === 'deny' ? causeOf(deciding) : null,
    doubts: doubts.map((d) => d.reason),
  };
}

/** "the route leads to Null0"; where a list denies a part of the source ports, that as well. */
function causeOf(deciding: IntendedFlow['deciding']): string | null {
  const causes = new Set(deciding.map((d) => d.cause ?? DENIED_BY_LIST));
  return causes.size === 0 || (causes.size === 1 && causes.has(DENIED_BY_LIST))
    ? null
    : [...causes].join(', or ');
}

/** How a deny is told where nothing but a list is its cause. */
export const DENIED_BY_LIST = 'the access list denies it';
