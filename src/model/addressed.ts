import type { Interface } from './router-config.ts';

/** Whether an interface has an IP address, of its own or borrowed: without one it carries no IP packets. */
export const isAddressed = (i: Interface): boolean => i.addresses.length > 0 || i.addressing.kind !== 'none';
