import type { PortAnswer, ScanEvent } from '../engine.ts';

/** Ports whose last probes left further apart than this are told one after the other, so that each one's time is known. */
const MOST_MS = 1000;

type Results = Extract<ScanEvent, { kind: 'results' }>;

/** Gathers results of ports that answered alike, so that 65,535 of them become a few events. */
export interface ResultBatch {
  readonly add: (target: number, port: number, answer: PortAnswer, spanMs: number, at: number) => void;
  /** Hands everything gathered to the sink, in the order in which each answer was first seen. */
  readonly flush: () => void;
}

interface Group {
  target: number;
  ports: number[];
  answer: PortAnswer;
  spanMs: number;
  at: number;
  since: number;
}

const keyOf = (target: number, answer: PortAnswer): string => {
  const { icmp } = answer;
  return `${target} ${answer.state} ${answer.reason} ${answer.tries} ${answer.ttl} ${answer.tainted} ${
    icmp ? `${icmp.type}.${icmp.code}.${icmp.from}` : ''
  } ${answer.confirmed} ${answer.banner ?? ''}`;
};

export function createResultBatch(sink: (event: Results) => void): ResultBatch {
  let groups = new Map<string, Group>();
  // Thousands of ports in a row share one answer object, which needs no key to be recognised.
  let latest: Group | null = null;
  let latestAnswer: PortAnswer | null = null;
  // A port may answer twice before a flush, and the later word must come later: a bit a port, by target.
  const seen = new Map<number, Uint32Array>();
  const flush = () => {
    const ready = groups;
    if (ready.size === 0) return;
    groups = new Map();
    latest = null;
    for (const bits of seen.values()) bits.fill(0);
    for (const group of ready.values()) {
      sink({ kind: 'results', ...group, ports: Uint16Array.from(group.ports) });
    }
  };
  const markSeen = (target: number, port: number): boolean => {
    let bits = seen.get(target);
    if (!bits) {
      bits = new Uint32Array(2048);
      seen.set(target, bits);
    }
    const bit = 1 << (port & 31);
    const word = port >>> 5;
    const before = (bits[word]! & bit) !== 0;
    bits[word]! |= bit;
    return before;
  };
  return {
    add(target, port, answer, spanMs, at) {
      if (markSeen(target, port)) {
        flush();
        markSeen(target, port);
      }
      if (!latest || latestAnswer !== answer || latest.target !== target) {
        latestAnswer = answer;
        const key = keyOf(target, answer);
        latest = groups.get(key) ?? null;
        if (!latest) {
          latest = { target, ports: [], answer, spanMs, at, since: at };
          groups.set(key, latest);
        }
      }
      if (at - latest.since > MOST_MS) {
        flush();
        this.add(target, port, answer, spanMs, at);
        return;
      }
      latest.ports.push(port);
      latest.spanMs = Math.min(latest.spanMs, spanMs);
      latest.at = Math.max(latest.at, at);
      latest.since = Math.min(latest.since, at);
    },
    flush,
  };
}
