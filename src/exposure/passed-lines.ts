import type { ConfigLine } from '../diagnostics/source-span.ts';
import { boxDestinationPorts } from '../headerspace/box.ts';
import { type PortSet, unionRanges } from '../model/ports.ts';
import type { PathPiece } from '../router/walk.ts';

/** The lines that let ports pass on the way, but for the one that decided in the end. */
export function passedLines(
  pieces: readonly PathPiece[],
): readonly { readonly ports: PortSet; readonly line: ConfigLine }[] {
  const rows = new Map<string, { ports: PortSet; line: ConfigLine }>();
  for (const { hops, sent, decidedBy } of pieces)
    for (const hop of hops) {
      const line = hop.decidedBy;
      if (hop.verdict !== 'permit' || line === null || !('line' in line) || isSame(line, decidedBy)) continue;
      const key = `${line.file}:${line.line}`;
      const ports = unionRanges(rows.get(key)?.ports ?? [], boxDestinationPorts(sent));
      rows.set(key, { ports, line });
    }
  return [...rows.values()];
}

const isSame = (line: ConfigLine, other: PathPiece['decidedBy']): boolean =>
  other !== null && 'line' in other && other.file === line.file && other.line === line.line;
