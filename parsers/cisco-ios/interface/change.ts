import type { Command, InterfaceChange } from '../../../src/model/command.ts';
import type { AclReference, Direction, UnmodelledEffect } from '../../../src/model/router-config.ts';
import { keywords } from '../keywords.ts';
import { expectEnd, type Statement, type StatementReader, usesOf } from '../statement.ts';

export const change = (s: Statement, value: InterfaceChange): Command => ({
  kind: 'interface',
  change: value,
  span: s.words.line,
  next: 'same',
});

export const simple =
  (make: (s: Statement) => InterfaceChange): StatementReader =>
  (s) =>
    expectEnd(s.words) ?? change(s, make(s));

/** A statement whose effect on packets is said, not computed. */
export function effect(
  s: Statement,
  family: UnmodelledEffect['family'],
  more: { readonly name?: string; readonly direction?: Direction } = {},
): Command {
  return change(s, { kind: 'effect', effect: { family, span: s.words.line, ...more }, on: s.on });
}

export const wholeEffect =
  (family: UnmodelledEffect['family']): StatementReader =>
  (s) => {
    const name = s.words.rest();
    s.words.at = s.words.count;
    return effect(s, family, name === '' ? {} : { name });
  };

/** A use of a list on an interface that is no packet filter. */
export function referenceHere(s: Statement, use: AclReference['use'], acl: string): Command {
  return change(s, { kind: 'reference', ...usesOf(s, use, [acl], headerOf(s)) });
}

export const headerOf = (s: Statement): string =>
  s.mode.kind === 'interface' ? `interface ${s.mode.names.join(', ')}` : 'interface';

export const DIRECTIONS = keywords<Direction>([
  ['in', 'in'],
  ['out', 'out'],
]);
