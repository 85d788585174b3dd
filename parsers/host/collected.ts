import type { Collected, HostSource } from '../../src/model/host.ts';

export const mapCollected = <A, B>(fact: Collected<A>, change: (value: A) => B): Collected<B> =>
  fact.kind === 'present' ? { ...fact, value: change(fact.value) } : fact;

/** The first one that is there; else the first not known; else absent. */
export const firstPresent = <T>(facts: readonly Collected<T>[]): Collected<T> =>
  facts.find((f) => f.kind === 'present') ??
  facts.find((f) => f.kind === 'uncollected') ??
  facts[0] ?? { kind: 'uncollected', origin: '', reason: 'the bundle does not hold it' };

/** All lists in one. Those that are not there add nothing; those not known stay as gaps beside the others. */
export function joinCollected<T>(facts: readonly Collected<readonly T[]>[]): Collected<readonly T[]> {
  const present = facts.flatMap((f) => (f.kind === 'present' ? [f] : []));
  if (present.length === 0) return firstPresent(facts);
  const sources: HostSource[] = present.flatMap((f) => [...f.sources]);
  return { kind: 'present', value: present.flatMap((f) => [...f.value]), sources };
}
