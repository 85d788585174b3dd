import type { CommandOf, Mode } from '../command.ts';
import type { TerminalLine } from '../router-config.ts';
import { lineKey } from './device.ts';
import type { Draft } from './draft.ts';
import { changed, type Effect, NO_EFFECT, refused, unchanged, wrongMode } from './effect.ts';

type LineMode = Extract<Mode, { kind: 'line' }>;

/** Makes the records between `first` and `last` exact: what they hold is split at the edges, gaps are filled. */
export function enterLine(draft: Draft, mode: LineMode, span: TerminalLine['span']): Effect {
  const { lineKind: kind, first, last } = mode;
  if (draft.device.lines.has(lineKey({ kind, first, last }))) return NO_EFFECT;
  const lines = draft.table('lines');
  const overlapping = [...lines.values()].filter(
    (l) => l.kind === kind && l.last >= first && l.first <= last,
  );
  let next = first;
  const add = (line: TerminalLine): void => {
    lines.set(lineKey(line), line);
  };
  const fresh = (from: number, to: number): TerminalLine => ({
    kind,
    first: from,
    last: to,
    accessClassIn: null,
    accessClassOut: null,
    transportInput: null,
    span,
  });
  for (const line of overlapping.sort((a, b) => a.first - b.first)) {
    lines.delete(lineKey(line));
    if (line.first > next) add(fresh(next, line.first - 1));
    if (line.first < first) add({ ...line, last: first - 1 });
    add({ ...line, first: Math.max(first, line.first), last: Math.min(last, line.last) });
    if (line.last > last) add({ ...line, first: last + 1 });
    next = Math.min(last, line.last) + 1;
  }
  if (next <= last) add(fresh(next, last));
  return changed();
}

/** The first five virtual lines stay; of the others those behind the first one named go as well, for none may be missing. */
const FIXED_LINES = 5;

export function deleteLines(
  draft: Draft,
  { lineKind: kind, first, last, reset, span }: CommandOf<'delete-lines'>,
): Effect {
  if (reset) {
    enterLine(draft, { kind: 'line', lineKind: kind, first, last }, span);
    for (const line of draft.device.lines.values())
      if (line.kind === kind && line.first >= first && line.last <= last)
        draft
          .table('lines')
          .set(lineKey(line), { ...line, accessClassIn: null, accessClassOut: null, transportInput: null });
    return changed();
  }
  if (kind !== 'vty' || first < FIXED_LINES)
    return refused('not-removable', 'the console, auxiliary and first five virtual lines cannot be removed');
  const gone = [...draft.device.lines.values()].filter((l) => l.kind === kind && l.last >= first);
  if (gone.length === 0) return unchanged('there are no such lines');
  for (const line of gone) {
    draft.table('lines').delete(lineKey(line));
    const left = { ...line, last: first - 1 };
    if (line.first < first) draft.table('lines').set(lineKey(left), left);
  }
  return changed();
}

export function changeLines(draft: Draft, change: (line: TerminalLine) => TerminalLine): Effect {
  const { mode } = draft.device;
  if (mode.kind !== 'line') return wrongMode('a statement of a terminal line');
  const lines = draft.table('lines');
  const exact = lines.get(lineKey({ kind: mode.lineKind, first: mode.first, last: mode.last }));
  const among = exact
    ? [exact]
    : [...lines.values()].filter(
        (l) => l.kind === mode.lineKind && l.first >= mode.first && l.last <= mode.last,
      );
  for (const line of among) lines.set(lineKey(line), change(line));
  return changed();
}
