import { keywords } from '../keywords.ts';

const PRECEDENCE_NAMES = [
  'routine',
  'priority',
  'immediate',
  'flash',
  'flash-override',
  'critical',
  'internet',
  'network',
] as const;

const TOS_NAMES = [
  ['normal', 0],
  ['min-monetary-cost', 1],
  ['max-reliability', 2],
  ['max-throughput', 4],
  ['min-delay', 8],
] as const;

function* dscpNames(): Generator<readonly [string, number]> {
  yield ['default', 0];
  for (let n = 1; n <= 7; n++) yield [`cs${n}`, 8 * n];
  for (let x = 1; x <= 4; x++) for (let y = 1; y <= 3; y++) yield [`af${x}${y}`, 8 * x + 2 * y];
  yield ['ef', 46];
}

// Values are wrapped because 0 must stay apart from "not found", and two names never mean one value here.
const wrap = (rows: Iterable<readonly [string, number]>) =>
  keywords([...rows].map(([name, value]) => [name, { value }] as const));

export const PRECEDENCES = wrap(PRECEDENCE_NAMES.map((name, value) => [name, value] as const));
export const TOS_VALUES = wrap(TOS_NAMES);
export const DSCPS = wrap(dscpNames());

const inverse = (rows: Iterable<readonly [string, number]>): ReadonlyMap<number, string> =>
  new Map([...rows].map(([name, value]) => [value, name]));

export const PRECEDENCE_NAME_OF = inverse(PRECEDENCE_NAMES.map((name, value) => [name, value] as const));
export const TOS_NAME_OF = inverse(TOS_NAMES);
export const DSCP_NAME_OF = inverse(dscpNames());
