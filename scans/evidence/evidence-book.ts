import {
  type CanaryRecord,
  NO_CANARY,
  type Observation,
  type TargetEvidence,
} from '../../src/model/evidence.ts';
import type { Plan, PlanTarget } from '../../src/model/plan.ts';
import { type PortSet, rangesOf, subtractRanges, toRanges } from '../../src/model/ports.ts';
import type { EarlierSilence, PortAnswer, PortList, ScanEvent, WorkTarget } from '../engine.ts';

/** Distinct answers kept per target; beyond them banners are dropped, so that a tarpit cannot fill the memory. */
const MAX_GROUPS = 4000;

/**
 * Silence where no canary is possible from here is kept apart by when it was asked, about two intervals of the canary
 * that another vantage may have: that one vouches for what was asked at about the same time, and for nothing else.
 */
const SLICE_MS = 10_000;

interface Group {
  readonly answer: PortAnswer;
  spanMs: number;
  at: number;
  since: number;
}

type Results = Extract<ScanEvent, { kind: 'results' }>;

interface CanaryTally {
  readonly port: number;
  readonly kind: 'positive' | 'negative';
  sent: number;
  answered: number;
  ttl: number | null;
  firstSent: number;
  firstGood: number | null;
  lastGood: number | null;
  worstGapMs: number;
}

interface TargetPage {
  readonly plan: PlanTarget;
  readonly groups: Group[];
  readonly byKey: Map<string, number>;
  /** Port → 1 + place in `groups`, 0 while nothing is known. */
  readonly place: Uint16Array;
  /** Silence that no canary has vouched for yet. */
  provisional: { ports: PortList; at: number }[];
  /** When the last answered positive canary left. */
  lastGood: number;
  readonly canaries: Map<string, CanaryTally>;
  stopped: string | null;
}

const iso = (ms: number): string => new Date(ms).toISOString();
const isSilence = (answer: PortAnswer): boolean =>
  (answer.state === 'filtered' && answer.icmp === null) || answer.state === 'unreachable';

/** Keeps the latest word on every port of a plan, and writes it as evidence at any time. */
export class EvidenceBook {
  private readonly pages: readonly TargetPage[];
  readonly notes: string[] = [];

  constructor(plan: Plan) {
    this.pages = plan.targets.map((target) => ({
      plan: target,
      groups: [],
      byKey: new Map(),
      place: new Uint16Array(65536),
      provisional: [],
      lastGood: Number.NEGATIVE_INFINITY,
      canaries: new Map(),
      stopped: null,
    }));
  }

  take(event: ScanEvent): void {
    switch (event.kind) {
      case 'results':
        this.takeResults(event);
        return;
      case 'withdrawn': {
        const { place } = this.pages[event.target]!;
        for (const port of event.ports) place[port] = 0;
        return;
      }
      case 'canary':
        this.takeCanary(event);
        return;
      case 'stopped':
        this.pages[event.target]!.stopped = `${event.reason} (stopped at ${iso(event.at)})`;
        return;
      case 'note':
        this.notes.push(event.text);
        return;
      case 'progress':
        return;
    }
  }

  private takeResults(event: Results): void {
    const page = this.pages[event.target]!;
    const place = this.placeOf(page, event);
    for (let i = 0; i < event.ports.length; i++) page.place[event.ports[i]!] = place;
    // A word may come after the canary that vouches for it, as when fewer tries turn out to be enough.
    if (isSilence(event.answer) && page.plan.canary !== null && event.at > page.lastGood) {
      page.provisional.push({ ports: event.ports, at: event.at });
    }
  }

  private placeOf(page: TargetPage, event: Results): number {
    const { answer: given, spanMs, at, since = at } = event;
    const mayGrow = page.groups.length < MAX_GROUPS;
    const answer = mayGrow ? given : { ...given, banner: null, ttl: null };
    const key = JSON.stringify([
      answer.state,
      answer.reason,
      answer.icmp,
      answer.ttl,
      answer.tries,
      answer.banner,
      answer.confirmed,
      answer.tainted,
      ...(mayGrow && given.tainted === NO_CANARY ? [Math.floor(at / SLICE_MS)] : []),
    ]);
    const known = page.byKey.get(key);
    if (known !== undefined) {
      const group = page.groups[known - 1]!;
      group.spanMs = Math.min(group.spanMs, spanMs);
      group.at = Math.max(group.at, at);
      group.since = Math.min(group.since, since);
      return known;
    }
    const place = Math.min(65535, page.groups.push({ answer, spanMs, at, since }));
    page.byKey.set(key, place);
    return place;
  }

  private takeCanary(event: Extract<ScanEvent, { kind: 'canary' }>): void {
    const page = this.pages[event.target]!;
    const key = `${event.canary} ${event.port}`;
    let tally = page.canaries.get(key);
    if (!tally) {
      tally = {
        port: event.port,
        kind: event.canary,
        sent: 0,
        answered: 0,
        ttl: null,
        firstSent: event.sentAt,
        firstGood: null,
        lastGood: null,
        worstGapMs: 0,
      };
      page.canaries.set(key, tally);
    }
    tally.sent += event.sent;
    tally.answered += event.answered;
    const since = tally.lastGood ?? tally.firstSent;
    tally.worstGapMs = Math.max(tally.worstGapMs, event.sentAt - since);
    if (event.answered === 0) return;
    tally.ttl = event.ttl ?? tally.ttl;
    tally.firstGood ??= event.sentAt;
    tally.lastGood = event.sentAt;
    if (event.canary === 'positive') {
      page.lastGood = Math.max(page.lastGood, event.sentAt);
      page.provisional = page.provisional.filter(({ at }) => at > event.sentAt);
    }
  }

  /** The reasons for which targets were given up. */
  stops(): readonly string[] {
    return this.pages.flatMap(({ plan, stopped }) => (stopped ? [`${plan.name}: ${stopped}`] : []));
  }

  /** Where refusals come from further or nearer than the canary's answers: someone else may have sent them. */
  notesOnTtl(): readonly string[] {
    return this.pages.flatMap((page) => {
      const canary = [...page.canaries.values()].find((c) => c.kind === 'positive' && c.ttl !== null);
      if (!canary) return [];
      const ports = new Uint32Array(page.groups.length + 1);
      for (let port = 0; port < 65536; port++) ports[page.place[port]!]!++;
      const counts = new Map<number, number>();
      page.groups.forEach(({ answer: { state, ttl } }, i) => {
        if (state !== 'closed' || ttl === null || ttl === canary.ttl || ports[i + 1] === 0) return;
        counts.set(ttl, (counts.get(ttl) ?? 0) + ports[i + 1]!);
      });
      return [...counts].map(
        ([ttl, count]) =>
          `${page.plan.name}: ${count} refusals came with TTL ${ttl}, the canary's answers with ${canary.ttl}: another device may have sent them`,
      );
    });
  }

  /** What is left to probe, as engines take it: for a fresh book the whole plan. */
  workTargets(): readonly WorkTarget[] {
    return this.pages.map((page) => {
      const answered: number[] = [];
      const silent = new Map<number, number[]>();
      for (let port = 0; port < 65536; port++) {
        const place = page.place[port]!;
        if (place === 0) continue;
        const { answer } = page.groups[place - 1]!;
        if (!isSilence(answer)) {
          if (answer.state !== 'unobserved') answered.push(port);
          continue;
        }
        const list = silent.get(place);
        if (list) list.push(port);
        else silent.set(place, [port]);
      }
      const earlierSilence: EarlierSilence[] = [...silent].map(([place, ports]) => {
        const { answer, spanMs, at } = page.groups[place - 1]!;
        return { ports: rangesOf(ports), tries: answer.tries, spanMs, at };
      });
      return { ...page.plan, ports: subtractRanges(page.plan.ports, rangesOf(answered)), earlierSilence };
    });
  }

  /** The evidence so far. Silence that no canary followed is kept, and said to be unreliable. */
  targets(): readonly TargetEvidence[] {
    return this.pages.map((page) => ({
      target: page.plan.name,
      address: page.plan.address,
      hostName: null,
      protocol: page.plan.protocol,
      observations: this.observations(page),
      canaries: [...page.canaries.values()].map(recordOf),
    }));
  }

  private observations(page: TargetPage): Observation[] {
    const unvouched = new Set(page.provisional.flatMap(({ ports }) => [...ports]));
    /** Runs of ports with the same answer, by the place of that answer: negative where no canary vouches for it. */
    const byPlace = new Map<number, [lo: number, hi: number][]>();
    const seen: [lo: number, hi: number][] = [];
    const close = (key: number, lo: number, hi: number) => {
      if (key === 0) return;
      seen.push([lo, hi]);
      const runs = byPlace.get(key);
      if (runs) runs.push([lo, hi]);
      else byPlace.set(key, [[lo, hi]]);
    };
    const doubtful = page.groups.map(({ answer }) => isSilence(answer) && answer.tainted === null);
    let key = 0;
    let from = 0;
    for (let port = 0; port < 65536; port++) {
      const place = page.place[port]!;
      const now = place !== 0 && doubtful[place - 1]! && unvouched.has(port) ? -place : place;
      if (now === key) continue;
      close(key, from, port - 1);
      key = now;
      from = port;
    }
    close(key, from, 65535);
    const observations = [...byPlace].map(([key, ports]) => {
      const { answer, spanMs, at, since } = page.groups[Math.abs(key) - 1]!;
      return {
        ports,
        state: answer.state,
        reason: answer.reason,
        icmp: answer.icmp,
        ttl: answer.ttl,
        tries: answer.tries,
        spanSeconds: Math.round(spanMs) / 1000,
        banner: answer.banner,
        service: null,
        confirmed: answer.confirmed,
        tainted: key < 0 ? 'no good canary after it' : answer.tainted,
        at: iso(at),
        ...(answer.tainted === NO_CANARY ? { since: iso(since) } : {}),
      };
    });
    const missing = subtractRanges(page.plan.ports, toRanges(seen));
    return missing.length === 0 ? observations : [...observations, unobserved(missing)];
  }
}

const unobserved = (ports: PortSet): Observation => ({
  ports,
  state: 'unobserved',
  reason: 'not probed',
  icmp: null,
  ttl: null,
  tries: 0,
  spanSeconds: 0,
  banner: null,
  service: null,
  confirmed: false,
  tainted: null,
  at: null,
});

const recordOf = (tally: CanaryTally): CanaryRecord => ({
  port: tally.port,
  kind: tally.kind,
  sent: tally.sent,
  answered: tally.answered,
  ttl: tally.ttl,
  firstGood: tally.firstGood === null ? null : iso(tally.firstGood),
  lastGood: tally.lastGood === null ? null : iso(tally.lastGood),
  worstGapSeconds: Math.round(tally.worstGapMs) / 1000,
});
