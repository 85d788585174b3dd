import type { CompiledAcl, CompiledEntry } from '../../acl/compile.ts';
import { type DeadAce, findDeadAces } from '../../acl/dead-aces.ts';
import { deadLinesOf } from '../../acl/dead-lines.ts';
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
    const name = extendedList(view);
    // Nearly all lines of the final list are alive: the state after the command is looked at for the others alone.
    const last = name === null ? null : finalForm(view, name);
    const dead = last && deadIn(last.list, last.entry);
    if (!dead) return [];
    const added = addedEntry(view, name!);
    if (!added || (!isTopOf(added, view.final) && deadAtOnce(added) === null)) return [];
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

/** The list that the command adds a line to; null: it adds none. */
function extendedList({ step }: StepView): string | null {
  const { command, effect, before } = step;
  if (command === null || effect.kind !== 'changed') return null;
  if (command.kind === 'append-entry') return command.list;
  return command.kind === 'list-entry' && before.mode.kind === 'access-list' ? before.mode.list : null;
}

const entryOf = ({ step: { command } }: StepView): AclEntry | null =>
  command?.kind === 'append-entry' || command?.kind === 'list-entry' ? command.entry : null;

function addedEntry(view: StepView, name: string): Added | null {
  const list = view.after.list(name);
  const entry = list && lineOf(entryOf(view), (match) => findIn(list, match));
  return list && entry && { list, entry };
}

/** Numbering copies an entry but shares what it matches. */
const lineOf = (
  entry: AclEntry | null,
  find: (match: AceMatch) => CompiledEntry | undefined,
): CompiledEntry | null => (entry?.kind === 'ace' ? (find(entry.match) ?? null) : null);

const findIn = (list: TrackedList, match: AceMatch): CompiledEntry | undefined =>
  list.fresh.findLast((e) => e.entry.kind === 'ace' && e.entry.match === match) ??
  byMatch(list.entries).get(match);

/** The same line in the final state, under whatever number; null when a later command removes it. */
function finalForm(view: StepView, name: string) {
  const whole = view.final.whole(name);
  const last = whole && lineOf(entryOf(view), (match) => byMatch(whole.entries).get(match));
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
  described(cutToRegion(list.compiled, entry.asked), entry);

/** null: some packet reaches the line. Any number of lines are asked about in the final list. */
const deadIn = (list: CompiledAcl, entry: CompiledEntry): DeadAce | null =>
  deadLinesOf(list).isAlive(entry) ? null : described(list, entry);

const described = (list: CompiledAcl, { entry }: CompiledEntry): DeadAce | null =>
  findDeadAces(list, { only: entry })[0] ?? null;
