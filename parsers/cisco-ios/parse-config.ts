import { type CatalogueCode, diagnose } from '../../src/diagnostics/catalogue.ts';
import type { Diagnostic, Parsed } from '../../src/diagnostics/diagnostic.ts';
import type { SourceSpan } from '../../src/diagnostics/source-span.ts';
import { type Command, GLOBAL_MODE, type ParsedCommand, promptAgrees } from '../../src/model/command.ts';
import { DeviceFold } from '../../src/model/device/apply-command.ts';
import { emptyDevice, NO_ACCOUNT, toRouterConfig } from '../../src/model/device/device.ts';
import type { Effect } from '../../src/model/device/effect.ts';
import type { IosVersion, RouterConfig, Unfollowed } from '../../src/model/router-config.ts';
import { isUnfollowed } from '../../src/model/unfollowed.ts';
import { openBlock } from './blocks.ts';
import { isExcerpt, type Markers } from './excerpt.ts';
import { HeadersAbove } from './headers-above.ts';
import { keptCommand } from './kept-entry.ts';
import type { KnownLines, LinePlace } from './known-lines.ts';
import { marginOf, nextIsIndented } from './layout.ts';
import { Accounting, inFamily, type Place } from './line-account.ts';
import {
  cutLines,
  findPrompt,
  firstNonBlank,
  looksBinary,
  type PhysicalLine,
  type Prompt,
  spanOf,
} from './lines.ts';
import { parseLine } from './parse-command.ts';
import { isPreamble, showsConfiguration, startsConfiguration } from './preamble.ts';
import { readShownHeader, ShownLists } from './shown-lists.ts';
import { CUT_IN_TWO, isOrphan } from './wrapped.ts';

export interface ParseOptions {
  /** The operator's word on the full train; wins over the text's `version`. */
  readonly version?: IosVersion | null;
  /** Lines of another text of the same device, read before; those of this text are added. */
  readonly known?: KnownLines;
}

/**
 * Reads the text of a configuration, of a terminal session that shows one, or of `show access-lists`.
 * Every line is modelled, skipped in a named family, or diagnosed; nothing throws.
 */
export function parseConfig(text: string, file: string, options: ParseOptions = {}): Parsed<RouterConfig> {
  const reading = new ConfigReading(cutLines(text), file, options);
  if (looksBinary(text))
    return reading.refuse('binary-input', 'the text is binary: no configuration was read');
  return reading.read();
}

type EntryCommand = Extract<Command, { kind: 'append-entry' | 'list-entry' }>;

class ConfigReading {
  private readonly lines: readonly PhysicalLine[];
  private readonly file: string;
  private readonly known: KnownLines | null;
  private readonly fold: DeviceFold;
  private readonly shown: ShownLists;
  private readonly account = new Accounting();
  private readonly diagnostics: Diagnostic[] = [];
  private readonly markers: Markers = { version: false, hostname: false, end: false };
  private readonly noted = new Set<string>();
  /** The column of global statements; null where no line is indented, so that nothing shows where a mode ends. */
  private readonly margin: number | null;
  private readonly headers: HeadersAbove;
  private readonly unfollowed: Unfollowed[] = [];
  private at = 0;
  private anything = false;
  /** After `end`, or under a command whose output is no configuration: the family of what follows. */
  private ignoring: string | null = null;

  constructor(lines: readonly PhysicalLine[], file: string, options: ParseOptions) {
    const version = options.version ?? null;
    this.known = options.known ?? null;
    this.lines = lines;
    this.file = file;
    this.fold = new DeviceFold(emptyDevice(version));
    this.shown = new ShownLists(version);
    this.margin = marginOf(lines);
    this.headers = new HeadersAbove(this.margin !== null);
  }

  refuse(code: CatalogueCode, message: string): Parsed<RouterConfig> {
    this.diagnostics.push(
      diagnose(code, null, message, { mend: 'Save the output of `show running-config` as plain text.' }),
    );
    this.account.put('diagnosed', this.lines.length);
    return this.finish();
  }

  read(): Parsed<RouterConfig> {
    let empty = true;
    for (; this.at < this.lines.length; this.at++) {
      const line = this.lines[this.at]!;
      const from = firstNonBlank(line.text);
      if (from >= 0) empty = false;
      this.account.put(from < 0 ? inFamily('blank lines') : this.readLine(line, from));
    }
    if (empty)
      this.diagnostics.push(diagnose('empty-input', null, 'there is no text: no configuration was read'));
    return this.finish();
  }

  private finish(): Parsed<RouterConfig> {
    const config = toRouterConfig(this.fold.finish(), {
      file: this.file,
      excerpt: true,
      unfollowed: this.unfollowed,
      account: NO_ACCOUNT,
    });
    const acls = new Map(config.acls);
    for (const [name, acl] of this.shown.found) if (!acls.has(name)) acls.set(name, acl);
    const whole = { ...config, acls, account: this.account.close() };
    return {
      value: { ...whole, excerpt: isExcerpt(whole, this.markers) },
      diagnostics: this.diagnostics,
    };
  }

  private readLine(line: PhysicalLine, from: number): Place {
    const { text } = line;
    if (line.overlong) {
      this.tell('overlong-line', this.spanOf(line, 0), `the line has ${text.length} characters`);
      return 'diagnosed';
    }
    if (from === 0) {
      const starts = startsConfiguration(text);
      if (starts !== null && this.beginsAgain(starts)) return this.readNoFurther(line);
      if (starts !== null) this.ignoring = null;
      const prompt = findPrompt(text);
      if (prompt) return this.readPrompted(line, prompt);
    }
    if (this.ignoring !== null) return inFamily(this.ignoring);
    if (text.charCodeAt(from) === 33) return inFamily('comments');
    if (from === 0 && isPreamble(text)) return inFamily('preamble');
    const shown = this.readShown(line, from);
    if (shown !== undefined) return shown;
    return this.readBlock(line, from) ?? this.readCommand(this.spanOf(line, from), null);
  }

  private beginsAgain(starts: 'preamble' | 'version'): boolean {
    return starts === 'version' ? this.markers.version : this.anything;
  }

  /** A second configuration would be entered on top of the first, and double its lists. */
  private readNoFurther(line: PhysicalLine): Place {
    this.tell(
      'two-configurations',
      this.spanOf(line, 0),
      'a second configuration begins here; it was not read',
      {
        mend: 'Save each configuration in a file of its own.',
      },
    );
    this.account.put('diagnosed', this.lines.length - this.at - 1);
    this.at = this.lines.length;
    return 'diagnosed';
  }

  private readPrompted(line: PhysicalLine, prompt: Prompt): Place {
    const span = this.spanOf(line, prompt.start);
    this.shown.close();
    if (prompt.scrolled) {
      this.tell('scrolled-line', span, 'the terminal scrolled: the start of this line is lost', {
        mend: 'Set `terminal width 0` and show the configuration again.',
      });
      return 'diagnosed';
    }
    const rest = line.text.slice(prompt.start).trim();
    if (prompt.mode === null) {
      this.ignoring = rest === '' || showsConfiguration(rest) ? null : 'output of other commands';
      this.fold.setMode(GLOBAL_MODE);
      return inFamily('exec commands');
    }
    this.ignoring = null;
    if (rest === '') return inFamily('exec commands');
    return rest.startsWith('!') ? inFamily('comments') : this.readCommand(span, prompt.mode);
  }

  private readShown(line: PhysicalLine, from: number): Place | undefined {
    const header = from === 0 ? readShownHeader(line.text) : undefined;
    if (header) return this.shown.begin(header, this.spanOf(line, 0));
    if (!this.shown.open) return undefined;
    const place = this.shown.read(this.spanOf(line, from), this.diagnostics);
    if (place === undefined) this.shown.close();
    return place;
  }

  private readBlock(line: PhysicalLine, from: number): Place | undefined {
    const block = openBlock(this.lines, this.at);
    if (!block) return undefined;
    if (!block.closed)
      this.tell('unterminated-block', this.spanOf(line, from), 'this block has no end in the text', {
        mend: 'Give the whole text: what follows the opening line was not read.',
      });
    const place: Place = block.closed ? inFamily(block.family) : 'diagnosed';
    this.account.put(place, block.length);
    this.at += block.length;
    return place;
  }

  private readCommand(span: SourceSpan, prompt: string | null): Place {
    const { mode, version } = this.fold.device;
    if (prompt !== null && !promptAgrees(prompt, mode))
      this.tell(
        'prompt-mode-mismatch',
        span,
        `the prompt says (${prompt}), but the lines before lead to ${mode.kind} mode`,
      );
    const { command, diagnostics } = this.parse(span, {
      mode,
      version,
      margin: prompt === null ? this.margin : null,
    });
    for (const d of diagnostics) this.diagnostics.push(d);
    this.headers.pass(command);
    const next = this.lines[this.at + 1];
    if (isMatching(command) && next !== undefined && !next.overlong && isOrphan(next.text))
      return this.readWrapped(command, span, next);
    return this.apply(command);
  }

  private parse(span: SourceSpan, place: LinePlace): ParsedCommand {
    const known = this.known?.find(span, place);
    if (known) return known;
    const parsed = parseLine(span, place.mode, place.version, 'file', place.margin);
    this.known?.keep(span, place, parsed);
    return parsed;
  }

  /** An entry and the orphan behind it: neither can be trusted, and the list keeps a place for them. */
  private readWrapped(command: EntryCommand, span: SourceSpan, orphan: PhysicalLine): Place {
    const { entry } = command;
    const action = entry.kind === 'ace' || entry.kind === 'unparsed' ? entry.action : null;
    const mend = 'Join the two lines: the terminal cut one entry in two.';
    this.tell('wrapped-line', span, 'the end of this entry stands on the next line', { mend });
    this.at++;
    this.tell('wrapped-line', this.spanOf(orphan, 0), 'this is the end of the entry above', { mend });
    this.account.put('diagnosed');
    this.fold.apply({
      ...command,
      entry: { kind: 'unparsed', action, sequence: entry.sequence, reason: CUT_IN_TWO, span },
    });
    return 'diagnosed';
  }

  private apply(command: Command): Place {
    if (command.kind === 'rejected') {
      if (!this.keepPlace(command)) this.leave(command);
      return 'diagnosed';
    }
    if (isUnfollowed(command)) this.leave(command);
    const effect = this.fold.apply(command);
    if (effect.kind === 'rejected') {
      this.tell(codeOf(effect), command.span, effect.message);
      return 'diagnosed';
    }
    this.mark(command);
    return this.placeOf(command);
  }

  private leave({ span }: Command): void {
    this.unfollowed.push({ under: this.headers.path, span });
  }

  /**
   * What was not understood inside a list, group, range or interface leaves that only partly known; false where it
   * stands in none of them.
   */
  private keepPlace(command: Extract<Command, { kind: 'rejected' }>): boolean {
    const { span, message } = command;
    const { mode } = this.fold.device;
    if (this.margin !== null && span.column <= this.margin) {
      // What is indented under an unknown header is not of the mode before it.
      if (nextIsIndented(this.lines, this.at, this.margin)) this.fold.setMode(GLOBAL_MODE);
      return false;
    }
    const kept = keptCommand(mode, span, message);
    if (kept) this.fold.apply(kept);
    return kept !== undefined;
  }

  /** Notes the frame of a whole configuration, and its end. */
  private mark(command: Command): void {
    if (command.kind !== 'skipped' && command.kind !== 'exec') this.anything = true;
    if (command.kind === 'global') {
      if (command.change.kind === 'version') this.markers.version = true;
      if (command.change.kind === 'hostname') this.markers.hostname = true;
    }
    if (command.kind !== 'move' || command.next === 'same' || command.next.kind !== 'exec') return;
    // `exit` in a file ends a mode, never the file.
    this.fold.setMode(GLOBAL_MODE);
    if (!/^end\b/i.test(command.span.text.slice(command.span.column - 1))) return;
    this.markers.end = true;
    this.ignoring = 'text after end';
  }

  private placeOf(command: Command): Place {
    switch (command.kind) {
      case 'skipped':
        if (command.family === OTHER_LISTS) this.noteOtherList(command.span);
        return command.family === IPV6_ENTRIES ? 'diagnosed' : inFamily(command.family);
      case 'exec':
        return inFamily('exec commands');
      case 'group-description':
        return inFamily('descriptions');
      case 'ipv6':
        return this.noteIpv6(`IPv6 list ${command.notice.name}`, command.span);
      case 'list-entry':
      case 'append-entry':
      case 'time-range-entry':
        return command.entry.kind === 'unparsed' ? 'diagnosed' : 'modelled';
      case 'network-member':
      case 'service-member':
        return command.member.kind === 'unparsed' ? 'diagnosed' : 'modelled';
      case 'interface':
        return command.change.kind === 'ipv6'
          ? this.noteIpv6(`IPv6 ${command.change.notice.kind} ${command.change.notice.name}`, command.span)
          : 'modelled';
      default:
        return 'modelled';
    }
  }

  private noteIpv6(what: string, span: SourceSpan): Place {
    this.tell('ipv6-not-modelled', span, `${what} is read and named, not evaluated`);
    return 'diagnosed';
  }

  private noteOtherList(span: SourceSpan): void {
    const number = /\d+/.exec(span.text.slice(span.column - 1))?.[0] ?? '';
    if (this.noted.has(number)) return;
    this.noted.add(number);
    this.tell('non-ip-list', span, `list ${number} is of another protocol than IPv4: its lines are skipped`);
  }

  private tell(
    code: CatalogueCode,
    span: SourceSpan,
    message: string,
    more: Parameters<typeof diagnose>[3] = {},
  ): void {
    this.diagnostics.push(diagnose(code, span, message, more));
  }

  private spanOf(line: PhysicalLine, from: number): SourceSpan {
    return spanOf(line.text, from, this.file, this.at + 1);
  }
}

const OTHER_LISTS = 'lists of other protocols than IP';
const IPV6_ENTRIES = 'entries of IPv6 lists';

const isMatching = (command: Command): command is EntryCommand =>
  (command.kind === 'append-entry' || command.kind === 'list-entry') &&
  (command.entry.kind === 'ace' || command.entry.kind === 'unparsed');

function codeOf(effect: Extract<Effect, { kind: 'rejected' }>): CatalogueCode {
  switch (effect.reason) {
    case 'kind-conflict':
      return 'list-kind-conflict';
    case 'duplicate-sequence':
      return 'duplicate-sequence';
    case 'group-in-use':
      return 'object-group-in-use';
    default:
      return 'rejected-line';
  }
}
