import type { CompiledEntry } from '../../acl/compile.ts';
import { type DeadAce, findDeadAces } from '../../acl/dead-aces.ts';
import type { AceMatch, AclEntry } from '../../model/access-list.ts';
import { cutToRegion } from '../cut-to-region.ts';
import type { TrackedList } from '../list-tracker.ts';
import { type HazardRule, hazard, type StepView } from './step-view.ts';

export const NEVER_MATCHES: HazardRule = {
  kind: 'never-matches',
  severity: 'high',
  title: 'A new line goes where nothing reaches it',
  rationale:
    'Without a number a line is appended, behind a catch-all as well. The device takes it without a word, and it never matches.',
  check(view) {
    const added = addedEntry(view);
    if (!added) return [];
    const finally_ = finalForm(view, added.list.acl.name, added.entry.entry);
    if (finally_ === null || deadIn(added) === null) return [];
    const dead = deadIn(finally_);
    if (dead === null) return [];
    const against = dead.contradictedBy;
    const by = against ?? dead.blockers[0]!;
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
  const { match } = wanted;
  const isWanted = (e: CompiledEntry): boolean => e.entry.kind === 'ace' && e.entry.match === match;
  const entry = list.fresh.findLast(isWanted) ?? byMatch(list).get(match);
  return entry ? { list, entry } : null;
}

const knownByMatch = new WeakMap<TrackedList, ReadonlyMap<AceMatch, CompiledEntry>>();

/** The last entry of each match; the final state is asked for every line that is added. */
function byMatch(list: TrackedList): ReadonlyMap<AceMatch, CompiledEntry> {
  let entries = knownByMatch.get(list);
  if (!entries) {
    entries = new Map(list.entries.flatMap((e) => (e.entry.kind === 'ace' ? [[e.entry.match, e]] : [])));
    knownByMatch.set(list, entries);
  }
  return entries;
}

/** null: some packet reaches the line. Lines that share no packet with it have no say, and are most of a long list. */
const deadIn = ({ list, entry }: Placed): DeadAce | null =>
  findDeadAces(cutToRegion(list.compiled, entry.asked), { only: entry.entry })[0] ?? null;
