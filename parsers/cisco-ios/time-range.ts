import { type Command, GLOBAL_MODE } from '../../src/model/command.ts';
import type { TimeRangeEntry } from '../../src/model/router-config.ts';
import { AMBIGUOUS, keywords } from './keywords.ts';
import { expectEnd, Failure, needFeature, type Statement, tell, wrongWord } from './statement.ts';

/** `time-range NAME`. */
export function readTimeRange(s: Statement): Command | Failure {
  const { words } = s;
  const failure = needFeature(s, 'time-range', 0);
  if (failure) return failure;
  if (words.done) return wrongWord(words, "a time range's name");
  const name = words.take();
  return (
    expectEnd(words) ??
    (s.on
      ? { kind: 'enter-time-range', name, span: words.line, next: { kind: 'time-range', name } }
      : { kind: 'delete-time-range', name, span: words.line, next: GLOBAL_MODE })
  );
}

/** A line under `time-range NAME`. */
export function readTimeRangeLine(s: Statement): Command | Failure {
  const { words } = s;
  const entry = words.takeWord('absolute')
    ? readAbsolute(s)
    : words.takeWord('periodic')
      ? readPeriodic(s)
      : wrongWord(words, 'absolute or periodic');
  if (entry instanceof Failure) return entry;
  return expectEnd(words) ?? { kind: 'time-range-entry', entry, on: s.on, span: words.line, next: 'same' };
}

/** A line of a file's range that could not be read: when the range holds is then unknown. */
export function unreadTimeRangeEntry(s: Statement, failure: Failure): Command {
  const { line } = s.words;
  tell(s, 'unparsed-line', failure.message, failure.at, { severity: 'error' });
  return {
    kind: 'time-range-entry',
    entry: { kind: 'unparsed', span: line },
    on: true,
    span: line,
    next: 'same',
  };
}

const MONTHS = keywords(
  'january february march april may june july august september october november december'
    .split(' ')
    .map((name, month) => [name, { month }] as const),
);

function readAbsolute(s: Statement): TimeRangeEntry | Failure {
  const { words } = s;
  let start: number | null = null;
  let end: number | null = null;
  if (words.takeWord('start')) {
    const value = readMoment(s);
    if (value instanceof Failure) return value;
    start = value;
  }
  if (words.takeWord('end')) {
    const value = readMoment(s);
    if (value instanceof Failure) return value;
    end = value;
  }
  if (s.on && start === null && end === null) return wrongWord(words, 'start or end');
  return { kind: 'absolute', start, end, span: words.line };
}

/** `HH:MM D MONTH YYYY` */
function readMoment(s: Statement): number | Failure {
  const { words } = s;
  const minute = readClock(s);
  if (minute instanceof Failure) return minute;
  const at = words.at;
  const day = words.takeNumber(31, 1);
  if (day === undefined) return wrongWord(words, 'a day, 1-31');
  const month = words.takeKeyword(MONTHS);
  if (month === undefined || month === AMBIGUOUS) return wrongWord(words, 'a month');
  const year = words.takeNumber(9999, 1970);
  if (year === undefined) return wrongWord(words, 'a year');
  const time = Date.UTC(year, month.month, day, 0, minute);
  return new Date(Date.UTC(year, month.month, day)).getUTCDate() === day
    ? time
    : new Failure('invalid', 'that month has no such day', at);
}

const CLOCK = /^(\d{1,2}):(\d{2})$/;

function readClock(s: Statement): number | Failure {
  const m = CLOCK.exec(s.words.peek());
  const [hour, minute] = [Number(m?.[1] ?? 99), Number(m?.[2] ?? 99)];
  if (hour > 24 || minute > 59 || (hour === 24 && minute > 0)) return wrongWord(s.words, 'a time, HH:MM');
  s.words.at++;
  return hour * 60 + minute;
}

const DAYS = keywords<readonly number[]>([
  ['sunday', [0]],
  ['monday', [1]],
  ['tuesday', [2]],
  ['wednesday', [3]],
  ['thursday', [4]],
  ['friday', [5]],
  ['saturday', [6]],
  ['daily', [0, 1, 2, 3, 4, 5, 6]],
  ['weekdays', [1, 2, 3, 4, 5]],
  ['weekend', [0, 6]],
]);

/** `periodic DAYS HH:MM to [DAY] HH:MM`; a second day only after a single first. */
function readPeriodic(s: Statement): TimeRangeEntry | Failure {
  const { words } = s;
  const days = new Set<number>();
  for (;;) {
    const found = words.takeKeyword(DAYS);
    if (found === undefined || found === AMBIGUOUS) break;
    for (const day of found) days.add(day);
  }
  if (days.size === 0) return wrongWord(words, 'a day of the week, daily, weekdays or weekend');
  const startMinute = readClock(s);
  if (startMinute instanceof Failure) return startMinute;
  if (!words.takeWord('to')) return wrongWord(words, 'to');
  const endDay = words.takeKeyword(DAYS);
  if (endDay === AMBIGUOUS) return wrongWord(words, 'a day of the week');
  const endMinute = readClock(s);
  if (endMinute instanceof Failure) return endMinute;
  const sorted = [...days].sort((a, b) => a - b);
  if (endDay !== undefined && (sorted.length !== 1 || endDay.length !== 1))
    return new Failure('invalid', 'a last day needs one first day', words.at - 2);
  return {
    kind: 'periodic',
    days: sorted,
    startMinute,
    endDays: endDay ?? sorted,
    endMinute,
    span: words.line,
  };
}
