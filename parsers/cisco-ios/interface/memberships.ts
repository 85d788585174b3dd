import { toIpv4 } from '../../../src/model/address.ts';
import type { Command } from '../../../src/model/command.ts';
import { canonicalArea } from '../ospf-area.ts';
import {
  expectEnd,
  type Failure,
  type Statement,
  type StatementReader,
  skipHere,
  wrongWord,
} from '../statement.ts';
import { startsWithDigit } from '../words.ts';
import { change } from './change.ts';

/** `standby`, `vrrp`, `glbp`: `[GROUP] ip [A]` makes the group; the rest is timing and priority. */
export const redundancy =
  (protocol: 'hsrp' | 'vrrp' | 'glbp'): StatementReader =>
  (s) => {
    const { words } = s;
    if (protocol === 'hsrp' && words.takeWord('version')) return hsrpVersion(s);
    const group = startsWithDigit(words.peek()) ? words.takeNumber(4095) : 0;
    if (group === undefined) return wrongWord(words, 'a group, 0-4095');
    if (words.peekLower() !== 'ip') {
      words.at = words.count;
      return skipHere(s, 'gateway redundancy details');
    }
    words.at++;
    const address = words.takeAddress();
    if (words.takeWord('secondary')) return skipHere(s, 'gateway redundancy details');
    return (
      expectEnd(words) ??
      change(s, {
        kind: 'join-routing',
        protocol,
        id: String(group),
        virtualAddress: address === undefined ? null : toIpv4(address),
        on: s.on,
      })
    );
  };

function hsrpVersion(s: Statement): Command | Failure {
  const version = s.words.takeNumber(2, 1);
  if (version === undefined && s.on) return wrongWord(s.words, 'a version, 1 or 2');
  return expectEnd(s.words) ?? change(s, { kind: 'hsrp-version', version: s.on && version === 2 ? 2 : 1 });
}

export function readOspf(s: Statement): Command | Failure {
  const { words } = s;
  if (words.takeWord('shutdown')) return expectEnd(words) ?? change(s, { kind: 'ospf-shutdown', on: s.on });
  const id = startsWithDigit(words.peek()) ? words.takeNumber(65535, 1) : undefined;
  if (id !== undefined && words.takeWord('area')) {
    const area = canonicalArea(words.take());
    words.at = words.count;
    return change(s, {
      kind: 'join-routing',
      protocol: 'ospf',
      id: String(id),
      virtualAddress: null,
      ...(area === '' ? {} : { area }),
      on: s.on,
    });
  }
  words.at = words.count;
  return skipHere(s, 'routing protocol details');
}

export function readIsisInterface(s: Statement): Command | Failure {
  const { words } = s;
  if (!words.takeWord('isis')) return wrongWord(words, 'isis');
  const id = words.take();
  return (
    expectEnd(words) ??
    change(s, { kind: 'join-routing', protocol: 'isis', id, virtualAddress: null, on: s.on })
  );
}
