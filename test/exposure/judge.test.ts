import { expect } from 'chai';
import { type Case, judge, SILENT_SECONDS, SILENT_TRIES } from '../../src/exposure/judge.ts';

const about = (fields: Partial<Case>): Case => ({
  intended: 'deny',
  cause: null,
  policy: null,
  ownSegment: false,
  wrappedAllowed: false,
  protocol: 'tcp',
  observed: 'open',
  icmp: null,
  icmpFromRouter: false,
  confirmed: true,
  tries: 2,
  spanSeconds: 1,
  listenerKnown: false,
  silenceDoubt: null,
  loggedDeny: null,
  tainted: null,
  disqualified: null,
  ...fields,
});

const prohibited = { icmp: { type: 3, code: 13, from: '192.0.2.1' }, icmpFromRouter: true };
const patient = { tries: SILENT_TRIES, spanSeconds: SILENT_SECONDS };

/** Each row is one cell of the verdict table: what was intended and seen, and what must come of it. */
const rows: readonly [
  title: string,
  c: Partial<Case>,
  verdict: string,
  confidence: string,
  severity: string | null,
][] = [
  ['permitted and open', { intended: 'permit' }, 'pass', 'proven', null],
  [
    'permitted and wrapped: refuses this source',
    { intended: 'permit', observed: 'wrapped' },
    'pass',
    'proven',
    null,
  ],
  ['permitted and closed: no listener', { intended: 'permit', observed: 'closed' }, 'pass', 'proven', null],
  [
    'permitted, but the router says prohibited: drift',
    { intended: 'permit', observed: 'filtered', ...prohibited },
    'fail',
    'proven',
    'high',
  ],
  [
    'permitted and silent, service unknown',
    { intended: 'permit', observed: 'filtered', ...patient },
    'undetermined',
    'none',
    null,
  ],
  [
    'permitted and silent, service known, too few tries',
    { intended: 'permit', observed: 'filtered', listenerKnown: true },
    'undetermined',
    'none',
    null,
  ],
  [
    'permitted and silent, service known, five tries over 15 s',
    { intended: 'permit', observed: 'filtered', listenerKnown: true, ...patient },
    'fail',
    'proven',
    'high',
  ],
  [
    'permitted and silent for long, but the canary failed',
    { intended: 'permit', observed: 'filtered', listenerKnown: true, tainted: 'canary lost', ...patient },
    'undetermined',
    'tainted',
    null,
  ],
  ['denied by a list and open', {}, 'fail', 'proven', 'critical'],
  [
    'denied by a list and wrapped: the handshake passed',
    { observed: 'wrapped' },
    'fail',
    'proven',
    'critical',
  ],
  [
    'denied by a list and wrapped stays critical even where policy tolerates wrapping',
    { observed: 'wrapped', wrappedAllowed: true },
    'fail',
    'proven',
    'critical',
  ],
  ['denied by a list and closed: bypassed', { observed: 'closed' }, 'fail', 'proven', 'high'],
  [
    'denied by a list, and the router says so',
    { observed: 'filtered', ...prohibited },
    'pass',
    'proven',
    null,
  ],
  [
    'denied by a list, and some other device says so',
    { observed: 'filtered', ...prohibited, icmpFromRouter: false },
    'pass',
    'consistent',
    null,
  ],
  ['denied by a list and silent between good canaries', { observed: 'filtered' }, 'pass', 'consistent', null],
  [
    'denied by a list and silent without canaries',
    { observed: 'filtered', silenceDoubt: 'no canary from here' },
    'undetermined',
    'tainted',
    null,
  ],
  [
    'denied by a list and silent while the scanner was blocked',
    { observed: 'filtered', tainted: 'blocked' },
    'undetermined',
    'tainted',
    null,
  ],
  [
    'denied by a list and silent without canaries, but the router logged the deny',
    { observed: 'filtered', silenceDoubt: 'no canary from here', loggedDeny: 'gw.log:7' },
    'pass',
    'proven',
    null,
  ],
  [
    'a logged deny does not excuse an open port',
    { observed: 'open', loggedDeny: 'gw.log:7' },
    'fail',
    'proven',
    'critical',
  ],
  [
    'denied by a list and unreachable between good canaries',
    { observed: 'unreachable' },
    'pass',
    'consistent',
    null,
  ],
  [
    'denied by a list and unreachable without canaries',
    { observed: 'unreachable', silenceDoubt: 'no canary from here' },
    'undetermined',
    'tainted',
    null,
  ],
  ['denied by policy on the own segment and open', { ownSegment: true }, 'fail', 'proven', 'high'],
  [
    'denied by policy on the own segment and wrapped',
    { ownSegment: true, observed: 'wrapped' },
    'fail',
    'proven',
    'high',
  ],
  [
    'denied by policy on the own segment and wrapped as policy asks',
    { ownSegment: true, observed: 'wrapped', wrappedAllowed: true },
    'pass',
    'proven',
    null,
  ],
  [
    'wrapped as policy asks does not excuse open',
    { ownSegment: true, observed: 'open', wrappedAllowed: true },
    'fail',
    'proven',
    'high',
  ],
  [
    'another tool calls it open where policy asks for wrapped: it did not look',
    { ownSegment: true, wrappedAllowed: true, confirmed: false },
    'undetermined',
    'none',
    null,
  ],
  [
    'another tool calls it open where nothing is tolerated',
    { ownSegment: true, confirmed: false },
    'fail',
    'proven',
    'high',
  ],
  [
    'denied by policy on the own segment and closed',
    { ownSegment: true, observed: 'closed' },
    'pass',
    'proven',
    null,
  ],
  [
    'denied by policy on the own segment and prohibited',
    { ownSegment: true, observed: 'filtered', ...prohibited },
    'pass',
    'proven',
    null,
  ],
  [
    'denied and open, but everything answers open here',
    { tainted: 'negative canaries are open' },
    'undetermined',
    'tainted',
    null,
  ],
  [
    'permitted and unreachable',
    { intended: 'permit', observed: 'unreachable' },
    'undetermined',
    'none',
    null,
  ],
  ['denied and unobserved', { observed: 'unobserved' }, 'undetermined', 'none', null],
  ['permitted and unobserved', { intended: 'permit', observed: 'unobserved' }, 'undetermined', 'none', null],
  ['denied and unstable', { observed: 'unstable' }, 'undetermined', 'none', null],
  ['undetermined intent and open, policy silent', { intended: 'undetermined' }, 'undetermined', 'none', null],
  [
    'undetermined intent and open, policy allows',
    { intended: 'undetermined', policy: 'allow' },
    'undetermined',
    'none',
    null,
  ],
  [
    'undetermined intent and open, policy denies',
    { intended: 'undetermined', policy: 'deny' },
    'fail',
    'proven',
    'critical',
  ],
  [
    'undetermined intent and closed, policy denies',
    { intended: 'undetermined', policy: 'deny', observed: 'closed' },
    'undetermined',
    'none',
    null,
  ],
  [
    'evidence that names another address decides nothing',
    { observed: 'open', disqualified: 'names another address' },
    'undetermined',
    'none',
    null,
  ],
];

describe('the verdict of one flow', () => {
  for (const [title, c, verdict, confidence, severity] of rows) {
    it(`${title}: ${verdict}`, () => {
      const judged = judge(about(c));
      expect(judged).to.include({ verdict, confidence, severity });
      expect(judged.finding !== null, 'only failures found findings').to.equal(verdict === 'fail');
    });
  }
});
