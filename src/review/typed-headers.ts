import type { Mode } from '../model/command.ts';
import type { SimulatedStep } from '../router/simulate.ts';

/** Under which headers each step of a snippet was typed, outermost first; none in global mode. */
export function typedHeaders(steps: readonly SimulatedStep[]): readonly (readonly string[])[] {
  let open: readonly string[] = [];
  return steps.map(({ before, after, text }) => {
    const outer = open.slice(0, depthOf(before.mode));
    const depth = depthOf(after.mode);
    if (after.mode === before.mode || isExit(text)) {
      open = outer.slice(0, depth);
      return outer;
    }
    // A statement of a mode around this one leads back to it. A mode that is entered from one of the same depth, or from
    // inside one, leaves that one first.
    const leadsBack = depth === 0 || isWithin(before.mode, after.mode);
    const around = outer.slice(0, leadsBack ? depth : depth - 1);
    open = leadsBack ? around : [...around, text];
    return around;
  });
}

const isExit = (text: string): boolean => /^(?:exi?t?|end)\b/i.test(text);

/** A statement of an interface, typed under a part of it, leads back to the interface and opens nothing. */
function isWithin(mode: Mode, outer: Mode): boolean {
  const around = mode.kind === 'routing' || mode.kind === 'interface' ? mode.outer : undefined;
  return around !== undefined && (around === outer || isWithin(around, outer));
}

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
