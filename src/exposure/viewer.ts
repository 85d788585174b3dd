import type { Target, Vantage } from '../model/site.ts';
import { declaredIngress, findIngress } from '../router/ingress.ts';
import type { Network } from '../router/network.ts';
import type { Viewer } from './intended.ts';

/** A site's vantage as the computation sees it, for one target. */
export function viewerOf(network: Network, vantage: Vantage, target: Target): Viewer {
  return {
    name: vantage.name,
    address: vantage.address,
    sources: vantage.sources,
    ingress: vantage.enters
      ? declaredIngress(network, vantage.enters.router, vantage.enters.interface)
      : findIngress(network, vantage.address),
    ownSegment: vantage.enters === null && vantage.segment !== null && vantage.segment === target.segment,
    declared: vantage.enters !== null,
  };
}
