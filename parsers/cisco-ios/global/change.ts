import { type Command, GLOBAL_MODE, type GlobalChange } from '../../../src/model/command.ts';
import type { AclReference, UnmodelledEffect } from '../../../src/model/router-config.ts';
import { listKindOf } from '../list-number.ts';
import {
  expectEnd,
  listsNamed,
  type Statement,
  type StatementReader,
  skipGlobally,
  usesOf,
} from '../statement.ts';
import { readNumber } from '../words.ts';

export const finish = (s: Statement): void => {
  s.words.keepComment();
  s.words.at = s.words.count;
};

export const globally = (s: Statement, change: GlobalChange): Command => ({
  kind: 'global',
  change,
  span: s.words.line,
  next: GLOBAL_MODE,
});

export const skip =
  (family: string, opens = false): StatementReader =>
  (s) => {
    finish(s);
    return opens && s.on
      ? { kind: 'skipped', family, span: s.words.line, next: { kind: 'skipped', family } }
      : skipGlobally(s, family);
  };

export const uses = (s: Statement, use: AclReference['use'], lists: readonly string[]): Command => ({
  kind: 'reference',
  ...usesOf(s, use, lists, null),
  span: s.words.line,
  next: GLOBAL_MODE,
});

export function effect(s: Statement, family: UnmodelledEffect['family'], name: string): Command {
  finish(s);
  const command = globally(s, { kind: 'effect', effect: { family, name, span: s.words.line }, on: s.on });
  const lists = listsNamed(s);
  return lists.length === 0 ? command : { ...command, uses: usesOf(s, 'inspect', lists, null) };
}

/** A skipped statement that may name a list. */
export const skipWithLists =
  (family: string): StatementReader =>
  (s) => {
    finish(s);
    const lists = listsNamed(s);
    return lists.length === 0 ? skipGlobally(s, family) : uses(s, 'other', lists);
  };

export const onOff =
  (make: (on: boolean) => GlobalChange): StatementReader =>
  (s) =>
    expectEnd(s.words) ?? globally(s, make(s.on || s.byDefault));

/** The command, with the lines under it in a mode of their own that is passed over. */
export const under = (command: Command, family: string): Command =>
  command.kind === 'global' && !(command.change.kind === 'effect' && !command.change.on)
    ? { ...command, next: { kind: 'skipped', family } }
    : command;

/** A `no` may take a use away even where its own line names no list. */
export const skipOrForget = (s: Statement, use: AclReference['use'], family: string): Command =>
  s.on ? skipGlobally(s, family) : uses(s, use, []);

/** A skipped statement that may end in the number of a standard list, behind more than `least` other words. */
export const endsInList =
  (family: string, least: number): StatementReader =>
  (s) => {
    const last = s.words.all.at(-1) ?? '';
    const number = readNumber(last);
    finish(s);
    return number !== undefined && listKindOf(number) === 'standard' && s.words.count > least
      ? uses(s, 'other', [last])
      : skipGlobally(s, family);
  };
