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
  let header: string | null = null;
  for (const step of simulation.steps) {
    const { command } = step;
    if (command === null || step.effect.kind !== 'changed' || ABOUT_LISTS.has(command.kind)) continue;
    if (command.kind === 'interface' && (command.change.kind === 'bind' || command.change.kind === 'unbind'))
      continue;
    const wanted = headerOf(simulation, step.number);
    if (wanted !== header && wanted !== null) commands.push(wanted);
    if (wanted === null && header !== null && command.kind !== 'enter-interface') commands.push('exit');
    header = command.kind === 'enter-interface' || command.kind === 'enter-routing' ? step.text : wanted;
    commands.push(wanted === null ? step.text : indent(step.text));
  }
  return { commands, left: [] };
}

/** The command that opened the mode in which this step was typed; null in global mode. */
function headerOf(simulation: Simulation, number: number): string | null {
  const at = simulation.steps.findIndex((s) => s.number === number);
  const { mode } = simulation.steps[at]!.before;
  if (mode.kind === 'global' || mode.kind === 'exec') return null;
  const opener = simulation.steps
    .slice(0, at)
    .findLast((s) => s.after.mode === mode && s.before.mode !== mode);
  const opens = simulation.steps[at]!.command;
  return opener && !(opens && opens.next !== 'same') ? opener.text : null;
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

const inverse = (text: string): string => (/^no\s/i.test(text) ? text.replace(/^no\s+/i, '') : `no ${text}`);
