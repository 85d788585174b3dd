import type { AuditFinding } from '../model/audit.ts';
import type { Severity } from '../model/finding.ts';

/** A finding that no packet and no config line founds: what it says is all there is. */
export const plainFinding = (
  kind: string,
  severity: Severity,
  message: string,
  mend: string,
  vantage: string | null = null,
): AuditFinding => ({
  kind,
  severity,
  message,
  line: null,
  observations: [],
  vantage,
  target: null,
  ports: null,
  mend,
  waived: null,
});
