import { linesMeeting, rowsOf } from '../acl/acl-rows.ts';
import { effectKey } from '../acl/align.ts';
import { type CompiledAcl, type CompiledEntry, entryOfLine } from '../acl/compile.ts';
import type { Decider } from '../acl/decide.ts';
import { type ConfigLine, toConfigLine } from '../diagnostics/source-span.ts';
import type { Box } from '../headerspace/box.ts';
import { RowBuffer } from '../headerspace/flat-space.ts';
import { NearBoxes } from '../headerspace/near-boxes.ts';
import type { ChangedPair } from '../model/review.ts';
import { describeMatch } from './describe-space.ts';

interface DecidingLine {
  readonly list: CompiledAcl;
  readonly decider: Decider;
}

/** A line's common part with another is told where it is about one sentence. */
export const MOST_MATCHES = 3;
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
  const seen = new Set<string>();
  const lines: ConfigLine[] = [];
  let moreLess = 0;
  for (const side of [before, after]) {
    const above = linesAbove(side, terms);
    if (above === null) return null;
    for (const entry of above) {
      const key = effectKey(entry);
      if (seen.has(key)) continue;
      seen.add(key);
      if (lines.length < MOST_LINES) lines.push(toConfigLine(entry.entry.span));
      else moreLess++;
    }
  }
  return { match, less: lines, moreLess };
}

/** The lines before the deciding one that share packets with the terms; null where one of them only may match. */
function linesAbove({ list, decider }: DecidingLine, terms: readonly Box[]): readonly CompiledEntry[] | null {
  const rows = rowsOf(list);
  const near = new NearBoxes(terms);
  const isNear = ({ may }: CompiledEntry): boolean => may.some((box) => near.overlap(box, 1));
  const entry = decider === null || decider === 'implicit-deny' ? undefined : entryOfLine(list, decider);
  const end = entry?.index ?? list.entries.length;
  if (rows.uncertain.some((entry) => entry.index < end && isNear(entry))) return null;
  const query = new RowBuffer(rows.space.stride);
  for (const term of terms) rows.space.encode(term, query);
  return linesMeeting(rows, query, rows.firstRow[end]!)
    .map((line) => list.entries[line]!)
    .filter(isNear);
}
