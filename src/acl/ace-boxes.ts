import { type Box, type BoxFields, tryMakeBox } from '../headerspace/box.ts';
import type { Ace, AceMatch } from '../model/access-list.ts';
import type { AddressPattern } from '../model/address.ts';
import { type Ranges, rangesOf } from '../model/ports.ts';
import {
  type Bounds,
  type ObjectGroups,
  resolveAddress,
  resolvePorts,
  resolveServiceGroup,
  type Service,
} from './resolve-groups.ts';

/** The boxes of one line; a line's boxes may overlap one another. */
export interface AceBoxes {
  /** Packets that carry what the line asks for. */
  readonly asked: readonly Box[];
  /** Non-initial fragments that a layer-4 permit lets pass besides: they carry no layer 4 to look at. */
  readonly aside: readonly Box[];
}

export interface AceBounds {
  readonly must: AceBoxes;
  readonly may: AceBoxes;
  /** Why must and may differ; null when they are the same. */
  readonly reason: string | null;
}

/** Each of these shapes between each source and each destination. */
export interface BoxProduct {
  readonly sources: readonly AddressPattern[];
  readonly destinations: readonly AddressPattern[];
  /** Boxes whose own addresses mean nothing. */
  readonly asked: readonly Box[];
  readonly aside: readonly Box[];
}

/** What an ACE matches whose boxes hang on nothing but the line itself; null for any other. */
export function plainAce(ace: Ace): AceBoxes | null {
  const { destination, destinationPorts, option, protocol, source, sourcePorts } = ace.match;
  if (source.kind !== 'pattern' || destination.kind !== 'pattern' || protocol.kind === 'service-group')
    return null;
  if (sourcePorts?.kind === 'group' || destinationPorts?.kind === 'group' || option !== undefined)
    return null;
  const service: Service = {
    protocols: protocol.kind === 'number' ? protocol.number : null,
    sourcePorts: sourcePorts?.set ?? null,
    destinationPorts: destinationPorts?.set ?? null,
    icmp: ace.match.icmp ?? null,
  };
  const boxes = { asked: [], aside: [] };
  addShapes(ace, service, { source: source.pattern, destination: destination.pattern }, boxes);
  return boxes;
}

/** Everything an ACE matches, its conditions (time-range and the like) apart. */
export function boundAce(ace: Ace, groups: ObjectGroups): AceBounds {
  const plain = plainAce(ace);
  if (plain !== null) return { must: plain, may: plain, reason: null };
  const { source, destination, services, reason } = partsOf(ace, groups);
  const build = (side: 'must' | 'may'): AceBoxes =>
    multiply(productOf(ace, source[side], destination[side], services[side]));
  const may = build('may');
  if (reason === null) return { must: may, may, reason };
  return { must: ace.match.option === undefined ? build('must') : NO_BOXES, may, reason };
}

/** Of lines whose services hang on no group: what they match between any addresses. States of a group share it. */
const knownShapes = new WeakMap<Ace, AceBoxes>();

/** The same as a product that is not multiplied out; null where not all of the line is known. */
export function productOfAce(ace: Ace, groups: ObjectGroups): BoxProduct | null {
  const shapes = knownShapes.get(ace);
  if (shapes !== undefined) {
    const source = resolveAddress(ace.match.source, groups);
    const destination = resolveAddress(ace.match.destination, groups);
    return (source.reason ?? destination.reason) === null
      ? { sources: source.may, destinations: destination.may, ...shapes }
      : null;
  }
  const { source, destination, services, reason } = partsOf(ace, groups);
  if (reason !== null) return null;
  const product = productOf(ace, source.may, destination.may, services.may);
  const { destinationPorts, protocol, sourcePorts } = ace.match;
  if (
    protocol.kind !== 'service-group' &&
    sourcePorts?.kind !== 'group' &&
    destinationPorts?.kind !== 'group'
  )
    knownShapes.set(ace, { asked: product.asked, aside: product.aside });
  return product;
}

function partsOf(ace: Ace, groups: ObjectGroups) {
  const { match } = ace;
  const source = resolveAddress(match.source, groups);
  const destination = resolveAddress(match.destination, groups);
  const services = servicesOf(match, groups);
  const option = match.option === undefined ? null : `IP options (option ${match.option}) are not modelled`;
  const reason = source.reason ?? destination.reason ?? services.reason ?? option;
  return { source, destination, services, reason };
}

export const NO_BOXES: AceBoxes = { asked: [], aside: [] };

function servicesOf(match: AceMatch, groups: ObjectGroups): Bounds<Service> {
  if (match.protocol.kind === 'service-group') return resolveServiceGroup(match.protocol.name, groups);
  const sourcePorts = match.sourcePorts ? resolvePorts(match.sourcePorts, groups) : null;
  const destinationPorts = match.destinationPorts ? resolvePorts(match.destinationPorts, groups) : null;
  const service = (surely: boolean): Service => ({
    protocols: match.protocol.kind === 'number' ? match.protocol.number : null,
    sourcePorts: sourcePorts && (surely ? sourcePorts.must : sourcePorts.may),
    destinationPorts: destinationPorts && (surely ? destinationPorts.must : destinationPorts.may),
    icmp: match.icmp ?? null,
  });
  return {
    must: [service(true)],
    may: [service(false)],
    reason: sourcePorts?.reason ?? destinationPorts?.reason ?? null,
  };
}

function productOf(
  ace: Ace,
  sources: readonly AddressPattern[],
  destinations: readonly AddressPattern[],
  services: readonly Service[],
): BoxProduct {
  const shapes = { asked: [], aside: [] };
  for (const service of services) addShapes(ace, service, {}, shapes);
  return { sources, destinations, ...shapes };
}

/** Adds the boxes of one way to match, between these addresses. */
function addShapes(
  { action, match }: Ace,
  { icmp, protocols, sourcePorts, destinationPorts }: Service,
  { source, destination }: Pick<BoxFields, 'source' | 'destination'>,
  { asked, aside }: { readonly asked: Box[]; readonly aside: Box[] },
): void {
  const tos = match.tos && tosMatching(match.tos);
  const ttl = match.ttl?.set;
  const layer4 =
    sourcePorts !== null ||
    destinationPorts !== null ||
    icmp !== null ||
    match.igmpType !== undefined ||
    match.tcpFlags !== undefined;
  const protocol = protocols ?? 'ip';
  const box = tryMakeBox({
    source,
    destination,
    protocol,
    sourcePorts: sourcePorts ?? undefined,
    destinationPorts: destinationPorts ?? undefined,
    icmp: icmp ?? undefined,
    igmpType: match.igmpType,
    tcpFlags: match.tcpFlags,
    fragments: match.fragments ? 'non-initial' : layer4 ? 'whole' : 'both',
    tos,
    ttl,
  });
  if (box !== null) asked.push(box);
  if (!layer4 || action !== 'permit' || match.fragments) return;
  const rest = tryMakeBox({ source, destination, protocol, fragments: 'non-initial', tos, ttl });
  if (rest !== null) aside.push(rest);
}

/** A group has hundreds of addresses, and all else is the same for each of them. */
export function multiply({ sources, destinations, asked, aside }: BoxProduct): AceBoxes {
  const between = (shapes: readonly Box[]): readonly Box[] => {
    const boxes: Box[] = [];
    for (const shape of shapes)
      for (const source of sources)
        for (const destination of destinations) boxes.push({ ...shape, source, destination });
    return boxes;
  };
  return { asked: between(asked), aside: between(aside) };
}

export const allBoxes = ({ asked, aside }: AceBoxes): readonly Box[] =>
  aside.length === 0 ? asked : asked.concat(aside);

function tosMatching(conditions: NonNullable<AceMatch['tos']>): Ranges {
  const octets: number[] = [];
  for (let tos = 0; tos < 256; tos++)
    if (conditions.every((c) => (tos & c.mask) === c.value)) octets.push(tos);
  return rangesOf(octets);
}
