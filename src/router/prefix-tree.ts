import { type AddressPattern, ANY_ADDRESS, patternKey, prefixPattern } from '../model/address.ts';
import type { Route } from './route.ts';
import { type Choice, choicesFor } from './routes.ts';

/** A destination of a table. */
export interface Prefix {
  readonly destination: AddressPattern;
  /** What may carry packets there that no longer prefix takes, best first; none: no route does. */
  readonly choices: readonly Choice[];
  /** The longer prefixes in it, but for those that are in one of these. */
  readonly longer: readonly Prefix[];
}

/** The destinations of one table by what holds what; at the root stand all addresses, whether or not a route leads there. */
export interface PrefixTree {
  readonly root: Prefix;
  readonly at: (destination: AddressPattern) => Prefix | undefined;
}

const known = new WeakMap<readonly Route[], Map<string | null, PrefixTree>>();

export function prefixTree(routes: readonly Route[], vrf: string | null): PrefixTree {
  const trees = known.get(routes) ?? new Map<string | null, PrefixTree>();
  known.set(routes, trees);
  const tree = trees.get(vrf) ?? growTree(choicesFor(routes, vrf, ANY_ADDRESS));
  trees.set(vrf, tree);
  return tree;
}

interface Growing extends Prefix {
  readonly choices: Choice[];
  readonly longer: Growing[];
}

/** `choices` are in the order of lookup, longest prefix first. */
function growTree(choices: readonly Choice[]): PrefixTree {
  const found = new Map<string, Growing>();
  const growing = (destination: AddressPattern): Growing => {
    const key = patternKey(destination);
    const prefix = found.get(key) ?? { destination, choices: [], longer: [] };
    found.set(key, prefix);
    return prefix;
  };
  for (const choice of choices) growing(choice.destination).choices.push(choice);
  const prefixes = [...found.values()];
  const root = growing(ANY_ADDRESS);
  const lengths = [...new Set(choices.map(lengthOf))].filter((length) => length > 0);
  for (const prefix of prefixes) {
    if (prefix === root) continue;
    const length = lengthOf(prefix.choices[0]!);
    const holders = lengths
      .filter((l) => l < length)
      .map((l) => found.get(patternKey(prefixPattern(prefix.destination.address, l))));
    (holders.find((h) => h !== undefined) ?? root).longer.push(prefix);
  }
  return { root, at: (destination) => found.get(patternKey(destination)) };
}

const lengthOf = ({ routes }: Choice): number => routes[0]!.prefixLength;
