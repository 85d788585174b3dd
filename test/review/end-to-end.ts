import { intendedFlow } from '../../src/exposure/intended.ts';
import { allowedForSources, policyView } from '../../src/exposure/policy.ts';
import { viewerOf } from '../../src/exposure/viewer.ts';
import type { RouterConfig } from '../../src/model/router-config.ts';
import type { Site } from '../../src/model/site.ts';
import type { EndToEnd } from '../../src/review/review.ts';
import { buildNetwork, type Network } from '../../src/router/network.ts';

/** Flows and policy of a site with one router, as the command line hands them to a review. */
export function endToEndOf(site: Site): EndToEnd {
  const vantages = [...site.vantages.values()];
  const targets = [...site.targets.values()];
  return {
    flows: (ends, { routesShown }) => {
      const networkWith = (reviewed: RouterConfig): Network =>
        buildNetwork([{ name: site.routers[0]!.name, config: reviewed, routesShown }], { clock: null });
      const through = (network: Network, before: Network | null) =>
        vantages.flatMap((v) =>
          targets.map((t) =>
            intendedFlow(network, viewerOf(network, v, t, before), t, 'tcp', { everyGlobal: true }),
          ),
        );
      const [old, now] = [networkWith(ends.before), networkWith(ends.after)];
      return { before: through(old, null), after: through(now, old) };
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
