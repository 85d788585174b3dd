import { isLintRule, LINT_RULES } from '../../src/model/lint-rules.ts';
import type { RuleSuppression, Site, SiteRouter } from '../../src/model/site.ts';
import { readSegment, readVantage } from './places.ts';
import { type Known, readCanaries, readRules, readWaiver } from './policy.ts';
import type { Path } from './positions.ts';
import type { RawSite } from './schema.ts';
import type { SiteValues } from './site-values.ts';
import { readTargets } from './targets.ts';

function readLint(values: SiteValues, raw: RawSite['lint']): Site['lint'] {
  const known = (path: Path, rule: string): void => {
    if (!isLintRule(rule)) values.unknown(path, 'lint rule', rule, LINT_RULES);
  };
  for (const rule of Object.keys(raw.severities)) known(['lint', 'severities', rule], rule);
  return {
    severities: new Map(Object.entries(raw.severities)),
    suppressions: raw.suppress.map((s, i): RuleSuppression => {
      known(['lint', 'suppress', i, 'rule'], s.rule);
      return {
        rule: s.rule,
        acl: s.acl ?? null,
        why: s.why,
        until: s.until ?? null,
        span: values.pos.of(['lint', 'suppress', i]),
      };
    }),
  };
}

/** The decoded file as the domain's types; what does not fit stands in `values.diagnostics`. */
export function readSite(values: SiteValues, raw: RawSite, file: string): Site {
  const segments = new Map(
    Object.entries(raw.segments).map(([name, cidr]) => [name, readSegment(values, name, cidr)] as const),
  );
  const { targets, groups } = readTargets(values, raw.targets, segments);
  const routers = raw.routers.map(
    (r, i): SiteRouter => ({
      name: r.name,
      configPath: r.config,
      version: r.version ?? null,
      span: values.pos.of(['routers', i]),
    }),
  );
  values.duplicates(
    routers.map((r) => r.name),
    (i) => ['routers', i, 'name'],
    'router',
  );
  const vantages = new Map(
    Object.entries(raw.vantages).map(
      ([name, v]) => [name, readVantage(values, name, v, segments, routers)] as const,
    ),
  );
  for (const name of vantages.keys()) {
    if (segments.has(name))
      values.error(
        ['vantages', name],
        true,
        `"${name}" names both a vantage and a segment`,
        'give one of them another name, so that policy is unambiguous',
      );
    if (name === 'any')
      values.error(
        ['vantages', name],
        true,
        '"any" is the word for every source',
        'name the vantage differently, for example "internet"',
      );
  }
  const known: Known = { segments, targets, groups, vantages };
  return {
    file,
    name: raw.site,
    routers,
    segments,
    targets,
    groups,
    vantages,
    policy: raw.policy.flatMap((rule, i) => readRules(values, rule, i, known)),
    canaries: readCanaries(values, raw.canaries, known),
    management: raw.management
      ? {
          operator: values.ipv4(raw.management.operator, ['management', 'operator']),
          port: raw.management.port,
          span: values.pos.of(['management']),
        }
      : null,
    waivers: raw.waivers.map((w, i) => readWaiver(values, w, i, known)),
    lint: readLint(values, raw.lint),
    scanIntervalDays: raw.scanIntervalDays ?? null,
    clock: raw.clock ?? null,
  };
}
