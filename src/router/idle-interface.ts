import type { Interface } from '../model/router-config.ts';

/** Why an interface carries no IP packets; null where it does, or where the text does not say that it has no address. */
export function whyIdle(iface: Interface): string | null {
  if (iface.shutdown) return `${iface.name} is shut down`;
  return iface.addressing.kind === 'none' ? `${iface.name} has no address` : null;
}
