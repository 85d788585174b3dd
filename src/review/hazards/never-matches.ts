import { coverWithin } from '../../acl/decide.ts';
import type { CompiledEntry } from '../../acl/compile.ts';
import type { AclEntry } from '../../model/access-list.ts';
import { cutToRegion } from '../cut-to-region.ts';
import type { TrackedList } from '../list-tracker.ts';
import { hazard, type HazardRule, type StepView } from './step-view.ts';

export const NEVER_MATCHES: HazardRule = {
  kind: 'never-matches',
  severity: 'high',
  title: 'A new line goes where nothing reaches it',
  rationale:
    'Without a number a line is appended, behind a catch-all as well. The device takes it without a word, and it never matches.',
  check(view) {
    const added = addedEntry(view);
    if (!added) return [];
    const here = blockersOf(added.list, added.entry);
    const finally_ = finalForm(view, added.list.acl.name, added.entry.entry);
    if (here === null || finally_ === null) return [];
    const blockers = blockersOf(finally_.list, finally_.entry);
    if (blockers === null || blockers.length === 0) return [];
    const against = blockers.find((b) => b.kind === 'ace' && b.action !== added.entry.action);
    const by = against ?? blockers[0]!;
    return [
      hazard(
        view,
        'never-matches',
        against ? 'high' : 'low',
        `this line never matches in list ${added.list.acl.name}: "${by.span.text.trim()}" (${by.span.file} line ${by.span.line}) comes before it${
          against ? '' : ' and does the same'
        }`,
      ),
    ];
  },
};

interface Placed {
  readonly list: TrackedList;
  readonly entry: CompiledEntry;
}

function addedEntry(view: StepView): Placed | null {
  const { command, effect } = view.step;
  if (command === null || effect.kind !== 'changed') return null;
  if (command.kind !== 'append-entry' && command.kind !== 'list-entry') return null;
  const { mode } = view.step.before;
  const name =
    command.kind === 'append-entry' ? command.list : mode.kind === 'access-list' ? mode.list : null;
  const list = name === null ? null : view.after.list(name);
  return list && find(list, command.entry);
}

/** The same line in the final state, under whatever number; null when a later command removes it. */
function finalForm(view: StepView, name: string, entry: AclEntry): Placed | null {
  const list = view.final.list(name);
  return list && find(list, entry);
}

/** Numbering copies an entry but shares what it matches. */
function find(list: TrackedList, wanted: AclEntry): Placed | null {
  if (wanted.kind !== 'ace') return null;
  const entry = list.entries.findLast((e) => e.entry.kind === 'ace' && e.entry.match === wanted.match);
  return entry ? { list, entry } : null;
}

/** The lines that decide all its packets before it; null: some packet reaches it. */
function blockersOf(list: TrackedList, entry: CompiledEntry): readonly AclEntry[] | null {
  const blockers = new Set<AclEntry>();
  for (const box of entry.asked)
    for (const piece of coverWithin(cutToRegion(list.compiled, [box]), [box])) {
      if (piece.decidedBy === entry.entry || piece.doubts.includes(entry.entry)) return null;
      if (piece.decidedBy !== null && piece.decidedBy !== 'implicit-deny') blockers.add(piece.decidedBy);
      else return null;
    }
  return [...blockers];
}
