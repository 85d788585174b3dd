import type { Box } from '../headerspace/box.ts';
import { mergeBoxes } from '../headerspace/merge-boxes.ts';
import { naturalPacket } from '../headerspace/witness.ts';
import type { AclEntry } from '../model/access-list.ts';
import type { Packet } from '../model/packet.ts';
import type { Decider } from './decide.ts';
import type { Outline } from './joint-lists.ts';

/** Packets that two lists treat differently, all alike: one line decided before, one decides after. */
export interface DiffSpace {
  readonly box: Box;
  /**
   * Present: not all packets of the box, but those that no earlier line of either list decides. Thousands of
   * crossing lines leave a wide one in hundreds of thousands of boxes, which nobody reads.
   */
  readonly outline?: Pick<Outline, 'earlier' | 'packets' | 'exact'>;
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

export type Kind = keyof DiffSpaces;
type Labels = Omit<DiffSpace, 'box' | 'witness' | 'outline'>;

interface Gathered {
  readonly labels: Labels;
  readonly boxes: Box[];
  readonly outlines: Outline[];
}

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

/** Changed packets gathered by what decides them on either side. */
export class SpacesByLabel {
  private readonly groups: Record<Kind, Map<string, Gathered>> = {
    gained: new Map(),
    lost: new Map(),
    undetermined: new Map(),
  };
  private readonly ids = new Map<unknown, number>();
  /** Boxes gathered so far. */
  size = 0;

  add(kind: Kind, labels: Labels, found: readonly Box[] | Outline): void {
    const key = [labels.before, labels.after, ...labels.doubts].map((label) => this.idOf(label)).join(' ');
    const group = this.groups[kind].get(key) ?? { labels, boxes: [], outlines: [] };
    this.groups[kind].set(key, group);
    if ('earlier' in found) group.outlines.push(found);
    else for (const box of found) group.boxes.push(box);
    this.size += 'earlier' in found ? 1 : found.length;
  }

  spaces(kind: Kind): readonly DiffSpace[] {
    const spaces: DiffSpace[] = [];
    for (const { labels, boxes, outlines } of this.groups[kind].values()) {
      for (const box of mergeBoxes(boxes)) spaces.push(new BoxSpace(labels, box));
      for (const { box, piece, ...outline } of outlines)
        spaces.push({ ...labels, box, outline, witness: naturalPacket(piece) });
    }
    return spaces;
  }

  private idOf(label: unknown): number {
    const known = this.ids.get(label);
    if (known !== undefined) return known;
    this.ids.set(label, this.ids.size);
    return this.ids.size - 1;
  }
}
