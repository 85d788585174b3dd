import { alignEntries } from '../acl/align.ts';
import { ChangedRows } from '../acl/changed-rows.ts';
import { type CompiledAcl, type CompiledEntry, compileAcl, isCertain } from '../acl/compile.ts';
import { deadLinesOf, fatesOf } from '../acl/dead-lines.ts';
import { sameFates } from '../acl/same-fates.ts';
import type { Box } from '../headerspace/box.ts';
import { GAVE_UP } from '../headerspace/sweep.ts';
import { type Acl, type AclEntry, groupsNamedBy } from '../model/access-list.ts';
import type { RouterConfig } from '../model/router-config.ts';
import { bodyOf } from './new-findings.ts';

/** What rules need look at of one list. */
export interface ListFocus {
  /** The lines that rules about single lines need look at. */
  readonly lines: ReadonlySet<AclEntry>;
  /** Where the change may let less pass: what permits taken out and denies put in may match. */
  readonly closing: readonly Box[];
}

/** By list name; of a list that is not named, all has to be looked at. */
export type Focus = ReadonlyMap<string, ListFocus>;

export interface ChangeFocus {
  readonly before: Focus;
  readonly after: Focus;
}

/**
 * The lines of which a change of lists and object groups can make a rule say something else: those that are changed
 * themselves, read otherwise or name a changed group, and those that share packets with a changed one, unless some packet
 * surely reaches them that no changed line has. Every other line has a twin in the other configuration, of the same text,
 * that packets reach as well, packets of `parts` where the line has any of these: what a rule says of it, it says of its
 * twin. Null where that leaves out too little, or where more changed than lists and groups.
 */
export function focusOnChange(
  before: RouterConfig,
  after: RouterConfig,
  clock: number | null,
  parts: readonly Box[],
): ChangeFocus | null {
  if (!sameBeyondLists(before, after)) return null;
  const groups = changedGroups(before.objectGroups, after.objectGroups);
  const focus = { before: new Map<string, ListFocus>(), after: new Map<string, ListFocus>() };
  const compile = (acl: Acl, { objectGroups, timeRanges }: RouterConfig): CompiledAcl =>
    compileAcl(acl, { objectGroups, timeRanges, clock });
  for (const [name, now] of after.acls) {
    const old = before.acls.get(name);
    if (old?.kind !== now.kind) continue;
    const touched = touchedLines(compile(old, before), compile(now, after), groups, parts);
    if (touched === null) continue;
    const { closing } = touched;
    focus.before.set(name, { lines: touched.before, closing });
    focus.after.set(name, { lines: touched.after, closing });
  }
  return focus.after.size === 0 ? null : focus;
}

/** The same focus, and all lines that read like one of these. */
export function widenFocus(
  focus: ChangeFocus,
  before: RouterConfig,
  after: RouterConfig,
  texts: readonly string[],
): ChangeFocus {
  const bodies = new Set(texts.map(bodyOf));
  const ends = new Set([...bodies].map(lastLetters));
  const alike = ({ span: { text } }: AclEntry): boolean =>
    ends.has(lastLetters(text)) && bodies.has(bodyOf(text));
  const widen = (lists: Focus, config: RouterConfig): Focus =>
    new Map(
      [...lists].map(([name, { lines, closing }]) => [
        name,
        { lines: new Set([...lines, ...config.acls.get(name)!.entries.filter(alike)]), closing },
      ]),
    );
  return { before: widen(focus.before, before), after: widen(focus.after, after) };
}

/** Told in a moment, and few lines that read differently have the same ones. */
function lastLetters(text: string): number {
  const end = isPlain(text, text.length - 1) && isPlain(text, text.length - 2) ? text : lowerEnd(text);
  return (end.charCodeAt(end.length - 2) << 16) | end.charCodeAt(end.length - 1);
}

const lowerEnd = (text: string): string => text.trimEnd().slice(-2).toLowerCase();

/** Whether a letter is one that stays as it is: a digit, or a small letter. */
function isPlain(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return (code >= 0x30 && code <= 0x39) || (code >= 0x61 && code <= 0x7a);
}

/** Where a larger share of a list is to be looked at, looking at all of it costs as much. */
const MOST_TOUCHED = 1 / 4;

interface TouchedLines {
  readonly before: Set<AclEntry>;
  readonly after: Set<AclEntry>;
  readonly closing: readonly Box[];
}

/** Null: all lines of both. */
function touchedLines(
  before: CompiledAcl,
  after: CompiledAcl,
  groups: ReadonlySet<string>,
  parts: readonly Box[],
): TouchedLines | null {
  const alignment = alignEntries(before, after);
  const { partner, partnerBefore } = alignment;
  const gone = before.entries.filter((e) => partner[e.index] === -1);
  const come = after.entries.filter((e) => partnerBefore[e.index] === -1);
  const most = MOST_TOUCHED * Math.max(before.entries.length, after.entries.length);
  // What is no plain line, such as `evaluate`, can change what rules say of the whole list.
  if (gone.length + come.length > most || [...gone, ...come].some((e) => e.entry.kind !== 'ace')) return null;
  const touched = {
    before: new Set<AclEntry>(gone.map((e) => e.entry)),
    after: new Set<AclEntry>(come.map((e) => e.entry)),
    closing: [
      ...gone.filter((e) => e.action !== 'deny'),
      ...come.filter((e) => e.action !== 'permit'),
    ].flatMap((e) => [...e.may]),
  };
  const twinOf = (entry: CompiledEntry): CompiledEntry | undefined => after.entries[partner[entry.index]!];
  const touch = (entry: CompiledEntry): void => {
    touched.before.add(entry.entry);
    touched.after.add(twinOf(entry)!.entry);
  };
  for (const entry of before.entries) {
    const twin = twinOf(entry);
    if (twin !== undefined && !(readsAlike(entry, twin) && namesNone(groups, entry))) touch(entry);
  }
  const changed = new ChangedRows(before, after, alignment);
  const met = changed.linesMet().filter((e) => twinOf(e) !== undefined);
  // Lines that match nothing have no packets to draw, and of those that only may match, the rows do not tell.
  const plain = met.filter((entry) => isCertain(entry) && entry.asked.length > 0);
  const same = sameFates(before, changed, plain, parts);
  const alive = [...same.alive];
  deadLinesOf(before).areAlive(alive);
  deadLinesOf(after).areAlive(alive.map((entry) => twinOf(entry)!));
  const open: CompiledEntry[] = [];
  for (const entry of met)
    if (!same.lines.has(entry)) open.push(entry);
    else if (!same.inAllParts.has(entry)) {
      if (same.alive.has(entry)) touch(entry);
      else open.push(entry);
    }
  if (open.length > most) return null;
  const was = fatesOf(before, open);
  const is = fatesOf(
    after,
    open.map((entry) => twinOf(entry)!),
  );
  open.forEach((entry, i) => {
    const inParts = was[i] === 'alive' && !same.inAllParts.has(entry);
    if (was[i] !== is[i] || was[i] === GAVE_UP || inParts) touch(entry);
  });
  return touched.before.size > most ? null : touched;
}

const readsAlike = (a: CompiledEntry, b: CompiledEntry): boolean => {
  const [one, other] = [a.entry.span.text, b.entry.span.text];
  return one === other || bodyOf(one) === bodyOf(other);
};

const namesNone = (groups: ReadonlySet<string>, { entry }: CompiledEntry): boolean =>
  groups.size === 0 || entry.kind !== 'ace' || !groupsNamedBy(entry).some((name) => groups.has(name));

type Groups = RouterConfig['objectGroups'];

/** Groups that come, go or have other members, and all groups that one of these is in. */
function changedGroups(before: Groups, after: Groups): ReadonlySet<string> {
  const all = [...before, ...after];
  const changed = new Set<string>();
  for (const [name] of all) if (!sameMeaning(before.get(name), after.get(name))) changed.add(name);
  // A set shows what is added to it while it is walked.
  for (const inner of changed)
    for (const [name, { members }] of all)
      if (members.some((member) => member.kind === 'group' && member.name === inner)) changed.add(name);
  return changed;
}

/** What two texts of one device may differ in: names of files, counts, lists, groups and what no rule looks at. */
const APART: ReadonlySet<string> = new Set<keyof RouterConfig>([
  'file',
  'account',
  'acls',
  'objectGroups',
  'unfollowed',
]);

const sameBeyondLists = (a: RouterConfig, b: RouterConfig): boolean =>
  (Object.keys({ ...a, ...b }) as (keyof RouterConfig)[]).every(
    (key) => APART.has(key) || sameMeaning(a[key], b[key]),
  );

/** Equal in all but the places where they stand in their texts. */
function sameMeaning(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (a instanceof Map || a instanceof Set)
    return b instanceof a.constructor && sameMeaning([...a], [...(b as Iterable<unknown>)]);
  const [one, other] = [Object.entries(a), b as Record<string, unknown>];
  return (
    one.length === Object.keys(b).length &&
    one.every(([key, value]) => key === 'span' || sameMeaning(value, other[key]))
  );
}
