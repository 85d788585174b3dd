import type { AceAction, AclEntry } from '../model/access-list.ts';
import type { Packet } from '../model/packet.ts';
import { type Box, makeBox } from '../headerspace/box.ts';
import { mergeBoxes } from '../headerspace/merge-boxes.ts';
import { intersect, type PacketSet, subtract } from '../headerspace/packet-set.ts';
import { naturalPacket } from '../headerspace/witness.ts';
import { alignEntries, type Changes, effectKey } from './align.ts';
import { type CompiledAcl, type CompiledEntry, isCertain } from './compile.ts';
import {
  conclude,
  type Decider,
  type Decision,
  type FirstMatch,
  firstMatchesWithin,
  reachOf,
} from './decide.ts';

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

/**
 * What a change of list does to packets, all of them or those in `within`. Only packets that reach a changed
 * line in either list are looked at: all others meet the same lines in the same order.
 */
export function diffAcls(before: CompiledAcl, after: CompiledAcl, within?: PacketSet): AclDiff {
  const sides = changedSides(before, after);
  const limit = (set: PacketSet): PacketSet => (within === undefined ? set : intersect(set, within));
  return {
    ...diffOver(sides, limit(WHOLE_PACKETS)),
    fragments: diffOver(sides, limit(LATER_FRAGMENTS)),
  };
}

/** True when both lists treat every packet alike. */
export function equivalent(a: CompiledAcl, b: CompiledAcl): boolean {
  const { fragments, ...whole } = diffAcls(a, b);
  return [whole, fragments].every((d) => d.gained.length + d.lost.length + d.undetermined.length === 0);
}

interface Sides {
  readonly before: CompiledAcl;
  readonly after: CompiledAcl;
  /** The part of each list that must be looked at: entries whose packets may be decided differently. */
  readonly changed: Changes;
  /** A list without any ACE permits what another one denies at its end: then no packet can be passed over. */
  readonly otherEnd: boolean;
}

function changedSides(before: CompiledAcl, after: CompiledAcl): Sides {
  const changes = alignEntries(before, after);
  return {
    before,
    after,
    changed: {
      before: withoutIdleTail(before, changes.before),
      after: withoutIdleTail(after, changes.after),
    },
    otherEnd: before.otherwise !== after.otherwise,
  };
}

/** Denies at the very end only say what the implicit deny says anyway. */
function withoutIdleTail(compiled: CompiledAcl, changed: readonly CompiledEntry[]): readonly CompiledEntry[] {
  let end = compiled.entries.length;
  while (end > 0 && compiled.entries[end - 1]!.action === compiled.otherwise) end--;
  return changed.filter((entry) => entry.index < end);
}

type Kind = keyof DiffSpaces;
type Labels = Omit<DiffSpace, 'box' | 'witness'>;

function diffOver(sides: Sides, within: PacketSet): DiffSpaces {
  const { before, after, changed, otherEnd } = sides;
  const found = new SpacesByLabel();
  for (const region of otherEnd ? [within] : regionsOf(before, changed.before, within))
    for (const old of firstMatchesWithin(before, region))
      for (const now of firstMatchesWithin(after, old.boxes)) found.note(sides, old, now, now.boxes);
  if (!otherEnd)
    for (const region of regionsOf(after, changed.after, within))
      for (const now of firstMatchesWithin(after, region))
        for (const old of firstMatchesWithin(before, now.boxes)) {
          // Packets that met a changed line before as well were looked at from that side.
          if (!meetsOne(old, changed.before)) found.note(sides, old, now, old.boxes);
        }
  return {
    gained: found.spaces('gained'),
    lost: found.spaces('lost'),
    undetermined: found.spaces('undetermined'),
  };
}

/** What reaches each changed entry, disjoint. */
function regionsOf(
  compiled: CompiledAcl,
  changed: readonly CompiledEntry[],
  within: PacketSet,
): readonly PacketSet[] {
  const regions: PacketSet[] = [];
  // A certain entry keeps its packets from later ones; an uncertain one shares them.
  const shared: Box[] = [];
  for (const entry of changed) {
    const region = subtract(reachOf(compiled, entry, within), shared);
    if (region.length > 0) regions.push(region);
    if (!isCertain(entry)) shared.push(...entry.may);
  }
  return regions;
}

const meetsOne = (match: FirstMatch, entries: readonly CompiledEntry[]): boolean =>
  entries.some((entry) => entry === match.last || match.mayHaveMatched.includes(entry));

/** Changed packets gathered by what decides them on either side. */
class SpacesByLabel {
  private readonly groups: Record<Kind, Map<string, { readonly labels: Labels; readonly boxes: Box[] }>> = {
    gained: new Map(),
    lost: new Map(),
    undetermined: new Map(),
  };
  private readonly ids = new Map<unknown, number>();

  note(sides: Sides, old: FirstMatch, now: FirstMatch, boxes: readonly Box[]): void {
    const was = conclude(sides.before, old.last, old.mayHaveMatched);
    const is = conclude(sides.after, now.last, now.mayHaveMatched);
    const kind = changeKind(was, is);
    if (kind === null || (kind === 'undetermined' && sameOutcome(sides, old, now))) return;
    const labels = {
      before: was.decidedBy,
      after: is.decidedBy,
      doubts: [...new Set([...was.doubts, ...is.doubts])],
    };
    const key = [labels.before, labels.after, ...labels.doubts].map((label) => this.idOf(label)).join(' ');
    const group = this.groups[kind].get(key);
    if (group) group.boxes.push(...boxes);
    else this.groups[kind].set(key, { labels, boxes: [...boxes] });
  }

  spaces(kind: Kind): readonly DiffSpace[] {
    return [...this.groups[kind].values()].flatMap(({ labels, boxes }) =>
      mergeBoxes(boxes).map((box) => ({ ...labels, box, witness: naturalPacket(box) })),
    );
  }

  private idOf(label: unknown): number {
    const known = this.ids.get(label);
    if (known !== undefined) return known;
    this.ids.set(label, this.ids.size);
    return this.ids.size - 1;
  }
}

function changeKind(was: Decision, is: Decision): Kind | null {
  if (was.verdict === 'undetermined' || is.verdict === 'undetermined') return 'undetermined';
  if (was.verdict === is.verdict) return null;
  return is.verdict === 'permit' ? 'gained' : 'lost';
}

/** True when both lists leave the same packets open in the same way: same doubts in the same order, same end. */
function sameOutcome(sides: Sides, old: FirstMatch, now: FirstMatch): boolean {
  const oldEnd = old.last?.action ?? sides.before.otherwise;
  const nowEnd = now.last?.action ?? sides.after.otherwise;
  if (oldEnd !== nowEnd) return false;
  const open = (match: FirstMatch, end: AceAction | null): readonly string[] => {
    // Doubts at the end that would decide as the end does leave nothing open.
    const doubts = [...match.mayHaveMatched];
    while (doubts.length > 0 && doubts.at(-1)!.action === end) doubts.pop();
    return doubts.map(effectKey);
  };
  const oldDoubts = open(old, oldEnd);
  const nowDoubts = open(now, nowEnd);
  return oldDoubts.length === nowDoubts.length && oldDoubts.every((key, i) => key === nowDoubts[i]);
}
