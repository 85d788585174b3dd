/** How much of the plan's pace a running scan may use. One side sets it, the other reads, perhaps in another thread. */
export interface PaceControl {
  /** 1: all of it; 0: nothing is sent, canaries included. */
  readonly share: () => number;
  /** Never more than the plan allows: what is above 1 counts as 1. */
  readonly setShare: (share: number) => void;
  /** What both sides have in common. */
  readonly cell: Int32Array<SharedArrayBuffer>;
}

const WHOLE = 1_000_000;

export function createPaceControl(): PaceControl {
  const control = openPaceControl(new Int32Array(new SharedArrayBuffer(4)));
  control.setShare(1);
  return control;
}

/** The same control, in the thread that was given its cell. */
export const openPaceControl = (cell: PaceControl['cell']): PaceControl => ({
  share: () => Atomics.load(cell, 0) / WHOLE,
  setShare: (share) => {
    Atomics.store(cell, 0, Math.round(Math.min(1, Math.max(0, share)) * WHOLE));
  },
  cell,
});
