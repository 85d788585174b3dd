import type { Collected, PendingUpdates } from '../../src/model/host.ts';
import { mapCollected } from './collected.ts';
import type { FactReader } from './fact-reader.ts';
import { type HostFile, linesOf } from './host-file.ts';
import { parseAptSimulation, parseUp2dateList, parseYumCheck } from './pending-updates.ts';

/** What the package manager that this host has would install; of several, the one that answered. */
export function readUpdates(facts: FactReader): Collected<PendingUpdates> {
  const lists = facts.output('updates-lists', (f) =>
    linesOf(f).map((l) => Number(/^\d+/.exec(l.raw)?.[0] ?? 0)),
  );
  const newest = lists.kind === 'present' ? Math.max(0, ...lists.value) : 0;
  const apt = facts.command('updates-apt', parseAptSimulation);
  const asked = (
    name: string,
    tool: string,
    parse: (f: HostFile) => PendingUpdates['packages'],
  ): Collected<PendingUpdates> => {
    const fact = facts.index.command(name);
    // yum and dnf end with 100 when updates are pending.
    const ended = fact.kind === 'present' ? (fact.sources[0]?.exit ?? 0) : 0;
    return fact.kind === 'present' && ended !== 0 && ended !== 100
      ? { kind: 'uncollected', origin: tool, reason: `it ended with ${ended}` }
      : mapCollected(fact, (f) => ({ packages: parse(f), listsFrom: null, tool }));
  };
  const fromApt: Collected<PendingUpdates> =
    apt.kind === 'present' && newest === 0
      ? { kind: 'uncollected', origin: 'apt-get', reason: 'apt holds no package lists to compare with' }
      : mapCollected(apt, (packages) => ({
          packages,
          listsFrom: new Date(newest * 1000).toISOString(),
          tool: 'apt-get',
        }));
  const answers = [
    asked('updates-dnf', 'dnf', parseYumCheck),
    asked('updates-yum', 'yum', parseYumCheck),
    asked('updates-up2date', 'up2date', parseUp2dateList),
    fromApt,
  ];
  const tried = answers.find((a) => a.kind === 'uncollected' && /ended with|no package lists/.test(a.reason));
  return (
    answers.find((a) => a.kind === 'present') ??
    tried ?? {
      kind: 'uncollected',
      origin: '',
      reason: 'the package manager was not asked (the collector does so with -u)',
    }
  );
}
