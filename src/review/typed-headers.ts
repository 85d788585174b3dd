import type { Mode } from '../model/command.ts';
import type { SimulatedStep } from '../router/simulate.ts';

/** Under which headers each step of a snippet was typed, outermost first; none in global mode. */
export function typedHeaders(steps: readonly SimulatedStep[]): readonly (readonly string[])[] {
  let open: readonly string[] = [];
  return steps.map(({ before, after, text }) => {
    const outer = open.slice(0, depthOf(before.mode));
    const depth = depthOf(after.mode);
    // Entering a mode from one of the same depth, or from inside it, leaves that one first.
    const enters = after.mode !== before.mode && depth > 0 && !isExit(text);
    open = enters ? [...outer.slice(0, depth - 1), text] : outer.slice(0, depth);
    return enters ? outer.slice(0, depth - 1) : outer;
  });
}

const isExit = (text: string): boolean => /^(?:exi?t?|end)\b/i.test(text);

/** How many headers stand around a line of the mode. */
function depthOf(mode: Mode): number {
  switch (mode.kind) {
    case 'closed':
    case 'exec':
    case 'global':
      return 0;
    case 'interface':
    case 'routing':
      return 1 + (mode.outer ? depthOf(mode.outer) : 0);
    case 'vrf':
    case 'skipped':
      return 1 + (mode.depth ?? 0);
    default:
      return 1;
  }
}
