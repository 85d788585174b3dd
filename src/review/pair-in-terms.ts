import { effectKey } from '../acl/align.ts';
import { type CompiledAcl, isCertain } from '../acl/compile.ts';
import type { Decider } from '../acl/decide.ts';
import { type ConfigLine, toConfigLine } from '../diagnostics/source-span.ts';
import type { Box } from '../headerspace/box.ts';
import { NearBoxes } from '../headerspace/near-boxes.ts';
import type { ChangedPair } from '../model/review.ts';
import { describeMatch } from './describe-space.ts';

interface DecidingLine {
  readonly list: CompiledAcl;
  readonly decider: Decider;
}

/** A line's common part with another is told where it is about one sentence. */
const MOST_MATCHES = 3;
const MOST_LINES = 8;

/**
 * The packets of a pair as the lists put them: `terms`, which both deciding lines match, less what earlier lines decide.
 * Null where a reader would not follow (groups in both lines) or where some line before them only may match.
 */
export function pairInTerms(
  before: DecidingLine,
  after: DecidingLine,
  terms: readonly Box[],
): Pick<ChangedPair, 'match' | 'less' | 'moreLess'> | null {
  const match = terms.flatMap(describeMatch);
  if (match.length === 0 || match.length > MOST_MATCHES) return null;
  const near = new NearBoxes(terms);
  const seen = new Set<string>();
  const lines: ConfigLine[] = [];
  let moreLess = 0;
  for (const { list, decider } of [before, after])
    for (const entry of list.entries) {
      if (entry.entry === decider) break;
      if (!entry.may.some((box) => near.overlap(box, 1))) continue;
      if (!isCertain(entry)) return null;
      const key = effectKey(entry);
      if (seen.has(key)) continue;
      seen.add(key);
      if (lines.length < MOST_LINES) lines.push(toConfigLine(entry.entry.span));
      else moreLess++;
    }
  return { match, less: lines, moreLess };
}
