import type { LintFinding } from '../model/finding.ts';

/** Rules that speak of a list as a whole: another line of it may carry the same finding after an edit. */
export const ABOUT_LISTS: ReadonlySet<string> = new Set([
  'fragments-pass',
  'blocks-pmtud',
  'missing-antispoof',
  'established-only',
]);

/** A line's text, whatever its number, its list's name and its blanks. */
export const bodyOf = (text: string): string =>
  text
    .trim()
    .replace(/\s+/g, ' ')
    .toLowerCase()
    .replace(/^acc\S* \S+ /, '')
    .replace(/^\d+ (?=permit|deny|remark|evaluate)/, '');

/** What a finding is about, whatever the line's number, its list's name and the places where the text stands. */
function sameness(finding: LintFinding): string {
  if (ABOUT_LISTS.has(finding.rule)) return finding.rule;
  const body = bodyOf(finding.line?.text ?? finding.message);
  const list = finding.rule === 'unused-list' ? finding.acl : '';
  return `${finding.rule}\n${body}\n${list}`;
}

/** Findings of the later configuration that the earlier one did not have, one for one. */
export function newFindings(
  before: readonly LintFinding[],
  after: readonly LintFinding[],
): readonly LintFinding[] {
  const known = new Map<string, number>();
  for (const finding of before) {
    const key = sameness(finding);
    known.set(key, (known.get(key) ?? 0) + 1);
  }
  return after.filter((finding) => {
    const key = sameness(finding);
    const left = known.get(key) ?? 0;
    if (left === 0) return true;
    known.set(key, left - 1);
    return false;
  });
}
