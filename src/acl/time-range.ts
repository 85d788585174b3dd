import type { TimeRange } from '../model/router-config.ts';

const MINUTE = 60_000;
const DAY_MINUTES = 1440;
const WEEK_MINUTES = 7 * DAY_MINUTES;

export type Activity = 'active' | 'inactive' | 'unknown';

/**
 * Whether a time-range holds at `clock`: milliseconds of the router's own wall clock read as UTC, null when
 * nobody knows it. The absolute entry bounds the range and any one periodic entry opens it; both ends are
 * whole minutes and belong to it. An undefined or empty range differs between releases: unknown.
 */
export function timeRangeActivity(range: TimeRange | undefined, clock: number | null): Activity {
  if (range === undefined || clock === null || range.entries.length === 0) return 'unknown';
  let readable = true;
  let periodicSeen = false;
  let periodicHolds = false;
  for (const entry of range.entries) {
    switch (entry.kind) {
      case 'absolute':
        if (entry.start !== null && clock < entry.start) return 'inactive';
        if (entry.end !== null && clock >= endOfMinute(entry.end)) return 'inactive';
        break;
      case 'periodic':
        periodicSeen = true;
        periodicHolds ||= periodicHoldsAt(entry, clock);
        break;
      case 'unparsed':
        readable = false;
        break;
    }
  }
  if (!readable) return 'unknown';
  return !periodicSeen || periodicHolds ? 'active' : 'inactive';
}

const endOfMinute = (time: number): number => (Math.floor(time / MINUTE) + 1) * MINUTE;

type Periodic = Extract<TimeRange['entries'][number], { kind: 'periodic' }>;

function periodicHoldsAt(entry: Periodic, clock: number): boolean {
  const date = new Date(clock);
  const now = date.getUTCDay() * DAY_MINUTES + date.getUTCHours() * 60 + date.getUTCMinutes();
  return entry.days.some((day, i) => {
    const start = day * DAY_MINUTES + entry.startMinute;
    const endDay = entry.endDays.length === entry.days.length ? entry.endDays[i]! : (entry.endDays[0] ?? day);
    let length = endDay * DAY_MINUTES + entry.endMinute - start;
    // Past midnight within one day's entry, or past Saturday in `friday 17:00 to monday 9:00`.
    if (length < 0) length += endDay === day ? DAY_MINUTES : WEEK_MINUTES;
    const since = (now - start + WEEK_MINUTES) % WEEK_MINUTES;
    return since <= length;
  });
}
