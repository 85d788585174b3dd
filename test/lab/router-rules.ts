import { readFileSync } from 'node:fs';
import { mustRun } from './command.ts';
import { namespaceOf, type Place } from './naming.ts';
import type { LabOptions } from './options.ts';

/** One hand-written part of the router's rules. */
function part(name: string): string {
  return readFileSync(new URL(`router/${name}.nft`, import.meta.url), 'utf8');
}

/** The router's rules: the parts chosen by the options, each as it stands in its file. */
function routerRules(options: LabOptions): string {
  const parts = [
    part(`denied-${options.denial}`),
    part(options.leak === 'through' ? 'leak-through' : 'leak-off'),
    part(`acl-${options.acl}`),
    part('hooks'),
    ...(options.policer ? [part('policer')] : []),
  ];
  return `table ip gw {\n${parts.join('\n')}\n}\n`;
}

/** Loses packets on one interface, each way by chance of its own; netem is not in every kernel. */
function lossRules(interfaceName: string, lossPercent: number): string {
  const perMille = Math.round(lossPercent * 10);
  return `table ip loss {
  chain arriving {
    type filter hook prerouting priority -300; policy accept;
    iifname "${interfaceName}" numgen random mod 1000 < ${perMille} counter drop
  }
  chain leaving {
    type filter hook postrouting priority 300; policy accept;
    oifname "${interfaceName}" numgen random mod 1000 < ${perMille} counter drop
  }
}
`;
}

/** Loads rules into the nftables of a namespace. */
export async function loadRules(lab: string, place: Place, rules: string): Promise<void> {
  await mustRun(['ip', 'netns', 'exec', namespaceOf(lab, place), 'nft', '-f', '-'], { input: rules });
}

export async function setUpRouter(lab: string, options: LabOptions): Promise<void> {
  await loadRules(lab, 'router', routerRules(options));
  if (options.lossPercent > 0) {
    await loadRules(lab, 'router', lossRules('outside', options.lossPercent));
    await loadRules(lab, 'friend', lossRules('eth0', options.lossPercent));
  }
}
