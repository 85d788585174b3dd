import type { Interface } from './router-config.ts';

/** Whether the text gives an interface an IP address, of its own or borrowed. */
export const isAddressed = (i: Interface): boolean =>
  i.addresses.length > 0 || (i.addressing.kind !== 'none' && i.addressing.kind !== 'unstated');
