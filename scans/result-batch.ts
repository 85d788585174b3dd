import type { PortAnswer, ScanEvent } from './engine.ts';

type Results = Extract<ScanEvent, { kind: 'results' }>;

/** Gathers results of ports that answered alike, so that 65,535 of them become a few events. */
export interface ResultBatch {
  readonly add: (target: number, port: number, answer: PortAnswer, spanMs: number, at: number) => void;
  /** Hands everything gathered to the sink, in the order in which each answer was first seen. */
  readonly flush: () => void;
}

export function createResultBatch(sink: (event: Results) => void): ResultBatch {
  let groups = new Map<
    string,
    { target: number; ports: number[]; answer: PortAnswer; spanMs: number; at: number }
  >();
  // A port may answer twice before a flush, and the later word must come later.
  let seen = new Set<number>();
  const flush = () => {
    const ready = groups;
    if (ready.size === 0) return;
    groups = new Map();
    seen = new Set();
    for (const group of ready.values()) sink({ kind: 'results', ...group });
  };
  return {
    add(target, port, answer, spanMs, at) {
      const id = target * 65536 + port;
      if (seen.has(id)) flush();
      seen.add(id);
      const { icmp } = answer;
      const key = `${target} ${answer.state} ${answer.reason} ${answer.tries} ${answer.ttl} ${answer.tainted} ${
        icmp ? `${icmp.type}.${icmp.code}.${icmp.from}` : ''
      } ${answer.confirmed} ${answer.banner ?? ''}`;
      const group = groups.get(key);
      if (!group) {
        groups.set(key, { target, ports: [port], answer, spanMs, at });
        return;
      }
      group.ports.push(port);
      group.spanMs = Math.min(group.spanMs, spanMs);
      group.at = Math.max(group.at, at);
    },
    flush,
  };
}
