import type { Box } from '../headerspace/box.ts';
import { mergeBoxes } from '../headerspace/merge-boxes.ts';
import type { PacketSet } from '../headerspace/packet-set.ts';
import { naturalPacket } from '../headerspace/witness.ts';
import type { AclEntry } from '../model/access-list.ts';
import type { Packet } from '../model/packet.ts';
import { pushAll } from '../model/push-all.ts';
import type { Decider, Decision } from './decide.ts';
import type { Outline } from './joint-lists.ts';

/** Which lines decide packets that two lists treat differently. */
export interface Labels {
  readonly before: Decider;
  readonly after: Decider;
  /** Where a side is undetermined: the lines that leave it open. */
  readonly doubts: readonly AclEntry[];
}

/** Packets that two lists treat differently, all alike: one line decided before, one decides after. */
export interface DiffSpace extends Labels {
  readonly box: Box;
  /**
   * Present: not all packets of the box, but those that no earlier line of either list decides. Thousands of
   * crossing lines leave a wide one in hundreds of thousands of boxes, which nobody reads.
   */
  readonly outline?: Pick<Outline, 'earlier' | 'packets' | 'exact'>;
  readonly witness: Packet;
}

/** All packets of one pair of deciding lines. */
export interface DiffPair extends Labels {
  /** Those that are listed: disjoint, and joined as far as they go. */
  readonly boxes: PacketSet;
  readonly outlines: readonly Outline[];
}

export interface Changes<Changed> {
  /** Denied before, permitted after. */
  readonly gained: readonly Changed[];
  /** Permitted before, denied after. */
  readonly lost: readonly Changed[];
  /** Whether these change depends on what the text leaves open. */
  readonly undetermined: readonly Changed[];
}

export type Kind = keyof Changes<unknown>;

export interface DiffIn<Changed> extends Changes<Changed> {
  /** The same for non-initial fragments, which carry no ports. */
  readonly fragments: Changes<Changed>;
  /**
   * False when lines that only may match overlap a pair that differs in more boxes than are listed, or when wildcards
   * with scattered bits made some pair too hard to decide: then what is said is true, but not all.
   */
  readonly complete: boolean;
  /** Set where lines that only may match part packets too finely: some that they leave alone are told as undetermined. */
  readonly coarse: boolean;
}

/** The outlined packets of a pair of lines. */
export type OutlinedSpace = Required<Pick<DiffSpace, 'box' | 'outline' | 'witness'>>;

export const outlinedSpace = ({ box, piece, ...outline }: Outline): OutlinedSpace => ({
  box,
  outline,
  witness: naturalPacket(piece),
});

/** All packets of a box. Of ten thousand spaces few are ever shown, so that a witness is found when asked for. */
class BoxSpace implements DiffSpace {
  readonly box: Box;
  readonly before: Decider;
  readonly after: Decider;
  readonly doubts: readonly AclEntry[];

  constructor({ before, after, doubts }: Labels, box: Box) {
    this.box = box;
    this.before = before;
    this.after = after;
    this.doubts = doubts;
  }

  get witness(): Packet {
    return naturalPacket(this.box);
  }
}

/** The same, space by space. */
export function spacesOf({ gained, lost, undetermined }: Changes<DiffPair>): Changes<DiffSpace> {
  const list = (pairs: readonly DiffPair[]): readonly DiffSpace[] => {
    const spaces: DiffSpace[] = [];
    for (const { boxes, outlines, before, after, doubts } of pairs) {
      const labels = { before, after, doubts };
      for (const box of boxes) spaces.push(new BoxSpace(labels, box));
      for (const outline of outlines) spaces.push({ ...labels, ...outlinedSpace(outline) });
    }
    return spaces;
  };
  return { gained: list(gained), lost: list(lost), undetermined: list(undetermined) };
}

interface Gathered extends Labels {
  readonly boxes: Box[];
  readonly outlines: Outline[];
}

/** Changed packets gathered by what decides them on either side. */
export class FoundPairs {
  private readonly found: Readonly<Record<Kind, DiffPair[]>> = {
    gained: [],
    lost: [],
    undetermined: [],
  };
  /** Those that may come in several parts, by their labels. */
  private readonly byLabels = new Map<string, Gathered>();
  private readonly ids = new Map<unknown, number>();
  /** Boxes gathered so far. */
  size = 0;

  /** Adds all packets of a pair at once. */
  addPair(kind: Kind, was: Decision, is: Decision, boxes: PacketSet, outlines: readonly Outline[]): void {
    this.found[kind].push({
      before: was.decidedBy,
      after: is.decidedBy,
      doubts: was.doubts,
      boxes,
      outlines,
    });
    this.size += boxes.length + outlines.length;
  }

  add(kind: Kind, labels: Labels, found: PacketSet | Outline): void {
    const ids = [labels.before, labels.after, ...labels.doubts].map((label) => this.idOf(label));
    const key = `${kind} ${ids.join(' ')}`;
    let pair = this.byLabels.get(key);
    if (pair === undefined) {
      pair = { ...labels, boxes: [], outlines: [] };
      this.byLabels.set(key, pair);
      this.found[kind].push(pair);
    }
    if ('earlier' in found) pair.outlines.push(found);
    else pushAll(pair.boxes, found);
    this.size += 'earlier' in found ? 1 : found.length;
  }

  pairs(): Changes<DiffPair> {
    const joined = (pair: DiffPair): DiffPair =>
      pair.boxes.length < 2 ? pair : { ...pair, boxes: mergeBoxes(pair.boxes) };
    const { gained, lost, undetermined } = this.found;
    return { gained: gained.map(joined), lost: lost.map(joined), undetermined: undetermined.map(joined) };
  }

  private idOf(label: unknown): number {
    const known = this.ids.get(label);
    if (known !== undefined) return known;
    this.ids.set(label, this.ids.size);
    return this.ids.size - 1;
  }
}
