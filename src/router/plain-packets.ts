import type { CompiledAcl, CompiledEntry } from '../acl/compile.ts';
import type { Ranges } from '../model/ports.ts';

/**
 * Of a filter, what packets without IP options meet. Sessions, probes, hellos and tunnels carry none, and the options
 * themselves are not modelled: `deny ip any any option any-options`, which guides to hardening advise, would leave every
 * packet in doubt.
 */
export function withoutOptions(filter: CompiledAcl): CompiledAcl {
  const asks = ({ entry }: CompiledEntry): boolean =>
    entry.kind === 'ace' && entry.match.option !== undefined;
  if (!filter.entries.some(asks)) return filter;
  const entries = filter.entries.filter((e) => !asks(e)).map((e, index) => ({ ...e, index }));
  return { ...filter, entries };
}

/** Hops that a packet has left when it has come from afar: senders begin with 64 or more. */
export const DISTANT_TTL: Ranges = [[32, 255]];
