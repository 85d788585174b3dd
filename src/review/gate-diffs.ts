import { type BoxMeter, diffInPairs, tryDiffInPairs } from '../acl/diff.ts';
import { type AclDiffInSets, countChangedMembers, diffInSets } from '../acl/diff-in-sets.ts';
import type { DiffIn, DiffPair } from '../acl/diff-spaces.ts';
import { makeBox } from '../headerspace/box.ts';
import type { PacketSet } from '../headerspace/packet-set.ts';
import { TCP } from '../model/packet.ts';
import { type ChangedGate, groupPairs, groupSets, type PairGroup } from './pair-groups.ts';
import { areMany, MOST_IN_ALL } from './tell-spaces.ts';

export type ListName = 'gained' | 'lost' | 'undetermined' | 'fragments.gained' | 'fragments.lost';

/** What changes at one gate, pair by pair of deciding lines. */
export interface GateDiff {
  readonly gate: ChangedGate;
  readonly pairs: Readonly<Record<ListName, readonly PairGroup[]>>;
  /** See `DiffIn`. */
  readonly complete: boolean;
  /** See `DiffIn`. */
  readonly coarse: boolean;
}

/**
 * The difference at each gate. A change that falls into thousands of boxes is found in sets of addresses instead, as far as
 * its lists allow: it would be told in these in any case.
 */
export function pairsAtGates(gates: readonly ChangedGate[]): readonly GateDiff[] {
  return inBoxes(gates) ?? fewInBoxes(gates.map(inSets));
}

/** From so many on, boxes of changed object groups are not even laid out. */
const MANY_MEMBERS = 2000;

/** Null: they are many. */
function inBoxes(gates: readonly ChangedGate[]): readonly GateDiff[] | null {
  const hasMany = ({ old, now }: ChangedGate): boolean =>
    countChangedMembers(old.filter, now.filter) > MANY_MEMBERS;
  if (gates.some(hasMany)) return null;
  const meter: BoxMeter = { left: MOST_IN_ALL };
  const diffs: GateDiff[] = [];
  for (const gate of gates) {
    const diff = tryDiffInPairs(gate.old.filter, gate.now.filter, withinOf(gate), meter);
    if (diff === null) return null;
    diffs.push(ofBoxes(gate, diff));
  }
  return diffs;
}

function inSets(gate: ChangedGate): GateDiff {
  const [old, now, within] = [gate.old.filter, gate.now.filter, withinOf(gate)];
  const sets = diffInSets(old, now, within);
  return sets === null ? ofBoxes(gate, diffInPairs(old, now, within)) : ofSets(gate, sets);
}

/** Logins are TCP; nothing else asks an access-class. */
const LOGINS: PacketSet = [makeBox({ protocol: TCP, destinationPorts: [[22, 23]], fragments: 'whole' })];

const withinOf = ({ place }: ChangedGate): PacketSet | undefined => (place.terminal ? LOGINS : undefined);

const ofBoxes = (gate: ChangedGate, diff: DiffIn<DiffPair>): GateDiff => ({
  gate,
  complete: diff.complete,
  coarse: diff.coarse,
  pairs: {
    gained: groupPairs(diff.gained, gate),
    lost: groupPairs(diff.lost, gate),
    undetermined: groupPairs([...diff.undetermined, ...diff.fragments.undetermined], gate),
    'fragments.gained': groupPairs(diff.fragments.gained, gate),
    'fragments.lost': groupPairs(diff.fragments.lost, gate),
  },
});

const ofSets = (gate: ChangedGate, { fragments, gained, lost }: AclDiffInSets): GateDiff => ({
  gate,
  complete: true,
  coarse: false,
  pairs: {
    gained: groupSets(gained, gate),
    lost: groupSets(lost, gate),
    undetermined: [],
    'fragments.gained': groupSets(fragments.gained, gate),
    'fragments.lost': groupSets(fragments.lost, gate),
  },
});

/** A change that comes to few boxes once they are joined is told in boxes, however many they were before. */
function fewInBoxes(diffs: readonly GateDiff[]): readonly GateDiff[] {
  if (areMany(diffs.flatMap(({ pairs }) => Object.values(pairs)))) return diffs;
  const told = (group: PairGroup): PairGroup => group.inBoxes();
  return diffs.map((diff) => ({
    ...diff,
    pairs: {
      gained: diff.pairs.gained.map(told),
      lost: diff.pairs.lost.map(told),
      undetermined: diff.pairs.undetermined,
      'fragments.gained': diff.pairs['fragments.gained'].map(told),
      'fragments.lost': diff.pairs['fragments.lost'].map(told),
    },
  }));
}
