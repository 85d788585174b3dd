import { atLeast, type LintFinding, ruleText, type Severity } from '../../model/finding.ts';
import type { LineAccount } from '../../model/router-config.ts';
import type { RuleSuppression } from '../../model/site.ts';
import { LINT_CHECKS } from '../../review/checks/registry.ts';
import { lintWithSuppressed } from '../../review/lint.ts';
import { statedBesideLists } from '../../router/stated-effects.ts';
import { clockOption } from '../clock-option.ts';
import { type LoadedConfig, loadConfig } from '../load-config.ts';
import { refuseIosVersion, refusePointless } from '../pointless-options.ts';
import { header, type OutputOptions, writeReport } from '../report-output.ts';
import { trainOfSite } from '../router-of-site.ts';
import { severityOption } from '../severity-option.ts';
import { isSiteFile, loadSiteLazily } from '../site-file.ts';
import { CONFORMS, DIFFERS, type ExitCode, type World } from '../world.ts';

export interface LintOptions extends OutputOptions {
  readonly severity: string;
  readonly stats?: boolean | undefined;
  readonly partial?: boolean | undefined;
  readonly iosVersion?: string | undefined;
  readonly clock?: string | undefined;
  readonly site?: string | undefined;
}

/** Dead, contradicted, risky and mistyped lines of one configuration, or of all that a site names. */
export async function lint(world: World, file: string, options: LintOptions): Promise<ExitCode> {
  const floor: Severity = severityOption(options.severity);
  const today = world.now().toISOString().slice(0, 10);
  if (isSiteFile(file)) {
    refuseIosVersion(options.iosVersion);
    refusePointless({ '--site': options.site }, `${file} is a site file`, 'leave one of the two out');
  }
  const siteName = isSiteFile(file) ? file : options.site;
  const loadedSite = siteName === undefined ? null : await loadSiteLazily(world, siteName, options.clock);
  const clock = loadedSite ? loadedSite.clock : clockOption(options.clock);
  const configs =
    loadedSite && isSiteFile(file)
      ? loadedSite.configs
      : [await loadConfig(world, file, options.iosVersion ?? trainOfSite(loadedSite, file))];
  const results = configs.map((c) =>
    lintWithSuppressed(c.config, {
      diagnostics: c.diagnostics,
      site: loadedSite?.site ?? null,
      clock,
      today,
      partial: options.partial ?? false,
    }),
  );
  const findings: LintFinding[] = results.flatMap((r) => r.findings);
  if (options.stats)
    for (const c of configs) world.stderr.write(formatAccount(c.input.name, c.config.account));
  await writeReport(
    world,
    {
      kind: 'lint',
      header: header(
        file,
        configs.map((c) => ({ role: 'config', file: c.input.name, sha256: c.input.sha256 })),
        null,
      ),
      diagnostics: configs.flatMap((c) => c.diagnostics),
      assumptions: [
        ...describeSuppressed(results.flatMap((r) => r.suppressed)),
        ...configs.flatMap((c) => besideLists(c, configs.length > 1)),
      ],
      rules: LINT_CHECKS.map(ruleText),
      findings,
      floor,
      ...(options.stats ? { account: sumAccounts(configs.map((c) => c.config.account)) } : {}),
    },
    options,
  );
  return findings.some((f) => atLeast(f.severity, floor)) ? DIFFERS : CONFORMS;
}

/** What may drop or pass packets besides the lists, each kind once. */
const besideLists = ({ config, input }: LoadedConfig, several: boolean): readonly string[] =>
  statedBesideLists(config).map((text) => (several ? `${input.name}: ${text}` : text));

/** What a reader of the report would otherwise not know: that something was found, and who said it may be. */
const describeSuppressed = (suppressed: readonly RuleSuppression[]): readonly string[] =>
  [...new Set(suppressed)].map((s) => {
    const count = suppressed.filter((other) => other === s).length;
    const where = s.acl === null ? '' : ` on list ${s.acl}`;
    const until = s.until === null ? '' : ` until ${s.until}`;
    return `${count} ${count === 1 ? 'finding' : 'findings'} of ${s.rule}${where} suppressed${until}: ${s.why}`;
  });

function sumAccounts(accounts: readonly LineAccount[]): LineAccount {
  const families: Record<string, number> = {};
  const sum = { total: 0, modelled: 0, skipped: 0, diagnosed: 0 };
  for (const a of accounts) {
    sum.total += a.total;
    sum.modelled += a.modelled;
    sum.skipped += a.skipped;
    sum.diagnosed += a.diagnosed;
    for (const [family, n] of Object.entries(a.skippedFamilies))
      families[family] = (families[family] ?? 0) + n;
  }
  return { ...sum, skippedFamilies: families };
}

function formatAccount(file: string, a: LineAccount): string {
  const families = Object.entries(a.skippedFamilies)
    .sort((x, y) => y[1] - x[1])
    .map(([family, n]) => `  ${family}: ${n}`);
  return [
    `${file}: ${a.total} lines = ${a.modelled} modelled + ${a.skipped} knowingly skipped + ${a.diagnosed} diagnosed`,
    ...(families.length > 0 ? ['knowingly skipped, by family:', ...families] : []),
    '',
  ].join('\n');
}
