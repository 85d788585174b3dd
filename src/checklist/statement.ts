import type { ConfigLine } from '../diagnostics/source-span.ts';
import type { ItemResult, Statement, StatementKind } from '../model/checklist.ts';
import type { Collected, HostSource } from '../model/host.ts';

interface Grounds {
  readonly lines?: readonly ConfigLine[];
  readonly sources?: readonly HostSource[];
  readonly evidence?: readonly string[];
}

const statement =
  (kind: StatementKind) =>
  (text: string, grounds: Grounds = {}): Statement => ({
    kind,
    text,
    lines: grounds.lines ?? [],
    evidence: [...new Set([...(grounds.evidence ?? []), ...(grounds.sources ?? []).map((s) => s.id)])],
  });

/** A demand of the item that the evidence shows to be met. */
export const holds = statement('holds');
/** One that it shows not to be met. */
export const breaks = statement('breaks');
/** Evidence that does not decide. */
export const doubt = statement('doubt');
/** Evidence that is not there. */
export const missing = statement('missing');
/** Worth knowing, without weight. */
export const note = statement('note');

/** Why a fact cannot be used: it was looked for in vain, or not collected. */
export function unseen(fact: Exclude<Collected<unknown>, { kind: 'present' }>, what: string): Statement {
  return fact.kind === 'absent'
    ? missing(`${what}: the host has no ${fact.origin}`, { sources: fact.sources })
    : missing(`${what}: ${fact.origin === '' ? '' : `${fact.origin}: `}${fact.reason}`);
}

/** Doubts for files that belong to a fact and were not collected. */
export const gapsOf = (fact: Collected<unknown>): readonly Statement[] =>
  fact.kind === 'present' && fact.gaps !== undefined
    ? [doubt(`the bundle lacks ${[...new Set(fact.gaps)].join(', ')}, which may say otherwise`)]
    : [];

/**
 * One breach fails the item. Without one, every demand must be met: what is open or not known leaves it
 * undetermined, and where nothing was seen at all it is not assessed. A pass needs something that holds.
 */
export function resultOf(statements: readonly Statement[]): ItemResult {
  const has = (kind: StatementKind): boolean => statements.some((s) => s.kind === kind);
  if (has('breaks')) return 'fail';
  if (has('doubt')) return 'undetermined';
  if (has('missing')) return has('holds') ? 'undetermined' : 'not-assessed';
  return has('holds') ? 'pass' : 'not-assessed';
}

/** `a, b, c and 4 more`. */
export function enumerate(names: readonly string[], most = 6): string {
  if (names.length <= most) return names.join(', ');
  return `${names.slice(0, most).join(', ')} and ${names.length - most} more`;
}
