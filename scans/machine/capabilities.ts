import { readFileSync } from 'node:fs';

const CAP_NET_RAW = 13;

/** Whether this process may open raw sockets, by its effective capabilities. */
export function hasNetRaw(): boolean {
  try {
    const mask = /^CapEff:\s*([0-9a-f]+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    return mask !== undefined && ((BigInt(`0x${mask}`) >> BigInt(CAP_NET_RAW)) & 1n) === 1n;
  } catch {
    return false;
  }
}
