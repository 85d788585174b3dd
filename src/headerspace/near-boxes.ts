import { type Box, boxesOverlap } from './box.ts';

/** Boxes that thousands of others are held against: their addresses, four words each, rule out nearly all of them. */
export class NearBoxes {
  private readonly boxes: readonly Box[];
  private readonly words: Int32Array;

  constructor(boxes: readonly Box[]) {
    this.boxes = boxes;
    this.words = new Int32Array(boxes.length * 4);
    boxes.forEach(({ source, destination }, i) => {
      this.words.set([source.address, source.wildcard, destination.address, destination.wildcard], i * 4);
    });
  }

  /** Whether so many of them share packets with the box. */
  overlap(box: Box, least: number): boolean {
    const { boxes, words } = this;
    const source = box.source.address | 0;
    const sourceFree = box.source.wildcard | 0;
    const destination = box.destination.address | 0;
    const destinationFree = box.destination.wildcard | 0;
    let found = 0;
    for (let i = 0, at = 0; i < boxes.length; i++, at += 4)
      if (
        ((words[at]! ^ source) & ~(words[at + 1]! | sourceFree)) === 0 &&
        ((words[at + 2]! ^ destination) & ~(words[at + 3]! | destinationFree)) === 0 &&
        boxesOverlap(boxes[i]!, box) &&
        ++found === least
      )
        return true;
    return false;
  }
}
