import type { CompiledAcl, CompiledEntry } from '../acl/compile.ts';
import { type Box, boxesOverlap } from '../headerspace/box.ts';

/** The same decisions for packets of the region, by the lines that can have a say there. */
export function cutToRegion(list: CompiledAcl, region: readonly Box[]): CompiledAcl {
  if (list.entries.length === 0) return list;
  const kept: CompiledEntry[] = [];
  for (const entry of list.entries) if (touches(entry, region)) kept.push({ ...entry, index: kept.length });
  return { ...list, entries: kept };
}

function touches(entry: CompiledEntry, region: readonly Box[]): boolean {
  for (const box of entry.may) for (const r of region) if (boxesOverlap(box, r)) return true;
  return false;
}
