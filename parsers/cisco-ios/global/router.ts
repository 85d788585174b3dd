import { type Command, GLOBAL_MODE } from '../../../src/model/command.ts';
import { routingKey } from '../../../src/model/device/device.ts';
import type { RoutingProcess } from '../../../src/model/router-config.ts';
import { AMBIGUOUS, keywords } from '../keywords.ts';
import { ambiguousWord, type Failure, type Statement, wrongWord } from '../statement.ts';
import { effect, finish, under } from './change.ts';

const PROTOCOLS = keywords<RoutingProcess['protocol']>([
  ['ospf', 'ospf'],
  ['eigrp', 'eigrp'],
  ['igrp', 'igrp'],
  ['rip', 'rip'],
  ['bgp', 'bgp'],
  ['isis', 'isis'],
  ['iso-igrp', 'other'],
  ['odr', 'other'],
  ['egp', 'other'],
  ['mobile', 'other'],
  ['ospfv3', 'other'],
]);

export function readRouter(s: Statement): Command | Failure {
  const { words } = s;
  const at = words.at;
  // LISP carries packets in others: which, and where to, is not followed.
  if (words.peekLower() === 'lisp')
    return under(effect(s, 'other', `router ${words.rest()}`), 'locator/identifier separation');
  const protocol = words.takeKeyword(PROTOCOLS);
  if (protocol === AMBIGUOUS) return ambiguousWord(words, PROTOCOLS);
  if (protocol === undefined) return wrongWord(words, 'a routing protocol');
  const id = protocol === 'other' ? words.all.slice(at).join(' ') : words.take();
  const vrf = protocol === 'ospf' && words.takeWord('vrf', 3) ? words.take() : null;
  finish(s);
  return s.on
    ? {
        kind: 'enter-routing',
        protocol,
        id,
        vrf,
        span: words.line,
        next: { kind: 'routing', process: routingKey(protocol, id) },
      }
    : { kind: 'delete-routing', protocol, id, vrf: null, span: words.line, next: GLOBAL_MODE };
}
