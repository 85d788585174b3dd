import { indent } from './safe-lists.ts';

/** Printed configuration: headers with what stands under them; statements of their own have nothing under them. */
type Blocks = ReadonlyMap<string, readonly string[]>;

/**
 * Commands that turn one printed configuration into another, lists aside. It is a guess that has to be replayed: not
 * everything can be taken back by a `no`, and some statements take others along.
 */
export function restoringCommands(now: string, wanted: string): readonly string[] {
  const [from, to] = [blocksOf(now), blocksOf(wanted)];
  return [
    ...[...from.keys()].flatMap((header) =>
      to.has(header) || isPartOfLines(header, to) ? [] : [inverse(header)],
    ),
    ...[...to].flatMap(([header, lines]) => restoreBlock(header, from.get(header), lines)),
  ];
}

/** Lists have a way back of their own; groups go with them. */
const NOT_RESTORED = /^(?:access-list|ip access-list|object-group|version|end$)/;

/** A range of terminal lines that was split cannot be removed, but be spoken of as one again. */
function isPartOfLines(header: string, wanted: Blocks): boolean {
  const line = linesOf(header);
  return (
    line !== null &&
    [...wanted.keys()].some((other) => {
      const whole = linesOf(other);
      return whole?.kind === line.kind && whole.first <= line.last && line.first <= whole.last;
    })
  );
}

function linesOf(header: string) {
  const [, kind, first, last] = /^line (\S+) (\d+)(?: (\d+))?$/.exec(header) ?? [];
  return kind === undefined ? null : { kind, first: Number(first), last: Number(last ?? first) };
}

function blocksOf(text: string): Blocks {
  const blocks = new Map<string, string[]>();
  let lines: string[] | null = null;
  for (const line of text.split('\n')) {
    if (line === '' || line === '!') continue;
    if (line.startsWith(' ')) lines?.push(line.trim());
    else if (NOT_RESTORED.test(line)) lines = null;
    else {
      lines = blocks.get(line) ?? [];
      blocks.set(line, lines);
    }
  }
  return blocks;
}

function restoreBlock(
  header: string,
  now: readonly string[] | undefined,
  wanted: readonly string[],
): readonly string[] {
  const had = now ?? [];
  // Another table takes every address along.
  const moved = vrfOf(had) !== vrfOf(wanted);
  const missing = wanted.filter((line) => !had.includes(line) || (moved && ADDRESS.test(line)));
  const odd = had.filter((line) => !wanted.includes(line) && !(moved && ADDRESS.test(line)));
  const gone = odd.filter((line) => !isReplaced(line, wanted) && line !== 'no ip address');
  const commands = [...gone.sort(secondaryFirst).map(inverse), ...missing];
  if (commands.length === 0) return now ? [] : [header];
  return [header, ...commands.map(indent)];
}

const ADDRESS = /^ip address /;
const PRIMARY = /^ip address (?!.* secondary$)/;
const vrfOf = (lines: readonly string[]): string | undefined =>
  lines.find((line) => /^(?:ip )?vrf forwarding /.test(line));

/** One table, and one primary address: a new one replaces the old. */
const isReplaced = (line: string, wanted: readonly string[]): boolean =>
  (PRIMARY.test(line) && wanted.some((w) => PRIMARY.test(w))) ||
  (/vrf forwarding /.test(line) && vrfOf(wanted) !== undefined);

const secondaryFirst = (a: string, b: string): number =>
  Number(b.endsWith(' secondary')) - Number(a.endsWith(' secondary'));

/** What a `no` before it, or none, makes of a statement. */
export const inverse = (text: string): string =>
  /^no\s/i.test(text) ? text.replace(/^no\s+/i, '') : `no ${text}`;
