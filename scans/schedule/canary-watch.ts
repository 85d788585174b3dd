/** What the canary of one target shows: whether packets still get there and back. */
export type CanaryPhase =
  /** Nothing may be concluded before its first answer. */
  | 'starting'
  | 'good'
  /** One miss: the next one decides. */
  | 'doubt'
  | 'resting'
  /** It failed after the rest, too: the target is given up. */
  | 'lost';

export type CanaryChange =
  | { readonly kind: 'none' }
  /** Two misses: what was silent since `since` is not believed. */
  | { readonly kind: 'rest'; readonly since: number; readonly until: number }
  | { readonly kind: 'back' }
  | { readonly kind: 'lost'; readonly lastGood: number | null };

export interface CanaryWatch {
  readonly phase: () => CanaryPhase;
  /** Whether ordinary probes may go out. */
  readonly permits: () => boolean;
  /** When the next canary is due; Infinity while one is under way or none is wanted. */
  readonly dueAt: () => number;
  readonly sent: (now: number) => void;
  readonly answered: (now: number) => CanaryChange;
  readonly missed: (now: number) => CanaryChange;
  /** The engine failed, not the canary: ask again soon. */
  readonly failed: (now: number) => void;
  /** Asks for one at once, to vouch for the silence so far. */
  readonly wantNow: () => void;
  /** When the last answered canary left, or null. */
  readonly lastGood: () => number | null;
}

export interface CanaryTimes {
  readonly intervalMs: number;
  readonly retryMs: number;
  readonly pauseMs: number;
}

/** Two misses rest the target; two more after the rest give it up. */
export function createCanaryWatch(times: CanaryTimes): CanaryWatch {
  let phase: CanaryPhase = 'starting';
  let misses = 0;
  let rested = false;
  let due = 0;
  let sentAt: number | null = null;
  let lastGood: number | null = null;

  const rest = (now: number): CanaryChange => {
    const since = lastGood ?? 0;
    phase = 'resting';
    rested = true;
    misses = 0;
    due = now + times.pauseMs;
    return { kind: 'rest', since, until: due };
  };

  return {
    phase: () => phase,
    permits: () => phase === 'good',
    dueAt: () => (sentAt !== null || phase === 'lost' ? Number.POSITIVE_INFINITY : due),
    sent(now) {
      sentAt = now;
    },
    answered(now) {
      const wasResting = rested;
      lastGood = sentAt ?? now;
      sentAt = null;
      misses = 0;
      rested = false;
      phase = 'good';
      due = now + times.intervalMs;
      return wasResting ? { kind: 'back' } : { kind: 'none' };
    },
    missed(now) {
      sentAt = null;
      misses++;
      due = now + times.retryMs;
      if (misses < 2) {
        if (phase === 'good') phase = 'doubt';
        return { kind: 'none' };
      }
      if (!rested) return rest(now);
      phase = 'lost';
      return { kind: 'lost', lastGood };
    },
    failed(now) {
      sentAt = null;
      due = now + times.retryMs;
    },
    wantNow() {
      if (phase === 'good') due = 0;
    },
    lastGood: () => lastGood,
  };
}
