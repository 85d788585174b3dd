import type { World } from './world.ts';

export interface ProgressState {
  /** Ports that have their answer, of all. */
  readonly done: number;
  readonly total: number;
  readonly perSecond: number;
  /** Probes still likely to be needed. */
  readonly left: number;
}

export interface ProgressLine {
  readonly update: (state: ProgressState) => void;
  /** A line that stays, above the progress. */
  readonly say: (text: string) => void;
  readonly end: () => void;
}

const TERMINAL_MS = 200;
const LOG_MS = 10_000;

/** Progress on stderr: one line that rewrites itself on a terminal, a plain line every ten seconds elsewhere. */
export function startProgress(world: World, label: string): ProgressLine {
  const live = world.stderr.isTTY;
  let last = 0;
  let shown = false;
  const clear = (): void => {
    if (live && shown) world.stderr.write('\r\x1b[K');
    shown = false;
  };
  return {
    update: (state) => {
      const now = world.now().getTime();
      if (now - last < (live ? TERMINAL_MS : LOG_MS)) return;
      const first = last === 0;
      last = now;
      // Without a terminal a scan of a few seconds needs no running commentary.
      if (!live && first) return;
      const line = `${label}: ${formatProgress(state)}`;
      if (live) {
        clear();
        world.stderr.write(line.slice(0, Math.max((world.stderr.columns ?? 80) - 1, 20)));
        shown = true;
      } else world.stderr.write(`${line}\n`);
    },
    say: (text) => {
      clear();
      world.stderr.write(`${text}\n`);
    },
    end: clear,
  };
}

/** `41% of 65535 ports, 480/s, about 2 min left` */
function formatProgress({ done, total, perSecond, left }: ProgressState): string {
  const percent = total === 0 ? 100 : Math.floor((done / total) * 100);
  const eta = perSecond > 0 && left > 0 ? `, about ${formatSeconds(left / perSecond)} left` : '';
  return `${percent}% of ${total} ports, ${Math.round(perSecond)}/s${eta}`;
}

export function formatSeconds(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.ceil(seconds))} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}
