import type { Command } from '../../../src/model/command.ts';
import type { Direction, UnmodelledEffect } from '../../../src/model/router-config.ts';
import { AMBIGUOUS } from '../keywords.ts';
import {
  expectEnd,
  type Failure,
  needFeature,
  type Statement,
  type StatementReader,
  tell,
  usesOf,
  wrongWord,
} from '../statement.ts';
import { startsWithDigit } from '../words.ts';
import { change, DIRECTIONS, effect, headerOf, wholeEffect } from './change.ts';
import { skip } from './skipped.ts';

export function readAccessGroup(s: Statement): Command | Failure {
  const { words } = s;
  if (words.done) return wrongWord(words, "a list's name or number");
  let common: string | undefined;
  let acl: string;
  if (words.peekLower() === 'common' && words.count > words.at + 2) {
    words.at++;
    common = words.take();
    if (words.look(DIRECTIONS) !== undefined && words.at + 1 === words.count) acl = common;
    else acl = words.take();
  } else acl = words.take();
  let direction: Direction;
  if (words.done) {
    // The trains before 12.0 took `out` where nothing was said; later ones refuse the line.
    if (s.version !== null && s.version.major < 12) direction = 'out';
    else {
      if (s.reading === 'terminal') return wrongWord(words, 'in or out');
      tell(s, 'missing-direction', `\`ip access-group ${acl}\` says neither in nor out`, words.count);
      return effect(s, 'other', { name: `ip access-group ${acl}` });
    }
  } else {
    const found = words.takeKeyword(DIRECTIONS);
    if (found === AMBIGUOUS || found === undefined) return wrongWord(words, 'in or out');
    direction = found;
  }
  const end = expectEnd(words);
  if (end) return end;
  if (!s.on) return change(s, { kind: 'unbind', direction, acl });
  return change(s, {
    kind: 'bind',
    binding: {
      acl,
      direction,
      span: words.line,
      ...(common === undefined || common === acl ? {} : { common }),
    },
  });
}

export function readVerify(s: Statement): Command | Failure {
  const { words } = s;
  if (!words.takeWord('unicast')) return wholeEffect('urpf')(s);
  const name = words.rest();
  // A number is the list of sources that are let through all the same.
  const list = words.all.slice(words.at, words.count).find((w) => startsWithDigit(w));
  words.at = words.count;
  const command = effect(s, 'urpf', { name });
  return list === undefined ? command : { ...command, uses: usesOf(s, 'other', [list], headerOf(s)) };
}

export function readZone(s: Statement): Command | Failure {
  const { words } = s;
  const failure = needFeature(s, 'zone-firewall', 0);
  if (failure) return failure;
  if (!words.takeWord('security')) return wrongWord(words, 'security');
  const name = words.take();
  return expectEnd(words) ?? effect(s, 'zone', name === '' ? {} : { name });
}

export function readServicePolicy(s: Statement): Command | Failure {
  const { words } = s;
  words.takeWord('type') && words.take();
  const direction = words.takeWord('input', 2) ? 'in' : words.takeWord('output', 2) ? 'out' : undefined;
  const name = words.take();
  words.at = words.count;
  return effect(s, 'service-policy', { name, ...(direction === undefined ? {} : { direction }) });
}

/** Where a port lets nobody in before a login, or filters by a list that the login brought. */
export function readPortControl(s: Statement): Command | Failure {
  return ['port-control', 'closed', 'open'].includes(s.words.peekLower())
    ? wholeEffect('other')(s)
    : skip('interface layer 2 and physical')(s);
}

/** `cts role-based enforcement` drops by tags that no list names. */
export const readTrustSec: StatementReader = (s) =>
  s.words.peekLower() === 'role-based' ? wholeEffect('other')(s) : skip('interface layer 2 and physical')(s);

export function readMac(s: Statement): Command | Failure {
  return s.words.takeWord('access-group')
    ? wholeEffect('other')(s)
    : skip('interface layer 2 and physical')(s);
}

/** Packets that carry labels meet no list. */
export const readLabels: StatementReader = (s) =>
  s.words.peekLower() === 'ip' && s.words.at + 1 === s.words.count
    ? wholeEffect('other')(s)
    : skip('MPLS')(s);

/** `switchport port-security …`, `switchport protected` and private VLANs drop frames at the port. */
export const readSwitchport: StatementReader = (s) =>
  /^(?:port-security|protected|block unicast|(?:mode )?private-vlan .*)$/i.test(s.words.rest())
    ? wholeEffect('other')(s)
    : skip('interface layer 2 and physical')(s);

/** `ip virtual-reassembly [in|out] drop-fragments` */
export const readReassembly: StatementReader = (s) =>
  /\bdrop-fragments\b/i.test(s.words.rest())
    ? wholeEffect('other')(s)
    : skip('interface layer 2 and physical')(s);

/** Multicasts are no packets of a scan; broadcasts are the ARP requests before its packets. */
export const readStormControl: StatementReader = (s) =>
  ['unicast', 'broadcast'].includes(s.words.peekLower())
    ? wholeEffect('other')(s)
    : skip('interface layer 2 and physical')(s);

/** `NAME in|out` after the keywords of an effect, in either order. */
export function namedEffect(family: UnmodelledEffect['family']): StatementReader {
  return (s) => {
    const { words } = s;
    if (words.done) return s.on ? wrongWord(words, 'a name') : effect(s, family);
    const name = words.take();
    if (words.done) return effect(s, family, { name });
    const direction = words.takeKeyword(DIRECTIONS);
    if (direction === AMBIGUOUS || direction === undefined) return wrongWord(words, 'in or out');
    return expectEnd(words) ?? effect(s, family, { name, direction });
  };
}
