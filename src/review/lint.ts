import type { LintFinding } from '../model/finding.ts';
import type { RouterConfig } from '../model/router-config.ts';
import type { RuleSuppression, Site } from '../model/site.ts';
import { LINT_CHECKS } from './checks/registry.ts';
import { buildLintContext, type LintContext, type LintOptions } from './lint-context.ts';

export type { LintOptions } from './lint-context.ts';

/** What every rule says of a configuration, in the order of its lines. */
export const lintConfig = (config: RouterConfig, options: LintOptions): readonly LintFinding[] =>
  lintWithSuppressed(config, options).findings;

/** Some of the rules, by id. */
export type Rules = (rule: string) => boolean;

export const ALL_RULES: Rules = () => true;

export interface LintResult {
  readonly findings: readonly LintFinding[];
  /** What the site's suppressions keep quiet, one entry a finding. */
  readonly suppressed: readonly RuleSuppression[];
}

/** The same, with what was left out and by whose word. */
export function lintWithSuppressed(config: RouterConfig, options: LintOptions): LintResult {
  return lintIn(buildLintContext(config, options), options);
}

/** What every rule, or every rule wanted, says of what the context shows it. */
export function lintIn(
  context: LintContext,
  options: Pick<LintOptions, 'site' | 'today'>,
  wanted: Rules = ALL_RULES,
): LintResult {
  const found = LINT_CHECKS.filter(({ id }) => wanted(id)).flatMap((check) => check.check(context));
  const suppressed: RuleSuppression[] = [];
  const findings = applySiteSettings(found, options.site ?? null, options.today, suppressed);
  return { findings: findings.sort(byPlace), suppressed };
}

/** The site's own severities, and its suppressions as long as they hold. */
function applySiteSettings(
  findings: readonly LintFinding[],
  site: Site | null,
  today: string,
  suppressed: RuleSuppression[],
): LintFinding[] {
  if (site === null) return [...findings];
  return findings.flatMap((finding) => {
    const severity = site.lint.severities.get(finding.rule);
    if (severity === 'off') return [];
    const graded = severity === undefined ? finding : { ...finding, severity };
    const silencers = site.lint.suppressions.filter(
      (s) => s.rule === finding.rule && (s.acl === null || s.acl === finding.acl),
    );
    const silencer = silencers.find((s) => s.until === null || today <= s.until);
    if (silencer) {
      suppressed.push(silencer);
      return [];
    }
    const ended = silencers.at(-1);
    return [
      ended ? { ...graded, message: `${graded.message} (its suppression ended on ${ended.until})` } : graded,
    ];
  });
}

/** The order of findings. */
export const byPlace = (a: LintFinding, b: LintFinding): number =>
  (a.line?.line ?? 0) - (b.line?.line ?? 0) || (a.rule < b.rule ? -1 : a.rule > b.rule ? 1 : 0);
