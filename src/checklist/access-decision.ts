import type { AccessList, AccessRule, Group } from '../model/host.ts';

/** `unknown`: a token needs a directory service or a name lookup that the evidence does not hold. */
type Match = 'yes' | 'no' | 'unknown';

export interface ConsoleUser {
  readonly name: string;
  /** Names of all groups that the user is in. */
  readonly groups: readonly string[];
}

export interface AccessDecision {
  readonly verdict: 'granted' | 'refused' | 'unknown';
  /** null: no rule matched, and pam_access then lets in. */
  readonly rule: AccessRule | null;
}

const both = (a: Match, b: Match): Match => (a === 'no' || b === 'no' ? 'no' : a === 'yes' ? b : a);
const not = (m: Match): Match => (m === 'yes' ? 'no' : m === 'no' ? 'yes' : 'unknown');

/** A list matches when one of its tokens does and the list after EXCEPT does not. */
function listMatches(list: AccessList, tokenMatches: (token: string) => Match): Match {
  const matches = list.tokens.map(tokenMatches);
  const own: Match = matches.includes('yes') ? 'yes' : matches.includes('unknown') ? 'unknown' : 'no';
  return list.except === null ? own : both(own, not(listMatches(list.except, tokenMatches)));
}

function userToken(token: string, user: ConsoleUser, plainGroups: boolean): Match {
  const name = token.toLowerCase();
  if (name === 'all') return 'yes';
  if (/^\(.*\)$/.test(token)) return user.groups.includes(token.slice(1, -1)) ? 'yes' : 'no';
  if (token.startsWith('@')) return 'unknown';
  // `user@host` asks for the local host's name too, which is not known here to pam's mind.
  if (token.includes('@')) return token.slice(0, token.indexOf('@')) === user.name ? 'unknown' : 'no';
  if (name === user.name.toLowerCase()) return 'yes';
  return plainGroups && user.groups.includes(token) ? 'yes' : 'no';
}

/** At the console there is no remote host: the origin is the terminal's name, which LOCAL matches since it has no dot. */
function originToken(token: string, terminal: string): Match {
  if (token.startsWith('@')) return 'no';
  const name = token.toLowerCase();
  return ['all', 'local', terminal.toLowerCase()].includes(name) ? 'yes' : 'no';
}

/**
 * pam_access reads from the top; the first rule whose users and origins both match decides. A plain name stands
 * for a group too (`root` for everyone in group root) unless the module runs with `nodefgroup`.
 */
export function decideConsoleAccess(
  rules: readonly AccessRule[],
  user: ConsoleUser,
  terminal: string,
  plainGroups = true,
): AccessDecision {
  for (const rule of rules) {
    const match = both(
      listMatches(rule.users, (t) => userToken(t, user, plainGroups)),
      listMatches(rule.origins, (t) => originToken(t, terminal)),
    );
    if (match === 'no') continue;
    if (match === 'unknown') return { verdict: 'unknown', rule };
    return { verdict: rule.grant ? 'granted' : 'refused', rule };
  }
  return { verdict: 'granted', rule: null };
}

/** A user's groups: the primary one by number, the others by membership. */
export const groupsOf = (name: string, gid: number, groups: readonly Group[]): readonly string[] =>
  groups.filter((g) => g.gid === gid || g.members.includes(name)).map((g) => g.name);
