import { intendedFlow } from '../../src/exposure/intended.ts';
import { allowedForSources, policyView } from '../../src/exposure/policy.ts';
import { viewerOf } from '../../src/exposure/viewer.ts';
import type { RouterConfig } from '../../src/model/router-config.ts';
import type { Site } from '../../src/model/site.ts';
import type { EndToEnd } from '../../src/review/review.ts';
import { buildNetwork } from '../../src/router/network.ts';

/** Flows and policy of a site with one router, as the command line hands them to a review. */
export function endToEndOf(site: Site): EndToEnd {
  const vantages = [...site.vantages.values()];
  const targets = [...site.targets.values()];
  return {
    flows: (config, { before, routesShown }) => {
      const networkWith = (reviewed: RouterConfig) =>
        buildNetwork([{ name: site.routers[0]!.name, config: reviewed, routesShown }], { clock: null });
      const network = networkWith(config);
      const old = before && networkWith(before);
      return vantages.flatMap((v) =>
        targets.map((t) =>
          intendedFlow(network, viewerOf(network, v, t, old), t, 'tcp', { everyGlobal: true }),
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
