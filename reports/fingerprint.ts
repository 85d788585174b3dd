import { createHash } from 'node:crypto';

/** What tells one finding from another without its line number, so that it keeps its identity when lines move. */
export interface FindingIdentity {
  readonly rule: string;
  readonly acl: string | null;
  /** Text of the line it stands on, null where it stands on none. */
  readonly text: string | null;
  /** What else tells it apart: vantage, target, ports. */
  readonly more: readonly string[];
}

/** Blanks and letter case do not make another line; IOS prints both differently from how they were typed. */
const normalise = (text: string): string => text.trim().replaceAll(/\s+/g, ' ').toLowerCase();

/** One hash per finding, hex; equal findings are told apart by their order. */
export function fingerprint(findings: readonly FindingIdentity[]): readonly string[] {
  const seen = new Map<string, number>();
  return findings.map((f) => {
    const key = JSON.stringify([f.rule, f.acl, f.text === null ? null : normalise(f.text), ...f.more]);
    const ordinal = seen.get(key) ?? 0;
    seen.set(key, ordinal + 1);
    return createHash('sha256').update(`${key}#${ordinal}`).digest('hex');
  });
}
