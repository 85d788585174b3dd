import { rangesHave } from '../../src/model/ports.ts';
import type { PortAnswer, ProbeOutcome } from '../engine.ts';
import { MAX_CLOSED_CONFIRMS, MAX_CONFIRMS, type PortSettling } from './port-settling.ts';
import { PortWork } from './port-work.ts';
import type { ScanState } from './scan-state.ts';
import { CEILING_PER_HOST, type TargetState } from './target-state.ts';
import type { ActiveWork } from './work-queue.ts';

/** Ports of a suspected tarpit that are spoken to. */
const MAX_SPOKEN = 256;
/** Silent ports asked once more for an ICMP: of the witnesses, and of the sweep. */
const MAX_SIGNATURES = 40;
const SWEEP_SIGNATURES = 5;

/** What a work still has to do when all of its ports have been asked, before its answers stand. */
export class LastSteps {
  private readonly state: ScanState;
  private readonly settling: PortSettling;

  constructor(state: ScanState, settling: PortSettling) {
    this.state = state;
    this.settling = settling;
  }

  /** The next step of a work that ran dry, in the order in which they build on one another. */
  take(entry: ActiveWork, target: TargetState, now: number): 'started' | 'waiting' | 'finished' {
    const { work } = entry;
    const { settings, random } = this.state.options;
    const needed = this.state.neededTries(target);
    if (work.startPass(needed, entry.isFirst, random)) return 'started';
    for (const i of work.silentPorts()) {
      if (work.underTried[i] === 1 && work.tries[i]! >= needed) this.settling.emitMute(target, work, i);
    }
    const suspects = work.closedSuspects.splice(0);
    if (suspects.length > 0 && suspects.length <= MAX_CLOSED_CONFIRMS) {
      for (const index of suspects) {
        const outcome: ProbeOutcome = { kind: 'closed', reason: 'rst', ttl: null, rttMs: 0 };
        this.settling.askAgain(work, index, outcome, now);
      }
      return 'started';
    }
    if (!work.signatureDone) {
      work.signatureDone = true;
      this.chooseForSignature(entry, target);
    }
    if (target.worksLeft === 1 && !target.signatureAsked) {
      target.signatureAsked = true;
      if (this.startSignatureWork(target, now)) return 'waiting';
    }
    if (target.worksLeft === 1 && this.askNegativesAgain(target)) return 'waiting';
    if (target.worksLeft === 1 && this.startSpeakWork(target)) return 'waiting';
    if (!target.watch && this.state.options.hearsLate && work.lastSilentSent + settings.lateListenMs > now) {
      return 'waiting';
    }
    if (target.watch && work.lastSilentSent > (target.watch.lastGood() ?? 0)) {
      target.watch.wantNow();
      return 'waiting';
    }
    return 'finished';
  }

  /** Marks the silent ones of the plan's witnesses, and a few of the sweep, to be asked for an ICMP at the end. */
  private chooseForSignature(entry: ActiveWork, target: TargetState): void {
    const { work } = entry;
    const silent = work.silentPorts().filter((i) => work.expected[i] === 0);
    const count = Math.min(silent.length, entry.isFirst ? MAX_SIGNATURES : SWEEP_SIGNATURES);
    for (let k = 0; k < count; k++) {
      const at = entry.isFirst ? k : k + Math.floor(this.state.options.random() * (silent.length - k));
      const index = silent[at]!;
      silent[at] = silent[k]!;
      target.signature.push({
        port: work.ports[index]!,
        tries: work.tries[index]!,
        firstSent: work.firstSent[index]!,
        lastSent: work.lastSent[index]!,
      });
    }
  }

  /**
   * Routers send such an ICMP twice a second at most, and the sweep has used them up. Only where one was seen, or the
   * pace is gentle enough not to mind the seconds.
   */
  private startSignatureWork(target: TargetState, now: number): boolean {
    const { settings, perHost } = this.state.options;
    if (target.signature.length === 0 || (target.denials === 0 && perHost > CEILING_PER_HOST)) return false;
    const chosen = target.denials > 0 ? target.signature : target.signature.slice(-SWEEP_SIGNATURES);
    const earlier = chosen.map(({ port, tries, firstSent, lastSent }) => ({
      ports: [[port, port]] as const,
      tries,
      spanMs: lastSent - firstSent,
      at: lastSent,
    }));
    const work = new PortWork(
      target.index,
      chosen.map((c) => c.port),
      [],
      earlier,
    );
    work.signatureDone = true;
    for (let i = 0; i < work.size; i++) {
      work.delayed.push('signature', now + (i + 1) * settings.signatureSpacingMs, i);
    }
    this.state.works.addAgain(work, target);
    return true;
  }

  /** A tarpit may wake up during the scan, so what accepted is measured against random ports twice. */
  private askNegativesAgain(target: TargetState): boolean {
    if (target.accepted.size > 0) for (const negative of target.negatives) negative.wanted = 2;
    return target.negatives.some((n) => n.inFlight || n.asked < n.wanted);
  }

  /**
   * Where random ports accept too, only what a service says tells it from a tarpit: the silent ones are spoken to, as
   * the random ports were.
   */
  private startSpeakWork(target: TargetState): boolean {
    if (target.spokenTo || target.openNegative === null || target.plan.protocol === 'udp') return false;
    target.spokenTo = true;
    const mute = [...target.accepted]
      .filter(([, { answer }]) => answer.banner === null)
      .map(([port, { answer }]) => ({ port, rank: this.rankToSpeakTo(target, port, answer) }))
      .sort((a, b) => a.rank - b.rank)
      .map(({ port }) => port);
    if (mute.length === 0) return false;
    const work = new PortWork(target.index, mute.slice(0, MAX_SPOKEN), [], []);
    work.speak = true;
    work.signatureDone = true;
    work.confirms = MAX_CONFIRMS;
    work.startPass(1, false, this.state.options.random);
    this.state.works.addAgain(work, target);
    return true;
  }

  /** Who stands open may yet speak; the plan's own ports matter most. */
  private rankToSpeakTo(target: TargetState, port: number, answer: PortAnswer): number {
    const matters = rangesHave(target.plan.expectedOpen, port) || target.plan.first.includes(port);
    return (answer.state === 'open' ? 0 : 2) + (matters ? 0 : 1);
  }
}
