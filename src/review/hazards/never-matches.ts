import type { CompiledAcl, CompiledEntry } from '../../acl/compile.ts';
import { type DeadAce, findDeadAces } from '../../acl/dead-aces.ts';
import type { AceMatch, AclEntry } from '../../model/access-list.ts';
import { cutToRegion } from '../cut-to-region.ts';
import type { TrackedList } from '../list-tracker.ts';
import type { DeviceState } from './device-state.ts';
import { type HazardRule, hazard, type StepView } from './step-view.ts';

export const NEVER_MATCHES: HazardRule = {
  kind: 'never-matches',
  severity: 'high',
  title: 'A new line goes where nothing reaches it',
  rationale:
    'Without a number a line is appended, behind a catch-all as well. The device takes it without a word, and it never matches.',
  check(view) {
    const added = addedEntry(view);
    const finally_ = added && finalForm(view, added);
    if (!added || !finally_) return [];
    const dead = deadIn(finally_.list, finally_.entry);
    if (dead === null || (!isTopOf(added, view.final) && deadAtOnce(added) === null)) return [];
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

/** A line in one state of its list. */
interface Added {
  readonly list: TrackedList;
  readonly entry: CompiledEntry;
}

function addedEntry(view: StepView): Added | null {
  const { command, effect } = view.step;
  if (command === null || effect.kind !== 'changed') return null;
  if (command.kind !== 'append-entry' && command.kind !== 'list-entry') return null;
  const { mode } = view.step.before;
  const name =
    command.kind === 'append-entry' ? command.list : mode.kind === 'access-list' ? mode.list : null;
  const list = name === null ? null : view.after.list(name);
  const entry = list && lineOf(command.entry, (match) => findIn(list, match));
  return list && entry && { list, entry };
}

/** Numbering copies an entry but shares what it matches. */
const lineOf = (
  entry: AclEntry,
  find: (match: AceMatch) => CompiledEntry | undefined,
): CompiledEntry | null => (entry.kind === 'ace' ? (find(entry.match) ?? null) : null);

const findIn = (list: TrackedList, match: AceMatch): CompiledEntry | undefined =>
  list.fresh.findLast((e) => e.entry.kind === 'ace' && e.entry.match === match) ??
  byMatch(list.entries).get(match);

/** The same line in the final state, under whatever number; null when a later command removes it. */
function finalForm(view: StepView, { list, entry }: Added) {
  const whole = view.final.whole(list.acl.name);
  const last = whole && lineOf(entry.entry, (match) => byMatch(whole.entries).get(match));
  return whole && last && { list: whole, entry: last };
}

type Entries = readonly CompiledEntry[];
const knownByMatch = new WeakMap<Entries, ReadonlyMap<AceMatch, CompiledEntry>>();

/** The last entry of each match; the final state is asked for every line that is added. */
function byMatch(list: Entries): ReadonlyMap<AceMatch, CompiledEntry> {
  let entries = knownByMatch.get(list);
  if (!entries) {
    entries = new Map(list.flatMap((e) => (e.entry.kind === 'ace' ? [[e.entry.match, e]] : [])));
    knownByMatch.set(list, entries);
  }
  return entries;
}

/** Whether the final list begins with the same lines as this one does, down to the added line: then it says the same of it. */
function isTopOf({ list, entry }: Added, final: DeviceState): boolean {
  const own = list.entries;
  const last = final.list(list.acl.name)?.entries ?? [];
  for (let i = 0; i < own.length && own[i] === last[i]; i++) if (own[i] === entry) return true;
  return false;
}

/** Lines that share no packet with the added one have no say, and are most of a long list. */
const deadAtOnce = ({ list, entry }: Added): DeadAce | null =>
  deadIn(cutToRegion(list.compiled, entry.asked), entry);

/** null: some packet reaches the line. */
const deadIn = (list: CompiledAcl, { entry }: CompiledEntry): DeadAce | null =>
  findDeadAces(list, { only: entry })[0] ?? null;
