import { NO_CANARY, type Observation } from '../src/model/evidence.ts';
import {
  countRanges,
  formatRanges,
  type PortSet,
  rangesHave,
  rangesOf,
  subtractRanges,
} from '../src/model/ports.ts';
import { createCanaryWatch } from './canary-watch.ts';
import { hasNetRaw } from './capabilities.ts';
import {
  ACCEPTED,
  type Hold,
  type PortAnswer,
  type ProbeOutcome,
  type ScanEngine,
  type ScanEvent,
  type ScanOptions,
  type ScanOutcome,
  type ScanWork,
  type WorkTarget,
} from './engine.ts';
import { createHandshaker, type Handshaker } from './handshake.ts';
import { readNmapVersion } from './nmap-version.ts';
import { describeBox } from './scanner-box.ts';
import { CEILING_PER_HOST } from './target-state.ts';

/** A chunk should last about this long, so that a canary stands every few seconds. */
const CHUNK_SECONDS = 10;
const CHUNK_PORTS: readonly [least: number, most: number] = [256, 16384];
/** nmap repeats this often only where repeating has helped, i.e. under loss; a wholly silent host costs no more for it. */
const MAX_RETRIES = 6;
/** What a silent port gets at the least: nmap allows itself one repetition before any has helped. */
const LEAST_TRIES = 2;
const HANDSHAKE_TIMEOUT_MS = 950;
const CONFIRMS_AT_ONCE = 32;
/** A chunk whose canary failed is scanned again this often. */
const CHUNK_RETRIES = 2;

interface TargetRun {
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

type ChunkEnd = { readonly kind: 'done' } | { readonly kind: 'stop'; readonly reason: string };

const listenFor = (options: ScanOptions): Hold => ({ ms: options.settings.holdMs, speak: false });

const accepted = (o: ProbeOutcome): boolean => o.kind === 'open' || o.kind === 'wrapped';

const sleep = (ms: number, signal: AbortSignal): Promise<void> =>
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

/** Sets of at most `size` ports each, in ascending order. */
export function splitPorts(ports: PortSet, size: number): PortSet[] {
  const chunks: PortSet[] = [];
  let chunk: [number, number][] = [];
  let room = size;
  for (const [lo, hi] of ports) {
    for (let at = lo; at <= hi; ) {
      const end = Math.min(hi, at + room - 1);
      chunk.push([at, end]);
      room -= end - at + 1;
      at = end + 1;
      if (room > 0) continue;
      chunks.push(chunk);
      chunk = [];
      room = size;
    }
  }
  return chunk.length > 0 ? [...chunks, chunk] : chunks;
}

async function scanTarget(run: TargetRun): Promise<string | null> {
  const { target, options, sink, index } = run;
  const watch = createCanaryWatch({
    intervalMs: options.settings.canaryIntervalMs,
    retryMs: options.settings.canaryRetryMs,
    pauseMs: options.settings.canaryPauseMs,
  });
  /** Asks the canary until it answers or is lost. */
  const vouch = async (): Promise<'good' | 'good after a rest' | 'lost' | 'aborted'> => {
    if (target.canary === null) return 'good';
    let rested = false;
    while (!options.signal.aborted) {
      const sentAt = options.clock.now();
      watch.sent(sentAt);
      const outcome = await run.handshaker.ask(target.canary, HANDSHAKE_TIMEOUT_MS, ACCEPTED);
      if (options.signal.aborted) break;
      const good = accepted(outcome);
      sink({
        kind: 'canary',
        target: index,
        port: target.canary,
        canary: 'positive',
        sent: 1,
        answered: good ? 1 : 0,
        ttl: null,
        sentAt,
      });
      const change = good ? watch.answered(options.clock.now()) : watch.missed(options.clock.now());
      if (good) return rested ? 'good after a rest' : 'good';
      if (change.kind === 'lost') return 'lost';
      if (change.kind === 'rest') {
        rested = true;
        sink({
          kind: 'note',
          text: `${target.name}: port ${target.canary}, the canary, failed twice; resting ${Math.round(options.settings.canaryPauseMs / 1000)} s, then silence since the last good one is scanned again`,
        });
      }
      await sleep(Math.max(0, watch.dueAt() - options.clock.now()), options.signal);
    }
    return 'aborted';
  };
  const lost = (): string => {
    const lastGood = watch.lastGood();
    const since =
      lastGood === null ? 'it never answered' : `it answered last at ${new Date(lastGood).toISOString()}`;
    const reason = `port ${target.canary}, the canary, is silent: ${since}`;
    sink({ kind: 'stopped', target: index, reason, at: options.clock.now() });
    return reason;
  };

  if ((await vouch()) === 'lost') return lost();
  await askNegatives(run);
  const first = rangesOf(target.first.filter((p) => rangesHave(target.ports, p)));
  const rest = subtractRanges(target.ports, first);
  const size = Math.min(CHUNK_PORTS[1], Math.max(CHUNK_PORTS[0], run.ratePerSecond * CHUNK_SECONDS));
  for (const chunk of [...splitPorts(first, size), ...splitPorts(rest, size)]) {
    for (let round = 0; ; round++) {
      if (options.signal.aborted) return 'the scan was interrupted';
      const { end, silent } = await scanChunk(run, chunk);
      const canary = await vouch();
      if (canary !== 'good' && silent.length > 0) {
        sink({ kind: 'withdrawn', target: index, ports: silent, why: 'the canary failed after them' });
      }
      if (canary === 'lost') return lost();
      if (end.kind === 'stop') return end.reason;
      if (canary === 'good' || round >= CHUNK_RETRIES) break;
    }
    run.advance(countRanges(chunk));
  }
  await askExpectedAgain(run);
  await vouch();
  return options.signal.aborted ? 'the scan was interrupted' : null;
}

async function askNegatives(run: TargetRun): Promise<void> {
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

/** Runs nmap over a chunk; returns the ports that stayed silent. */
async function scanChunk(
  run: TargetRun,
  chunk: PortSet,
): Promise<{ end: ChunkEnd; silent: readonly number[] }> {
  const { target, options } = run;
  // Loaded when used: node-nmap brings an XML library that no other engine needs.
  const { NmapChunkScan } = await import('./nmap-run.ts');
  const scan = new NmapChunkScan(target.address, nmapOptions(run, chunk));
  const result = await scan.run(options.signal, () => undefined);
  const at = options.clock.now();
  const silent: number[] = [];
  for (const seen of result.targets.filter((t) => t.protocol === target.protocol)) {
    const open: number[] = [];
    for (const observation of seen.observations) {
      const ports = expand(observation.ports);
      if (target.protocol === 'tcp' && (observation.state === 'open' || observation.state === 'wrapped')) {
        open.push(...ports);
        continue;
      }
      const answer = answerOf(observation, target.canary !== null);
      if (answer.state === 'filtered' || answer.state === 'unreachable') silent.push(...ports);
      run.sink({ kind: 'results', target: run.index, ports, answer, spanMs: 0, at });
    }
    for (let i = 0; i < open.length; i += CONFIRMS_AT_ONCE) {
      await Promise.all(open.slice(i, i + CONFIRMS_AT_ONCE).map((port) => confirmOpen(run, port)));
    }
  }
  const end: ChunkEnd =
    result.failure === null || options.signal.aborted
      ? { kind: 'done' }
      : { kind: 'stop', reason: `${target.name}: ${result.failure}` };
  return { end, silent };
}

const nmapOptions = (run: TargetRun, chunk: PortSet): string[] => [
  run.target.protocol === 'udp' ? '-sU' : run.raw ? '-sS' : '-sT',
  '-n',
  '-Pn',
  '--reason',
  // Otherwise ports that answered alike are summed up, and nobody learns who sent their ICMP.
  '-d3',
  '--max-rate',
  String(Math.max(1, Math.floor(run.ratePerSecond))),
  ...paceOnSilence(run),
  '--max-retries',
  String(MAX_RETRIES),
  '--stats-every',
  '1s',
  ...(run.source !== null && run.raw ? ['-S', run.source] : []),
  '-p',
  formatRanges(chunk).replaceAll(' ', ''),
];

/**
 * nmap's window grows by replies alone: where nobody answers it stays at ten probes a second, whatever the pace allows.
 * A floor mends that; it stays well below the rates at which nmap misreads closed hosts.
 */
const FLOOR_PER_SECOND = 2000;

const paceOnSilence = (run: TargetRun): string[] =>
  run.target.protocol === 'tcp'
    ? ['--min-rate', String(Math.max(1, Math.floor(Math.min(run.ratePerSecond, FLOOR_PER_SECOND))))]
    : [];

const expand = (set: PortSet): number[] =>
  set.flatMap(([lo, hi]) => Array.from({ length: hi - lo + 1 }, (_, i) => lo + i));

const answerOf = (o: Observation, hasCanary: boolean): PortAnswer => {
  const silence = o.icmp === null && (o.state === 'filtered' || o.state === 'unreachable');
  return {
    state: o.state,
    reason: o.reason,
    icmp: o.icmp,
    ttl: o.ttl,
    tries: silence ? LEAST_TRIES : 1,
    banner: null,
    confirmed: false,
    tainted: silence && !hasCanary ? NO_CANARY : null,
  };
};

/**
 * nmap's "open" is a claim until a handshake of our own agrees: `-sT` has been seen to invent open ports out of ICMP
 * denials.
 */
async function confirmOpen(run: TargetRun, port: number): Promise<void> {
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
async function askExpectedAgain(run: TargetRun): Promise<void> {
  const { target, options, sink, index } = run;
  const { expectedOpenTries, expectedOpenSpanMs } = options.settings;
  if (target.protocol !== 'tcp') return;
  let open = new Set<number>();
  const expected = expand(target.expectedOpen)
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
  });
}

async function scanAll(
  work: ScanWork,
  options: ScanOptions,
  sink: (event: ScanEvent) => void,
): Promise<ScanOutcome> {
  const raw = hasNetRaw();
  if (!raw && work.source !== null) {
    const natural = await describeBox(work.targets[0]!.address, null, null);
    if (natural?.address !== work.source) {
      return {
        kind: 'incomplete',
        reason: `without CAP_NET_RAW nmap cannot send from ${work.source}: run as root, or use --engine connect`,
      };
    }
  }
  const perHost = options.pace.overrideCeiling
    ? options.pace.perHost
    : Math.min(CEILING_PER_HOST, options.pace.perHost);
  const atOnce = Math.max(1, Math.min(8, work.targets.length, Math.floor(options.pace.total / perHost)));
  const ratePerSecond = Math.min(perHost, options.pace.total / atOnce);
  const total = work.targets.reduce((sum, t) => sum + countRanges(t.ports), 0);
  const began = options.clock.now();
  let done = 0;
  const advance = (ports: number) => {
    done += ports;
    const seconds = Math.max(0.001, (options.clock.now() - began) / 1000);
    sink({ kind: 'progress', done, total, sent: done, left: total - done, perSecond: done / seconds });
  };
  const reasons: string[] = [];
  const queue = work.targets.map((target, index) => ({ target, index }));
  const worker = async () => {
    for (let next = queue.shift(); next && !options.signal.aborted; next = queue.shift()) {
      if (next.target.ports.length === 0) continue;
      const handshaker = createHandshaker(next.target.address, work.source, next.target.protocol);
      try {
        const reason = await scanTarget({
          ...next,
          source: work.source,
          options,
          sink,
          handshaker,
          ratePerSecond,
          raw,
          advance,
          openNegative: null,
          negativeBanners: new Set(),
        });
        if (reason !== null) reasons.push(reason);
      } finally {
        handshaker.close();
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  if (options.signal.aborted && reasons.length === 0) reasons.push('the scan was interrupted');
  return reasons.length === 0
    ? { kind: 'complete' }
    : { kind: 'incomplete', reason: [...new Set(reasons)].join('; ') };
}

export const nmapEngine: ScanEngine = {
  id: 'nmap',
  description: 'the installed nmap, in chunks between canaries, each open port confirmed by a handshake',
  example: 'aclscope scan --plan plan.json --engine nmap -o evidence.json',
  steerable: false,
  async checkAvailability() {
    const found = await readNmapVersion();
    if ('why' in found) return { ok: false, why: found.why };
    return {
      ok: true,
      note: hasNetRaw()
        ? `nmap ${found.version} with -sS`
        : `nmap ${found.version} with -sT: without CAP_NET_RAW it sees no ICMP and no TTL`,
    };
  },
  scan: scanAll,
};
