import { forHtml } from '../untrusted.ts';

declare const markupBrand: unique symbol;

/** HTML that is safe to put into a page. Only `html` and `trusted` make it. */
export interface Markup {
  readonly text: string;
  readonly [markupBrand]: true;
}

type Value = string | number | Markup | null | readonly Markup[];

const make = (text: string): Markup => ({ text }) as Markup;

/** For our own style sheet and script alone; never for anything that was read. */
export const trusted = (text: string): Markup => make(text);

export const NOTHING: Markup = make('');

function render(value: Value): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return forHtml(value);
  if ('text' in value) return value.text;
  return value.map((v) => v.text).join('');
}

/** A template whose strings are markup and whose values are data, escaped unless they are markup already. */
export const html = (strings: TemplateStringsArray, ...values: readonly Value[]): Markup =>
  make(strings.map((s, i) => (i < values.length ? s + render(values[i] ?? null) : s)).join(''));

export const join = (parts: readonly Markup[], between = ''): Markup =>
  make(parts.map((p) => p.text).join(forHtml(between)));
