import { NO_CANARY } from '../../src/model/evidence.ts';
import { rangesHave, valuesOf } from '../../src/model/ports.ts';
import type { Hold, PortAnswer, ProbeOutcome, ScanEvent, ScanOptions, WorkTarget } from '../engine.ts';
import type { Handshaker } from '../sockets/handshake.ts';

/** What a silent port gets at the least: nmap allows itself one repetition before any has helped. */
export const LEAST_TRIES = 2;
export const HANDSHAKE_TIMEOUT_MS = 950;
export const CONFIRMS_AT_ONCE = 32;

/** One target's scan by nmap, and what the handshakes beside it learnt. */
export interface TargetRun {
  readonly index: number;
  readonly target: WorkTarget;
  readonly source: string | null;
  readonly options: ScanOptions;
  readonly sink: (event: ScanEvent) => void;
  readonly handshaker: Handshaker;
  readonly ratePerSecond: number;
  readonly raw: boolean;
  readonly advance: (ports: number) => void;
  openNegative: number | null;
  readonly negativeBanners: Set<string | null>;
}

const listenFor = (options: ScanOptions): Hold => ({ ms: options.settings.holdMs, speak: false });

export const accepted = (o: ProbeOutcome): boolean => o.kind === 'open' || o.kind === 'wrapped';

export const sleep = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
  });

export async function askNegatives(run: TargetRun): Promise<void> {
  const { target, options, sink, index } = run;
  await Promise.all(
    target.negativeCanaries.map(async (port) => {
      const sentAt = options.clock.now();
      const outcome = await run.handshaker.ask(port, HANDSHAKE_TIMEOUT_MS, listenFor(options));
      if (outcome.kind === 'engine') return;
      if (accepted(outcome)) {
        run.openNegative = port;
        run.negativeBanners.add(outcome.kind === 'open' ? outcome.banner : null);
      }
      sink({
        kind: 'canary',
        target: index,
        port,
        canary: 'negative',
        sent: 1,
        answered: accepted(outcome) ? 0 : 1,
        ttl: null,
        sentAt,
      });
    }),
  );
}

/**
 * nmap's "open" is a claim until a handshake of our own agrees: `-sT` has been seen to invent open ports out of ICMP
 * denials.
 */
export async function confirmOpen(run: TargetRun, port: number): Promise<void> {
  const { options, sink, index } = run;
  let outcome: ProbeOutcome = { kind: 'silent' };
  const began = options.clock.now();
  for (let attempt = 0; attempt < 3; attempt++) {
    outcome = await run.handshaker.ask(port, HANDSHAKE_TIMEOUT_MS, listenFor(options));
    if (accepted(outcome) || options.signal.aborted) break;
    await sleep(options.settings.retrySpacingMs, options.signal);
  }
  const answer: PortAnswer = {
    state: 'unstable',
    reason: 'syn-ack to nmap, then no handshake',
    icmp: null,
    ttl: null,
    tries: 4,
    banner: null,
    confirmed: false,
    tainted: null,
  };
  const at = options.clock.now();
  const emit = (change: Partial<PortAnswer>) =>
    sink({
      kind: 'results',
      target: index,
      ports: [port],
      answer: { ...answer, ...change },
      spanMs: at - began,
      at,
    });
  if (outcome.kind === 'open' || outcome.kind === 'wrapped') {
    const banner = outcome.kind === 'open' ? outcome.banner : null;
    emit({
      state: outcome.kind,
      reason: outcome.kind === 'open' ? 'syn-ack' : outcome.how,
      banner,
      tries: 2,
      confirmed: true,
      tainted: taintOf(run, banner),
    });
  } else if (run.raw) emit({ reason: `open to nmap, then ${outcome.kind}` });
  // Without raw sockets nmap had seen no more than we: our three handshakes stand against its one.
  else if (outcome.kind === 'closed') emit({ state: 'closed', reason: outcome.reason });
  else if (outcome.kind === 'unreachable') emit({ state: 'unreachable', reason: outcome.errno });
  else if (outcome.kind === 'silent') emit({ state: 'filtered', reason: 'timeout' });
  else emit({ state: 'unobserved', reason: outcome.kind === 'engine' ? outcome.errno : outcome.kind });
}

function taintOf(run: TargetRun, banner: string | null): string | null {
  if (run.openNegative === null) return null;
  if (banner !== null && !run.negativeBanners.has(banner)) return null;
  return `port ${run.openNegative}, chosen at random, answers alike: a tarpit or a SYN proxy may answer for all ports`;
}

/** Silence of a port that is expected to answer is believed after five tries over fifteen seconds. */
export async function askExpectedAgain(run: TargetRun): Promise<void> {
  const { target, options, sink, index } = run;
  const { expectedOpenTries, expectedOpenSpanMs } = options.settings;
  if (target.protocol !== 'tcp') return;
  let open = new Set<number>();
  const expected = valuesOf(target.expectedOpen)
    .filter((p) => rangesHave(target.ports, p))
    .slice(0, 1024);
  const gap = expectedOpenSpanMs / Math.max(1, expectedOpenTries - 1);
  let silent = expected;
  const began = options.clock.now();
  for (let attempt = 0; attempt < expectedOpenTries && silent.length > 0; attempt++) {
    if (attempt > 0) await sleep(gap, options.signal);
    if (options.signal.aborted) return;
    const still: number[] = [];
    for (let i = 0; i < silent.length; i += CONFIRMS_AT_ONCE) {
      const outcomes = await Promise.all(
        silent
          .slice(i, i + CONFIRMS_AT_ONCE)
          .map(
            async (port) =>
              [port, await run.handshaker.ask(port, HANDSHAKE_TIMEOUT_MS, listenFor(options))] as const,
          ),
      );
      for (const [port, outcome] of outcomes) {
        if (outcome.kind === 'silent' || outcome.kind === 'unreachable') still.push(port);
        else if (attempt > 0 && accepted(outcome)) open = open.add(port);
      }
    }
    silent = still;
  }
  for (const port of open) await confirmOpen(run, port);
  if (silent.length === 0) return;
  const at = options.clock.now();
  sink({
    kind: 'results',
    target: index,
    ports: silent,
    answer: {
      state: 'filtered',
      reason: 'timeout',
      icmp: null,
      ttl: null,
      tries: LEAST_TRIES + expectedOpenTries,
      banner: null,
      confirmed: false,
      tainted: target.canary === null ? NO_CANARY : null,
    },
    spanMs: at - began,
    at,
    since: began,
  });
}
