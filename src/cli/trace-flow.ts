import type { TraceFlow } from '../checklist/check.ts';
import { reachedAs, requestBox } from '../exposure/intended.ts';
import { viewerOf } from '../exposure/viewer.ts';
import { hostPattern, type Ipv4, parseIpv4, patternContains } from '../model/address.ts';
import type { PortProtocol, Site, Vantage } from '../model/site.ts';
import { findIngress } from '../router/ingress.ts';
import type { Network } from '../router/network.ts';
import { tracePackets } from '../router/trace.ts';

/** What the lists do to the first packet from any address to a target of the site; null where no router stands between. */
export function traceSource(
  network: Network,
  site: Site,
  from: string,
  targetName: string,
  protocol: PortProtocol,
  port: number,
): ReturnType<TraceFlow> {
  const source = parseIpv4(from);
  const target = site.targets.get(targetName);
  if (source === undefined || target === undefined) return null;
  const vantage = closestVantage(site, source);
  const viewer =
    vantage === null
      ? { ingress: findIngress(network, source), ownSegment: false, declared: false }
      : viewerOf(network, vantage, target);
  const segment = target.segment === null ? undefined : site.segments.get(target.segment);
  const neighbour = segment !== undefined && patternContains(segment.network, source);
  if (viewer.ownSegment || neighbour || viewer.ingress.kind === 'unknown') return null;
  const [address = target.address] = reachedAs(viewer.ingress, target.address);
  return tracePackets(
    network,
    viewer.ingress,
    [requestBox(protocol, hostPattern(source), hostPattern(address), [[port, port]])],
    { egress: null, declared: viewer.declared },
  );
}

/** Of the vantages that stand for this source, the one that stands for the fewest: where its packets enter is best known. */
function closestVantage(site: Site, source: Ipv4): Vantage | null {
  let best: { readonly vantage: Vantage; readonly free: number } | null = null;
  for (const vantage of site.vantages.values()) {
    for (const pattern of vantage.sources) {
      if (!patternContains(pattern, source)) continue;
      const free = pattern.wildcard >>> 0;
      if (best === null || free < best.free) best = { vantage, free };
    }
  }
  return best?.vantage ?? null;
}
