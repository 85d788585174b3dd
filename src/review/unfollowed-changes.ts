import { statementOf } from '../diagnostics/source-span.ts';
import type { RouterConfig, Unfollowed } from '../model/router-config.ts';

/** So many statements are quoted; the others are counted. */
const MOST_QUOTED = 5;

/** Statements that are not followed and that only one of two configurations holds: one note, or none. */
export function unfollowedChanges(before: RouterConfig, after: RouterConfig): readonly string[] {
  const [old, now] = [byText(before.unfollowed), byText(after.unfollowed)];
  const changes = [
    ...only(old, now).map(([text]) => `"${text}" is gone`),
    ...only(now, old).map(([text, { typed }]) => `"${text}" is ${typed ? 'typed' : 'new'}`),
  ];
  if (changes.length === 0) return [];
  const rest = changes.length - MOST_QUOTED;
  const told = [...changes.slice(0, MOST_QUOTED), ...(rest > 0 ? [`and ${rest} more`] : [])].join(', ');
  return [`statements that are not followed differ: ${told}; what they do to packets is not counted`];
}

type ByText = ReadonlyMap<string, Unfollowed>;

const byText = (statements: readonly Unfollowed[]): ByText =>
  new Map(
    statements.map((s) => [[...s.under, statementOf(s.span)].join(' / ').replace(/\s+/g, ' '), s] as const),
  );

const only = (some: ByText, others: ByText): readonly (readonly [string, Unfollowed])[] =>
  [...some].filter(([text]) => !others.has(text));
