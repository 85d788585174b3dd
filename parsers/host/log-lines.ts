import type { LogLine } from '../../src/model/host.ts';
import { type HostFile, linesOf } from './host-file.ts';

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const MAX_LINES = 50_000;

const two = (text: string): string => text.padStart(2, '0');

/** syslog writes no year: the latest one that does not put the line after the collection. */
function withYear(month: number, day: number, clock: string, reference: string | null): string | null {
  const known = reference === null ? null : new Date(reference);
  if (known === null || Number.isNaN(known.getTime())) return null;
  const year = known.getUTCFullYear();
  const build = (y: number): string => `${y}-${two(String(month))}-${two(String(day))}T${clock}`;
  // A day of grace covers a host whose zone is ahead of UTC.
  const limit = new Date(known.getTime() + 86_400_000).toISOString().slice(0, 19);
  return build(year) <= limit ? build(year) : build(year - 1);
}

/** The time at the start of a line, and what follows it. Times without a zone are the host's own. */
export function readLogTime(
  text: string,
  reference: string | null,
): { readonly at: string | null; readonly rest: string } {
  const iso =
    /^[[(]?(\d{4})[-/](\d{2})[-/](\d{2})(?:[ T](\d{2}:\d{2}(?::\d{2})?)(?:[.,]\d+)?)?(Z|[+-]\d{2}:?\d{2})?[\])]?:?\s*/.exec(
      text,
    );
  if (iso) {
    const clock = (iso[4] ?? '00:00').padEnd(8, ':00');
    return { at: `${iso[1]}-${iso[2]}-${iso[3]}T${clock}${iso[5] ?? ''}`, rest: text.slice(iso[0].length) };
  }
  const unix =
    /^(?:[A-Z][a-z]{2},? )?([A-Z][a-z]{2}) +(\d{1,2}) (\d{2}:\d{2}:\d{2})(?: [A-Z]{3,4})?(?: (\d{4}))?\s*/.exec(
      text,
    );
  const month = unix ? MONTHS.indexOf(unix[1]!.toLowerCase()) + 1 : 0;
  if (unix && month > 0) {
    const at =
      unix[4] === undefined
        ? withYear(month, Number(unix[2]), unix[3]!, reference)
        : `${unix[4]}-${two(String(month))}-${two(unix[2]!)}T${unix[3]}`;
    return { at, rest: text.slice(unix[0].length) };
  }
  return { at: null, rest: text };
}

/** syslog files and the logs of backup programs: `time host program[pid]: message`, or as much of it as there is. */
export function parseLogLines(file: HostFile, reference: string | null): readonly LogLine[] {
  const out: LogLine[] = [];
  for (const { raw, line } of linesOf(file).slice(-MAX_LINES)) {
    if (raw.trim() === '' || raw.startsWith('#')) continue;
    const { at, rest } = readLogTime(raw, reference);
    const m = at === null ? null : /^(\S+) ([\w./-]+)(?:\[\d+\])?: (.*)$/.exec(rest);
    out.push({
      at,
      host: m?.[1] ?? null,
      program: m?.[2] ?? null,
      message: m?.[3] ?? rest,
      line,
    });
  }
  return out;
}
