import type { AuditReport } from '../../../reports/report.ts';
import type { AuditFlow } from '../../../src/model/audit.ts';
import type { PortSet } from '../../../src/model/ports.ts';
import { auditReport } from './audit-sample.ts';

const alternating = (first: number): PortSet =>
  Array.from({ length: 32_767 }, (_, i) => [first + 2 * i, first + 2 * i] as const);

/** Twenty vantages, every port of each audited, no two neighbouring ports alike: the worst that a page must hold. */
export function largeAudit(): AuditReport {
  const [open] = auditReport.result.flows;
  if (!open) throw new Error('the sample changed');
  const flows = Array.from({ length: 20 }, (_, i): readonly AuditFlow[] => [
    { ...open, vantage: `vantage-${i}`, ports: alternating(1) },
    {
      ...open,
      vantage: `vantage-${i}`,
      ports: alternating(2),
      intended: 'deny',
      config: 'deny',
      policy: 'deny',
      observed: 'closed',
      verdict: 'fail',
      severity: 'high',
    },
  ]).flat();
  return { ...auditReport, result: { ...auditReport.result, flows, findings: [] } };
}
