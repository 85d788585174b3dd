import { resolveAddress, resolvePorts, resolveServiceGroup } from '../../acl/resolve-groups.ts';
import type { Ace, AddressMatch } from '../../model/access-list.ts';
import { type AddressPattern, freeBits } from '../../model/address.ts';
import { ALL_PORTS, type PortSet, sameRanges, unionRanges } from '../../model/ports.ts';
import type { RouterConfig } from '../../model/router-config.ts';

export const isAnyPattern = (p: AddressPattern): boolean => p.wildcard === 0xffffffff;

/** Matched as `any`, groups not looked into. */
export const isAny = (match: AddressMatch): boolean =>
  match.kind === 'pattern' && isAnyPattern(match.pattern);

/** The addresses that one end of a line surely names; empty where the text does not tell. */
const patternsOf = (config: RouterConfig, match: AddressMatch): readonly AddressPattern[] =>
  resolveAddress(match, config.objectGroups).must;

export const sourcePatterns = (config: RouterConfig, ace: Ace): readonly AddressPattern[] =>
  patternsOf(config, ace.match.source);
export const destinationPatterns = (config: RouterConfig, ace: Ace): readonly AddressPattern[] =>
  patternsOf(config, ace.match.destination);

/** One way in which a line lets packets match, ports and protocol together. */
export interface AceService {
  /** null: any protocol. */
  readonly protocols: readonly number[] | null;
  /** null: not asked for. */
  readonly sourcePorts: PortSet | null;
  readonly destinationPorts: PortSet | null;
  readonly icmp: { readonly type: number; readonly code: number | null } | null;
}

export function servicesOf(config: RouterConfig, ace: Ace): readonly AceService[] {
  const { match } = ace;
  if (match.protocol.kind === 'service-group')
    return resolveServiceGroup(match.protocol.name, config.objectGroups).must.map((s) => ({
      ...s,
      protocols: typeof s.protocols === 'number' ? [s.protocols] : s.protocols,
    }));
  const read = (ports: typeof match.sourcePorts): PortSet | null =>
    ports === undefined ? null : resolvePorts(ports, config.objectGroups).may;
  return [
    {
      protocols: match.protocol.kind === 'number' ? [match.protocol.number] : null,
      sourcePorts: read(match.sourcePorts),
      destinationPorts: read(match.destinationPorts),
      icmp: match.icmp ?? null,
    },
  ];
}

/** Ports asked for that are fewer than all. */
export const limited = (ports: PortSet | null): ports is PortSet =>
  ports !== null && !sameRanges(ports, ALL_PORTS);

export const joinPorts = (sets: readonly PortSet[]): PortSet =>
  sets.reduce<PortSet>((all, s) => unionRanges(all, s), []);

/** From everywhere, or from so much of the Internet that it makes no difference: more than a /8. */
export const isBroadSource = (config: RouterConfig, ace: Ace): boolean =>
  sourcePatterns(config, ace).some((p) => freeBits(p) >= 24);

/** Only answers: packets with ACK or RST set. */
export const isEstablished = (ace: Ace): boolean =>
  ace.match.tcpFlags !== undefined && ace.match.tcpFlags.kind === 'established';

/** True where some flag condition keeps initial SYNs out, `established` above all. */
export const asksFlags = (ace: Ace): boolean => ace.match.tcpFlags !== undefined;

/** Conditions that keep the line from plainly matching: a login or a reply must come first. */
export const isTemplate = (ace: Ace): boolean => ace.conditions.some((c) => c.kind === 'dynamic');
