import type { Command } from '../../src/model/command.ts';
import { type Statement, skipHere, usesOf } from './statement.ts';

/** What any statement of a routing process is read with. */
const FAMILY = 'routing protocol details';

export const detail = (s: Statement): Command => {
  s.words.keepComment();
  s.words.at = s.words.count;
  return skipHere(s, FAMILY);
};

/** The header's protocol and id, such as `ospf 1`. */
export const processOf = (s: Statement): string => (s.mode.kind === 'routing' ? s.mode.process : '');

export const runsBgp = (s: Statement): boolean => processOf(s).startsWith('bgp');

/** Under an address family of IPv6, VPNs or labels. */
export const speaksOfOthers = (s: Statement): boolean => s.mode.kind === 'routing' && s.mode.foreign === true;

export const references = (s: Statement, list: string): Command => ({
  kind: 'reference',
  ...usesOf(s, 'distribute-list', [list], `router ${processOf(s)}`),
  span: s.words.line,
  next: 'same',
});
