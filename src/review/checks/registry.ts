import type { Check } from './check.ts';
import { EMPTY_LIST } from './empty-list.ts';
import { MISSING_MASK } from './missing-mask.ts';
import { REDUNDANT_ACE } from './redundant-ace.ts';
import { SHADOWED_ACE } from './shadowed-ace.ts';
import { UNDEFINED_LIST } from './undefined-list.ts';
import { UNMODELLED_CLAUSE } from './unmodelled-clause.ts';
import { UNPARSED_LINE } from './unparsed-line.ts';

/** Every lint rule; a new one is a file beside this one and a line here. */
export const LINT_CHECKS: readonly Check[] = [
  SHADOWED_ACE,
  REDUNDANT_ACE,
  UNDEFINED_LIST,
  EMPTY_LIST,
  MISSING_MASK,
  UNPARSED_LINE,
  UNMODELLED_CLAUSE,
];
