import { parseIpv4 } from '../../src/model/address.ts';
import type { Packet } from '../../src/model/packet.ts';
import type { ChangedSpace, MatchedPackets } from '../../src/model/review.ts';

// Reads a space as a stranger would who knows the contract and nothing else.

const holdsAddress = (pattern: string, address: number): boolean => {
  const [value = 0, wildcard = 0] = pattern.split(' ').map((text) => parseIpv4(text)!) as readonly number[];
  return ((address ^ value) & ~wildcard) === 0;
};

const FLAGS: Readonly<Record<string, number>> = { fin: 1, syn: 2, rst: 4, psh: 8, ack: 16, urg: 32 };

function holdsFlags(condition: string, flags: number): boolean {
  if (condition === 'established') return (flags & 0b010100) !== 0;
  return condition
    .split(',')
    .every((word) =>
      word.startsWith('!') ? (flags & FLAGS[word.slice(1)]!) === 0 : (flags & FLAGS[word]!) !== 0,
    );
}

const RANGE = /^(\d+)(?:-(\d+))?$/;

/** `source one of 3, icmp type 0-7, 9-255, icmp code 4`; conditions of other kinds are not generated. */
function holdsCondition(condition: string, p: Packet): boolean {
  return condition.split(/, (?=icmp|destination)/).every((clause) => {
    if (/^(source|destination) one of \d+$/.test(clause)) return true;
    const field = clause.startsWith('icmp type ') ? p.icmpType : p.icmpCode;
    return clause
      .replace(/^icmp (type|code) /, '')
      .split(', ')
      .some((text) => {
        const [, lo, hi = lo] = RANGE.exec(text)!;
        return Number(lo) <= field && field <= Number(hi);
      });
  });
}

export function spaceHolds(space: MatchedPackets, p: Packet): boolean {
  const inPorts = (ports: ChangedSpace['sourcePorts'], port: number): boolean =>
    ports === null || ports.some(([lo, hi]) => lo <= port && port <= hi);
  return (
    (space.protocol === 'ip' || space.protocol === p.protocol) &&
    (space.protocols === undefined ||
      space.protocols.some(([lo, hi]) => lo <= p.protocol && p.protocol <= hi)) &&
    holdsAddress(space.source, p.source) &&
    (space.sources?.some((pattern) => holdsAddress(pattern, p.source)) ?? true) &&
    holdsAddress(space.destination, p.destination) &&
    (space.destinations?.some((pattern) => holdsAddress(pattern, p.destination)) ?? true) &&
    (p.nonInitialFragment ||
      ((space.condition === undefined || holdsCondition(space.condition, p)) &&
        inPorts(space.sourcePorts, p.sourcePort) &&
        inPorts(space.destinationPorts, p.destinationPort) &&
        (space.tcpFlags === null || holdsFlags(space.tcpFlags, p.tcpFlags)) &&
        (space.icmp === null ||
          (space.icmp.type === p.icmpType && (space.icmp.code ?? p.icmpCode) === p.icmpCode))))
  );
}
