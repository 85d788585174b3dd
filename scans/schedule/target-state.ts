import type { PortAnswer, ScanSettings, WorkTarget } from '../engine.ts';
import { AnsweredSlices } from '../pace/answered-slices.ts';
import { LossEstimate } from '../pace/loss-estimate.ts';
import { createRampPace, type RampPace } from '../pace/ramp-pace.ts';
import { RoundTrip, type Timeouts } from '../pace/round-trip.ts';
import { TokenBucket } from '../pace/token-bucket.ts';
import { type CanaryWatch, createCanaryWatch } from './canary-watch.ts';

/** More than this a second at one host needs a person's word. */
export const CEILING_PER_HOST = 500;
/** A fast sender that no canary guides sees neither its own loss nor anybody else's. */
const BLIND_PACE = 1000;
/** Canaries of a target at most, the positive one included. */
export const SLOTS = 128;

/** What a target's state is made from. */
export interface TargetOptions {
  readonly perHost: number;
  readonly settings: ScanSettings;
  readonly timeouts: Timeouts;
  readonly start: number;
  readonly rapidCanary?: unknown;
}

export interface NegativeCanary {
  readonly port: number;
  /** How often it was asked, and is to be: at the start, and again at the end where anything accepted. */
  asked: number;
  wanted: number;
  inFlight: boolean;
  retryAt: number;
  /** How often our own means failed. */
  fails: number;
}

export interface Accepted {
  readonly answer: PortAnswer;
  readonly spanMs: number;
  readonly at: number;
}

/** All that is known of one target while it is probed. */
export interface TargetState {
  readonly index: number;
  readonly plan: WorkTarget;
  readonly watch: CanaryWatch | null;
  readonly bucket: TokenBucket;
  /** Probes a second at most, before any slowing down. */
  readonly pace: number;
  readonly roundTrip: RoundTrip;
  readonly loss: LossEstimate;
  readonly portCount: number;
  readonly negatives: readonly NegativeCanary[];
  /** What the open negative canaries sent; null in it stands for "nothing". */
  readonly negativeBanners: Set<string | null>;
  openNegative: number | null;
  readonly accepted: Map<number, Accepted>;
  /** What the positive canary says when all is well. */
  canarySays: 'accepts' | 'closed' | null;
  canaryFails: number;
  worksLeft: number;
  /** Ports that answered in whatever way. */
  answered: number;
  stopped: boolean;
  /** Governs the pace by a rapid canary; null where the plan's pace alone does. */
  readonly ramp: RampPace | null;
  /**
   * What the sweep's own answers show of the path, for the ramp's climb. Of the ports asked first many are open: while
   * their connections are watched, they look as if they were lost.
   */
  readonly slices: AnsweredSlices;
  rapid: boolean;
  rapidTally: RapidTally;
  /** Recent stretches in which too much was lost for silence to count. */
  readonly lossyWindows: (readonly [start: number, end: number])[];
  /** ICMP denials seen: someone says that he filters, perhaps twice a second only. */
  denials: number;
  /** Silent ports to ask slowly at the end, when nothing else draws on that allowance. */
  readonly signature: EarlierTry[];
  signatureAsked: boolean;
  spokenTo: boolean;
}

export interface RapidTally {
  sent: number;
  answered: number;
  readonly since: number;
  lastGood: number | null;
  ttl: number | null;
}

export const newTally = (since: number): RapidTally => ({
  sent: 0,
  answered: 0,
  since,
  lastGood: null,
  ttl: null,
});

export interface EarlierTry {
  readonly port: number;
  readonly tries: number;
  readonly firstSent: number;
  readonly lastSent: number;
}

export function createTargetState(plan: WorkTarget, index: number, options: TargetOptions): TargetState {
  const { settings, timeouts, perHost, start, rapidCanary } = options;
  const fast = rapidCanary !== undefined && perHost > CEILING_PER_HOST;
  const ramp = fast && plan.canary !== null ? createRampPace(perHost) : null;
  const pace = ramp ? ramp.rate() : fast ? Math.min(perHost, BLIND_PACE) : perHost;
  return {
    index,
    plan,
    watch:
      plan.canary === null
        ? null
        : createCanaryWatch({
            intervalMs: settings.canaryIntervalMs,
            retryMs: settings.canaryRetryMs,
            pauseMs: settings.canaryPauseMs,
          }),
    bucket: new TokenBucket(pace, start),
    pace,
    ramp,
    slices: new AnsweredSlices(),
    rapid: false,
    rapidTally: newTally(start),
    lossyWindows: [],
    roundTrip: new RoundTrip(timeouts),
    loss: new LossEstimate(start),
    portCount: plan.ports.reduce((sum, [lo, hi]) => sum + hi - lo + 1, 0),
    negatives: plan.negativeCanaries
      .slice(0, SLOTS - 1)
      .map((port) => ({ port, asked: 0, wanted: 1, inFlight: false, retryAt: 0, fails: 0 })),
    negativeBanners: new Set(),
    openNegative: null,
    accepted: new Map(),
    canarySays: null,
    canaryFails: 0,
    worksLeft: 0,
    answered: 0,
    stopped: false,
    denials: 0,
    signature: [],
    signatureAsked: false,
    spokenTo: false,
  };
}
