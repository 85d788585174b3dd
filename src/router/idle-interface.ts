import { isAddressed } from '../model/addressed.ts';
import type { Interface } from '../model/router-config.ts';
import type { Router } from './network.ts';

/** Why an interface carries no IP packets; null where it does, or where a piece of a configuration may not show all. */
export function whyIdle({ config }: Router, iface: Interface): string | null {
  if (iface.shutdown) return `${iface.name} is shut down`;
  return isAddressed(iface) || config.excerpt ? null : `${iface.name} has no address`;
}
