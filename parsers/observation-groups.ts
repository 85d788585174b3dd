import type { Observation } from '../src/model/evidence.ts';
import {
  intersectRanges,
  type PortSet,
  rangesOf,
  standApart,
  subtractRanges,
  unionRanges,
} from '../src/model/ports.ts';

/** What is known of an imported port; the rest is what no imported text says. */
export type ImportedAnswer = Pick<Observation, 'state' | 'reason'> & Partial<Omit<Observation, 'ports'>>;

/** Joins ports that answered alike into observations, in the order in which each answer was first seen. */
export interface ObservationGroups {
  readonly add: (ports: number | PortSet, answer: ImportedAnswer) => void;
  readonly list: () => readonly Observation[];
}

interface Group {
  readonly answer: Omit<Observation, 'ports'>;
  readonly single: number[];
  ranges: PortSet;
}

export function groupObservations(at: string | null): ObservationGroups {
  const groups = new Map<string, Group>();
  // Callers that give one object for all ports that answered alike are spared the comparison of its members.
  const groupOf = new Map<ImportedAnswer, Group>();
  const find = (given: ImportedAnswer): Group => {
    const answer = {
      icmp: null,
      ttl: null,
      tries: 1,
      spanSeconds: 0,
      banner: null,
      service: null,
      confirmed: false,
      tainted: null,
      at,
      ...given,
    };
    const key = JSON.stringify(answer);
    let group = groups.get(key);
    if (!group) {
      group = { answer, single: [], ranges: [] };
      groups.set(key, group);
    }
    return group;
  };
  return {
    add(ports, given) {
      let group = groupOf.get(given);
      if (!group) {
        group = find(given);
        groupOf.set(given, group);
      }
      if (typeof ports === 'number') group.single.push(ports);
      else group.ranges = unionRanges(group.ranges, ports);
    },
    list: () =>
      onceEach(
        [...groups.values()].map(({ answer, single, ranges }) => ({
          ports: unionRanges(ranges, rangesOf(single)),
          ...answer,
        })),
      ),
  };
}

/**
 * A text may answer twice for a port (runs appended to one file, a scanner that hears two replies). One state twice is
 * that state, as it was told first; two states are none: `unstable`.
 */
function onceEach(told: readonly Observation[]): readonly Observation[] {
  if (standApart(told.flatMap((o) => o.ports))) return told;
  const kept: Observation[] = [];
  for (const next of told) {
    let rest = next.ports;
    for (const [i, earlier] of [...kept.entries()]) {
      const both = intersectRanges(earlier.ports, rest);
      const winner = both.length === 0 ? earlier : ofTwo(earlier, next);
      if (winner === earlier) {
        rest = subtractRanges(rest, both);
        continue;
      }
      kept[i] = { ...earlier, ports: subtractRanges(earlier.ports, both) };
      if (winner === next) continue;
      kept.push({ ...winner, ports: both });
      rest = subtractRanges(rest, both);
    }
    kept.push({ ...next, ports: rest });
  }
  return kept.filter((o) => o.ports.length > 0);
}

/** What two answers for one port amount to. */
function ofTwo(earlier: Observation, next: Observation): Observation {
  if (earlier.state === next.state || earlier.state === 'unstable' || next.state === 'unobserved')
    return earlier;
  if (earlier.state === 'unobserved') return next;
  const reason = `${earlier.state} (${earlier.reason}), then ${next.state} (${next.reason})`;
  return { ...next, state: 'unstable', reason, icmp: null, ttl: null, confirmed: false, banner: null };
}
