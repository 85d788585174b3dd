import type { Hold } from '../engine.ts';
import { canaryPort } from './source-ports.ts';

export interface CanaryProbe {
  readonly key: number;
  readonly sourcePort: number;
  readonly sentAt: number;
  readonly hold: Hold;
  readonly attempt: number;
  inHandshake: boolean;
}

/** Canaries under way, by slot: address × 65536 + port. */
export class CanaryProbes {
  private readonly bySlot = new Map<number, CanaryProbe>();
  private attempts = 0;

  begin(slot: number, key: number, hold: Hold, now: number): CanaryProbe {
    const attempt = this.attempts++;
    const sourcePort = canaryPort(attempt);
    const canary = { key, sourcePort, sentAt: now, hold, attempt, inHandshake: false };
    this.bySlot.set(slot, canary);
    return canary;
  }

  find(slot: number): CanaryProbe | undefined {
    return this.bySlot.get(slot);
  }

  /** The one that left from a source port and was not answered yet. */
  awaiting(slot: number, sourcePort: number): CanaryProbe | undefined {
    const canary = this.bySlot.get(slot);
    return canary && !canary.inHandshake && canary.sourcePort === sourcePort ? canary : undefined;
  }

  /** Whether the time of an attempt that is over finds it unanswered. */
  isSilent(slot: number, attempt: number): boolean {
    const canary = this.bySlot.get(slot);
    return canary !== undefined && canary.attempt === attempt && !canary.inHandshake;
  }

  take(slot: number): CanaryProbe | undefined {
    const canary = this.bySlot.get(slot);
    this.bySlot.delete(slot);
    return canary;
  }
}
