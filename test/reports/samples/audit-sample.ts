import type { AuditReport } from '../../../reports/report.ts';
import type { AuditFinding, AuditFlow, AuditResult, ObservationRef } from '../../../src/model/audit.ts';
import type { PortSet } from '../../../src/model/ports.ts';
import { ace, header, list150, network, policyLine } from './isp-mail.ts';

const allow110 = policyLine(16, '  - { from: any, to: giant, tcp: [110], why: customers read their mail }');
const segmentPolicy = policyLine(
  19,
  '  - { from: servers, to: giant, tcp: [22, 110, 143], wrapped: [25], why: web mail and upkeep }',
);

const outside = (ports: PortSet, state: ObservationRef['state'], reason: string): ObservationRef => ({
  kind: 'observation',
  evidence: 'outside-scan.nmap',
  vantage: 'internet',
  target: 'giant',
  ports,
  state,
  reason,
  icmp: null,
  at: null,
});

const segment = (
  ports: PortSet,
  state: ObservationRef['state'],
  reason: string,
  at = '2026-01-15T09:12:44Z',
): ObservationRef => ({
  kind: 'observation',
  evidence: 'segment.evidence.json',
  vantage: 'friend',
  target: 'giant',
  ports,
  state,
  reason,
  icmp: null,
  at,
});

const BUT_POP: PortSet = [
  [1, 109],
  [111, 65535],
];
const BUT_SERVICES: PortSet = [
  [1, 21],
  [23, 24],
  [26, 109],
  [111, 142],
  [144, 513],
  [515, 65535],
];

const listener: ObservationRef = {
  ...segment([[514, 514]], 'open', 'listed'),
  evidence: 'netstat.txt',
  at: null,
};

export const flows: readonly AuditFlow[] = [
  {
    vantage: 'internet',
    target: 'giant',
    protocol: 'tcp',
    ports: [[110, 110]],
    intended: 'permit',
    config: 'permit',
    policy: 'allow',
    observed: 'open',
    verdict: 'pass',
    confidence: 'proven',
    severity: null,
    message: 'open as intended',
    because: [
      ace(11),
      { kind: 'policy', text: 'customers read their mail', line: allow110 },
      outside([[110, 110]], 'open', 'listed'),
    ],
  },
  {
    vantage: 'internet',
    target: 'giant',
    protocol: 'tcp',
    ports: BUT_POP,
    intended: 'deny',
    config: 'deny',
    policy: 'deny',
    observed: 'closed',
    verdict: 'fail',
    confidence: 'proven',
    severity: 'high',
    message:
      'the list denies these ports, yet something answered RST: the list was bypassed, or another device answered',
    because: [ace(14), outside(BUT_POP, 'closed', 'listed')],
  },
  {
    vantage: 'friend',
    target: 'giant',
    protocol: 'tcp',
    ports: [
      [22, 22],
      [110, 110],
      [143, 143],
    ],
    intended: 'permit',
    config: null,
    policy: 'allow',
    observed: 'open',
    verdict: 'pass',
    confidence: 'proven',
    severity: null,
    message: 'open as intended',
    because: [
      { kind: 'policy', text: 'web mail and upkeep', line: segmentPolicy },
      segment(
        [
          [22, 22],
          [110, 110],
          [143, 143],
        ],
        'open',
        'syn-ack',
      ),
    ],
  },
  {
    vantage: 'friend',
    target: 'giant',
    protocol: 'tcp',
    ports: [[25, 25]],
    intended: 'deny',
    config: null,
    policy: 'deny',
    observed: 'wrapped',
    verdict: 'pass',
    confidence: 'proven',
    severity: null,
    message: 'accepted and closed without a banner, as policy asks',
    because: [
      { kind: 'policy', text: 'web mail and upkeep', line: segmentPolicy },
      segment([[25, 25]], 'wrapped', 'eof'),
    ],
  },
  {
    vantage: 'friend',
    target: 'giant',
    protocol: 'tcp',
    ports: [[514, 514]],
    intended: 'deny',
    config: null,
    policy: 'deny',
    observed: 'open',
    verdict: 'fail',
    confidence: 'proven',
    severity: 'high',
    message: 'open, and no policy rule allows it from servers',
    because: [
      { kind: 'reason', text: 'no router list applies on the own segment', line: null },
      segment([[514, 514]], 'open', 'syn-ack'),
      listener,
    ],
  },
  {
    vantage: 'friend',
    target: 'giant',
    protocol: 'tcp',
    ports: BUT_SERVICES,
    intended: 'deny',
    config: null,
    policy: 'deny',
    observed: 'closed',
    verdict: 'pass',
    confidence: 'proven',
    severity: null,
    message: 'closed as intended',
    because: [segment(BUT_SERVICES, 'closed', 'rst')],
  },
  {
    vantage: 'mailfilter',
    target: 'giant',
    protocol: 'tcp',
    ports: [[25, 25]],
    intended: 'deny',
    config: 'deny',
    policy: 'allow',
    observed: 'unobserved',
    verdict: 'undetermined',
    confidence: 'none',
    severity: null,
    message: 'no evidence from mailfilter',
    because: [ace(6)],
  },
];

const finding = (
  f: Partial<AuditFinding> & Pick<AuditFinding, 'kind' | 'severity' | 'message'>,
): AuditFinding => ({
  line: null,
  observations: [],
  vantage: null,
  target: null,
  ports: null,
  mend: null,
  waived: null,
  ...f,
});

export const findings: readonly AuditFinding[] = [
  finding({
    kind: 'dead-permit',
    severity: 'high',
    message: 'mail delivery is cut: ACE 12 permits the mail filter, but ACE 6 denies its source first',
    line: ace(12),
    vantage: 'mailfilter',
    target: 'giant',
    mend: 'move the permit for 192.168.1.30 above the deny of 192.168.0.0 0.0.255.255',
  }),
  finding({
    kind: 'dead-permit',
    severity: 'high',
    message: 'the administrator is locked out: ACE 13 permits 10.0.1.32, but ACE 1 denies its source first',
    line: ace(13),
    vantage: 'admin',
    target: 'giant',
    mend: 'move the permit for 10.0.1.32 above the deny of 10.0.0.0 0.255.255.255',
  }),
  finding({
    kind: 'bypassed',
    severity: 'high',
    message:
      'the list denies these ports, yet something answered RST: the list was bypassed, or another device answered',
    line: ace(14),
    observations: [outside(BUT_POP, 'closed', 'listed')],
    vantage: 'internet',
    target: 'giant',
    ports: BUT_POP,
    mend: 'see on the router whether list 150 is bound inbound on FastEthernet0/0, then scan again from outside',
  }),
  finding({
    kind: 'exposed',
    severity: 'high',
    message: 'tcp/514 (rsh) is open on the segment, and the host lists the listener itself',
    observations: [segment([[514, 514]], 'open', 'syn-ack'), listener],
    vantage: 'friend',
    target: 'giant',
    ports: [[514, 514]],
    mend: 'stop the service that listens on 514, or allow it in the policy with a reason',
  }),
  finding({
    kind: 'never-logged',
    severity: 'medium',
    message: 'ACE 10 asks for a log of spoofed packets, but ACE 6 denies them first, without one',
    line: ace(10),
    mend: 'move ACE 10 above ACE 6',
  }),
];

const because = ['source not ours', 'dead under ACE 6', 'no evidence from this vantage'] as const;

export const auditResult: AuditResult = {
  site: 'isp-mail',
  flows,
  findings,
  coverage: [
    ...[1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => ({
      acl: '150',
      line: ace(n),
      status: n === 1 || n === 6 ? ('unprobed' as const) : ('unprobeable' as const),
      reason: n === 1 || n === 6 ? because[2] : because[0],
    })),
    { acl: '150', line: ace(10), status: 'dead', reason: because[1] },
    { acl: '150', line: ace(11), status: 'proven', reason: 'tcp/110 open from internet' },
    { acl: '150', line: ace(12), status: 'dead', reason: because[1] },
    { acl: '150', line: ace(13), status: 'dead', reason: 'dead under ACE 1' },
    { acl: '150', line: ace(14), status: 'contradicted', reason: '65,534 ports answered RST from internet' },
  ],
  summary: {
    verdict: 'differs',
    flows: { pass: 4, fail: 2, undetermined: 1, waived: 0 },
    ports: { pass: 65535, fail: 65535, undetermined: 1, waived: 0 },
    findings: { critical: 0, high: 4, medium: 1, low: 0, info: 0 },
    coveragePercent: 25,
  },
  evidence: [
    {
      file: 'outside-scan.nmap',
      sha256: 'c3'.repeat(32),
      vantage: 'internet',
      via: 'nmap-normal',
      tool: 'nmap 2.54BETA22',
      started: null,
      ended: null,
      complete: true,
      notes: ['imported: port 110, open in the same run, stands in for a canary'],
    },
    {
      file: 'segment.evidence.json',
      sha256: 'd4'.repeat(32),
      vantage: 'friend',
      via: 'connect',
      tool: 'aclscope 0.1.0',
      started: '2026-01-15T09:12:01Z',
      ended: '2026-01-15T09:23:19Z',
      complete: true,
      notes: [],
    },
    {
      file: 'netstat.txt',
      sha256: 'e5'.repeat(32),
      vantage: 'friend',
      via: 'netstat',
      tool: null,
      started: null,
      ended: null,
      complete: true,
      notes: [],
    },
  ],
  assumptions: ['list 150 is bound as the excerpt shows; what the excerpt does not show is unknown'],
};

export const auditReport: AuditReport = {
  kind: 'audit',
  header: {
    ...header('Audit of isp-mail'),
    inputs: [
      ...header('').inputs,
      ...auditResult.evidence.map((e) => ({ role: 'evidence' as const, file: e.file, sha256: e.sha256 })),
    ],
  },
  diagnostics: [
    {
      code: 'missing-mask',
      severity: 'warning',
      message: 'the address has no mask, so its network is unknown',
      span: {
        file: 'gw.cfg',
        line: 6,
        column: 2,
        endColumn: 26,
        text: ' ip address 192.168.1.126',
      },
      mend: 'give the whole interface block, or add the mask',
    },
  ],
  assumptions: [],
  result: auditResult,
  network,
  lists: [list150],
  comparison: null,
};
