import * as z from 'zod';
import { daysBetween, defineCheck } from '../check.ts';
import { breaks, doubt, enumerate, holds, missing, unseen } from '../statement.ts';

export const pendingPatches = defineCheck({
  id: 'pending-patches',
  description: 'The package manager knows of no update that is not installed, and its lists are fresh.',
  parameters: z.strictObject({
    maxListAgeDays: z.number().positive().default(7).describe('older package lists prove nothing'),
  }),
  judge: ({ facts, identity }, { maxListAgeDays }) => {
    if (facts === null) return [missing('no evidence bundle of the host')];
    if (facts.updates.kind !== 'present') return [unseen(facts.updates, 'pending updates')];
    const { packages, listsFrom, tool } = facts.updates.value;
    const grounds = { sources: facts.updates.sources };
    if (packages.length > 0) {
      const names = enumerate(packages.map((p) => (p.version === null ? p.name : `${p.name} ${p.version}`)));
      const lines = packages.slice(0, 20).map((p) => p.line);
      return [
        breaks(`${packages.length} updates are not installed (${tool}): ${names}`, { ...grounds, lines }),
      ];
    }
    const age = daysBetween(listsFrom, identity?.collected ?? null);
    if (listsFrom !== null && (age === null || age > maxListAgeDays)) {
      return [doubt(`${tool} knows of no update, but its lists are of ${listsFrom.slice(0, 10)}`, grounds)];
    }
    return [holds(`${tool} knows of no update that is not installed`, grounds)];
  },
});
