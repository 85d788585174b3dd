import type { ScreenEvent } from './screen-events.ts';

/** What a person at the view may ask of the scan. Each answers by events, or not at all. */
export interface ScanControls {
  readonly pause: () => void;
  readonly resume: () => void;
  readonly slower: () => void;
  readonly faster: () => void;
  /** Stop probing, write down everything seen, end. Called again when the person insists. */
  readonly stop: () => void;
}

/** A place where a scan shows what happens: the full screen, or plain lines. */
export interface LiveView {
  readonly emit: (event: ScreenEvent) => void;
  /** Draws the last state and gives the terminal back. */
  readonly close: () => void;
}
