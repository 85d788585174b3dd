import { type Command, GLOBAL_MODE } from '../../../src/model/command.ts';
import { type Failure, needFeature, type Statement, wrongWord } from '../statement.ts';
import { finish, skip } from './change.ts';

/** Letters of an IPv6 list's or statement's own words decide no IPv4 packet: named once per list, then counted. */
export function readIpv6(s: Statement): Command | Failure {
  const { words } = s;
  if (!words.takeWord('access-list'))
    return ['address', 'traffic-filter', 'enable'].includes(words.peekLower())
      ? wrongWord(words, 'a global IPv6 statement')
      : skip('IPv6', ['dhcp', 'router', 'general-prefix', 'flowset'].includes(words.peekLower()))(s);
  const failure = needFeature(s, 'ipv6-list', 1);
  if (failure) return failure;
  if (words.done) return wrongWord(words, "a list's name");
  const name = words.take();
  if (name === 'log-update') return skip('IPv6')(s);
  finish(s);
  return {
    kind: 'ipv6',
    notice: { kind: 'list', name, interface: null, span: words.line },
    on: s.on,
    span: words.line,
    next: s.on ? { kind: 'ipv6-access-list', list: name } : GLOBAL_MODE,
  };
}
