import type { AuditFinding } from '../model/audit.ts';
import {
  type AuditRecord,
  type BaselineComparison,
  type HistoryResult,
  type IntervalKept,
  scanTimes,
} from '../model/history.ts';
import { formatRanges } from '../model/ports.ts';

const normalise = (text: string): string => text.trim().replaceAll(/\s+/g, ' ').toLowerCase();

/** What makes a finding the same one later: not its line number, which moves, nor its words, which hold dates and file names. */
const identityOf = (f: AuditFinding): string =>
  JSON.stringify([
    f.kind,
    f.vantage,
    f.target,
    f.ports === null ? null : formatRanges(f.ports),
    f.line === null ? null : normalise(f.line.text),
  ]);

/** Every finding of either side stands in one of the three lists, as its newer side has it where both do. */
export function compareAudits(baseline: AuditRecord, findings: readonly AuditFinding[]): BaselineComparison {
  const before = new Map<string, AuditFinding[]>();
  for (const f of baseline.findings) {
    const key = identityOf(f);
    before.set(key, [...(before.get(key) ?? []), f]);
  }
  const take = (f: AuditFinding, fits: (old: AuditFinding) => boolean): boolean => {
    const alike = before.get(identityOf(f)) ?? [];
    const at = alike.findIndex(fits);
    if (at >= 0) alike.splice(at, 1);
    return at >= 0;
  };
  // Findings of one identity that say the same pair up first, so that what is new or fixed is told in its own words.
  const literal = new Set(findings.filter((f) => take(f, (old) => old.message === f.message)));
  const unchanged = new Set(findings.filter((f) => literal.has(f) || take(f, () => true)));
  const left = new Set([...before.values()].flat());
  return {
    baseline: baseline.at,
    added: findings.filter((f) => !unchanged.has(f)),
    fixed: baseline.findings.filter((f) => left.has(f)),
    unchanged: findings.filter((f) => unchanged.has(f)),
  };
}

const DAY = 86_400_000;
const dayOf = (iso: string): number => Math.floor(Date.parse(iso) / DAY);

/**
 * Whether no more than the promised days lie between any two scans, and between the last and `until` (ISO). An old scan
 * that is audited again is still an old scan. Days are counted on the calendar (UTC): a monthly scan that runs an hour
 * later than the last is not late.
 */
export function judgeInterval(
  audits: readonly Pick<AuditRecord, 'scanned'>[],
  promisedDays: number,
  until: string,
): IntervalKept {
  const times = scanTimes(audits.map((a) => a.scanned));
  const gaps = times.flatMap((from, i) => {
    const to = times[i + 1] ?? null;
    const days = dayOf(to ?? until) - dayOf(from);
    return days > promisedDays ? [{ from, to, days }] : [];
  });
  return { promisedDays, kept: gaps.length === 0, gaps };
}

/** The trend of one site: every kept audit, what the last one changed, and whether the promise was kept until `until`. */
export function tellHistory(
  site: string,
  kept: readonly AuditRecord[],
  promise: { readonly days: number | null; readonly until: string },
): HistoryResult {
  const audits = [...kept].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  const last = audits.at(-1);
  const before = audits.at(-2);
  const scanned = audits.some((a) => a.scanned !== null);
  return {
    site,
    audits,
    comparison: last && before ? compareAudits(before, last.findings) : null,
    interval: promise.days === null || !scanned ? null : judgeInterval(audits, promise.days, promise.until),
  };
}
