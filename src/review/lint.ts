import type { LintFinding } from '../model/finding.ts';
import type { RouterConfig } from '../model/router-config.ts';
import type { Site } from '../model/site.ts';
import { LINT_CHECKS } from './checks/registry.ts';
import { buildLintContext, type LintOptions } from './lint-context.ts';

export type { LintOptions } from './lint-context.ts';

/** What every rule says of a configuration, in the order of its lines. */
export function lintConfig(config: RouterConfig, options: LintOptions): readonly LintFinding[] {
  const context = buildLintContext(config, options);
  const findings = LINT_CHECKS.flatMap((check) => check.check(context));
  return applySiteSettings(findings, options.site ?? null, options.today).sort(byPlace);
}

/** The site's own severities, and its suppressions as long as they hold. */
function applySiteSettings(
  findings: readonly LintFinding[],
  site: Site | null,
  today: string,
): LintFinding[] {
  if (site === null) return [...findings];
  return findings.flatMap((finding) => {
    const severity = site.lint.severities.get(finding.rule);
    if (severity === 'off') return [];
    const graded = severity === undefined ? finding : { ...finding, severity };
    const silencers = site.lint.suppressions.filter(
      (s) => s.rule === finding.rule && (s.acl === null || s.acl === finding.acl),
    );
    if (silencers.some((s) => s.until === null || today <= s.until)) return [];
    const ended = silencers.at(-1);
    return [
      ended ? { ...graded, message: `${graded.message} (its suppression ended on ${ended.until})` } : graded,
    ];
  });
}

const byPlace = (a: LintFinding, b: LintFinding): number =>
  (a.line?.line ?? 0) - (b.line?.line ?? 0) || (a.rule < b.rule ? -1 : a.rule > b.rule ? 1 : 0);
