import type { Mode } from '../../model/command.ts';
import type { RouterConfig } from '../../model/router-config.ts';
import type { Simulation } from '../../router/simulate.ts';
import { changesBeyondLists } from '../other-changes.ts';
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
  'skipped',
  'enter-line',
]);

/** The snippet's commands that are about something else than lists, each under the mode it was typed in. */
export function otherCommands(
  before: RouterConfig,
  after: RouterConfig,
  simulation: Simulation | null,
): { readonly commands: readonly string[]; readonly left: readonly string[] } {
  if (simulation === null)
    return {
      commands: [],
      left: changesBeyondLists(before, after).map((note) => `${note.split(';')[0]}: not written here`),
    };
  const commands: string[] = [];
  let headers: readonly string[] = [];
  for (const step of simulation.steps) {
    const { command } = step;
    if (command === null || step.effect.kind !== 'changed' || ABOUT_LISTS.has(command.kind)) continue;
    if (command.kind === 'interface' && (command.change.kind === 'bind' || command.change.kind === 'unbind'))
      continue;
    const wanted = headersOf(simulation, step.number);
    if (wanted.join('\n') !== headers.join('\n')) commands.push(...wanted);
    if (wanted.length === 0 && headers.length > 0 && command.kind !== 'enter-interface')
      commands.push('exit');
    headers =
      command.kind === 'enter-interface' || command.kind === 'enter-routing'
        ? [...wanted, step.text]
        : wanted;
    commands.push(wanted.length === 0 ? step.text : indent(step.text));
  }
  return { commands, left: [] };
}

/** The commands that opened the mode in which this step was typed, outermost first; none in global mode. */
function headersOf(simulation: Simulation, number: number): readonly string[] {
  const at = simulation.steps.findIndex((s) => s.number === number);
  const { mode } = simulation.steps[at]!.before;
  if (mode.kind === 'global' || mode.kind === 'exec') return [];
  const next = simulation.steps[at]!.command?.next ?? 'same';
  if (next === 'same') return openersOf(simulation, at, mode);
  // A statement of an interface, typed under a part of it, leads back to the interface.
  if (isWithin(mode, next)) return openersOf(simulation, at, next);
  return outerOf(next) ? openersOf(simulation, at, mode) : [];
}

function openersOf(simulation: Simulation, before: number, mode: Mode): readonly string[] {
  const at = simulation.steps
    .slice(0, before)
    .findLastIndex((s) => s.after.mode === mode && s.before.mode !== mode && !isWithin(s.before.mode, mode));
  if (at < 0) return [];
  const outer = outerOf(mode);
  return [...(outer ? openersOf(simulation, at, outer) : []), simulation.steps[at]!.text];
}

/** Leaving a part leads back to a mode, and does not open it. */
function isWithin(mode: Mode, outer: Mode): boolean {
  const around = outerOf(mode);
  return around !== undefined && (around === outer || isWithin(around, outer));
}

const outerOf = (mode: Mode): Mode | undefined =>
  mode.kind === 'routing' || mode.kind === 'interface' ? mode.outer : undefined;

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

const inverse = (text: string): string => (/^no\s/i.test(text) ? text.replace(/^no\s+/i, '') : `no ${text}`);
