import type { Evidence } from '../model/evidence.ts';
import { isLoopback } from '../model/loopback.ts';
import { type PortSet, rangesOf, toRanges } from '../model/ports.ts';
import type { Target } from '../model/site.ts';
import type { AuditInput, FlowContext } from './sightings.ts';

/** Ports where a service is known to listen: declared, a canary, listed by the host, or seen open from anywhere. */
export function knownListeners(
  input: AuditInput,
  { target, protocol }: FlowContext,
  contexts: readonly FlowContext[],
): PortSet {
  const canary = input.site.canaries.get(target.name);
  const declared = protocol === 'tcp' ? [...target.listeners, ...rangesOf(canary ? [canary] : [])] : [];
  const listed = input.evidence.flatMap(({ evidence }) =>
    listenersOf(input, evidence, target)
      .filter((l) => l.protocol === protocol)
      .map((l): [number, number] => [l.port, l.port]),
  );
  const seen = contexts
    .filter((c) => c.target === target && c.protocol === protocol)
    .flatMap((c) => c.sightings.filter((s) => s.disqualified === null))
    .flatMap((s) => s.part.observations.filter((o) => o.state === 'open' || o.state === 'wrapped'))
    .flatMap((o) => o.ports);
  return toRanges([...declared, ...listed, ...seen]);
}

/**
 * Sockets of a target that others may reach. Host listings name no target of their own: the import says, or the site
 * has only one.
 */
export function listenersOf(input: AuditInput, evidence: Evidence, target: Target): Evidence['listeners'] {
  if (evidence.listeners.length === 0) return [];
  const named = evidence.targets.find((t) => t.target !== null)?.target ?? null;
  const own = named === null ? input.site.targets.size === 1 : named === target.name;
  return own ? evidence.listeners.filter((l) => !isLoopback(l.address)) : [];
}
