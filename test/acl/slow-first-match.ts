import type {
  Ace,
  AceAction,
  Acl,
  AddressMatch,
  PortMatch,
  TcpFlagMatch,
} from '../../src/model/access-list.ts';
import type { Packet } from '../../src/model/packet.ts';

/**
 * The oracle: one packet against one list, written from the semantics sheet alone and sharing no code with the
 * product. Knows every clause whose meaning is certain.
 */
export interface SlowDecision {
  readonly action: AceAction;
  /** Place in acl.entries, -1 for the implicit deny. */
  readonly line: number;
}

export function decideSlowly(acl: Acl, packet: Packet): SlowDecision {
  for (let line = 0; line < acl.entries.length; line++) {
    const entry = acl.entries[line]!;
    if (entry.kind === 'ace' && matchesSlowly(entry, packet)) return { action: entry.action, line };
  }
  return { action: acl.entries.some((e) => e.kind === 'ace') ? 'deny' : 'permit', line: -1 };
}

/** Whether the packet carries what the line asks for, later fragments that a permit lets pass besides left out. */
export function isAskedSlowly(ace: Ace, packet: Packet): boolean {
  return matchesSlowly(ace, packet) && !(asksLayer4(ace) && packet.nonInitialFragment);
}

const asksLayer4 = ({ match }: Ace): boolean =>
  match.sourcePorts !== undefined ||
  match.destinationPorts !== undefined ||
  match.icmp !== undefined ||
  match.igmpType !== undefined ||
  match.tcpFlags !== undefined;

export function matchesSlowly(ace: Ace, packet: Packet): boolean {
  const { match } = ace;
  if (match.protocol.kind === 'number' && match.protocol.number !== packet.protocol) return false;
  if (!addressMatches(match.source, packet.source)) return false;
  if (!addressMatches(match.destination, packet.destination)) return false;
  for (const tos of match.tos ?? []) if ((packet.tosByte & tos.mask) !== tos.value) return false;
  if (match.ttl && !compare(match.ttl.operator, match.ttl.operands, packet.ttl)) return false;
  if (match.fragments) return packet.nonInitialFragment;
  if (!asksLayer4(ace)) return true;
  if (packet.nonInitialFragment) return ace.action === 'permit';
  if (match.sourcePorts && !portMatches(match.sourcePorts, packet.sourcePort)) return false;
  if (match.destinationPorts && !portMatches(match.destinationPorts, packet.destinationPort)) return false;
  if (match.icmp) {
    if (match.icmp.type !== packet.icmpType) return false;
    if (match.icmp.code !== null && match.icmp.code !== packet.icmpCode) return false;
  }
  if (match.igmpType !== undefined && match.igmpType !== packet.igmpType) return false;
  return match.tcpFlags === undefined || flagsMatch(match.tcpFlags, packet.tcpFlags);
}

function addressMatches(match: AddressMatch, address: number): boolean {
  if (match.kind !== 'pattern') throw new Error('the oracle knows patterns only');
  if (match.pattern.wildcard === 0xffffffff) return true;
  for (let bit = 1; bit < 2 ** 32; bit *= 2) {
    const bitOf = (value: number): number => Math.floor(value / bit) % 2;
    if (bitOf(match.pattern.wildcard) === 0 && bitOf(match.pattern.address) !== bitOf(address)) return false;
  }
  return true;
}

function portMatches(match: PortMatch, port: number): boolean {
  if (match.kind !== 'ports') throw new Error('the oracle knows port numbers only');
  return compare(match.operator, match.operands, port);
}

function compare(operator: string, operands: readonly number[], value: number): boolean {
  switch (operator) {
    case 'eq':
      return operands.includes(value);
    case 'neq':
      return !operands.includes(value);
    case 'lt':
      return value < operands[0]!;
    case 'gt':
      return value > operands[0]!;
    default:
      return Math.min(...operands) <= value && value <= Math.max(...operands);
  }
}

function flagsMatch(match: TcpFlagMatch, flags: number): boolean {
  if (match.kind === 'established') return (flags & 16) > 0 || (flags & 4) > 0;
  const results: boolean[] = [];
  for (let bit = 1; bit < 64; bit *= 2) {
    if (match.set & bit) results.push((flags & bit) !== 0);
    if (match.clear & bit) results.push((flags & bit) === 0);
  }
  return match.kind === 'any' ? results.includes(true) : !results.includes(false);
}
