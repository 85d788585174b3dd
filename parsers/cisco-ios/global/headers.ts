import { type Command, GLOBAL_MODE } from '../../../src/model/command.ts';
import {
  expectEnd,
  type Failure,
  needFeature,
  type Statement,
  type StatementReader,
  wrongWord,
} from '../statement.ts';
import { effect, finish, skip } from './change.ts';

export function readVrf(s: Statement): Command | Failure {
  const { words } = s;
  words.takeWord('definition');
  if (words.done) return wrongWord(words, "a VRF's name");
  const name = words.take();
  return (
    expectEnd(words) ?? {
      kind: 'vrf',
      name,
      on: s.on,
      span: words.line,
      next: s.on ? { kind: 'vrf', name } : GLOBAL_MODE,
    }
  );
}

export const opensMode =
  (kind: 'route-map' | 'class-map', skippedWords: readonly string[]): StatementReader =>
  (s) => {
    const { words } = s;
    while (skippedWords.includes(words.peekLower())) {
      if (words.peekLower() === 'type') words.at++;
      words.at++;
    }
    if (words.done) return wrongWord(words, `a ${kind}'s name`);
    const name = words.all.slice(words.at, words.count).join(' ');
    finish(s);
    if (s.on) return { kind: 'move', span: words.line, next: { kind, name } };
    return {
      kind: 'reference',
      owner: `${kind} ${name}`,
      references: [],
      on: false,
      span: words.line,
      next: GLOBAL_MODE,
    };
  };

export function readControlPlane(s: Statement): Command {
  finish(s);
  return { kind: 'move', span: s.words.line, next: s.on ? { kind: 'control-plane' } : GLOBAL_MODE };
}

export const zone: StatementReader = (s) => {
  const failure = needFeature(s, 'zone-firewall', 0);
  if (failure) return failure;
  const name = s.words.all.join(' ');
  finish(s);
  return {
    kind: 'global',
    change: { kind: 'effect', effect: { family: 'zone', name, span: s.words.line }, on: s.on },
    span: s.words.line,
    next: s.on ? { kind: 'skipped', family: 'zone-based firewall' } : GLOBAL_MODE,
  };
};

/** Under it `interface X` names the tunnel's own settings. */
export const SDWAN = 'SD-WAN';

export const readTrustSec: StatementReader = (s) =>
  s.words.peekLower() === 'role-based' && s.words.peekLower(1) === 'enforcement'
    ? effect(s, 'other', `cts ${s.words.rest()}`)
    : skip('authentication servers')(s);

/** `vlan access-map` and `vlan filter` drop packets within a VLAN; a plain VLAN does not. */
export function readVlan(s: Statement): Command | Failure {
  const filters = ['access-map', 'filter'].includes(s.words.peekLower());
  if (!filters) return skip('layer 2', true)(s);
  const command = effect(s, 'other', `vlan ${s.words.rest()}`);
  return s.on ? { ...command, next: { kind: 'skipped', family: 'VLAN access maps' } } : command;
}
