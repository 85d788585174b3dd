import type { PortAnswer } from '../../scans/engine.ts';

/** What a port that refuses at once amounts to, but for these changes. */
export const answer = (change: Partial<PortAnswer> = {}): PortAnswer => ({
  state: 'closed',
  reason: 'rst',
  icmp: null,
  ttl: null,
  tries: 1,
  banner: null,
  confirmed: false,
  tainted: null,
  ...change,
});
