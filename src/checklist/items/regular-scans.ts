import * as z from 'zod';
import { scanTimes } from '../../model/history.ts';
import { daysBetween, defineCheck } from '../check.ts';
import { breaks, doubt, holds, missing } from '../statement.ts';

export const regularScans = defineCheck({
  id: 'regular-scans',
  description: "The tool's own history shows scans within the interval that the site promises.",
  parameters: z.strictObject({}),
  judge: ({ history, asOf }) => {
    if (history === null || history.audits.length === 0)
      return [missing('no history of earlier audits was given')];
    const evidence = ['history'];
    const scans = scanTimes(history.audits.map((a) => a.scanned));
    const last = scans.at(-1);
    if (last === undefined) return [missing('no audit of the history judged a scan')];
    if (history.interval === null) {
      return [doubt('the site file promises no interval between scans (scanIntervalDays)', { evidence })];
    }
    const { promisedDays, gaps } = history.interval;
    const [gap] = gaps;
    if (gap !== undefined) {
      const text = `more than the promised ${promisedDays} days passed without a scan: ${gap.from.slice(0, 10)} to ${
        gap.to?.slice(0, 10) ?? 'now'
      }, ${Math.floor(gap.days)} days${gaps.length > 1 ? `, and ${gaps.length - 1} more such stretches` : ''}`;
      return [breaks(text, { evidence })];
    }
    const age = daysBetween(last, asOf);
    if (age !== null && age > promisedDays) {
      return [
        breaks(
          `the last scan is of ${last.slice(0, 10)}, ${Math.floor(age)} days before; promised are ${promisedDays}`,
          { evidence },
        ),
      ];
    }
    if (scans.length < 2) return [doubt('one scan alone shows no regularity', { evidence })];
    return [
      holds(
        `${scans.length} scans, never more than ${promisedDays} days apart; the last of ${last.slice(0, 10)}`,
        { evidence },
      ),
    ];
  },
});
