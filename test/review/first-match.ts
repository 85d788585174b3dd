import type { Ace, Acl, AddressMatch } from '../../src/model/access-list.ts';
import type { Packet } from '../../src/model/packet.ts';
import type { RouterConfig } from '../../src/model/router-config.ts';

// An evaluator of its own, packet by packet and line by line, to hold the algebra against.

const inPattern = (match: AddressMatch, address: number): boolean => {
  if (match.kind !== 'pattern') throw new Error('only patterns are generated');
  return ((address ^ match.pattern.address) & ~match.pattern.wildcard) === 0;
};

export function matches(ace: Ace, p: Packet): boolean {
  const { match } = ace;
  if (!inPattern(match.source, p.source) || !inPattern(match.destination, p.destination)) return false;
  if (match.protocol.kind === 'number' && match.protocol.number !== p.protocol) return false;
  const layer4 =
    match.sourcePorts !== undefined ||
    match.destinationPorts !== undefined ||
    match.icmp !== undefined ||
    match.tcpFlags !== undefined;
  if (match.fragments) return p.nonInitialFragment;
  if (p.nonInitialFragment) return !layer4 || ace.action === 'permit';
  const inPorts = (ports: typeof match.sourcePorts, port: number): boolean =>
    ports === undefined || (ports.kind === 'ports' && ports.set.some(([lo, hi]) => lo <= port && port <= hi));
  if (!inPorts(match.sourcePorts, p.sourcePort) || !inPorts(match.destinationPorts, p.destinationPort))
    return false;
  if (match.icmp && (match.icmp.type !== p.icmpType || (match.icmp.code ?? p.icmpCode) !== p.icmpCode))
    return false;
  if (match.tcpFlags?.kind === 'established') return (p.tcpFlags & 0b010100) !== 0;
  return true;
}

export const acesOf = (acl: Acl | undefined): readonly Ace[] =>
  acl?.entries.filter((e): e is Ace => e.kind === 'ace') ?? [];

function permits(acl: Acl | undefined, p: Packet): boolean {
  const aces = acesOf(acl);
  if (aces.length === 0) return true;
  return aces.find((ace) => matches(ace, p))?.action === 'permit';
}

/** What the router does to a packet that arrives at an interface, by its inbound list alone. */
export function letsIn(config: RouterConfig, name: string, p: Packet): boolean {
  const iface = config.interfaces.get(name);
  if (!iface || iface.shutdown) return false;
  const { in: binding } = iface.bindings;
  return binding === null || permits(config.acls.get(binding.acl), p);
}
