import type { Observation } from '../src/model/evidence.ts';
import { type PortSet, rangesOf, unionRanges } from '../src/model/ports.ts';

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
      [...groups.values()].map(({ answer, single, ranges }) => ({
        ports: unionRanges(ranges, rangesOf(single)),
        ...answer,
      })),
  };
}
