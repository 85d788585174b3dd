import type { IcmpAnswer, ObservedState } from '../src/model/evidence.ts';
import type { PlanPace, PlanTarget } from '../src/model/plan.ts';
import type { PortSet } from '../src/model/ports.ts';
import type { PaceControl } from './pace/pace-control.ts';

/** Milliseconds since the epoch that never run backwards: the only time that scanning knows. */
export interface Clock {
  readonly now: () => number;
}

/** What one probe of one port brought. Only `engine` is our own failure, and it is never a port's state. */
export type ProbeOutcome =
  /** A full handshake that was still standing after the hold, or had sent data. */
  | {
      readonly kind: 'open';
      readonly banner: string | null;
      readonly ttl: number | null;
      readonly rttMs: number;
    }
  /** A full handshake that the other side ended, without a byte, within the hold. */
  | {
      readonly kind: 'wrapped';
      readonly how: 'eof' | 'reset';
      readonly ttl: number | null;
      readonly rttMs: number;
    }
  | {
      readonly kind: 'closed';
      readonly reason: 'rst' | 'ECONNREFUSED' | 'icmp';
      readonly ttl: number | null;
      readonly rttMs: number;
      /** The port unreachable by which a host itself refuses UDP. */
      readonly icmp?: IcmpAnswer;
    }
  | {
      readonly kind: 'icmp';
      readonly type: number;
      readonly code: number;
      readonly from: string;
      readonly rttMs: number;
    }
  /** An errno that does not say why. */
  | { readonly kind: 'unreachable'; readonly errno: string }
  | { readonly kind: 'silent' }
  /** SYN/ACK, but no handshake followed: a decoy, or a proxy whose backend is dead. */
  | { readonly kind: 'half-open'; readonly ttl: number | null }
  | { readonly kind: 'engine'; readonly errno: string };

/** What is known of ports that answered alike. */
export interface PortAnswer {
  readonly state: ObservedState;
  readonly reason: string;
  readonly icmp: IcmpAnswer | null;
  readonly ttl: number | null;
  readonly tries: number;
  readonly banner: string | null;
  readonly confirmed: boolean;
  readonly tainted: string | null;
}

/** What to do with a connection that stands. */
export interface Hold {
  /** How long to wait for data or an end; 0: that it stood is enough. */
  readonly ms: number;
  /** Say something harmless when half of that time passed in silence: many services wait to be spoken to. */
  readonly speak: boolean;
}

/** That a connection was accepted is all that is asked. */
export const ACCEPTED: Hold = { ms: 0, speak: false };

/** What is said to a service that says nothing: empty lines, which text protocols answer with an error. */
export const GREETING = '\r\n\r\n';

/** Ports in any order. A sweep's are a typed array, which threads hand over at next to no cost. */
export type PortList = ArrayLike<number> & Iterable<number>;

/** Engines number targets by their place in the work. Times are the clock's milliseconds. */
export type ScanEvent =
  /** The latest word on these ports; it replaces any earlier one. `spanMs` is the least of theirs. */
  | {
      readonly kind: 'results';
      readonly target: number;
      readonly ports: PortList;
      readonly answer: PortAnswer;
      readonly spanMs: number;
      /** When the latest of their last probes left. */
      readonly at: number;
      /** When the earliest of their last probes left; absent: `at`. */
      readonly since?: number;
    }
  /** Earlier words on these ports that are no longer believed; they will be probed again or stay unobserved. */
  | {
      readonly kind: 'withdrawn';
      readonly target: number;
      readonly ports: PortList;
      readonly why: string;
    }
  | {
      readonly kind: 'canary';
      readonly target: number;
      readonly port: number;
      readonly canary: 'positive' | 'negative';
      /** Probes that this event sums up, and how many of them were answered as expected. */
      readonly sent: number;
      readonly answered: number;
      readonly ttl: number | null;
      /** When the last of them left. */
      readonly sentAt: number;
    }
  | {
      readonly kind: 'progress';
      /** Ports that have their answer, of all. */
      readonly done: number;
      readonly total: number;
      readonly sent: number;
      /** Probes that are still likely to be needed. */
      readonly left: number;
      readonly perSecond: number;
    }
  | { readonly kind: 'stopped'; readonly target: number; readonly reason: string; readonly at: number }
  | { readonly kind: 'note'; readonly text: string };

export type ScanOutcome =
  | { readonly kind: 'complete' }
  | { readonly kind: 'incomplete'; readonly reason: string };

/** Silence that an earlier, interrupted run of the same plan already met. */
export interface EarlierSilence {
  readonly ports: PortSet;
  readonly tries: number;
  readonly spanMs: number;
  readonly at: number;
}

/** One target as an engine gets it: the plan's, its ports less those that an earlier run already answered. */
export interface WorkTarget extends PlanTarget {
  readonly earlierSilence: readonly EarlierSilence[];
}

export interface ScanWork {
  readonly targets: readonly WorkTarget[];
  /** Dotted quad to send from; null leaves the choice to the system. */
  readonly source: string | null;
}

/** Times and sizes of a scan; tests shorten them, users rarely touch them. */
export interface ScanSettings {
  readonly retrySpacingMs: number;
  /** How long a port that answered rests before it is asked whether it says the same again. */
  readonly confirmSpacingMs: number;
  /** The same for a scan above the ceiling: about as long as it watches a connection. */
  readonly hurriedConfirmMs: number;
  /** A handshake that neither sends nor ends for this long is an open port. */
  readonly holdMs: number;
  /** So long at least, and two round trips, where a scan above the ceiling has nothing else left to wait for. */
  readonly hurriedHoldMs: number;
  /** The same on a path that has shown that it loses nothing: no close comes twice too late. */
  readonly losslessHoldMs: number;
  readonly canaryIntervalMs: number;
  readonly canaryRetryMs: number;
  /** How long a target rests after its canary failed twice. */
  readonly canaryPauseMs: number;
  readonly expectedOpenTries: number;
  readonly expectedOpenSpanMs: number;
  readonly unstableRetryMs: number;
  readonly signatureSpacingMs: number;
  /** How long an engine that can hear late answers listens on after the last probe, where no canary sets the time. */
  readonly lateListenMs: number;
  readonly minTries: number;
  readonly maxTries: number;
  /** Sockets open at once; null takes min(512, limit − 64). */
  readonly maxSockets: number | null;
}

export const DEFAULT_SETTINGS: ScanSettings = {
  retrySpacingMs: 1000,
  confirmSpacingMs: 500,
  hurriedConfirmMs: 400,
  holdMs: 3000,
  hurriedHoldMs: 500,
  losslessHoldMs: 400,
  canaryIntervalMs: 5000,
  canaryRetryMs: 1000,
  canaryPauseMs: 30_000,
  expectedOpenTries: 5,
  expectedOpenSpanMs: 15_000,
  unstableRetryMs: 15_000,
  signatureSpacingMs: 600,
  lateListenMs: 10_000,
  minTries: 2,
  maxTries: 8,
  maxSockets: null,
};

export interface ScanOptions {
  readonly pace: PlanPace;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly settings: ScanSettings;
  /** Slows down or pauses while the scan runs; absent: the plan's pace throughout. */
  readonly paceControl?: PaceControl | undefined;
}

export type Availability =
  /** `note` says what the engine will lack here, if anything. */
  { readonly ok: true; readonly note: string | null } | { readonly ok: false; readonly why: string };

/** One way to probe. An engine knows nothing of files, plans or reports. */
export interface ScanEngine {
  readonly id: string;
  readonly description: string;
  readonly example: string;
  /** Heeds `paceControl`; the others run at their own pace to the end. */
  readonly steerable: boolean;
  /** Whether it can run on this machine as this user, and if not, why. */
  readonly checkAvailability: () => Promise<Availability>;
  /** Resolves when all is probed, the signal fires or nothing more can be done; rejects only for our own bugs. */
  readonly scan: (
    work: ScanWork,
    options: ScanOptions,
    sink: (event: ScanEvent) => void,
  ) => Promise<ScanOutcome>;
}
