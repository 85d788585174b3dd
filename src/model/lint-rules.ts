/** Ids of the lint rules: stable, since site files and programs name rules by them. */
export const LINT_RULES = [
  'shadowed-ace',
  'redundant-ace',
  'netmask-as-wildcard',
  'wrong-direction',
  'source-port-service',
  'permit-any',
  'reply-blocked',
  'catch-all-not-last',
  'undefined-list',
  'empty-list',
  'unused-list',
  'unbound-interface',
  'same-list-both-ways',
  'wide-port-range',
  'stale-bogon',
  'missing-antispoof',
  'dead-destination',
  'established-only',
  'fragments-pass',
  'management-exposed',
  'icmp-any',
  'standard-host-mask',
  'not-on-this-train',
  'blocks-pmtud',
  'post-nat-address',
  'log-on-broad-ace',
  'bypass-path',
  'missing-mask',
  'unparsed-line',
  'unmodelled-clause',
] as const;

export type LintRule = (typeof LINT_RULES)[number];

export const isLintRule = (name: string): name is LintRule =>
  (LINT_RULES as readonly string[]).includes(name);
