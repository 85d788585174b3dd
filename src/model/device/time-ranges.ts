import type { CommandOf } from '../command.ts';
import type { TimeRangeEntry } from '../router-config.ts';
import type { Draft } from './draft.ts';
import { changed, type Effect, NO_EFFECT, refused, unchanged, wrongMode } from './effect.ts';
import type { RowKind } from './keyed-rows.ts';
import { addRow, dropRows, findRows, replaceRow } from './rows.ts';

const ABSOLUTE = 'absolute';

/** A `no` names an entry by what it says, however it is spelled. */
function meaningOf(e: TimeRangeEntry): string {
  switch (e.kind) {
    case 'absolute':
      return `absolute ${e.start} ${e.end}`;
    case 'periodic':
      return `periodic ${[...e.days].sort()} ${e.startMinute} ${[...e.endDays].sort()} ${e.endMinute}`;
    case 'unparsed':
      return `text ${e.span.text.trim().replace(/^no\s+/i, '')}`;
  }
}

const ENTRIES: RowKind<TimeRangeEntry> = {
  keys: (e) => (e.kind === 'absolute' ? [meaningOf(e), ABSOLUTE] : [meaningOf(e)]),
};

export function changeTimeRange(
  draft: Draft,
  command: CommandOf<'enter-time-range' | 'delete-time-range' | 'time-range-entry'>,
): Effect {
  const { mode, timeRanges } = draft.device;
  switch (command.kind) {
    case 'enter-time-range': {
      const { name, span } = command;
      if (timeRanges.has(name)) return NO_EFFECT;
      draft.table('timeRanges').set(name, { name, entries: draft.made([]), span });
      return changed();
    }
    case 'delete-time-range':
      if (!timeRanges.has(command.name)) return unchanged(`there is no time range ${command.name}`);
      draft.table('timeRanges').delete(command.name);
      return changed();
    case 'time-range-entry': {
      const range = mode.kind === 'time-range' ? timeRanges.get(mode.name) : undefined;
      if (!range) return wrongMode('a time range entry');
      const entries = withEntry(draft, range.entries, command.entry, command.on);
      if (!entries) return refused('not-there', 'there is no such entry');
      draft.table('timeRanges').set(range.name, { ...range, entries });
      return changed();
    }
  }
}

/** A range has one absolute entry at most: another replaces it. Undefined where a `no` finds nothing. */
function withEntry(
  draft: Draft,
  entries: readonly TimeRangeEntry[],
  entry: TimeRangeEntry,
  on: boolean,
): readonly TimeRangeEntry[] | undefined {
  if (!on) {
    const bare = entry.kind === 'absolute' && entry.start === null && entry.end === null;
    const found = findRows(entries, ENTRIES, [bare ? ABSOLUTE : meaningOf(entry)]);
    return found.size === 0 ? undefined : dropRows(draft, entries, ENTRIES, found);
  }
  const [absolute] = entry.kind === 'absolute' ? findRows(entries, ENTRIES, [ABSOLUTE]) : [];
  return absolute
    ? replaceRow(draft, entries, ENTRIES, absolute, entry)
    : addRow(draft, entries, ENTRIES, entry);
}
