import type { RouterConfig } from '../../src/model/router-config.ts';
import { printAcl } from './print/acl.ts';
import { printInterfaces } from './print/interface.ts';
import { printNat } from './print/nat.ts';
import { printObjectGroup } from './print/object-group.ts';
import { printRoute, printRouting } from './print/routing.ts';
import { printLine, printSettings, printUses } from './print/settings.ts';
import { printTimeRange } from './print/time-range.ts';

/**
 * The configuration as IOS would print it; read again, it gives the same model. What the model holds only as a
 * statement (uses of lists, effects that are said and not computed) is printed as it stood, and the areas and
 * autonomous systems of routing protocols, which it does not hold, as 0.
 */
export function printConfig(config: RouterConfig): string {
  const blocks: string[][] = [
    config.version ? [`version ${config.version.text}`] : [],
    config.hostname === null ? [] : [`hostname ${config.hostname}`],
    printSettings(config),
    ...[...config.vrfs].map((v) => [`ip vrf ${v}`]),
    ...[...config.timeRanges.values()].map(printTimeRange),
    ...[...config.objectGroups.values()].map(printObjectGroup),
    ...printInterfaces(config),
    ...config.routing.flatMap((p) => printRouting(p)),
    config.routes.map(printRoute),
    printNat(config),
    ...[...config.acls.values()].map((acl) => printAcl(acl, config.version)),
    ...printUses(config),
    ...config.ipv6.filter((n) => n.kind === 'list').map((n) => [`ipv6 access-list ${n.name}`]),
    ...config.lines.map(printLine),
    config.excerpt ? [] : ['end'],
  ];
  return blocks
    .filter((b) => b.length > 0)
    .map((b) => `${b.join('\n')}\n`)
    .join('!\n');
}
