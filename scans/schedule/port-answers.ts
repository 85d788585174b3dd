import type { PortAnswer, ProbeOutcome } from '../engine.ts';
import type { PortWork } from './port-work.ts';
import { isDenial } from './probe-outcome.ts';
import type { ResultBatch } from './result-batch.ts';
import type { TargetState } from './target-state.ts';

/** TTLs, senders and tries make a handful of each; whoever forges senders shall not fill the memory. */
const MOST_COMMON = 1000;

/** Names all that an answer of this kind is made from; null where banners or canaries have a say in it. */
function keyOfPlain(target: TargetState, tries: number, outcome: ProbeOutcome): string | null {
  switch (outcome.kind) {
    case 'closed':
      return outcome.icmp ? null : `${outcome.reason} ${outcome.ttl} ${tries}`;
    case 'silent':
      return `silent ${target.plan.protocol} ${tries}`;
    case 'icmp':
      return `icmp ${outcome.type}/${outcome.code} ${outcome.from} ${tries}`;
    default:
      return null;
  }
}

/** Whether an answer made from the one outcome says the same of the other. Times apart, which no answer tells. */
function isAlike(a: ProbeOutcome, b: ProbeOutcome): boolean {
  switch (a.kind) {
    case 'closed':
      return a.kind === b.kind && a.reason === b.reason && a.ttl === b.ttl && !a.icmp && !b.icmp;
    case 'icmp':
      return a.kind === b.kind && a.type === b.type && a.code === b.code && a.from === b.from;
    case 'silent':
      return a.kind === b.kind;
    default:
      return false;
  }
}

/** Turns what probes brought into what is said of ports, and hands it out. */
export class PortAnswers {
  private readonly batch: ResultBatch;
  private readonly common = new Map<string, PortAnswer>();
  /** The last of them: in a sweep most ports answer as the one before did. */
  private latest: {
    readonly target: TargetState;
    readonly outcome: ProbeOutcome;
    readonly answer: PortAnswer;
  } | null = null;

  constructor(batch: ResultBatch) {
    this.batch = batch;
  }

  /** Of the commonest answers one object each serves all ports: a sweep gives 65,535 of them. */
  answerFor(target: TargetState, work: PortWork, index: number, outcome: ProbeOutcome): PortAnswer {
    const tries = work.tries[index]!;
    const { latest } = this;
    if (latest?.target === target && latest.answer.tries === tries && isAlike(latest.outcome, outcome)) {
      return latest.answer;
    }
    const key = keyOfPlain(target, tries, outcome);
    if (key === null) return makeAnswer(target, tries, outcome);
    let answer = this.common.get(key);
    if (!answer) {
      answer = makeAnswer(target, tries, outcome);
      if (this.common.size >= MOST_COMMON) this.common.clear();
      this.common.set(key, answer);
    }
    this.latest = { target, outcome, answer };
    return answer;
  }

  emit(target: TargetState, work: PortWork, index: number, answer: PortAnswer): void {
    const port = work.ports[index]!;
    const at = work.lastSent[index]!;
    const spanMs = at - work.firstSent[index]!;
    if (answer.state === 'open' || answer.state === 'wrapped') {
      target.accepted.set(port, { answer, spanMs, at });
    }
    this.batch.add(target.index, port, answer, spanMs, at);
  }

  /** Opens that came before a random port turned out open are tainted now. */
  taintAccepted(target: TargetState): void {
    if (target.openNegative === null) return;
    for (const [port, { answer, spanMs, at }] of target.accepted) {
      const tainted = taintOf(target, answer.banner);
      if (tainted !== answer.tainted) this.batch.add(target.index, port, { ...answer, tainted }, spanMs, at);
    }
  }
}

function makeAnswer(target: TargetState, tries: number, outcome: ProbeOutcome): PortAnswer {
  const base = {
    icmp: null,
    ttl: null,
    tries,
    banner: null,
    confirmed: false,
    tainted: null,
  };
  switch (outcome.kind) {
    case 'open':
      return {
        ...base,
        state: 'open',
        reason: target.plan.protocol === 'udp' ? 'udp-response' : 'syn-ack',
        ttl: outcome.ttl,
        banner: outcome.banner,
        confirmed: true,
        tainted: taintOf(target, outcome.banner),
      };
    case 'wrapped':
      return {
        ...base,
        state: 'wrapped',
        reason: outcome.how,
        ttl: outcome.ttl,
        confirmed: true,
        tainted: taintOf(target, null),
      };
    case 'closed':
      return {
        ...base,
        state: 'closed',
        reason: outcome.reason,
        ttl: outcome.ttl,
        icmp: outcome.icmp ?? null,
      };
    case 'icmp': {
      const icmp = { type: outcome.type, code: outcome.code, from: outcome.from };
      return { ...base, state: isDenial(outcome) ? 'filtered' : 'unreachable', reason: 'icmp', icmp };
    }
    case 'unreachable':
      return { ...base, state: 'unreachable', reason: outcome.errno };
    case 'half-open':
      return { ...base, state: 'unstable', reason: 'syn-ack without a handshake', ttl: outcome.ttl };
    case 'silent':
    case 'engine':
      // An open UDP port may have nothing to say, so its silence shows neither state.
      return target.plan.protocol === 'udp'
        ? { ...base, state: 'unobserved', reason: 'open|filtered' }
        : { ...base, state: 'filtered', reason: 'timeout' };
  }
}

/** Where random ports are open, an open port shows nothing unless it speaks otherwise than they do. */
function taintOf(target: TargetState, banner: string | null): string | null {
  if (target.openNegative === null) return null;
  if (banner !== null && !target.negativeBanners.has(banner)) return null;
  return `port ${target.openNegative}, chosen at random, answers alike: a tarpit or a SYN proxy may answer for all ports`;
}
