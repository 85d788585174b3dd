import { NO_CANARY, type Observation } from '../../src/model/evidence.ts';
import {
  countRanges,
  formatRanges,
  type PortSet,
  rangesHave,
  rangesOf,
  subtractRanges,
  valuesOf,
} from '../../src/model/ports.ts';
import {
  ACCEPTED,
  type PortAnswer,
  type ScanEngine,
  type ScanEvent,
  type ScanOptions,
  type ScanOutcome,
  type ScanWork,
} from '../engine.ts';
import { hasNetRaw } from '../machine/capabilities.ts';
import { describeBox } from '../machine/scanner-box.ts';
import { createCanaryWatch } from '../schedule/canary-watch.ts';
import { CEILING_PER_HOST } from '../schedule/target-state.ts';
import { createHandshaker } from '../sockets/handshake.ts';
import {
  accepted,
  askExpectedAgain,
  askNegatives,
  CONFIRMS_AT_ONCE,
  confirmOpen,
  HANDSHAKE_TIMEOUT_MS,
  LEAST_TRIES,
  sleep,
  type TargetRun,
} from './handshakes.ts';
import { readNmapVersion } from './version.ts';

/** A chunk should last about this long, so that a canary stands every few seconds. */
const CHUNK_SECONDS = 10;
const CHUNK_PORTS: readonly [least: number, most: number] = [256, 16384];
/** nmap repeats this often only where repeating has helped, i.e. under loss; a wholly silent host costs no more for it. */
const MAX_RETRIES = 6;
/** Silence of up to this many ports is looked at again where more ports answered, till it was looked at this often. */
const LONELY_MOST = 64;
const LOOKS_AT_LONELY = 3;
/** A chunk whose canary failed is scanned again this often. */
const CHUNK_RETRIES = 2;

type ChunkEnd = { readonly kind: 'done' } | { readonly kind: 'stop'; readonly reason: string };

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

interface PortsAlike {
  readonly ports: readonly number[];
  readonly answer: PortAnswer;
}

/** What nmap saw of some ports. */
interface Sight {
  /** Answers that need no handshake, denials by ICMP among them. */
  readonly heard: readonly PortsAlike[];
  readonly silent: readonly PortsAlike[];
  readonly open: readonly number[];
  readonly failure: string | null;
}

const portsOf = (alike: readonly PortsAlike[]): number[] => alike.flatMap(({ ports }) => ports);

async function runNmap(run: TargetRun, ports: PortSet): Promise<Sight> {
  const { target, options } = run;
  // Loaded when used: node-nmap brings an XML library that no other engine needs.
  const { NmapChunkScan } = await import('./run.ts');
  const scan = new NmapChunkScan(target.address, nmapOptions(run, ports));
  const result = await scan.run(options.signal, () => undefined);
  const alike = new Map<string, { readonly ports: number[]; readonly answer: PortAnswer }>();
  const open: number[] = [];
  for (const seen of result.targets.filter((t) => t.protocol === target.protocol)) {
    for (const observation of seen.observations) {
      const ports = valuesOf(observation.ports);
      if (target.protocol === 'tcp' && (observation.state === 'open' || observation.state === 'wrapped')) {
        open.push(...ports);
        continue;
      }
      // nmap names a service to thousands of closed ports, each an observation of its own; they answered alike all the same.
      const answer = answerOf(observation, target.canary !== null);
      const key = JSON.stringify(answer);
      const known = alike.get(key);
      if (known) for (const port of ports) known.ports.push(port);
      else alike.set(key, { ports: [...ports], answer });
    }
  }
  const isSilent = ({ answer }: PortsAlike) => denies(answer) && answer.icmp === null;
  const silent = [...alike.values()].filter(isSilent);
  const heard = [...alike.values()].filter((ports) => !isSilent(ports));
  return { heard, silent, open, failure: options.signal.aborted ? null : result.failure };
}

/**
 * Looks at a chunk, and again at silence of a few ports where many answered: that is more likely loss than a filter.
 * nmap itself repeats no oftener than repeating has helped so far, which leaves a port in some ten thousand at 5% loss.
 */
async function look(run: TargetRun, chunk: PortSet): Promise<Sight> {
  let sight = await runNmap(run, chunk);
  const quiet = portsOf(sight.silent).length;
  if (run.target.protocol !== 'tcp' || quiet > LONELY_MOST) return sight;
  if (quiet >= portsOf(sight.heard).length + sight.open.length) return sight;
  for (let looks = 2; looks <= LOOKS_AT_LONELY; looks++) {
    if (sight.silent.length === 0 || sight.failure !== null || run.options.signal.aborted) break;
    const again = await runNmap(run, rangesOf(portsOf(sight.silent)));
    if (again.failure !== null) return { ...sight, failure: again.failure };
    sight = {
      heard: [...sight.heard, ...again.heard],
      open: [...sight.open, ...again.open],
      silent: again.silent.map(({ ports, answer }) => ({
        ports,
        answer: { ...answer, tries: looks * LEAST_TRIES },
      })),
      failure: null,
    };
  }
  return sight;
}

/** Scans a chunk; returns the ports that nothing was to be had from. */
async function scanChunk(
  run: TargetRun,
  chunk: PortSet,
): Promise<{ end: ChunkEnd; silent: readonly number[] }> {
  const since = run.options.clock.now();
  const { heard, silent, open, failure } = await look(run, chunk);
  const at = run.options.clock.now();
  for (const { ports, answer } of [...heard, ...silent]) {
    run.sink({ kind: 'results', target: run.index, ports, answer, spanMs: 0, at, since });
  }
  for (let i = 0; i < open.length; i += CONFIRMS_AT_ONCE) {
    await Promise.all(open.slice(i, i + CONFIRMS_AT_ONCE).map((port) => confirmOpen(run, port)));
  }
  return {
    end: failure === null ? { kind: 'done' } : { kind: 'stop', reason: `${run.target.name}: ${failure}` },
    silent: portsOf([...silent, ...heard.filter(({ answer }) => denies(answer))]),
  };
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

const denies = ({ state }: { readonly state: PortAnswer['state'] }): boolean =>
  state === 'filtered' || state === 'unreachable';

const answerOf = (o: Observation, hasCanary: boolean): PortAnswer => {
  const silence = o.icmp === null && denies(o);
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
