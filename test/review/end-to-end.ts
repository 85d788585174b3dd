import { intendedFlow } from '../../src/exposure/intended.ts';
import { allowedForSources, policyView } from '../../src/exposure/policy.ts';
import type { RouterConfig } from '../../src/model/router-config.ts';
import type { Site } from '../../src/model/site.ts';
import type { EndToEnd } from '../../src/review/review.ts';
import { declaredIngress, findIngress } from '../../src/router/ingress.ts';
import { buildNetwork } from '../../src/router/network.ts';

/** Flows and policy of a site with one router, as the command line hands them to a review. */
export function endToEndOf(site: Site): EndToEnd {
  const vantages = [...site.vantages.values()];
  const targets = [...site.targets.values()];
  return {
    flows: (config: RouterConfig) => {
      const network = buildNetwork([{ name: site.routers[0]!.name, config }], { clock: null });
      return vantages.flatMap((v) =>
        targets.map((t) =>
          intendedFlow(
            network,
            {
              name: v.name,
              address: v.address,
              sources: v.sources,
              ingress: v.enters
                ? declaredIngress(network, v.enters.router, v.enters.interface)
                : findIngress(network, v.address),
              ownSegment: v.enters === null && v.segment === t.segment,
              declared: v.enters !== null,
            },
            { name: t.name, address: t.address },
            'tcp',
          ),
        ),
      );
    },
    policy: {
      of: (flow) => {
        const vantage = site.vantages.get(flow.vantage)!;
        const target = site.targets.get(flow.target)!;
        return {
          allow: policyView(site, vantage, target, flow.protocol).allow,
          allowsSource: (source, port) => allowedForSources(site, source, target, flow.protocol, port),
        };
      },
    },
  };
}
