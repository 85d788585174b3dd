import type { Collected, HostSource } from '../../src/model/host.ts';

export const mapCollected = <A, B>(fact: Collected<A>, change: (value: A) => B): Collected<B> =>
  fact.kind === 'present' ? { ...fact, value: change(fact.value) } : fact;

/** The first one that is there; else the first not known; else absent. */
export const firstPresent = <T>(facts: readonly Collected<T>[]): Collected<T> =>
  facts.find((f) => f.kind === 'present') ??
  facts.find((f) => f.kind === 'uncollected') ??
  facts[0] ?? { kind: 'uncollected', origin: '', reason: 'the bundle does not hold it' };

/** A fact that its text may not tell: then it is as good as not collected. */
export function knownOr<T>(fact: Collected<T | null>, origin: string, reason: string): Collected<T> {
  if (fact.kind !== 'present') return fact;
  return fact.value === null ? { kind: 'uncollected', origin, reason } : { ...fact, value: fact.value };
}

/** All lists in one. Those that are not there or not known add nothing to the others. */
export function joinCollected<T>(facts: readonly Collected<readonly T[]>[]): Collected<readonly T[]> {
  const present = facts.flatMap((f) => (f.kind === 'present' ? [f] : []));
  if (present.length === 0) return firstPresent(facts);
  const sources: HostSource[] = present.flatMap((f) => [...f.sources]);
  return { kind: 'present', value: present.flatMap((f) => [...f.value]), sources };
}
