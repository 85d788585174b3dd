import type { ChangeLogEntry } from '../../src/model/host.ts';
import { type HostFile, linesOf } from './host-file.ts';
import { readLogTime } from './log-lines.ts';

/** A written log of changes: an entry starts at each line that begins with a date; further lines belong to it. */
export function parseChangeLog(file: HostFile): readonly ChangeLogEntry[] {
  const entries: { date: string; text: string; line: ChangeLogEntry['line'] }[] = [];
  for (const { raw, line } of linesOf(file)) {
    const { at, rest } = readLogTime(raw.replace(/^[\s#*>-]+/, ''), null);
    const open = entries.at(-1);
    if (at !== null) entries.push({ date: at.slice(0, 10), text: rest.trim(), line });
    else if (open !== undefined && raw.trim() !== '' && open.text.length < 2000)
      open.text += ` ${raw.trim()}`;
  }
  return entries;
}
