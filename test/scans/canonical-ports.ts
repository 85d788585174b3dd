import type { PortSet } from '../../src/model/ports.ts';

export const canonicalPorts = (set: PortSet): ReadonlySet<number> =>
  new Set(set.flatMap(([lo, hi]) => Array.from({ length: hi - lo + 1 }, (_, i) => lo + i)));
