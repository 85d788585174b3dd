import type { ProbeOutcome } from '../engine.ts';

export const accepts = (outcome: ProbeOutcome): boolean =>
  outcome.kind === 'open' || outcome.kind === 'wrapped';
export const isDenial = (o: ProbeOutcome): boolean =>
  o.kind === 'icmp' && o.type === 3 && (o.code === 9 || o.code === 10 || o.code === 13);
/** Outcomes that leave open whether a port exists behind them, as silence does. */
export const isMute = (o: ProbeOutcome): boolean =>
  o.kind === 'silent' ||
  o.kind === 'unreachable' ||
  o.kind === 'half-open' ||
  (o.kind === 'icmp' && !isDenial(o));

export const wordFor = (o: ProbeOutcome): string => {
  switch (o.kind) {
    case 'silent':
      return 'timeout';
    case 'icmp':
      return `icmp ${o.type}/${o.code}`;
    case 'unreachable':
    case 'engine':
      return o.errno;
    default:
      return o.kind;
  }
};

/** Of two handshakes that both completed, the one that shows more: data over silence, silence over an end. */
export function clearer(a: ProbeOutcome, b: ProbeOutcome): ProbeOutcome {
  const rank = (o: ProbeOutcome) => (o.kind === 'open' ? (o.banner !== null ? 2 : 1) : 0);
  return rank(b) >= rank(a) ? b : a;
}

export const sameMurmur = (a: ProbeOutcome, b: ProbeOutcome): boolean => {
  if (a.kind === 'icmp' && b.kind === 'icmp') {
    return a.type === b.type && a.code === b.code && a.from === b.from;
  }
  if (a.kind === 'unreachable' && b.kind === 'unreachable') return a.errno === b.errno;
  return a.kind === b.kind && a.kind !== 'icmp' && a.kind !== 'unreachable';
};
