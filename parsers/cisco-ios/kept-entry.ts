import type { SourceSpan } from '../../src/diagnostics/source-span.ts';
import { MAX_SEQUENCE } from '../../src/model/access-list.ts';
import type { Command, Mode } from '../../src/model/command.ts';
import { unreadEntry } from './access-list.ts';
import { meantAsEntry } from './ace.ts';
import { type Indent, standsBelow } from './layout.ts';
import { unreadMember } from './object-group.ts';
import type { Failure, Statement } from './statement.ts';
import { unreadTimeRangeEntry } from './time-range.ts';
import { readNumber } from './words.ts';

/** A line of a file that belongs to a list, group or range keeps its place there although it was not understood. */
export function keepPlace(s: Statement, failure: Failure, indent: Indent): Command | undefined {
  const { mode, words } = s;
  if (s.reading !== 'file' || !s.on) return undefined;
  const below = standsBelow(words, indent);
  switch (mode.kind) {
    case 'access-list': {
      const [first = '', second = ''] = words.all;
      if (!below && !meantAsEntry(first, second)) return undefined;
      const sequence = readNumber(first);
      return {
        kind: 'list-entry',
        entry: unreadEntry(s, failure, sequence === undefined ? 0 : 1, sequenceOf(sequence)),
        span: words.line,
        next: 'same',
      };
    }
    case 'object-group':
      return below ? unreadMember(s, mode, failure) : undefined;
    case 'time-range':
      return below ? unreadTimeRangeEntry(s, failure) : undefined;
    default:
      return undefined;
  }
}

const sequenceOf = (number: number | undefined): number | null =>
  number !== undefined && number >= 1 && number <= MAX_SEQUENCE ? number : null;

/** What a line that no grammar took leaves behind in the mode that it stood in: a part of it that is not known. */
export function keptCommand(mode: Mode, span: SourceSpan, message: string): Command | undefined {
  const sub = { span, next: 'same' } as const;
  const unparsed = { kind: 'unparsed', reason: message, span } as const;
  switch (mode.kind) {
    case 'access-list':
      return { kind: 'list-entry', entry: { ...unparsed, action: null, sequence: null }, ...sub };
    case 'object-group':
      return {
        kind: mode.groupKind === 'network' ? 'network-member' : 'service-member',
        member: unparsed,
        on: true,
        ...sub,
      };
    case 'time-range':
      return { kind: 'time-range-entry', entry: { kind: 'unparsed', span }, on: true, ...sub };
    case 'interface': {
      const effect = { family: 'unparsed', name: span.text.trim(), span } as const;
      return { kind: 'interface', change: { kind: 'effect', effect, on: true }, ...sub };
    }
    default:
      return undefined;
  }
}
