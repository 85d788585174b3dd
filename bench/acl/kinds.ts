import type { CompiledAcl } from '../../src/acl/compile.ts';
import { type Box, boxProtocols } from '../../src/headerspace/box.ts';

/** One bit for each protocol that a list names alone, and one for all others; whole packets low, fragments high. */
export function indexKinds(compiled: CompiledAcl): (box: Box) => number {
  const named = new Set<number>();
  for (const entry of compiled.entries)
    for (const box of entry.must) {
      const protocols = boxProtocols(box);
      if (protocols.length === 1) named.add(protocols[0]!);
      else if (protocols.length !== 256) throw new Error('the peers know single protocols and ip only');
      if (box.tcpFlags.length > 1 || box.tcpFlags[0]![1] !== 63) throw new Error('the peers know no flags');
    }
  const bitOf = new Map([...named].map((protocol, i) => [protocol, 1 << (i + 1)]));
  if (bitOf.size > 14) throw new Error('too many protocols for the peers');
  const all = 2 ** (bitOf.size + 1) - 1;
  return (box) => {
    const protocols = boxProtocols(box);
    const bits = protocols.length === 1 ? bitOf.get(protocols[0]!)! : all;
    return (box.fragments & 1 ? bits : 0) | (box.fragments & 2 ? bits << 16 : 0);
  };
}
