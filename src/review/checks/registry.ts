import { BLOCKS_PMTUD } from './blocks-pmtud.ts';
import { BYPASS_PATH } from './bypass-path.ts';
import { CATCH_ALL_NOT_LAST } from './catch-all-not-last.ts';
import type { Check } from './check.ts';
import { DEAD_DESTINATION } from './dead-destination.ts';
import { EMPTY_LIST } from './empty-list.ts';
import { ESTABLISHED_ONLY } from './established-only.ts';
import { FRAGMENTS_PASS } from './fragments-pass.ts';
import { ICMP_ANY } from './icmp-any.ts';
import { LOG_ON_BROAD_ACE } from './log-on-broad-ace.ts';
import { MANAGEMENT_EXPOSED } from './management-exposed.ts';
import { MISSING_ANTISPOOF } from './missing-antispoof.ts';
import { MISSING_MASK } from './missing-mask.ts';
import { NETMASK_AS_WILDCARD } from './netmask-as-wildcard.ts';
import { NOT_ON_THIS_TRAIN } from './not-on-this-train.ts';
import { PERMIT_ANY } from './permit-any.ts';
import { POST_NAT_ADDRESS } from './post-nat-address.ts';
import { REDUNDANT_ACE } from './redundant-ace.ts';
import { REPLY_BLOCKED } from './reply-blocked.ts';
import { SAME_LIST_BOTH_WAYS } from './same-list-both-ways.ts';
import { SHADOWED_ACE } from './shadowed-ace.ts';
import { SOURCE_PORT_SERVICE } from './source-port-service.ts';
import { STALE_BOGON } from './stale-bogon.ts';
import { STANDARD_HOST_MASK } from './standard-host-mask.ts';
import { UNBOUND_INTERFACE } from './unbound-interface.ts';
import { UNDEFINED_LIST } from './undefined-list.ts';
import { UNMODELLED_CLAUSE } from './unmodelled-clause.ts';
import { UNPARSED_LINE } from './unparsed-line.ts';
import { UNUSED_LIST } from './unused-list.ts';
import { WIDE_PORT_RANGE } from './wide-port-range.ts';
import { WRONG_DIRECTION } from './wrong-direction.ts';

/** Every lint rule; a new one is a file beside this one and a line here. */
export const LINT_CHECKS: readonly Check[] = [
  SHADOWED_ACE,
  REDUNDANT_ACE,
  NETMASK_AS_WILDCARD,
  WRONG_DIRECTION,
  SOURCE_PORT_SERVICE,
  PERMIT_ANY,
  REPLY_BLOCKED,
  CATCH_ALL_NOT_LAST,
  UNDEFINED_LIST,
  EMPTY_LIST,
  UNUSED_LIST,
  UNBOUND_INTERFACE,
  SAME_LIST_BOTH_WAYS,
  WIDE_PORT_RANGE,
  STALE_BOGON,
  MISSING_ANTISPOOF,
  DEAD_DESTINATION,
  ESTABLISHED_ONLY,
  FRAGMENTS_PASS,
  MANAGEMENT_EXPOSED,
  ICMP_ANY,
  STANDARD_HOST_MASK,
  NOT_ON_THIS_TRAIN,
  BLOCKS_PMTUD,
  POST_NAT_ADDRESS,
  LOG_ON_BROAD_ACE,
  BYPASS_PATH,
  MISSING_MASK,
  UNPARSED_LINE,
  UNMODELLED_CLAUSE,
];
