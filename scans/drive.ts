import type { Hold, ProbeOutcome, ScanEvent, ScanOptions, ScanOutcome, ScanWork } from './engine.ts';
import type { CanaryWindow } from './pace/ramp-pace.ts';
import type { ProbeKey, RapidCanary, ScheduleOptions } from './schedule/scan-state.ts';
import { Schedule } from './schedule/schedule.ts';
import { CEILING_PER_HOST } from './schedule/target-state.ts';

/** Sends single probes and says what came of each. Its calls may block for as long as `poll` is told, no longer. */
export interface Prober {
  readonly timeouts: ScheduleOptions['timeouts'];
  readonly room: () => number;
  readonly start: (key: ProbeKey, target: number, port: number, timeoutMs: number, hold: Hold) => void;
  /** Waits for answers, at most `waitMs`; whatever settled went to the callback when it returns. */
  readonly poll: (waitMs: number) => void | Promise<void>;
  readonly hurry?: (leastMs: number) => void;
  readonly close: () => void;
  /**
   * Present where a canary may be asked many times a second: its windows then govern the pace of a fast scan.
   */
  readonly rapidCanary?: RapidCanary;
  /** It also hears answers that come after a probe's time. */
  readonly hearsLate?: boolean;
}

/** What a prober tells, at any time within `start` and `poll`. */
export interface ProberEvents {
  /** Once for every probe started, and again should an answer come late. */
  readonly settle: (key: ProbeKey, outcome: ProbeOutcome) => void;
  readonly window: (target: number, window: CanaryWindow) => void;
  /** Answers that this machine received and lost since the moment given. */
  readonly drops: (count: number, since: number) => void;
}

export type Settle = ProberEvents['settle'];

/** Longest sleep, so that an abort is heeded soon. */
const MAX_SLEEP_MS = 50;
const REPORT_MS = 200;

export interface DriveOptions extends Omit<ScanOptions, 'signal'> {
  readonly aborted: () => boolean;
  readonly random?: () => number;
}

/** Runs a schedule against a prober until all ports have their answer or the scan is aborted. */
export async function drive(
  work: ScanWork,
  options: DriveOptions,
  sink: (event: ScanEvent) => void,
  openProber: (events: ProberEvents) => Prober,
): Promise<ScanOutcome> {
  const { clock, pace } = options;
  let schedule: Schedule | undefined;
  const prober = openProber({
    settle: (key, outcome) => schedule?.settle(key, outcome, clock.now()),
    window: (target, window) => schedule?.settleWindow(target, window, clock.now()),
    drops: (count, since) => schedule?.noteDrops(count, since, clock.now()),
  });
  try {
    schedule = new Schedule(work.targets, {
      perHost: pace.overrideCeiling ? pace.perHost : Math.min(CEILING_PER_HOST, pace.perHost),
      total: pace.total,
      settings: options.settings,
      timeouts: prober.timeouts,
      ...(prober.rapidCanary ? { rapidCanary: prober.rapidCanary } : {}),
      hearsLate: prober.hearsLate ?? false,
      start: clock.now(),
      random: options.random ?? Math.random,
      sink,
    });
    let reported = clock.now();
    while (!schedule.finished && !options.aborted()) {
      schedule.setShare(options.paceControl?.share() ?? 1, clock.now());
      const wait = schedule.fill(clock.now(), prober);
      if (schedule.finished) break;
      await prober.poll(Math.min(MAX_SLEEP_MS, wait));
      if (clock.now() - reported >= REPORT_MS) {
        reported = clock.now();
        schedule.report(reported);
      }
    }
    schedule.report(clock.now());
    return options.aborted() && !schedule.finished
      ? { kind: 'incomplete', reason: 'the scan was interrupted' }
      : schedule.outcome();
  } finally {
    prober.close();
  }
}
