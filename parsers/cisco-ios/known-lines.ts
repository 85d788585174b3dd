import type { SourceSpan } from '../../src/diagnostics/source-span.ts';
import type { Command, Mode, ParsedCommand } from '../../src/model/command.ts';
import type { IosVersion } from '../../src/model/router-config.ts';

type EntryCommand = Extract<Command, { kind: 'append-entry' | 'list-entry' }>;

interface Known {
  readonly place: LinePlace;
  readonly column: number;
  readonly command: EntryCommand;
}

/** Where a line stands, as far as that says how it is read. */
export interface LinePlace {
  readonly mode: Mode;
  readonly version: IosVersion | null;
  /** See `parseLine`. */
  readonly margin: number | null;
}

/**
 * Entries of lists by their text, as they were read before: of two texts of one device nearly all lines are the same.
 * Only what was read without a remark is kept, and found again only in a place of the same kind.
 */
export class KnownLines {
  private readonly byText = new Map<string, Known>();

  find(line: SourceSpan, { mode, version, margin }: LinePlace): ParsedCommand | null {
    const known = this.byText.get(line.text);
    if (known === undefined || known.column !== line.column || known.place.margin !== margin) return null;
    if (!sameMode(known.place.mode, mode) || known.place.version?.text !== version?.text) return null;
    const { command } = known;
    return {
      command: { ...command, entry: { ...command.entry, span: line }, span: line },
      diagnostics: [],
    };
  }

  keep(line: SourceSpan, place: LinePlace, { command, diagnostics }: ParsedCommand): void {
    if (command.kind !== 'append-entry' && command.kind !== 'list-entry') return;
    if (command.entry.kind === 'ace' && diagnostics.length === 0)
      this.byText.set(line.text, { place, column: line.column, command });
  }
}

const sameMode = (a: Mode, b: Mode): boolean =>
  a === b ||
  (a.kind === 'global' && b.kind === 'global') ||
  (a.kind === 'access-list' && b.kind === 'access-list' && a.list === b.list && a.listKind === b.listKind);
