import { createHash } from 'node:crypto';

/**
 * JSON with sorted members and no blanks: the same value always gives the same text, whoever wrote it. Members that
 * are undefined do not exist.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value))
    return `[${value.map((v) => canonicalJson(v === undefined ? null : v)).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value)
      .filter(([, v]) => v !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([name, v]) => `${JSON.stringify(name)}:${canonicalJson(v)}`);
    return `{${members.join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}

export const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

/** What evidence names its plan by: the plan's own content, sealed or not. */
export const sha256OfPlan = (plan: object): string => sha256(canonicalJson({ ...plan, seal: undefined }));
