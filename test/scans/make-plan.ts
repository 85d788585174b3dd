import type { Plan, PlanTarget } from '../../src/model/plan.ts';

/** A plan of one loopback target, as fast as the test likes. */
export const makePlan = (target: Partial<PlanTarget>, pace: Partial<Plan['pace']> = {}): Plan => ({
  schema: 'aclscope/plan/1',
  site: 'test',
  siteSha256: '0'.repeat(64),
  vantage: 'here',
  vantageAddress: '127.0.0.1',
  created: '2026-01-01T00:00:00.000Z',
  coverage: 'exhaustive',
  targets: [
    {
      name: 'giant',
      address: '127.0.0.1',
      protocol: 'tcp',
      ports: [[1, 1]],
      first: [],
      expectedOpen: [],
      canary: null,
      negativeCanaries: [],
      onLink: true,
      ...target,
    },
  ],
  pace: { perHost: 5000, total: 5000, overrideCeiling: true, ...pace },
  warnings: [],
});
