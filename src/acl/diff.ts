import type { AclEntry } from '../model/access-list.ts';
import type { Packet } from '../model/packet.ts';
import { type Box, makeBox } from '../headerspace/box.ts';
import { intersect, type PacketSet, witness } from '../headerspace/packet-set.ts';
import type { CompiledAcl } from './compile.ts';
import { coverWithin, type Decider, type Piece } from './decide.ts';

/** Packets that two lists treat differently, all alike: one line decided before, one decides after. */
export interface DiffSpace {
  readonly box: Box;
  readonly before: Decider;
  readonly after: Decider;
  /** Where a side is undetermined: the lines that leave it open. */
  readonly doubts: readonly AclEntry[];
  readonly witness: Packet;
}

/** Disjoint spaces that together are every difference. */
export interface DiffSpaces {
  /** Denied before, permitted after. */
  readonly gained: readonly DiffSpace[];
  /** Permitted before, denied after. */
  readonly lost: readonly DiffSpace[];
  /** Whether these change depends on what the text leaves open. */
  readonly undetermined: readonly DiffSpace[];
}

export interface AclDiff extends DiffSpaces {
  /** The same for non-initial fragments, which carry no ports. */
  readonly fragments: DiffSpaces;
}

const WHOLE_PACKETS: PacketSet = [makeBox({ fragments: 'whole' })];
const LATER_FRAGMENTS: PacketSet = [makeBox({ fragments: 'non-initial' })];

/** What a change of list does to packets, all of them or those in `within`. */
export function diffAcls(before: CompiledAcl, after: CompiledAcl, within?: PacketSet): AclDiff {
  const limit = (set: PacketSet): PacketSet => (within === undefined ? set : intersect(set, within));
  return {
    ...diffOver(before, after, limit(WHOLE_PACKETS)),
    fragments: diffOver(before, after, limit(LATER_FRAGMENTS)),
  };
}

/** True when both lists treat every packet alike. */
export function equivalent(a: CompiledAcl, b: CompiledAcl): boolean {
  const { fragments, ...whole } = diffAcls(a, b);
  return [whole, fragments].every((d) => d.gained.length + d.lost.length + d.undetermined.length === 0);
}

function diffOver(before: CompiledAcl, after: CompiledAcl, within: PacketSet): DiffSpaces {
  const spaces: { gained: DiffSpace[]; lost: DiffSpace[]; undetermined: DiffSpace[] } = {
    gained: [],
    lost: [],
    undetermined: [],
  };
  for (const old of coverWithin(before, within))
    for (const now of coverWithin(after, [old.box])) {
      const kind = changeKind(old, now);
      if (kind === null) continue;
      spaces[kind].push({
        box: now.box,
        before: old.decidedBy,
        after: now.decidedBy,
        doubts: [...old.doubts, ...now.doubts],
        witness: witness([now.box])!,
      });
    }
  return spaces;
}

function changeKind(old: Piece, now: Piece): keyof DiffSpaces | null {
  if (old.verdict === 'undetermined' || now.verdict === 'undetermined') return 'undetermined';
  if (old.verdict === now.verdict) return null;
  return now.verdict === 'permit' ? 'gained' : 'lost';
}
