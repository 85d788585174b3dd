import type { Target, Vantage } from '../model/site.ts';
import { declaredIngress, entranceAfter, findIngress, type Ingress } from '../router/ingress.ts';
import type { Network } from '../router/network.ts';
import type { Viewer } from './intended.ts';

/** Where a vantage's packets meet the network, whatever their target. */
export const ingressOf = (network: Network, vantage: Vantage): Ingress =>
  vantage.enters
    ? declaredIngress(network, vantage.enters.router, vantage.enters.interface)
    : findIngress(network, vantage.address);

/** A site's vantage as the computation sees it, for one target. `before`: the network before a change under review. */
export function viewerOf(
  network: Network,
  vantage: Vantage,
  target: Target,
  before: Network | null = null,
): Viewer {
  const ingress = ingressOf(network, vantage);
  return {
    name: vantage.name,
    address: vantage.address,
    sources: vantage.sources,
    ingress: before ? entranceAfter(ingress, ingressOf(before, vantage), network) : ingress,
    ownSegment: vantage.enters === null && vantage.segment !== null && vantage.segment === target.segment,
    declared: vantage.enters !== null,
  };
}
