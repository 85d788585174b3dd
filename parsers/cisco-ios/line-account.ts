import type { LineAccount } from '../../src/model/router-config.ts';

/** What became of one line: a family's name where it was knowingly skipped. */
export type Place = 'modelled' | 'diagnosed' | { readonly skipped: string };

export const inFamily = (skipped: string): Place => ({ skipped });

/** Gives every physical line exactly one place. */
export class Accounting {
  private modelledLines = 0;
  private diagnosedLines = 0;
  private skippedLines = 0;
  private readonly families = new Map<string, number>();

  put(place: Place, lines = 1): void {
    if (place === 'modelled') this.modelledLines += lines;
    else if (place === 'diagnosed') this.diagnosedLines += lines;
    else {
      this.skippedLines += lines;
      this.families.set(place.skipped, (this.families.get(place.skipped) ?? 0) + lines);
    }
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
