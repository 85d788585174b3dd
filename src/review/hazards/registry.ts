import { ADJACENCY_CUT } from './adjacency-cut.ts';
import { DENY_ALL_HAZARD } from './deny-all.ts';
import { EPHEMERAL_DENY } from './ephemeral-deny.ts';
import { EPHEMERAL_PERMIT } from './ephemeral-permit.ts';
import { LIST_DELETED } from './list-deleted.ts';
import { LOCKOUT } from './lockout.ts';
import { NEVER_MATCHES } from './never-matches.ts';
import { PERMIT_ALL_HAZARD } from './permit-all.ts';
import { REJECTED_COMMAND } from './rejected-command.ts';
import type { HazardRule } from './step-view.ts';
import { UNKNOWN_LIST } from './unknown-list.ts';

/** Every hazard kind; a new one is a file beside this one and a line here. */
export const HAZARD_RULES: readonly HazardRule[] = [
  LIST_DELETED,
  PERMIT_ALL_HAZARD,
  DENY_ALL_HAZARD,
  LOCKOUT,
  EPHEMERAL_PERMIT,
  EPHEMERAL_DENY,
  NEVER_MATCHES,
  UNKNOWN_LIST,
  ADJACENCY_CUT,
  REJECTED_COMMAND,
];
