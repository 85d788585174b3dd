import { type Box, boxHasPorts, boxIsIcmp } from './box.ts';
import { A_HI, A_LO, B_HI, B_LO, DST_FREE, type FlatSpace, SETS, SRC_FREE } from './flat-space.ts';
import { bitCount } from './share.ts';

/**
 * Counts what is cut out of one row as `countProjected` counts a box (addresses × ports or type × code, other
 * fields projected out), without making boxes. Only pieces that have the row's other fields in full are sure not
 * to repeat addresses and ports of another piece: with any less than that the sum is a lower bound.
 */
export class PieceCounter {
  private readonly space: FlatSpace;
  private readonly row: Int32Array;
  /** How many values of a slot count as one; 0: slots do not count. */
  private readonly slotWidth: number;
  /** Headers seen per number of free address bits: plain numbers stay exact, there are at most 2^32 a piece. */
  private readonly byFreeBits = new Float64Array(65);
  private exact = true;

  /** `box` is what the row stands for; both stay as they are while pieces are counted. */
  constructor(space: FlatSpace, row: Int32Array, box: Box) {
    this.space = space;
    this.row = row;
    this.slotWidth = boxHasPorts(box) ? 1 : boxIsIcmp(box) ? 256 : 0;
  }

  add(words: Int32Array, at: number): void {
    const headers = this.headersOf(words, at);
    if (headers === 0) this.exact = false;
    else this.byFreeBits[bitCount(words[at + SRC_FREE]!) + bitCount(words[at + DST_FREE]!)]! += headers;
  }

  /** 0: not to be counted. */
  private headersOf(words: Int32Array, at: number): number {
    const { row, slotWidth } = this;
    for (let w = SETS; w < this.space.stride; w++) if (words[at + w] !== row[w]) return 0;
    if (slotWidth > 0)
      return (
        ((words[at + A_HI]! - words[at + A_LO]! + 1) / slotWidth) *
        ((words[at + B_HI]! - words[at + B_LO]! + 1) / slotWidth)
      );
    for (let slot = A_LO; slot <= B_HI; slot++) if (words[at + slot] !== row[slot]) return 0;
    return 1;
  }

  /** The sum, and whether it is the whole number, given that all pieces were shown. */
  total(allShown: boolean): { readonly packets: bigint; readonly exact: boolean } {
    let packets = 0n;
    this.byFreeBits.forEach((headers, bits) => {
      if (headers !== 0) packets += BigInt(headers) << BigInt(bits);
    });
    return packets === 0n ? { packets: 1n, exact: false } : { packets, exact: allShown && this.exact };
  }
}
