import type { AuditFinding, AuditSummary } from './audit.ts';

/** One audit as it is kept. */
export interface AuditRecord {
  /** ISO time of the audit. */
  readonly at: string;
  /** ISO time at which the newest of its scans ended; null: it judged none whose time is known. */
  readonly scanned: string | null;
  readonly toolVersion: string;
  readonly summary: AuditSummary;
  readonly findings: readonly AuditFinding[];
}

/** The times that are known, each once, oldest first; ISO. */
export const scanTimes = (ended: readonly (string | null)[]): readonly string[] =>
  [...new Set(ended.flatMap((time) => time ?? []))].sort((a, b) => Date.parse(a) - Date.parse(b));

/** When the newest of an audit's scans ended; null where none has a known time. */
export const lastScan = (evidence: readonly { readonly ended: string | null }[]): string | null =>
  scanTimes(evidence.map((e) => e.ended)).at(-1) ?? null;

/** What changed between a baseline and the audit after it; findings are matched by kind, vantage, target, ports and line text. */
export interface BaselineComparison {
  /** ISO time of the baseline. */
  readonly baseline: string;
  readonly added: readonly AuditFinding[];
  readonly fixed: readonly AuditFinding[];
  readonly unchanged: readonly AuditFinding[];
}

/** Whether the site's promised days between scans were kept. */
export interface IntervalKept {
  readonly promisedDays: number;
  readonly kept: boolean;
  /** Stretches without a scan, longer than promised; `to` null: still running. */
  readonly gaps: readonly { readonly from: string; readonly to: string | null; readonly days: number }[];
}

export interface HistoryResult {
  readonly site: string;
  /** Oldest first. */
  readonly audits: readonly AuditRecord[];
  /** The last audit against the one before it; null when there is only one. */
  readonly comparison: BaselineComparison | null;
  /** null: the site promises no interval. */
  readonly interval: IntervalKept | null;
}
