import type { TimeRange, TimeRangeEntry } from '../../../src/model/router-config.ts';
import { asItStood } from './words.ts';

const DAY_NAMES = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

const MONTH_NAMES =
  'January February March April May June July August September October November December'.split(' ');

const clock = (minute: number): string =>
  `${Math.floor(minute / 60)}:${String(minute % 60).padStart(2, '0')}`;

function moment(time: number): string {
  const d = new Date(time);
  return `${clock(d.getUTCHours() * 60 + d.getUTCMinutes())} ${d.getUTCDate()} ${MONTH_NAMES[d.getUTCMonth()]} ${d.getUTCFullYear()}`;
}

export const printTimeRange = (range: TimeRange): string[] => [
  `time-range ${range.name}`,
  ...range.entries.map((e) => ` ${printTimeRangeEntry(e)}`),
];

function printTimeRangeEntry(e: TimeRangeEntry): string {
  switch (e.kind) {
    case 'unparsed':
      return asItStood(e.span);
    case 'absolute':
      return `absolute${e.start === null ? '' : ` start ${moment(e.start)}`}${e.end === null ? '' : ` end ${moment(e.end)}`}`;
    case 'periodic': {
      const days = e.days.map((d) => DAY_NAMES[d]).join(' ');
      const spans = e.endDays.some((d, i) => d !== e.days[i]);
      const until = spans ? `${DAY_NAMES[e.endDays[0] ?? 0]} ${clock(e.endMinute)}` : clock(e.endMinute);
      return `periodic ${days} ${clock(e.startMinute)} to ${until}`;
    }
  }
}
