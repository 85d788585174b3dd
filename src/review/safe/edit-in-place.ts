import { type Acl, type MatchingEntry, matchingEntries } from '../../model/access-list.ts';
import { entryIdentity } from '../../model/ace-identity.ts';
import { type EntryPrinter, indent } from './safe-lists.ts';

/** The commands that edit a list where it stands, and those that undo it. */
export interface ListEdit {
  readonly forward: readonly string[];
  readonly back: readonly string[];
}

/** A longer stretch of differing lines is no small edit: nobody compares it by eye. */
const LONGEST_STRETCH = 200;

/**
 * Turns one list into another line by line, by sequence numbers: new lines first, then the old ones that go, so that
 * what both permit stays permitted wherever their order allows it. Whether it does is for a replay to show. null: the
 * entries have no numbers, too many lines differ, or between two lines there is no number left.
 */
export function editInPlace(old: Acl, wanted: Acl, printEntry: EntryPrinter): ListEdit | null {
  const had = matchingEntries(old);
  const want = matchingEntries(wanted);
  if (old.kind !== wanted.kind || had.some((e) => e.sequence === null)) return null;
  const kept = commonEntries(had, want);
  if (kept === null) return null;
  const gone = had.filter((e) => !kept.has(e));
  const added = numberBetween(old, want, kept);
  if (added === null) return null;
  const text = (e: MatchingEntry, sequence: number | null): string =>
    indent(`${sequence} ${printEntry(e, old.kind)}`);
  const without = (sequence: number | null): string => indent(`no ${sequence}`);
  const header = `ip access-list ${old.kind} ${old.name}`;
  return {
    forward: [
      header,
      ...added.map(({ entry, sequence }) => text(entry, sequence)),
      ...gone.map((e) => without(e.sequence)),
    ],
    back: [
      header,
      ...gone.map((e) => text(e, e.sequence)),
      ...added.map(({ sequence }) => without(sequence)),
    ],
  };
}

/** Each old line that stays, and the wanted line that it stands for: the longest run of lines that both have in order. */
function commonEntries(
  had: readonly MatchingEntry[],
  want: readonly MatchingEntry[],
): ReadonlyMap<MatchingEntry, MatchingEntry> | null {
  const kept = new Map<MatchingEntry, MatchingEntry>();
  const keep = (old: MatchingEntry, now: MatchingEntry): void => {
    kept.set(old, now).set(now, old);
  };
  const same = (i: number, j: number): boolean => entryIdentity(had[i]!) === entryIdentity(want[j]!);
  let top = 0;
  while (top < had.length && top < want.length && same(top, top)) {
    keep(had[top]!, want[top]!);
    top += 1;
  }
  let [oldEnd, newEnd] = [had.length, want.length];
  while (oldEnd > top && newEnd > top && same(oldEnd - 1, newEnd - 1)) {
    oldEnd -= 1;
    newEnd -= 1;
    keep(had[oldEnd]!, want[newEnd]!);
  }
  const [rows, columns] = [oldEnd - top, newEnd - top];
  if (Math.max(rows, columns) > LONGEST_STRETCH) return null;
  // Lengths of the longest common run of what follows each pair of lines.
  const longest = Array.from({ length: rows + 1 }, () => new Uint16Array(columns + 1));
  for (let i = rows - 1; i >= 0; i--)
    for (let j = columns - 1; j >= 0; j--)
      longest[i]![j] = same(top + i, top + j)
        ? longest[i + 1]![j + 1]! + 1
        : Math.max(longest[i + 1]![j]!, longest[i]![j + 1]!);
  for (let i = 0, j = 0; i < rows && j < columns; )
    if (same(top + i, top + j)) keep(had[top + i++]!, want[top + j++]!);
    else if (longest[i + 1]![j]! >= longest[i]![j + 1]!) i += 1;
    else j += 1;
  return kept;
}

interface Numbered {
  readonly entry: MatchingEntry;
  readonly sequence: number;
}

/** Numbers for the lines that are added, each run of them spread between the lines around it; null: there is no room. */
function numberBetween(
  old: Acl,
  want: readonly MatchingEntry[],
  kept: ReadonlyMap<MatchingEntry, MatchingEntry>,
): readonly Numbered[] | null {
  const taken = old.entries.flatMap((e) => (e.sequence === null ? [] : [e.sequence]));
  const out: Numbered[] = [];
  let above = 0;
  for (let at = 0; at < want.length; ) {
    const stays = kept.get(want[at]!);
    if (stays) {
      above = stays.sequence!;
      at += 1;
      continue;
    }
    let end = at;
    while (end < want.length && !kept.has(want[end]!)) end += 1;
    const below = end < want.length ? kept.get(want[end]!)!.sequence! : null;
    // Lines that go stand where new ones come: those are put above them.
    const next = Math.min(...taken.filter((n) => n > above), below ?? Number.MAX_SAFE_INTEGER);
    const count = end - at;
    const step = next === Number.MAX_SAFE_INTEGER ? 10 : Math.floor((next - above) / (count + 1));
    if (step < 1) return null;
    for (; at < end; at++) {
      above += step;
      out.push({ entry: want[at]!, sequence: above });
    }
  }
  return out;
}
