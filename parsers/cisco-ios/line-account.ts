import type { LineAccount } from '../../src/model/router-config.ts';

/** Gives every physical line exactly one place. */
export class Accounting {
  private modelledLines = 0;
  private diagnosedLines = 0;
  private skippedLines = 0;
  private readonly families = new Map<string, number>();

  modelled(lines = 1): void {
    this.modelledLines += lines;
  }

  diagnosed(lines = 1): void {
    this.diagnosedLines += lines;
  }

  skipped(family: string, lines = 1): void {
    this.skippedLines += lines;
    this.families.set(family, (this.families.get(family) ?? 0) + lines);
  }

  get anyModelled(): boolean {
    return this.modelledLines > 0;
  }

  close(): LineAccount {
    return {
      total: this.modelledLines + this.diagnosedLines + this.skippedLines,
      modelled: this.modelledLines,
      skipped: this.skippedLines,
      diagnosed: this.diagnosedLines,
      skippedFamilies: Object.fromEntries([...this.families].sort(([a], [b]) => (a < b ? -1 : 1))),
    };
  }
}
