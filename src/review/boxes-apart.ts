import { alignEntries } from '../acl/align.ts';
import type { CompiledAcl } from '../acl/compile.ts';
import { type Box, fullBox } from '../headerspace/box.ts';
import type { AceAction } from '../model/access-list.ts';

/**
 * Boxes that hold every packet to which `sure` surely does `action` while `other` does not surely do so. Of the lines that
 * both have in one order, a packet meets the same ones first: so the line that surely decides it is one that `other` lacks,
 * or before that line `other` has one more, which does otherwise.
 */
export function boxesApart(sure: CompiledAcl, action: AceAction, other: CompiledAcl): readonly Box[] {
  if (sure.otherwise !== other.otherwise) return [fullBox()];
  const [surely, otherwise] = [withoutIdleTail(sure), withoutIdleTail(other)];
  const { partner, partnerBefore } = alignEntries(surely, otherwise);
  return [
    ...surely.entries
      .filter((e) => partner[e.index] === -1 && e.action === action)
      .flatMap((e) => [...e.must]),
    ...otherwise.entries
      .filter((e) => partnerBefore[e.index] === -1 && e.action !== action)
      .flatMap((e) => [...e.may]),
  ];
}

/** Lines at the very end that say what the list does to all the rest anyway change nothing by being there or not. */
function withoutIdleTail(list: CompiledAcl): CompiledAcl {
  let end = list.entries.length;
  while (end > 0 && list.entries[end - 1]!.action === list.otherwise) end--;
  return end === list.entries.length ? list : { ...list, entries: list.entries.slice(0, end) };
}
