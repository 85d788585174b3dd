import type { ConfigLine } from '../diagnostics/source-span.ts';
import type { Packet } from './packet.ts';

export type Severity = 'critical' | 'high' | 'medium' | 'low' | 'info';

export const SEVERITIES: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'info'];

/** True when `a` is as grave as `floor` or graver. */
export const atLeast = (a: Severity, floor: Severity): boolean =>
  SEVERITIES.indexOf(a) <= SEVERITIES.indexOf(floor);

export type Verdict = 'permit' | 'deny' | 'undetermined';

/** What decided: a line, the implicit deny of a list, or nothing (no list stood in the way). */
export type DecidedBy = ConfigLine | { readonly implicitDeny: true; readonly acl: string } | null;

/** What a lint rule says about a config. */
export interface LintFinding {
  readonly rule: string;
  readonly severity: Severity;
  readonly acl: string | null;
  readonly line: ConfigLine | null;
  readonly message: string;
  readonly related: readonly ConfigLine[];
  readonly witness: Packet | null;
}

/** What a rule looks for, and why, in a sentence each; `id` is the kind of its findings. */
export interface RuleText {
  readonly id: string;
  readonly title: string;
  readonly rationale: string;
}

/** The text of a rule, without what makes it work. */
export const ruleText = ({ id, title, rationale }: RuleText): RuleText => ({ id, title, rationale });
