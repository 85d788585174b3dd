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
  [KEYS, [[/^(?:peer|server|sa)\s/i, 1]]],
  ['keys and certificates', [[/^key\s+\d/i, 1]]],
  ['archives and scripts', [[/^log\s+config/i, 1]]],
  ['dial-up', [[/^(?:accept|request)-dial/i, 1]]],
  ['telephony', [[/^(?:sip|h323)$/i, 1]]],
  ['SSL VPN portals', [[/^policy\s/i, 1]]],
  ['physical ports', [[/^(?:main-cpu|application)\b/i, 1]]],
  ['device services', [[/^profile\s/i, 1]]],
]);

const VRF_PARTS = [[/^addr/i, 1]] as const;

/** The mode after a line that may open a part of this one; `same` where it does not. */
export function intoPart(mode: PartMode, statement: string): Mode | 'same' {
  const parts = mode.kind === 'vrf' ? VRF_PARTS : (PARTS.get(mode.family) ?? []);
  const found = parts.find(([opens]) => opens.test(statement));
  return found ? { ...mode, depth: found[1] } : 'same';
}
