import type { CommandOf } from '../../model/command.ts';
import { pushAll } from '../../model/push-all.ts';
import type { RouterConfig } from '../../model/router-config.ts';
import { isUnfollowed } from '../../model/unfollowed.ts';
import type { SimulatedStep, Simulation } from '../../router/simulate.ts';
import { changesBeyondLists } from '../other-changes.ts';
import { typedHeaders } from '../typed-headers.ts';
import { inverse } from './restore.ts';
import { indent } from './safe-lists.ts';

/** Commands that the builds and swaps stand for, and those that change nothing. */
const ABOUT_LISTS: ReadonlySet<string> = new Set([
  'append-entry',
  'list-entry',
  'remove-entry',
  'delete-list',
  'enter-list',
  'resequence-list',
  'access-class',
  'enter-object-group',
  'delete-object-group',
  'network-member',
  'service-member',
  'group-description',
  'move',
  'exec',
  'enter-line',
]);

export interface OtherCommands {
  readonly commands: readonly string[];
  /** Of time-ranges: lists ask them, so they may have to stand before a list is bound, or to wait until it is. */
  readonly times: readonly string[];
  /** Those of the commands whose effect is modelled, so that what undoes them can be tried. */
  readonly modelled: readonly string[];
  /** The others: a banner, an SNMP contact, a password. */
  readonly unmodelled: readonly string[];
  readonly left: readonly string[];
}

/** The snippet's commands that are about something else than lists, each under the mode it was typed in. */
export function otherCommands(
  before: RouterConfig,
  after: RouterConfig,
  simulation: Simulation | null,
): OtherCommands {
  if (simulation === null)
    return {
      commands: [],
      times: [],
      modelled: [],
      unmodelled: [],
      left: changesBeyondLists(before, after).map((note) => `${note.split(';')[0]}: not written here`),
    };
  const { steps } = simulation;
  return {
    commands: write(simulation, (step) => (isModelled(step) && !isAboutTimes(step)) || isUnmodelled(step)),
    times: write(simulation, (step) => isModelled(step) && isAboutTimes(step)),
    modelled: write(simulation, isModelled),
    unmodelled: steps.filter((s) => isUnmodelled(s) && !opensMode(s)).map((s) => s.text),
    left: [],
  };
}

const isModelled = ({ command, effect }: SimulatedStep): boolean =>
  command !== null &&
  effect.kind === 'changed' &&
  !ABOUT_LISTS.has(command.kind) &&
  !(command.kind === 'interface' && (command.change.kind === 'bind' || command.change.kind === 'unbind'));

const isAboutTimes = ({ command }: SimulatedStep): boolean =>
  command !== null && ['enter-time-range', 'time-range-entry', 'delete-time-range'].includes(command.kind);

/** Of a knowingly skipped family, or not followed: what it does is not known, only that it was wanted. */
const isUnmodelled = ({ command, effect }: SimulatedStep): boolean =>
  command !== null && (command.kind === 'skipped' || isUnfollowed(command)) && effect.kind === 'none';

const opensMode = ({ command, after }: SimulatedStep): boolean =>
  command !== null &&
  (command.kind !== 'move' || isUnfollowed(command)) &&
  command.next !== 'same' &&
  !['global', 'exec', 'closed'].includes(after.mode.kind);

function write(simulation: Simulation, isWanted: (step: SimulatedStep) => boolean): readonly string[] {
  const commands: string[] = [];
  const around = typedHeaders(simulation.steps);
  let headers: readonly string[] = [];
  for (const step of newTimesFirst(simulation.steps)) {
    if (!isWanted(step)) continue;
    const at = simulation.steps.indexOf(step);
    const wanted = around[at]!;
    // From inside a part, the next part is entered as it was typed; its header would count as one of this part.
    const isNextPart = opensMode(step) && wanted.length > 0 && wanted.every((h, i) => h === headers[i]);
    if (!isNextPart && wanted.join('\n') !== headers.join('\n')) pushAll(commands, wanted);
    if (wanted.length === 0 && headers.length > 0 && !opensMode(step)) commands.push('exit');
    headers = opensMode(step) ? [...wanted, step.text] : wanted;
    const text = [step.text, ...bodyOf(simulation, at)].join('\n');
    commands.push(wanted.length === 0 ? text : indent(text));
  }
  return commands;
}

/**
 * What is new in a time-range before what goes: a range that says nothing is always active, and one that says both is
 * active as the one end is or as the other. An absolute entry takes the place of another by itself.
 */
function newTimesFirst(steps: readonly SimulatedStep[]): readonly SimulatedStep[] {
  const ordered: SimulatedStep[] = [];
  for (let at = 0; at < steps.length; ) {
    let end = at;
    while (end < steps.length && timeOf(steps[end]!) !== null) end += 1;
    const stretch = steps.slice(at, Math.max(end, at + 1));
    const added = stretch.filter((s) => timeOf(s)?.on === true);
    const gone = stretch.filter((s) => timeOf(s)?.on === false);
    const inOrder = gone.some((g) => added.some((a) => excludes(timeOf(a)!, timeOf(g)!)));
    pushAll(ordered, end > at && !inOrder ? [...added, ...gone] : stretch);
    at += stretch.length;
  }
  return ordered;
}

type TimeCommand = CommandOf<'time-range-entry'>;

const timeOf = ({ command, effect }: SimulatedStep): TimeCommand | null =>
  command?.kind === 'time-range-entry' && effect.kind === 'changed' ? command : null;

/** The two cannot stand side by side. */
const excludes = ({ entry: a }: TimeCommand, { entry: b }: TimeCommand): boolean =>
  (a.kind === 'absolute' && b.kind === 'absolute') ||
  JSON.stringify({ ...a, span: null }) === JSON.stringify({ ...b, span: null });

/** The free text that follows a command, such as a banner's: the device stores it as it stands. */
function bodyOf({ steps }: Simulation, at: number): readonly string[] {
  const end = steps.findIndex((s, i) => i > at && s.kind !== 'body');
  return steps.slice(at + 1, end < 0 ? steps.length : end).map((s) => s.span.text);
}

/** The commands taken back in the opposite order, each under its header, by the `no` of each. */
export function undoCommands(commands: readonly string[]): readonly string[] {
  const blocks: { readonly header: string | null; readonly undo: string[] }[] = [];
  for (const command of commands) {
    const text = command.trim();
    if (text === 'exit') continue;
    const inside = command !== text;
    const block = blocks.at(-1);
    if (inside && block) block.undo.unshift(inverse(text));
    else if (OPENS_MODE.test(text)) blocks.push({ header: text, undo: [] });
    else blocks.push({ header: null, undo: [inverse(text)] });
  }
  return blocks
    .reverse()
    .flatMap(({ header, undo }) =>
      header === null ? undo : undo.length === 0 ? [] : [header, ...undo.map(indent)],
    );
}

const OPENS_MODE = /^(?:int|router|time-range|line|route-map|class-map|policy-map|crypto map)/i;
