import type { Mode } from '../../../src/model/command.ts';
import { KEYS } from '../global/crypto.ts';

type PartMode = Extract<Mode, { kind: 'vrf' | 'skipped' }>;

/**
 * Statements that lead one or more modes deeper, by family. One too many only takes one more `exit`, after which
 * global statements are read all the same; one too few would let an `exit` leave the configuration.
 */
const PARTS: ReadonlyMap<string, readonly (readonly [statement: RegExp, depth: number])[]> = new Map([
  [
    'QoS policies',
    [
      [/^cla\w*\s/i, 1],
      [/^police\b/i, 2],
    ],
  ],
  [
    KEYS,
    [
      [/^sa\s+ipsec\s/i, 2],
      [/^(?:peer|server|addressed-key|named-key)\s/i, 1],
    ],
  ],
  ['keys and certificates', [[/^key\s+\d/i, 1]]],
  ['archives and scripts', [[/^log\s+config/i, 1]]],
  ['dial-up', [[/^(?:accept|request)-dial/i, 1]]],
  ['telephony', [[/^(?:sip|h323)$/i, 1]]],
  ['SSL VPN portals', [[/^policy\s/i, 1]]],
  [
    'physical ports',
    [
      [/^(?:main-cpu|application)\b/i, 1],
      [/^(?:group|protocol)\s+\d/i, 2],
    ],
  ],
  ['device services', [[/^(?:profile|app-vnic|app-resource)\s/i, 1]]],
  [
    'address assignment service',
    [
      [/^class\s/i, 1],
      [/^relay\s+agent\s+information\s*$/i, 1],
    ],
  ],
  ['flow export', [[/^destination\s*$/i, 1]]],
  [
    'name and probe services',
    [
      [/^username\s/i, 1],
      [/^key-(?:string|hash)\b/i, 2],
    ],
  ],
  [
    'templates',
    [
      [/^connected-prefix-sid-map\b/i, 1],
      [/^address-family\s/i, 2],
    ],
  ],
]);

const VRF_PARTS = [[/^addr/i, 1]] as const;

/** The mode after a line that may open a part of this one; `same` where it does not. */
export function intoPart(mode: PartMode, statement: string): Mode | 'same' {
  const parts = mode.kind === 'vrf' ? VRF_PARTS : (PARTS.get(mode.family) ?? []);
  const found = parts.find(([opens]) => opens.test(statement));
  return found ? { ...mode, depth: found[1] } : 'same';
}
