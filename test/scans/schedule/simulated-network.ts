import {
  DEFAULT_SETTINGS,
  type Hold,
  type ProbeOutcome,
  type ScanEvent,
  type ScanSettings,
} from '../../../scans/engine.ts';
import { EvidenceBook } from '../../../scans/evidence/evidence-book.ts';
import type { RapidCanary } from '../../../scans/schedule/scan-state.ts';
import { Schedule } from '../../../scans/schedule/schedule.ts';
import type { Observation } from '../../../src/model/evidence.ts';
import type { Plan } from '../../../src/model/plan.ts';
import { canonicalPorts } from '../canonical-ports.ts';

export interface Ask {
  readonly target: number;
  readonly port: number;
  readonly now: number;
  /** How often this port was asked before. */
  readonly before: number;
  readonly holdMs: number;
  readonly speak: boolean;
  readonly timeoutMs: number;
}

export interface Simulation {
  readonly events: readonly ScanEvent[];
  readonly asks: readonly Ask[];
  readonly book: EvidenceBook;
  readonly schedule: Schedule;
  readonly endedAt: number;
  readonly mostUnderWay: number;
  /** The holds that a scan in haste asked for, which are not shortened here. */
  readonly hurriedTo: ReadonlySet<number>;
  /** The observation that holds a port of the first target. */
  readonly seen: (port: number, target?: number) => Observation | undefined;
}

export interface SimulationOptions {
  readonly settings?: Partial<ScanSettings>;
  readonly sockets?: number;
  /** Milliseconds of simulated time after which the test has failed. */
  readonly limitMs?: number;
  readonly stopAt?: number;
  readonly book?: EvidenceBook;
  readonly startAt?: number;
  /** An answer that comes this long after its probe was given up, as raw sockets hear it. */
  readonly late?: (ask: Ask) => { readonly afterMs: number; readonly outcome: ProbeOutcome } | null;
  readonly rapidCanary?: RapidCanary;
  /** A canary asked every 2 ms, as a raw socket can: whether this one's round trip gets lost. */
  readonly loseRapid?: () => boolean;
  readonly hearsLate?: boolean;
}

const WINDOW_MS = 50;

/** A small deterministic generator, so that a failing run can be run again. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export const answers = {
  open: (banner: string | null = null): ProbeOutcome => ({ kind: 'open', banner, ttl: 63, rttMs: 5 }),
  wrapped: { kind: 'wrapped', how: 'eof', ttl: 63, rttMs: 5 } satisfies ProbeOutcome,
  closed: { kind: 'closed', reason: 'rst', ttl: 63, rttMs: 5 } satisfies ProbeOutcome,
  denied: { kind: 'icmp', type: 3, code: 13, from: '192.0.2.1', rttMs: 5 } satisfies ProbeOutcome,
  silent: { kind: 'silent' } satisfies ProbeOutcome,
};

/** Replays a whole scan against a rule that says what each probe brings; no time passes. */
export function simulate(
  plan: Plan,
  network: (ask: Ask) => ProbeOutcome,
  options: SimulationOptions = {},
): Simulation {
  const events: ScanEvent[] = [];
  const asks: Ask[] = [];
  const counts = new Map<string, number>();
  const book = options.book ?? new EvidenceBook(plan);
  const start = options.startAt ?? 1_000_000;
  let now = start;
  let underWay = 0;
  let mostUnderWay = 0;
  const due: { at: number; key: number; outcome: ProbeOutcome }[] = [];
  const lateAnswers: typeof due = [];
  let rapidSince: number | null = null;
  const rapidCanary: RapidCanary = {
    start() {
      rapidSince = now;
    },
    stop() {
      rapidSince = null;
    },
  };
  const judgeRapid = (lose: () => boolean) => {
    if (rapidSince === null || now < rapidSince + WINDOW_MS) return;
    const window = { start: rapidSince, end: now, sent: WINDOW_MS / 2, ttl: 63 };
    const answered = Array.from({ length: window.sent }, lose).filter((lost) => !lost).length;
    rapidSince = now;
    schedule.settleWindow(0, { ...window, answered, lastGood: answered > 0 ? window.start : null }, now);
  };
  const schedule = new Schedule(book.workTargets(), {
    perHost: plan.pace.perHost,
    total: plan.pace.total,
    settings: { ...DEFAULT_SETTINGS, ...options.settings },
    timeouts: { initialMs: 950, minMs: 200, maxMs: 950 },
    start: now,
    random: seededRandom(1),
    ...(options.loseRapid ? { rapidCanary } : {}),
    ...(options.rapidCanary ? { rapidCanary: options.rapidCanary } : {}),
    hearsLate: options.hearsLate ?? false,
    sink(event) {
      events.push(event);
      book.take(event);
    },
  });
  const sockets = options.sockets ?? 512;
  const hurriedTo = new Set<number>();
  const sender = {
    hurry: (leastMs: number) => void hurriedTo.add(leastMs),
    room: () => sockets - underWay,
    start(key: number, target: number, port: number, timeoutMs: number, hold: Hold) {
      const id = `${target} ${port}`;
      const before = counts.get(id) ?? 0;
      counts.set(id, before + 1);
      const ask = { target, port, now, before, holdMs: hold.ms, speak: hold.speak, timeoutMs };
      asks.push(ask);
      const outcome = network(ask);
      underWay++;
      mostUnderWay = Math.max(mostUnderWay, underWay);
      const takes =
        outcome.kind === 'silent'
          ? timeoutMs
          : outcome.kind === 'open' && outcome.banner === null
            ? 5 + hold.ms
            : 'rttMs' in outcome
              ? outcome.rttMs
              : 0.1;
      due.push({ at: now + takes, key, outcome });
      const late = options.late?.(ask);
      if (late) lateAnswers.push({ at: now + takes + late.afterMs, key, outcome: late.outcome });
    },
  };
  const limit = start + (options.limitMs ?? 3_600_000);
  while (!schedule.finished) {
    if (now > limit) throw new Error(`not finished after ${now - start} ms of simulated time`);
    if (options.stopAt !== undefined && now >= start + options.stopAt) break;
    const wait = schedule.fill(now, sender);
    if (schedule.finished) break;
    const next = due.reduce((least, d) => Math.min(least, d.at), Number.POSITIVE_INFINITY);
    now = Math.max(now + 0.05, Math.min(next, now + Math.min(wait, 50)));
    if (options.loseRapid) judgeRapid(options.loseRapid);
    for (const answer of lateAnswers.filter((a) => a.at <= now)) {
      lateAnswers.splice(lateAnswers.indexOf(answer), 1);
      schedule.settle(answer.key, answer.outcome, now);
    }
    for (let i = 0; i < due.length; ) {
      const answer = due[i]!;
      if (answer.at > now) i++;
      else {
        due.splice(i, 1);
        underWay--;
        schedule.settle(answer.key, answer.outcome, now);
      }
    }
  }
  schedule.report(now);
  let places: ReadonlyMap<number, Observation>[] | undefined;
  return {
    events,
    asks,
    book,
    schedule,
    endedAt: now - start,
    mostUnderWay,
    hurriedTo,
    seen(port, target = 0) {
      places ??= book
        .targets()
        .map((t) => new Map(t.observations.flatMap((o) => [...canonicalPorts(o.ports)].map((p) => [p, o]))));
      return places[target]?.get(port);
    },
  };
}
