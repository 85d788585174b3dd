import { type CatalogueCode, diagnose } from '../../src/diagnostics/catalogue.ts';
import type { Diagnostic, Parsed } from '../../src/diagnostics/diagnostic.ts';
import type { SourceSpan } from '../../src/diagnostics/source-span.ts';
import { DeviceFold } from '../../src/model/apply-command.ts';
import type { Command } from '../../src/model/command.ts';
import { GLOBAL_MODE, promptAgrees } from '../../src/model/command.ts';
import { emptyDevice, toRouterConfig } from '../../src/model/device.ts';
import type { IosVersion, RouterConfig } from '../../src/model/router-config.ts';
import { openBlock } from './blocks.ts';
import { isExcerpt, type Markers } from './excerpt.ts';
import { Accounting } from './line-account.ts';
import { cutLines, findPrompt, looksBinary, type PhysicalLine } from './lines.ts';
import { parseCommand } from './parse-command.ts';
import { isPreamble, showsConfiguration, startsConfiguration } from './preamble.ts';
import { isOrphan } from './wrapped.ts';

export interface ParseOptions {
  /** The operator's word on the full train; wins over the text's `version`. */
  readonly version?: IosVersion | null;
}

/** Reads the text of a configuration file, or of a terminal session that shows one. */
export function parseConfig(text: string, file: string, options: ParseOptions = {}): Parsed<RouterConfig> {
  const lines = cutLines(text);
  const reading = new ConfigReading(lines, file, options.version ?? null);
  if (looksBinary(text))
    return reading.refuse('binary-input', 'the text is binary: no configuration was read');
  if (lines.every((l) => l.text.trim() === ''))
    return reading.refuse('empty-input', 'there is no text: no configuration was read');
  return reading.read();
}

class ConfigReading {
  private readonly lines: readonly PhysicalLine[];
  private readonly file: string;
  private readonly fold: DeviceFold;
  private readonly account = new Accounting();
  private readonly diagnostics: Diagnostic[] = [];
  private readonly markers: Markers = { version: false, hostname: false, end: false };
  private readonly noted = new Set<string>();
  private at = 0;
  /** After `end`, or under a command whose output is no configuration. */
  private ignoring: string | null = null;

  constructor(lines: readonly PhysicalLine[], file: string, version: IosVersion | null) {
    this.lines = lines;
    this.file = file;
    this.fold = new DeviceFold(emptyDevice(version), 'file');
  }

  refuse(code: CatalogueCode, message: string): Parsed<RouterConfig> {
    this.diagnostics.push(
      diagnose(code, null, message, { mend: 'Save the output of `show running-config` as plain text.' }),
    );
    this.account.diagnosed(this.lines.length);
    return this.finish();
  }

  read(): Parsed<RouterConfig> {
    for (; this.at < this.lines.length; this.at++) this.readLine(this.lines[this.at]!);
    return this.finish();
  }

  private finish(): Parsed<RouterConfig> {
    const device = this.fold.finish();
    const draft = toRouterConfig(device, { file: this.file, excerpt: true, account: this.account.close() });
    return { value: { ...draft, excerpt: isExcerpt(draft, this.markers) }, diagnostics: this.diagnostics };
  }

  private readLine(line: PhysicalLine): void {
    const { text } = line;
    if (line.overlong) {
      this.tell('overlong-line', this.spanOf(line, 0), `the line has ${text.length} characters`);
      this.account.diagnosed();
      return;
    }
    const first = firstNonBlank(text);
    if (first < 0) return this.account.skipped('blank lines');
    if (this.beginsAgain(text)) return this.readNoFurther(line);
    const prompt = first === 0 ? findPrompt(text) : undefined;
    if (prompt) return this.readPrompted(line, prompt);
    if (this.ignoring !== null) return this.account.skipped(this.ignoring);
    if (text.charCodeAt(first) === 33) return this.account.skipped('comments');
    if (isPreamble(text)) return this.account.skipped('preamble');
    const block = openBlock(this.lines, this.at);
    if (block) {
      if (block.closed) this.account.skipped(block.family, block.length + 1);
      else {
        this.tell('unterminated-block', this.spanOf(line, first), 'this block has no end in the text', {
          mend: 'Give the whole text: what follows the opening line was not read.',
        });
        this.account.diagnosed(block.length + 1);
      }
      this.at += block.length;
      return;
    }
    this.readCommand(this.spanOf(line, first), null);
  }

  private beginsAgain(text: string): boolean {
    const starts = startsConfiguration(text);
    return starts === 'version' ? this.markers.version : starts === 'preamble' && this.account.anyModelled;
  }

  /** A second configuration would be entered on top of the first, and double its lists. */
  private readNoFurther(line: PhysicalLine): void {
    this.tell(
      'two-configurations',
      this.spanOf(line, 0),
      'a second configuration begins here; it was not read',
      {
        mend: 'Save each configuration in a file of its own.',
      },
    );
    this.account.diagnosed(this.lines.length - this.at);
    this.at = this.lines.length;
  }

  private readPrompted(
    line: PhysicalLine,
    prompt: { mode: string | null; start: number; scrolled: boolean },
  ): void {
    const { text } = line;
    const span = this.spanOf(line, prompt.start);
    if (prompt.scrolled) {
      this.tell('scrolled-line', span, 'the terminal scrolled: the start of this line is lost');
      return this.account.diagnosed();
    }
    const rest = text.slice(prompt.start).trim();
    if (prompt.mode === null) {
      this.ignoring = rest === '' || showsConfiguration(rest) ? null : 'output of other commands';
      if (rest !== '') this.fold.setMode(GLOBAL_MODE);
      return this.account.skipped('exec commands');
    }
    this.ignoring = null;
    if (rest === '') return this.account.skipped('exec commands');
    if (rest.startsWith('!')) return this.account.skipped('comments');
    this.readCommand(span, prompt.mode);
  }

  private readCommand(span: SourceSpan, prompt: string | null): void {
    const { fold } = this;
    const { mode, version } = fold.device;
    if (prompt !== null && !promptAgrees(prompt, mode))
      this.tell(
        'prompt-mode-mismatch',
        span,
        `the prompt says (${prompt}), but the lines before lead to ${mode.kind} mode`,
      );
    const { command, diagnostics } = parseCommand(span, mode, version, 'file');
    for (const d of diagnostics) this.diagnostics.push(d);
    const next = this.lines[this.at + 1];
    if (isEntry(command) && next !== undefined && !next.overlong && isOrphan(next.text)) {
      this.readWrapped(command, span, next);
      return;
    }
    this.apply(command);
  }

  /** An entry and the orphan behind it: neither can be trusted, and the list keeps a place for them. */
  private readWrapped(command: EntryCommand, span: SourceSpan, orphan: PhysicalLine): void {
    const { entry } = command;
    const action = entry.kind === 'ace' || entry.kind === 'unparsed' ? entry.action : null;
    const mend = 'Join the two lines: the terminal cut one entry in two.';
    this.tell('wrapped-line', span, 'the end of this entry stands on the next line', { mend });
    this.tell(
      'wrapped-line',
      this.spanOf(orphan, firstNonBlank(orphan.text)),
      'this is the end of the entry above',
      {
        mend,
      },
    );
    this.fold.apply({
      ...command,
      entry: { kind: 'unparsed', action, sequence: entry.sequence, reason: 'cut in two by a terminal', span },
    });
    this.account.diagnosed(2);
    this.at++;
  }

  private apply(command: Command): void {
    if (command.kind === 'rejected') {
      if (command.inList && command.span.column === 1 && this.listIsFlat) this.keepPlaceInList(command);
      return this.account.diagnosed();
    }
    const effect = this.fold.apply(command);
    if (effect.kind === 'rejected') {
      const code: CatalogueCode =
        effect.reason === 'kind-conflict'
          ? 'list-kind-conflict'
          : effect.reason === 'duplicate-sequence'
            ? 'duplicate-sequence'
            : effect.reason === 'group-in-use'
              ? 'object-group-in-use'
              : 'rejected-line';
      this.tell(code, command.span, effect.message);
      return this.account.diagnosed();
    }
    this.place(command);
  }

  private listIsFlat = false;

  /** In a text without indentation nothing shows that an unreadable line is outside the list. */
  private keepPlaceInList(command: Extract<Command, { kind: 'rejected' }>): void {
    const { span, message } = command;
    this.fold.apply({
      kind: 'list-entry',
      entry: { kind: 'unparsed', action: null, sequence: null, reason: message, span },
      span,
      next: 'same',
    });
  }

  /** Where the line account puts a command that took effect. */
  private place(command: Command): void {
    const { account, markers } = this;
    switch (command.kind) {
      case 'skipped':
        if (command.family === 'lists of other protocols than IP') this.noteOtherList(command.span);
        return account.skipped(command.family);
      case 'exec':
        return account.skipped('exec commands');
      case 'group-description':
        return account.skipped('descriptions');
      case 'ipv6':
        return this.noteIpv6(command.notice.kind, command.notice.name, command.span);
      case 'list-entry':
        this.listIsFlat = command.span.column === 1;
        return command.entry.kind === 'unparsed' ? account.diagnosed() : account.modelled();
      case 'append-entry':
        return command.entry.kind === 'unparsed' ? account.diagnosed() : account.modelled();
      case 'network-member':
      case 'service-member':
        return command.member.kind === 'unparsed' ? account.diagnosed() : account.modelled();
      case 'time-range-entry':
        return command.entry.kind === 'unparsed' ? account.diagnosed() : account.modelled();
      case 'interface':
        if (command.change.kind === 'ipv6')
          return this.noteIpv6(command.change.notice.kind, command.change.notice.name, command.span);
        return account.modelled();
      case 'global':
        if (command.change.kind === 'version') markers.version = true;
        if (command.change.kind === 'hostname') markers.hostname = true;
        return account.modelled();
      case 'enter-list':
        this.listIsFlat = false;
        return account.modelled();
      case 'move':
        // `exit` in a file ends a mode, never the file.
        if (command.next !== 'same' && command.next.kind === 'exec') {
          this.fold.setMode(GLOBAL_MODE);
          if (/^\s*end\b/i.test(command.span.text.slice(command.span.column - 1))) {
            markers.end = true;
            this.ignoring = 'text after end';
          }
        }
        return account.modelled();
      default:
        return account.modelled();
    }
  }

  private noteIpv6(kind: string, name: string, span: SourceSpan): void {
    const words =
      kind === 'list'
        ? `IPv6 list ${name}`
        : kind === 'binding'
          ? `IPv6 filter ${name}`
          : `IPv6 address ${name}`;
    this.tell('ipv6-not-modelled', span, `${words} is read and named, not evaluated`);
    this.account.diagnosed();
  }

  private noteOtherList(span: SourceSpan): void {
    const number = /\d+/.exec(span.text)?.[0] ?? '';
    if (this.noted.has(number)) return;
    this.noted.add(number);
    this.tell(
      'non-ip-list',
      span,
      `list ${number} filters another protocol than IPv4: its lines are skipped`,
    );
  }

  private tell(
    code: CatalogueCode,
    span: SourceSpan,
    message: string,
    more: Parameters<typeof diagnose>[3] = {},
  ): void {
    this.diagnostics.push(diagnose(code, span, message, more));
  }

  private spanOf(line: PhysicalLine, start: number): SourceSpan {
    const { text } = line;
    let end = text.length;
    while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
    let from = Math.max(0, start);
    while (from < end && isBlank(text.charCodeAt(from))) from++;
    return { file: this.file, line: this.lineNumber(line), column: from + 1, endColumn: end + 1, text };
  }

  private lineNumber(line: PhysicalLine): number {
    return line === this.lines[this.at] ? this.at + 1 : this.at + 2;
  }
}

type EntryCommand = Extract<Command, { kind: 'append-entry' | 'list-entry' }>;

const isEntry = (command: Command): command is EntryCommand =>
  (command.kind === 'append-entry' || command.kind === 'list-entry') &&
  (command.entry.kind === 'ace' || command.entry.kind === 'unparsed');

const isBlank = (c: number): boolean => c === 32 || c === 9;

function firstNonBlank(text: string): number {
  for (let i = 0; i < text.length; i++) if (!isBlank(text.charCodeAt(i))) return i;
  return -1;
}
