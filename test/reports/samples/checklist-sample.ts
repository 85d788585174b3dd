import type { ChecklistReport } from '../../../reports/report.ts';
import type { ChecklistItem, ItemOutcome } from '../../../src/model/checklist.ts';
import { header } from './isp-mail.ts';

const item = (id: string, title: string, more: Partial<ChecklistItem> = {}): ChecklistItem => ({
  id,
  title,
  reference: 'site policy',
  objective: 'only what is needed runs',
  risk: 'a service nobody watches',
  compliance: 'nothing beyond the production set',
  tests: ['list the enabled services'],
  assessment: 'objective',
  judge: { kind: 'check', check: 'xinetd', parameters: {} },
  mitigation: 'disable the service and restart xinetd',
  residual: { pass: 'none', fail: 'low' },
  cost: { hours: 1, goods: null, note: '' },
  ...more,
});

const outcomes: readonly ItemOutcome[] = [
  {
    item: item('5', 'xinetd runs only POP and IMAP'),
    result: 'fail',
    automatic: 'fail',
    summary: 'xinetd also runs rsh',
    statements: [
      { kind: 'holds', text: 'imap and ipop3 are enabled', lines: [], evidence: ['xinetd.d/imap'] },
      {
        kind: 'breaks',
        text: 'rsh is enabled',
        lines: [{ file: '/etc/xinetd.d/rsh', line: 6, text: '        disable                 = no' }],
        evidence: ['xinetd.d/rsh'],
      },
    ],
    evidence: [
      {
        id: 'xinetd.d/rsh',
        origin: 'cat /etc/xinetd.d/rsh',
        kind: 'command',
        host: 'giant',
        at: '2026-01-15T09:00:00Z',
        digest: `sha256:${'f6'.repeat(32)}`,
        output: 'service shell\n{\n        disable                 = no\n}',
        leftOut: 9,
      },
    ],
    answer: null,
    residual: 'low',
  },
  {
    item: item('1', 'Physical security', {
      assessment: 'subjective',
      judge: { kind: 'auditor' },
      cost: { hours: null, goods: null, note: '' },
    }),
    result: 'pass',
    automatic: null,
    summary: 'the auditor found the room locked',
    statements: [],
    evidence: [],
    answer: {
      item: '1',
      result: 'pass',
      role: 'auditor',
      date: '2026-01-14',
      reason: 'the room was locked and the visitors were listed',
      evidence: 'walk-through',
      line: { file: 'answers.yaml', line: 3, text: '- item: 1' },
    },
    residual: 'none',
  },
  {
    item: item('15', 'Backups run and restore'),
    result: 'not-assessed',
    automatic: null,
    summary: 'no evidence was given',
    statements: [{ kind: 'missing', text: 'no restored file to compare', lines: [], evidence: [] }],
    evidence: [],
    answer: null,
    residual: 'low',
  },
  {
    item: item('11', 'Original sendmail removed'),
    result: 'not-applicable',
    automatic: null,
    summary: 'the host never had it',
    statements: [],
    evidence: [],
    answer: null,
    residual: 'none',
  },
];

export const checklistReport: ChecklistReport = {
  header: header('Checklist of giant'),
  diagnostics: [],
  assumptions: [],
  kind: 'checklist',
  result: {
    title: 'Mail server checklist',
    site: 'isp-mail',
    target: 'giant',
    asOf: '2026-01-15T09:30:00Z',
    host: {
      name: 'giant',
      collected: '2026-01-15T09:00:00Z',
      system: 'Linux',
      manifestSha256: 'a7'.repeat(32),
    },
    outcomes,
    counts: { pass: 1, fail: 1, undetermined: 0, 'not-assessed': 1, 'not-applicable': 1 },
    verdict: 'fail',
    residual: 'low',
    repair: { hours: 1, goods: 0, total: 80, currency: 'EUR', unestimated: [] },
    diagnostics: [],
  },
};
