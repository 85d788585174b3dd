import type { ScreenEvent } from '../../../reports/screen/screen-events.ts';
import type { AceCoverage, AuditFinding, AuditResult } from '../../model/audit.ts';

/** An audit of a large scan takes its time; it gets at most this part of all time. */
const PART = 1 / 50;
const AT_LEAST_MS = 1000;

/** Gaps that only say that the scan is not over yet. */
const UNFINISHED: ReadonlySet<string> = new Set(['incomplete-evidence', 'no-evidence']);

export interface LiveAudit {
  /** Audits when it is time to; `make` is called only then. */
  readonly consider: (make: () => AuditResult) => void;
  /** What the finished scan amounts to. */
  readonly conclude: (result: AuditResult) => void;
}

/** Tells a view what audits of a growing scan say: findings as they stand, and each list line whose word changed. */
export function startLiveAudit(now: () => number, emit: (event: ScreenEvent) => void): LiveAudit {
  let dueAt = 0;
  let shown: readonly AuditFinding[] = [];
  const covered = new Map<string, AceCoverage>();
  const tell = (result: AuditResult, findings: readonly AuditFinding[]): void => {
    if (JSON.stringify(findings) !== JSON.stringify(shown)) {
      shown = findings;
      emit({ kind: 'findings', findings });
    }
    for (const coverage of result.coverage) {
      const key = `${coverage.acl}\n${coverage.line.file}\n${coverage.line.line}`;
      const before = covered.get(key);
      if (before?.status === coverage.status && before.reason === coverage.reason) continue;
      covered.set(key, coverage);
      emit({ kind: 'coverage', coverage, at: now() });
    }
  };
  return {
    consider: (make) => {
      const began = now();
      if (began < dueAt) return;
      const result = make();
      const took = now() - began;
      dueAt = began + Math.max(AT_LEAST_MS, took / PART);
      tell(
        result,
        result.findings.filter((f) => !UNFINISHED.has(f.kind)),
      );
    },
    conclude: (result) => tell(result, result.findings),
  };
}
