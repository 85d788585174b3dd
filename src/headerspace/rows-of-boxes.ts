import type { Box } from './box.ts';
import { type FlatSpace, RowBuffer } from './flat-space.ts';

/** Answers the rows of a box in a space, laid out once: the same few boxes are asked about again and again. */
export function rowsOfBoxes(space: FlatSpace): (box: Box) => RowBuffer {
  const known = new WeakMap<Box, RowBuffer>();
  return (box) => {
    let rows = known.get(box);
    if (rows === undefined) {
      rows = new RowBuffer(space.stride, 1);
      space.encode(box, rows);
      known.set(box, rows);
    }
    return rows;
  };
}
