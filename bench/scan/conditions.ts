import type { LabVantage } from '../../test/lab/naming.ts';
import type { LabOptions } from '../../test/lab/options.ts';

/** One network to scan through. */
export interface Condition {
  readonly name: string;
  readonly lab: Partial<LabOptions>;
  readonly vantage: LabVantage;
}

const denials: readonly (readonly [string, Partial<LabOptions>])[] = [
  ['closed (RST)', { acl: 'none', leak: 'listening' }],
  ['silent (drop)', { acl: 'short', leak: 'through' }],
  ['reject 3/13', { acl: 'short', leak: 'through', denial: 'reject' }],
  ['reject 3/13 at 2/s', { acl: 'short', leak: 'through', denial: 'reject-limited' }],
];

const lossy: readonly Condition[] = denials.flatMap(([name, lab]) =>
  [0, 1, 5].map((lossPercent) => ({
    name: lossPercent === 0 ? name : `${name}, ${lossPercent}% loss`,
    lab: { ...lab, lossPercent },
    vantage: 'internet' as const,
  })),
);

export const conditions: readonly Condition[] = [
  ...lossy,
  {
    name: 'closed, policer 10k/s',
    lab: { acl: 'none', leak: 'listening', policer: true },
    vantage: 'internet',
  },
  {
    name: 'silent, policer 10k/s',
    lab: { acl: 'short', leak: 'through', policer: true },
    vantage: 'internet',
  },
  {
    name: 'PortSentry blocks',
    lab: { acl: 'none', leak: 'listening', portSentry: 'stcp' },
    vantage: 'internet',
  },
];
