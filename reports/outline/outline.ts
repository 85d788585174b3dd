import type { ConfigLine } from '../../src/diagnostics/source-span.ts';

/** How a thing is to be felt: the renderers turn it into a colour, a class or nothing. */
export type Tone = 'good' | 'bad' | 'warn' | 'quiet' | 'plain' | 'strong';

/** Strings are data, never markup: each renderer neutralises them at the leaf. */
export type Inline =
  | string
  | { readonly kind: 'tone'; readonly tone: Tone; readonly text: string }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'line'; readonly line: ConfigLine };

export type Inlines = readonly Inline[];

export interface Fact {
  readonly label: string;
  readonly value: Inlines;
}

export interface Row {
  readonly cells: readonly Inlines[];
}

export type Block =
  /** The answer, in one word and one sentence. */
  | {
      readonly kind: 'verdict';
      readonly tone: Tone;
      readonly word: string;
      readonly text: string;
      readonly facts: readonly Fact[];
    }
  | { readonly kind: 'heading'; readonly text: string }
  | { readonly kind: 'paragraph'; readonly text: Inlines }
  /** A thing found, with what it rests on. */
  | {
      readonly kind: 'finding';
      readonly tone: Tone;
      /** `FAIL critical`, `high`. */
      readonly label: string;
      /** Rule or kind; empty where none. */
      readonly rule: string;
      readonly message: string;
      readonly facts: readonly Fact[];
    }
  /** The same in the form editors follow: `file:line: severity rule message`, on one line however long. */
  | {
      readonly kind: 'problem';
      readonly tone: Tone;
      readonly place: { readonly file: string; readonly line: number } | null;
      readonly severity: string;
      readonly rule: string;
      readonly message: string;
      readonly facts: readonly Fact[];
    }
  /** Numbered stations of a packet. */
  | {
      readonly kind: 'steps';
      readonly steps: readonly {
        readonly place: string;
        readonly tone: Tone;
        readonly word: string;
        readonly details: readonly Inlines[];
      }[];
    }
  /** Lines of one file with a word about each, as beside a listing. */
  | { readonly kind: 'listing'; readonly rows: readonly ListingRow[] }
  | { readonly kind: 'table'; readonly columns: readonly Column[]; readonly rows: readonly Row[] }
  /** Lines of outside text as they stand, and how many more there are. */
  | { readonly kind: 'excerpt'; readonly caption: string; readonly text: string; readonly leftOut: number }
  | { readonly kind: 'list'; readonly items: readonly Inlines[] };

export interface ListingRow {
  readonly line: ConfigLine;
  readonly tone: Tone;
  readonly word: string;
  readonly note: string;
}

export interface Column {
  readonly title: string;
  readonly align?: 'right';
}

export const tone = (t: Tone, text: string): Inline => ({ kind: 'tone', tone: t, text });
export const code = (text: string): Inline => ({ kind: 'code', text });
export const line = (l: ConfigLine): Inline => ({ kind: 'line', line: l });
export const heading = (text: string): Block => ({ kind: 'heading', text });
export const paragraph = (...text: Inlines): Block => ({ kind: 'paragraph', text });
