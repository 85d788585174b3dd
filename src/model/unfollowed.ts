import { statementOf } from '../diagnostics/source-span.ts';
import type { Command } from './command.ts';

/** Families of skipped statements that decide about no packet which passes the router, whatever they say. */
const WITHOUT_BEARING: ReadonlySet<string> = new Set([
  'ICMP replies of the router',
  'banners',
  'blank lines',
  'boot and images',
  'clock and time',
  'command views',
  'comments',
  'descriptions',
  'device services',
  'discovery',
  'exec commands',
  'flow export',
  'gateway redundancy details',
  'interface physical settings',
  'keys and certificates',
  'licences',
  'logging',
  'management protocols',
  'names and lookups',
  'preamble',
  'scheduling and exceptions',
  'sessions of the router itself',
  'telephony',
  'terminal sessions',
  'traffic copies',
  'users and privileges',
]);

/** Text that speaks to people alone, whatever stands around it. */
const NOTE = /^(?:no\s+)?(?:description|remark|\d+\s+remark|name)\b/i;

/** Whether a command that was read says something about packets that nothing here follows. */
export function isUnfollowed(command: Command): boolean {
  if (command.kind === 'move') return command.next !== 'same' && command.next.kind === 'route-map';
  return (
    command.kind === 'skipped' &&
    !WITHOUT_BEARING.has(command.family) &&
    !NOTE.test(statementOf(command.span))
  );
}
