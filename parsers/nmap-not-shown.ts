import {
  countRanges,
  formatRanges,
  intersectRanges,
  type PortSet,
  subtractRanges,
  unionRanges,
} from '../src/model/ports.ts';
import type { NmapAnswer } from './nmap-answer.ts';

/** Ports that nmap summed up instead of listing. */
export interface NotShown {
  readonly answer: NmapAnswer;
  /** Null where the text gives the state but no number. */
  readonly count: number | null;
  /** The ports themselves, where nmap says them (XML since 7.9). */
  readonly ports: PortSet | null;
}

export interface Expansion {
  readonly groups: readonly { readonly ports: PortSet; readonly answer: NmapAnswer }[];
  /** Why some ports stay unobserved, or null when every port has its state. */
  readonly doubt: string | null;
}

/** nmap scans 1–65535 or, asked for 0, 0–65535: only these totals name their set by themselves. */
const scannedOfTotal = (total: number): PortSet | undefined =>
  total === 65535 ? [[1, 65535]] : total === 65536 ? [[0, 65535]] : undefined;

/**
 * Gives the ports that were scanned but not listed their state. Exact or left out: a set that does not add up to
 * nmap's own count is not used.
 */
export function expandNotShown(
  scanned: PortSet | undefined,
  listed: PortSet,
  notShown: readonly NotShown[],
): Expansion {
  const groups: { ports: PortSet; answer: NmapAnswer }[] = [];
  let known = listed;
  const counted: NotShown[] = [];
  for (const group of notShown) {
    if (group.ports && (group.count === null || countRanges(group.ports) === group.count)) {
      const ports = subtractRanges(group.ports, known);
      groups.push({ ports, answer: group.answer });
      known = unionRanges(known, ports);
    } else counted.push(group);
  }
  if (counted.length === 0) return { groups, doubt: null };

  const hidden = counted.reduce<number | null>(
    (sum, g) => (sum === null || g.count === null ? null : sum + g.count),
    0,
  );
  const set = scanned ?? (hidden === null ? undefined : scannedOfTotal(countRanges(known) + hidden));
  if (!set) {
    const number = hidden === null ? 'the ports' : `${hidden} ports`;
    return { groups, doubt: `${number} are summed up, but the text does not say which ports were scanned` };
  }
  if (countRanges(intersectRanges(listed, set)) !== countRanges(listed)) {
    return { groups, doubt: `ports are listed that ${formatRanges(set)} does not hold` };
  }
  const rest = subtractRanges(set, known);
  if (hidden !== null && countRanges(rest) !== hidden) {
    return {
      groups,
      doubt: `${hidden} ports are summed up, but ${countRanges(rest)} of ${formatRanges(set)} are not listed`,
    };
  }
  const answer = commonAnswer(counted.map((g) => g.answer));
  if (answer) return { groups: [...groups, { ports: rest, answer }], doubt: null };
  const states = [...new Set(counted.map((g) => g.answer.state))].join(' or ');
  return {
    groups: [...groups, { ports: rest, answer: { state: 'unobserved', reason: states, icmp: null } }],
    doubt: `the text does not say which of the ports not shown are ${states}`,
  };
}

/** One answer for ports that may each have had any of these; undefined when they are different states. */
function commonAnswer(answers: readonly NmapAnswer[]): NmapAnswer | undefined {
  const first = answers[0];
  if (!first) return undefined;
  const same = (pick: (a: NmapAnswer) => unknown) =>
    answers.every((a) => JSON.stringify(pick(a)) === JSON.stringify(pick(first)));
  const states = new Set(answers.map((a) => a.state));
  // Silence and an ICMP that says nothing of why: the weaker claim holds for both.
  const weaker = states.size === 2 && states.has('filtered') && states.has('unreachable');
  if (!same((a) => a.state) && !weaker) return undefined;
  return {
    state: weaker ? 'unreachable' : first.state,
    reason: same((a) => a.reason) ? first.reason : [...new Set(answers.map((a) => a.reason))].join(' or '),
    icmp: same((a) => a.icmp) ? first.icmp : null,
  };
}
