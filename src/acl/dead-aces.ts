import type { AclEntry, MatchingEntry } from '../model/access-list.ts';
import type { Packet } from '../model/packet.ts';
import type { Box } from '../headerspace/box.ts';
import { subtract, witness } from '../headerspace/packet-set.ts';
import type { CompiledAcl, CompiledEntry } from './compile.ts';
import { coverWithin } from './decide.ts';

export interface DeadAce {
  readonly ace: MatchingEntry;
  /** shadowed: the first match of some packet of it has the opposite action; redundant: never. */
  readonly rule: 'shadowed-ace' | 'redundant-ace';
  /** A few earlier lines that together cover it, each the first match of some of its packets. */
  readonly blockers: readonly AclEntry[];
  /** A packet of the line; for a shadowed one, a packet that `contradictedBy` decides. */
  readonly witness: Packet;
  readonly contradictedBy: AclEntry | null;
  /** A layer-4 permit that no whole packet reaches still lets non-initial fragments through. */
  readonly fragmentsStillMatch: boolean;
  /** Set on a line that is dead only in part: a packet it still matches. */
  readonly partial?: { readonly stillMatches: Packet };
}

export interface DeadAceOptions {
  /** Also lines that some opposite line decides in part. */
  readonly partial?: boolean;
}

/**
 * Lines that no packet reaches which carries what they ask for. Earlier lines count with what they surely
 * match, the line itself with all it may match.
 */
export function findDeadAces(compiled: CompiledAcl, options: DeadAceOptions = {}): readonly DeadAce[] {
  const dead: DeadAce[] = [];
  for (const entry of compiled.entries) {
    if (entry.entry.kind !== 'ace' || entry.asked.length === 0) continue;
    const found = examine(compiled, entry, options);
    if (found) dead.push(found);
  }
  return dead;
}

function examine(compiled: CompiledAcl, entry: CompiledEntry, options: DeadAceOptions): DeadAce | null {
  const earlier = compiled.entries.slice(0, entry.index);
  const earlierBoxes = earlier.flatMap((e) => [...e.must]);
  const reaches = (boxes: readonly Box[]): Packet | null => {
    for (const box of boxes) {
      const packet = witness(subtract([box], earlierBoxes));
      if (packet) return packet;
    }
    return null;
  };
  const alive = reaches(entry.asked);
  if (alive && !options.partial) return null;
  const sure: CompiledAcl = { ...compiled, entries: earlier.map((e) => ({ ...e, may: e.must })) };
  const pieces = entry.asked.flatMap((box) => [...coverWithin(sure, [box])]);
  const decided = pieces.filter((p) => p.decidedBy !== null && p.decidedBy !== 'implicit-deny');
  const opposite = decided.find((p) => p.verdict !== entry.action);
  if (alive && !opposite) return null;
  const blockers = [...new Set(decided.map((p) => p.decidedBy as AclEntry))];
  return {
    ace: entry.entry,
    rule: opposite ? 'shadowed-ace' : 'redundant-ace',
    blockers,
    witness: witness([(opposite ?? decided[0]!).box])!,
    contradictedBy: opposite ? (opposite.decidedBy as AclEntry) : null,
    fragmentsStillMatch: alive === null && reaches(entry.may) !== null,
    ...(alive ? { partial: { stillMatches: alive } } : {}),
  };
}
