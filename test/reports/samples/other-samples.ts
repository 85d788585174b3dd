import type {
  ExplainReport,
  HistoryReport,
  IntendedReport,
  LintReport,
  ReviewReport,
} from '../../../reports/report.ts';
import type { LintFinding } from '../../../src/model/finding.ts';
import { ALL_PORTS } from '../../../src/model/ports.ts';
import type { ChangedSpace } from '../../../src/model/review.ts';
import { findings as auditFindings, auditResult } from './audit-sample.ts';
import { ace, CONFIG_FILE, header, synTo } from './isp-mail.ts';

const frame = (title: string) => ({ header: header(title), diagnostics: [], assumptions: [] });

const lintFindings: readonly LintFinding[] = [
  {
    rule: 'shadowed-ace',
    severity: 'critical',
    acl: '150',
    line: ace(12),
    message: 'permits the mail filter, but never matches: an earlier deny takes its packets first',
    related: [ace(6)],
    witness: synTo('192.168.1.30', '192.168.2.35', 25),
  },
  {
    rule: 'redundant-ace',
    severity: 'medium',
    acl: '150',
    line: ace(10),
    message: 'never matches: an earlier deny already takes its packets, without the log it asks for',
    related: [ace(6)],
    witness: null,
  },
  {
    rule: 'missing-mask',
    severity: 'low',
    acl: null,
    line: { file: CONFIG_FILE, line: 6, text: ' ip address 192.168.1.126' },
    message: 'the address has no mask, so its network is unknown',
    related: [],
    witness: null,
  },
];

export const lintReport: LintReport = {
  ...frame('Lint of gw.cfg'),
  kind: 'lint',
  rules: [
    {
      id: 'shadowed-ace',
      title: 'A line never matches and its verdict is lost',
      rationale: 'Who wrote it believes that it works.',
    },
  ],
  findings: lintFindings,
  floor: 'high',
};

export const explainReport: ExplainReport = {
  ...frame('Trace of one packet'),
  kind: 'explain',
  packet: {
    source: '192.168.1.30',
    sourcePorts: [[49152, 65535]],
    destination: '192.168.2.35',
    destinationPort: 25,
    protocol: 'tcp',
    condition: 'syn',
  },
  trace: {
    verdict: 'deny',
    decidedBy: ace(6),
    hops: [
      {
        router: 'gw',
        interface: 'FastEthernet0/0',
        direction: 'in',
        acl: '150',
        verdict: 'deny',
        decidedBy: ace(6),
      },
    ],
    translations: [
      {
        router: 'gw',
        before: {
          source: '192.168.1.30',
          sourcePorts: [[49152, 65535]],
          destination: '203.0.113.35',
          destinationPorts: [[2525, 2525]],
        },
        after: {
          source: '192.168.1.30',
          sourcePorts: [[49152, 65535]],
          destination: '192.168.2.35',
          destinationPorts: [[25, 25]],
        },
      },
    ],
    doubts: [],
    reply: {
      verdict: 'undetermined',
      decidedBy: null,
      hops: [
        {
          router: 'gw',
          interface: 'FastEthernet0/1',
          direction: 'in',
          acl: null,
          verdict: 'permit',
          decidedBy: null,
        },
      ],
      translations: [],
      doubts: [
        {
          line: { file: CONFIG_FILE, line: 6, text: ' ip address 192.168.1.126' },
          reason: 'the way back needs a mask that the excerpt does not show',
        },
      ],
    },
    assumptions: ['192.168.1.30 enters by FastEthernet0/0, the only interface with an inbound list'],
  },
};

export const intendedReport: IntendedReport = {
  ...frame('Intended exposure of isp-mail'),
  kind: 'intended',
  flows: [
    {
      vantage: 'internet',
      target: 'giant',
      protocol: 'tcp',
      reachable: [[110, 110]],
      blocked: [
        [0, 109],
        [111, 65535],
      ],
      undetermined: [],
      deciding: [
        { ports: [[110, 110]], decidedBy: ace(11) },
        {
          ports: [
            [0, 109],
            [111, 65535],
          ],
          decidedBy: ace(14),
        },
      ],
      partial: [{ ports: [[22, 22]], sources: ['10.0.1.32 0.0.0.0'], decidedBy: ace(13) }],
      oneWay: [],
      strays: [],
      doubts: [],
      ownSegment: false,
      assumptions: [],
    },
    {
      vantage: 'friend',
      target: 'giant',
      protocol: 'tcp',
      reachable: ALL_PORTS,
      blocked: [],
      undetermined: [],
      deciding: [{ ports: ALL_PORTS, decidedBy: null }],
      partial: [],
      oneWay: [],
      strays: [],
      doubts: [],
      ownSegment: true,
      assumptions: ['hosts of one segment reach each other without the router'],
    },
  ],
};

const space = (s: Partial<ChangedSpace>): ChangedSpace => ({
  interface: 'FastEthernet0/0',
  direction: 'in',
  protocol: 6,
  source: '192.168.1.30 0.0.0.0',
  destination: '192.168.2.35 0.0.0.0',
  sourcePorts: ALL_PORTS,
  destinationPorts: [[25, 25]],
  tcpFlags: null,
  icmp: null,
  packets: '65536',
  before: ace(6),
  after: {
    file: 'new.cfg',
    line: 12,
    text: 'access-list 150 permit tcp host 192.168.1.30 host 192.168.2.35 eq smtp',
  },
  witness: synTo('192.168.1.30', '192.168.2.35', 25),
  ...s,
});

const PASTED = {
  file: 'change.txt',
  line: 1,
  text: 'no access-list 150 permit tcp any host 192.168.2.35 eq pop3',
};

export const reviewReport: ReviewReport = {
  ...frame('Review of a change to gw.cfg'),
  kind: 'review',
  floor: 'high',
  result: {
    gained: [
      space({}),
      space({
        source: '0.0.0.0 255.255.255.255',
        protocol: 'ip',
        sourcePorts: null,
        destinationPorts: null,
        destination: '192.168.2.0 0.0.0.255',
        packets: '1099511627776',
        before: ace(14),
        after: null,
        witness: synTo('203.0.113.77', '192.168.2.35', 514),
      }),
    ],
    lost: [
      space({
        source: '203.0.113.0 0.0.0.255',
        destinationPorts: [[110, 110]],
        tcpFlags: 'syn,!ack',
        packets: '16777216',
        before: ace(11),
        after: { implicitDeny: true, acl: '150' },
        witness: synTo('203.0.113.77', '192.168.2.35', 110),
      }),
    ],
    fragments: { gained: [], lost: [] },
    reach: [
      {
        vantage: 'internet',
        target: 'giant',
        protocol: 'tcp',
        gained: [[3306, 3306]],
        lost: [],
        undetermined: [],
        partial: [
          {
            sources: ['198.51.100.9 0.0.0.0', '203.0.113.0 0.0.0.255'],
            gained: [],
            lost: [
              [22, 22],
              [8000, 8080],
            ],
          },
        ],
      },
    ],
    hazards: [
      {
        step: 1,
        command: 'no access-list 150 permit tcp any host 192.168.2.35 eq pop3',
        line: PASTED,
        kind: 'list-deleted',
        severity: 'critical',
        message: 'on this device `no` before a numbered line deletes the whole of list 150, not one line',
        witness: null,
      },
      {
        step: 1,
        command: 'no access-list 150 permit tcp any host 192.168.2.35 eq pop3',
        line: PASTED,
        kind: 'permit-all',
        severity: 'critical',
        message:
          'list 150 is bound to FastEthernet0/0 in, but no longer exists: every packet passes until step 2',
        witness: synTo('203.0.113.77', '192.168.2.35', 514),
      },
    ],
    findings: lintFindings.slice(1, 2),
    verdict: 'fail',
    assumptions: [],
  },
};

export const historyReport: HistoryReport = {
  ...frame('History of isp-mail'),
  kind: 'history',
  result: {
    site: 'isp-mail',
    audits: [
      {
        at: '2025-11-02T08:00:00Z',
        scanned: '2025-11-02T07:40:12Z',
        toolVersion: '0.1.0',
        summary: {
          ...auditResult.summary,
          verdict: 'incomplete',
          flows: { pass: 3, fail: 0, undetermined: 4, waived: 0 },
          findings: { critical: 0, high: 0, medium: 0, low: 0, info: 0 },
          coveragePercent: 0,
        },
        findings: [],
      },
      {
        at: '2026-01-15T09:30:00Z',
        scanned: null,
        toolVersion: '0.1.0',
        summary: auditResult.summary,
        findings: auditFindings,
      },
    ],
    comparison: {
      baseline: '2025-11-02T08:00:00Z',
      added: auditFindings.slice(0, 1),
      fixed: auditFindings.slice(4),
      unchanged: [],
    },
    interval: {
      promisedDays: 30,
      kept: false,
      gaps: [{ from: '2025-11-02T08:00:00Z', to: '2026-01-15T09:30:00Z', days: 74 }],
    },
  },
};
