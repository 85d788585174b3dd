import { parseIpv4 } from '../model/address.ts';
import type { TargetEvidence } from '../model/evidence.ts';
import type { Site, Target } from '../model/site.ts';
import type { Ingress } from '../router/ingress.ts';
import { reachedAs } from './intended.ts';

/** The declared targets that a part of some evidence names, by address or by alias. */
export type Owners = (part: Pick<TargetEvidence, 'address' | 'hostName'>) => readonly Target[];

/** Owners as packets that come in by `ingress` know them; indexed, since a site may have thousands of targets. */
export function ownersBehind(site: Site, ingress: Ingress): Owners {
  const known = new Map<number | string, Set<Target>>();
  const add = (key: number | string, target: Target): void => {
    const targets = known.get(key);
    if (targets) targets.add(target);
    else known.set(key, new Set([target]));
  };
  for (const target of site.targets.values())
    for (const key of [target.address, ...reachedAs(ingress, target.address), ...target.aliases])
      add(key, target);
  return ({ address, hostName }) => [
    ...new Set(
      [parseIpv4(address), address, hostName].flatMap((key) =>
        key === undefined || key === null ? [] : [...(known.get(key) ?? [])],
      ),
    ),
  ];
}
