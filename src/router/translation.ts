import type { Box } from '../headerspace/box.ts';
import type { NatRule } from '../model/router-config.ts';
import type { Fork } from './fork.ts';

/** One header that a part of a packet set may get, with the way there and back. */
export interface Translation {
  readonly box: Box;
  readonly apply: (box: Box) => Box;
  readonly undo: (box: Box) => Box;
  readonly assumption: string | null;
  /** The many-to-few kind, whose way back only the session knows. */
  readonly dynamic: boolean;
  /** The VRF whose table routes it from here on; absent: as before. */
  readonly vrf?: string;
}

/** A part of a set, and every header that it may get; `fork` says why there are several. */
export interface Rewriting {
  readonly part: Box;
  readonly ways: readonly Translation[];
  readonly fork: Fork | null;
  /** Set where the router answers for an address that no live translation stands behind. */
  readonly dropped?: { readonly reason: string; readonly rule: NatRule };
}

export const untouched = (box: Box): Translation => ({
  box,
  apply: (b) => b,
  undo: (b) => b,
  assumption: null,
  dynamic: false,
});

export const asIs = (part: Box): Rewriting => ({ part, ways: [untouched(part)], fork: null });

export const only = (part: Box, way: Translation): Rewriting => ({ part, ways: [way], fork: null });

/** One translation after another. */
export const inTurn = (a: Translation, b: Translation): Translation => ({
  box: b.box,
  apply: (box) => b.apply(a.apply(box)),
  undo: (box) => a.undo(b.undo(box)),
  assumption: a.assumption ?? b.assumption,
  dynamic: a.dynamic || b.dynamic,
  ...(b.vrf === undefined ? (a.vrf === undefined ? {} : { vrf: a.vrf }) : { vrf: b.vrf }),
});
