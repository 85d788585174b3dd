import type { Command } from '../../../src/model/command.ts';
import type { AclReference } from '../../../src/model/router-config.ts';
import { type Failure, type Statement, skipGlobally, usesOf, wrongWord } from '../statement.ts';
import { endsInList, finish, globally, skip, skipOrForget, uses } from './change.ts';

export function readHttp(s: Statement): Command | Failure {
  const { words } = s;
  if (words.takeWord('server') && words.done) return globally(s, { kind: 'http-server', on: s.on });
  if (words.takeWord('access-class')) {
    if (words.takeWord('ipv6')) return skip('IPv6')(s);
    words.takeWord('ipv4');
    if (words.done) return s.on ? wrongWord(words, "a list's number") : uses(s, 'http', []);
    const acl = words.take();
    finish(s);
    return uses(s, 'http', [acl]);
  }
  return skip('management protocols')(s);
}

export function readSnmp(s: Statement): Command | Failure {
  const { words } = s;
  words.keepComment();
  if (words.takeWord('community')) {
    const community = words.peek();
    const rest = words.all.slice(words.at + 1, words.count);
    finish(s);
    // `community S [view V] [ro|rw] [LIST]`: what is left when the known words are gone is the list.
    const left: string[] = [];
    for (let i = 0; i < rest.length; i++) {
      const word = rest[i]!.toLowerCase();
      if (word === 'view' || word === 'ipv6') i++;
      else if (word !== 'ro' && word !== 'rw') left.push(rest[i]!);
    }
    if (left.length > 0) return uses(s, 'snmp', [left[0]!]);
    // Whoever knows the community is answered, from anywhere.
    return openService(s, 'snmp', `snmp-server community ${community}`);
  }
  const access = words.all.findIndex((w, i) => i > 1 && w.toLowerCase() === 'access');
  const isV3 = words.all.some((w) => w.toLowerCase() === 'v3');
  const group = words.peekLower() === 'group' && isV3 ? words.peek(1) : null;
  const tftp = words.takeWord('tftp-server-list');
  const list = tftp
    ? words.peek()
    : access > 0
      ? words.all.slice(access + 1).find((w) => w.toLowerCase() !== 'ipv6')
      : '';
  finish(s);
  if (list) return uses(s, 'snmp', [list]);
  // A group of SNMPv3 without a list lets its users in from anywhere.
  return group !== null
    ? openService(s, 'snmp', `snmp-server group ${group}`)
    : skipGlobally(s, 'management protocols');
}

export function readNtp(s: Statement): Command | Failure {
  const { words } = s;
  if (!words.takeWord('access-group')) return skip('clock and time')(s);
  words.takeWord('ipv4');
  words.take();
  const list = words.take();
  finish(s);
  return list === '' ? skipOrForget(s, 'ntp', 'clock and time') : uses(s, 'ntp', [list]);
}

/** `tftp-server FILE [LIST]` */
export const readTftpServer = endsInList('management protocols', 2);

const openService = (s: Statement, use: AclReference['use'], name: string): Command => ({
  ...globally(s, {
    kind: 'effect',
    effect: { family: 'open-service', name, span: s.words.line },
    on: s.on,
  }),
  ...(s.on ? {} : { uses: usesOf(s, use, [], null) }),
});

/** `dialer-list N protocol ip {permit|deny|list L}`: with `permit` every packet dials, and nothing is to be said of it. */
export function readDialerList(s: Statement): Command | Failure {
  const { words } = s;
  const at = words.all.findIndex((w) => w.toLowerCase() === 'list' || w.toLowerCase() === 'list-name');
  const list = at < 0 ? undefined : words.all[at + 1];
  const number = words.take();
  const everyPacket = words.all.at(-1)?.toLowerCase() === 'permit';
  const dialsForSome = words.all.some((w) => w.toLowerCase() === 'ip') && !everyPacket;
  finish(s);
  if (s.on && !dialsForSome)
    return list === undefined ? skipGlobally(s, 'dial-up') : uses(s, 'other', [list]);
  const effect = { family: 'other', name: `dialer-list ${number}`, span: words.line } as const;
  return {
    ...globally(s, { kind: 'effect', effect, on: s.on }),
    uses: usesOf(s, 'other', list === undefined ? [] : [list], null),
  };
}
