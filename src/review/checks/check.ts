import type { Box } from '../../headerspace/box.ts';
import type { LintFinding, Severity } from '../../model/finding.ts';
import type { LintRule } from '../../model/lint-rules.ts';
import type { LintContext, LintList } from '../lint-context.ts';

/** One lint rule. */
export interface Check {
  readonly id: LintRule;
  /** The row of the rule sheet it comes from; null for rules about the text itself. */
  readonly code: string | null;
  /** Of an ordinary finding; single findings may be graver or milder, and say so by their own severity. */
  readonly severity: Severity;
  readonly title: string;
  /** Why an engineer should care. */
  readonly rationale: string;
  /** Two configurations: one that the rule speaks about, and the nearest one about which it is silent. */
  readonly example: { readonly trigger: string; readonly nearMiss: string };
  readonly check: (context: LintContext) => readonly LintFinding[];
  /**
   * For rules about single lines: packets such that the answer about a line that some of them reach hangs on no other
   * line. Without these the answer hangs on whether any packet at all reaches the line.
   */
  readonly telling?: Box;
  /**
   * For rules about single lines: what of the list as a whole the answer about a line hangs on, besides the line
   * itself, the lines it shares packets with, the uses of the list and what the device has beyond lists.
   */
  readonly hangsOn?: (context: LintContext, list: LintList) => string;
}
