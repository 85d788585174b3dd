import {
  type AddressPattern,
  ANY_ADDRESS,
  hostPattern,
  patternContains,
  patternCovers,
} from '../model/address.ts';
import { intersectRanges, type PortSet, rangesHave, subtractRanges, unionRanges } from '../model/ports.ts';
import type { PolicyParty, PolicyRule, PortProtocol, Site, Target, Vantage } from '../model/site.ts';
import { isNamed, targetsNamed } from '../model/target-names.ts';

/** What the site's rules say of one vantage, target and protocol. */
export interface PolicyView {
  /** Ports allowed; null when the site states no policy at all. */
  readonly allow: PortSet | null;
  /** TCP ports that may accept a handshake and close it. */
  readonly wrapped: PortSet;
  readonly rules: readonly PolicyRule[];
}

/** Does the party hold this vantage, whole? */
function partyHasVantage(site: Site, party: PolicyParty, vantage: Vantage): boolean {
  switch (party.kind) {
    case 'any':
      return true;
    case 'vantage':
      return party.name === vantage.name;
    case 'segment':
      return vantage.segment === party.name;
    case 'target':
      return targetsNamed(site, party.name).some((t) => t.address === vantage.address);
    case 'network':
      return patternContains(party.pattern, vantage.address);
  }
}

function partyHasTarget(site: Site, party: PolicyParty, target: Target): boolean {
  switch (party.kind) {
    case 'any':
      return true;
    case 'target':
      return isNamed(target, party.name);
    case 'segment':
      return target.segment === party.name;
    case 'vantage':
      return site.vantages.get(party.name)?.address === target.address;
    case 'network':
      return patternContains(party.pattern, target.address);
  }
}

/** The sources that a party stands for, as patterns. */
function partySources(site: Site, party: PolicyParty): readonly AddressPattern[] {
  switch (party.kind) {
    case 'any':
      return [ANY_ADDRESS];
    case 'vantage':
      return site.vantages.get(party.name)?.sources ?? [];
    case 'segment': {
      const segment = site.segments.get(party.name);
      return segment ? [segment.network] : [];
    }
    case 'target':
      return targetsNamed(site, party.name).map((t) => hostPattern(t.address));
    case 'network':
      return [party.pattern];
  }
}

const rulePorts = (rule: PolicyRule, protocol: PortProtocol): PortSet =>
  protocol === 'tcp' ? rule.tcp : rule.udp;

/** A deny rule wins over any allow; what no rule allows is denied. */
export function policyView(site: Site, vantage: Vantage, target: Target, protocol: PortProtocol): PolicyView {
  if (site.policy.length === 0) return { allow: null, wrapped: [], rules: [] };
  const rules = site.policy.filter(
    (r) => partyHasVantage(site, r.from, vantage) && partyHasTarget(site, r.to, target),
  );
  const ports = (action: PolicyRule['action']): PortSet =>
    rules
      .filter((r) => r.action === action)
      .reduce<PortSet>((all, r) => unionRanges(all, rulePorts(r, protocol)), []);
  const allow = subtractRanges(ports('allow'), ports('deny'));
  const wrapped =
    protocol === 'tcp' ? rules.reduce<PortSet>((all, r) => unionRanges(all, r.wrapped), []) : [];
  return { allow, wrapped: subtractRanges(wrapped, allow), rules };
}

/** The rule that decides of the port: the first that denies it, else the first that names it, allowing or wrapped. */
export function ruleFor(view: PolicyView, protocol: PortProtocol, port: number): PolicyRule | undefined {
  const naming = view.rules.filter(
    (r) => rangesHave(rulePorts(r, protocol), port) || (protocol === 'tcp' && rangesHave(r.wrapped, port)),
  );
  return naming.find((r) => r.action === 'deny' && rangesHave(rulePorts(r, protocol), port)) ?? naming[0];
}

/** Why ports are allowed: the reasons of the rules that allow any of them, as the site file has them. */
export const reasonsFor = (view: PolicyView, protocol: PortProtocol, ports: PortSet): readonly string[] => [
  ...new Set(
    view.rules
      .filter((r) => r.action === 'allow' && intersectRanges(rulePorts(r, protocol), ports).length > 0)
      .map((r) => r.why)
      .filter((why) => why !== ''),
  ),
];

/** True when some rule allows this port to all of a part of the sources, whoever's vantage they are. */
export function allowedForSources(
  site: Site,
  source: AddressPattern,
  target: Target,
  protocol: PortProtocol,
  port: number,
): boolean {
  return site.policy.some(
    (r) =>
      r.action === 'allow' &&
      rangesHave(rulePorts(r, protocol), port) &&
      partyHasTarget(site, r.to, target) &&
      partySources(site, r.from).some((p) => patternCovers(p, source)),
  );
}
