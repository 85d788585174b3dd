import type { Direction, RouterConfig, TerminalLine } from '../../model/router-config.ts';
import { indent } from './safe-lists.ts';

/** The commands that lead from one set of uses to another, and back. */
export interface SwapPlan {
  readonly forward: readonly string[];
  readonly back: readonly string[];
}

/** Terminal lines swap their access-class as interfaces swap their list. A range may have been split meanwhile. */
export function planLogins(
  before: RouterConfig,
  after: RouterConfig,
  renamed: ReadonlyMap<string, string>,
): SwapPlan {
  const wanted = (line: TerminalLine, direction: Direction): Use => useOf(line, direction, renamed);
  const had = (line: TerminalLine | undefined, direction: Direction): Use =>
    line ? useOf(line, direction, new Map()) : null;
  const forward = after.lines.flatMap((line) => {
    const old = before.lines.find((l) => covers(l, line));
    return swapAt(line, (direction) => [had(old, direction), wanted(line, direction)]);
  });
  const back = before.lines.flatMap((line) => {
    const parts = after.lines.filter((l) => overlaps(l, line));
    return swapAt(line, (direction) => {
      const old = had(line, direction);
      const other = parts.map((l) => wanted(l, direction)).find((use) => use !== old);
      return [other === undefined ? old : other, old];
    });
  });
  return { forward, back };
}

/** What follows `access-class`, without the direction between: `23`, or `23 … vrf-also`; null: no class. */
type Use = string | null;

const VRF_ALSO = ' vrf-also';

function useOf(line: TerminalLine, direction: Direction, renamed: ReadonlyMap<string, string>): Use {
  const use = direction === 'in' ? line.accessClassIn : line.accessClassOut;
  return use && `${renamed.get(use.acl) ?? use.acl} ${direction}${use.vrfAlso ? VRF_ALSO : ''}`;
}

function swapAt(
  line: TerminalLine,
  of: (direction: Direction) => readonly [from: Use, to: Use],
): readonly string[] {
  const commands = (['in', 'out'] as const).flatMap((direction) => {
    const [from, to] = of(direction);
    if (from === to) return [];
    return [indent(to === null ? `no access-class ${from?.replace(VRF_ALSO, '')}` : `access-class ${to}`)];
  });
  return commands.length === 0 ? [] : [headOf(line), ...commands];
}

const headOf = ({ kind, first, last }: TerminalLine): string =>
  `line ${kind} ${first}${last === first ? '' : ` ${last}`}`;

const covers = (outer: TerminalLine, line: TerminalLine): boolean =>
  outer.kind === line.kind && outer.first <= line.first && outer.last >= line.last;

const overlaps = (a: TerminalLine, b: TerminalLine): boolean =>
  a.kind === b.kind && a.first <= b.last && a.last >= b.first;
