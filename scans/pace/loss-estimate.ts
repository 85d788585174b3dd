const FLOOR = 1 / 64;
const MANY = 1000;
/** Older samples fade so that the estimate follows the path. */
const MEMORY = 400;

const share = (lost: number, answered: number): number =>
  lost + answered === 0 ? 0 : lost / (lost + answered);

/**
 * How many round trips get lost, learnt from probes that are known to be answerable: canaries, and ports that
 * answered a later try after silence to an earlier one.
 */
export class LossEstimate {
  private answeredLately = 0;
  private lostLately = 0;
  private answeredEver = 0;
  private lostEver = 0;
  /** Since the pace was last judged. */
  private answeredSince = 0;
  private lostSince = 0;
  private factor = 1;
  private lastRecovery: number;

  constructor(start: number) {
    this.lastRecovery = start;
  }

  add(answered: number, lost: number): void {
    this.answeredLately += answered;
    this.lostLately += lost;
    this.answeredEver += answered;
    this.lostEver += lost;
    this.answeredSince += answered;
    this.lostSince += lost;
    const total = this.answeredLately + this.lostLately;
    if (total > MEMORY) {
      this.answeredLately *= MEMORY / total;
      this.lostLately *= MEMORY / total;
    }
  }

  /** Share of round trips lost lately, 0 where nothing is known. */
  rate(): number {
    return share(this.lostLately, this.answeredLately);
  }

  /**
   * Tries after which silence is no accident: rateⁿ × ports < missed, within the given bounds. The rate is that of the
   * whole scan where that is higher: lately, few samples may have been lucky.
   */
  triesFor(ports: number, missed: number, min: number, max: number): number {
    const rate = Math.max(this.rate(), share(this.lostEver, this.answeredEver));
    if (rate <= 0 || ports <= 0) return min;
    if (rate >= 1) return max;
    const needed = Math.log(missed / ports) / Math.log(rate);
    return Math.min(max, Math.max(min, Math.floor(needed) + 1));
  }

  /** Whether at least a thousand round trips were seen and fewer than one in a thousand was lost. */
  isNegligible(): boolean {
    return this.answeredEver >= MANY && this.lostEver * MANY < this.answeredEver;
  }

  /**
   * The factor by which to slow down, 1 while all is well: halves when more than 30% of more than 10 recent round
   * trips were lost, recovers by 5% a second.
   */
  slowdown(now: number): number {
    const seen = this.answeredSince + this.lostSince;
    if (seen > 10) {
      if (this.lostSince / seen > 0.3) this.factor = Math.max(FLOOR, this.factor / 2);
      this.answeredSince = 0;
      this.lostSince = 0;
    }
    const seconds = (now - this.lastRecovery) / 1000;
    if (seconds >= 0.1) {
      this.factor = Math.min(1, this.factor * 1.05 ** seconds);
      this.lastRecovery = now;
    }
    return this.factor;
  }
}
