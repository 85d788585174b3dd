import type { Diagnostic, Parsed } from '../../src/diagnostics/diagnostic.ts';
import type { ConfigLine } from '../../src/diagnostics/source-span.ts';
import type { SyslogAction, SyslogConfig, SyslogFilter, SyslogRule } from '../../src/model/host.ts';
import { type FindFiles, type HostFile, linesOf, MAX_INCLUDED, unread } from './host-file.ts';
import { parseSyslogAction } from './syslog-conf.ts';
import { parseSelectors } from './syslog-selector.ts';

const EVERYTHING: SyslogFilter = {
  kind: 'selectors',
  selectors: [{ facilities: ['*'], priority: '*', exact: false, negated: false }],
};
const MAX_DEPTH = 20;
const DEFAULT_RULESET = 'RSYSLOG_DefaultRuleset';
const KERNEL_MODULES = new Set(['imklog', 'imkmsg', 'imjournal']);

type Step =
  | { readonly kind: 'rule'; readonly rule: SyslogRule }
  | {
      readonly kind: 'call';
      readonly ruleset: string;
      readonly filter: SyslogFilter;
      readonly line: ConfigLine;
    };

/** Inside another condition both must hold, which the one filter of a rule cannot say. */
function within(outer: SyslogFilter | null, inner: SyslogFilter): SyslogFilter {
  if (outer === null || outer === EVERYTHING) return inner;
  if (inner === EVERYTHING) return outer;
  return { kind: 'unmodelled', why: 'two conditions, one inside the other' };
}

/** `prifilt("mail.*")` and `$syslogfacility-text == 'mail'` say the same as a selector. */
function filterOfExpression(expression: string): SyslogFilter {
  const text = expression
    .trim()
    .replace(/^\((.*)\)$/s, '$1')
    .trim();
  const prifilt = /^prifilt\(\s*["']([^"']+)["']\s*\)$/.exec(text)?.[1];
  const facility = /^\$syslogfacility-text\s*==\s*["']([\w*]+)["']$/.exec(text)?.[1];
  const written = prifilt ?? (facility === undefined ? undefined : `${facility}.*`);
  const selectors = written === undefined ? null : parseSelectors(written);
  if (selectors !== null && typeof selectors !== 'string') return { kind: 'selectors', selectors };
  return { kind: 'unmodelled', why: `the condition ${text.slice(0, 80)}` };
}

/** `name="value"` pairs of an object. */
function parametersOf(text: string): ReadonlyMap<string, string> {
  const out = new Map<string, string>();
  for (const m of text.matchAll(/([\w.]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|\[\s*"([^"]*)")/g)) {
    out.set(m[1]!.toLowerCase(), m[2] ?? m[3] ?? m[4] ?? '');
  }
  return out;
}

function actionOfObject(parameters: ReadonlyMap<string, string>): SyslogAction {
  const type = parameters.get('type') ?? '';
  const target = parameters.get('target');
  if ((type === 'omfwd' || type === 'omrelp') && target !== undefined) {
    const tcp = (parameters.get('protocol') ?? 'udp').toLowerCase() === 'tcp';
    return {
      kind: 'remote',
      host: target,
      port: Number(parameters.get('port') ?? 514) || 514,
      transport: type === 'omrelp' ? 'relp' : tcp ? 'tcp' : 'udp',
    };
  }
  if (type === 'omfile')
    return { kind: 'file', path: parameters.get('file') ?? parameters.get('dynafile') ?? '' };
  if (type === 'omusrmsg') return { kind: 'users', users: parameters.get('users') ?? '*' };
  return { kind: 'program', command: type };
}

class Reader {
  private readonly text: string;
  private readonly lines: ReturnType<typeof linesOf>;
  private readonly starts: readonly number[];
  private at = 0;
  /** A bracket, brace or condition reached to the end of the file. */
  unclosed = false;

  constructor(file: HostFile) {
    this.lines = linesOf(file);
    this.text = `${this.lines.map((l) => l.raw).join('\n')}\n`;
    let sum = 0;
    this.starts = this.lines.map((l) => {
      const start = sum;
      sum += l.raw.length + 1;
      return start;
    });
  }

  get ended(): boolean {
    return this.at >= this.text.length;
  }

  line(): ConfigLine {
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.starts[middle]! <= this.at) low = middle;
      else high = middle - 1;
    }
    return this.lines[low]!.line;
  }

  skipBlanks(): void {
    for (;;) {
      while (/\s/.test(this.text[this.at] ?? '')) this.at++;
      if (this.text[this.at] === '#') this.restOfLine();
      else if (this.text.startsWith('/*', this.at)) {
        const end = this.text.indexOf('*/', this.at + 2);
        this.at = end < 0 ? this.text.length : end + 2;
      } else return;
    }
  }

  peek(): string {
    return this.text[this.at] ?? '';
  }

  take(pattern: RegExp): RegExpExecArray | null {
    const sticky = new RegExp(pattern.source, 'y');
    sticky.lastIndex = this.at;
    const m = sticky.exec(this.text);
    if (m) this.at += m[0].length;
    return m;
  }

  preview(): string {
    return this.text.slice(this.at, this.at + 20);
  }

  /** After an opening brace: past its partner, quotes apart. */
  skipBlock(): void {
    for (let depth = 1; this.at < this.text.length; this.at++) {
      const c = this.text[this.at]!;
      if (c === '"' || c === "'") this.skipQuoted(c);
      else if (c === '{') depth++;
      else if (c === '}' && --depth === 0) {
        this.at++;
        return;
      }
    }
    this.unclosed = true;
  }

  /** To the end of the line, over closing backslashes. */
  restOfLine(): string {
    let out = '';
    for (;;) {
      const end = this.text.indexOf('\n', this.at);
      const piece = this.text.slice(this.at, end < 0 ? this.text.length : end);
      this.at = end < 0 ? this.text.length : end + 1;
      if (!piece.endsWith('\\') || this.ended) return out + piece;
      out += piece.slice(0, -1);
    }
  }

  /** After the opening parenthesis: up to its partner, quotes apart. */
  untilClosed(): string {
    const start = this.at;
    for (let depth = 1; this.at < this.text.length; this.at++) {
      const c = this.text[this.at]!;
      if (c === '"' || c === "'") this.skipQuoted(c);
      else if (c === '(') depth++;
      else if (c === ')' && --depth === 0) return this.text.slice(start, this.at++);
    }
    this.unclosed = true;
    return this.text.slice(start);
  }

  /** Up to the word `then`, quotes apart; null when it never comes. */
  untilThen(): string | null {
    const start = this.at;
    for (; this.at < this.text.length; this.at++) {
      const c = this.text[this.at]!;
      if (c === '"' || c === "'") this.skipQuoted(c);
      else if (
        c === 't' &&
        /^\bthen\b/.test(this.text.slice(this.at, this.at + 5)) &&
        /[\s)]/.test(this.text[this.at - 1]!)
      ) {
        const expression = this.text.slice(start, this.at);
        this.at += 4;
        return expression;
      }
    }
    this.unclosed = true;
    return null;
  }

  private skipQuoted(quote: string): void {
    for (this.at++; this.at < this.text.length && this.text[this.at] !== quote; this.at++) {
      if (this.text[this.at] === '\\') this.at++;
    }
  }
}

/**
 * rsyslog.conf in both of its languages, includes in place. Rules run in order; `stop` ends the way of what it
 * matches. Conditions beyond facility and priority are kept as "may match".
 */
export function parseRsyslogConf(main: HostFile, find: FindFiles): Parsed<SyslogConfig> {
  const diagnostics: Diagnostic[] = [];
  let included = 0;
  const rulesets = new Map<string, Step[]>([[DEFAULT_RULESET, []]]);
  let kernelInput: ConfigLine | null = null;
  let current = DEFAULT_RULESET;

  const add = (ruleset: string, step: Step): void => {
    const steps = rulesets.get(ruleset) ?? [];
    steps.push(step);
    rulesets.set(ruleset, steps);
  };

  const include = (pattern: string, outer: SyslogFilter | null, depth: number): void => {
    if (depth >= MAX_DEPTH) return;
    for (const found of find(pattern)) {
      if (++included <= MAX_INCLUDED) readStatements(new Reader(found), outer, depth + 1);
    }
  };

  const noteModule = (name: string, line: ConfigLine): void => {
    if (KERNEL_MODULES.has(name.replace(/\.so$/, ''))) kernelInput ??= line;
  };

  const readDirective = (text: string, line: ConfigLine, outer: SyslogFilter | null, depth: number): void => {
    const m = /^\$(\w+)\s*(.*)$/.exec(text.trim());
    const name = m?.[1]?.toLowerCase();
    const value = m?.[2]?.replace(/\s+#.*$/, '').trim() ?? '';
    if (name === 'includeconfig') include(value, outer, depth);
    else if (name === 'modload') noteModule(value, line);
    else if (name === 'ruleset') current = value;
  };

  /** One statement or a block under a filter; true when something was read. */
  const readBody = (reader: Reader, filter: SyslogFilter, depth: number): void => {
    reader.skipBlanks();
    if (reader.take(/\{/)) readStatements(reader, filter, depth + 1);
    else readStatement(reader, filter, depth);
  };

  const readAction = (reader: Reader, filter: SyslogFilter, line: ConfigLine, depth: number): void => {
    reader.take(/[ \t]+/);
    if (reader.peek() === '{') {
      readBody(reader, filter, depth);
      return;
    }
    if (reader.take(/action\s*\(/)) {
      add(current, {
        kind: 'rule',
        rule: { filter, action: actionOfObject(parametersOf(reader.untilClosed())), line },
      });
      return;
    }
    const text = reader
      .restOfLine()
      .replace(/\s+#.*$/, '')
      .trim();
    const action = parseSyslogAction(text);
    if (action !== null) add(current, { kind: 'rule', rule: { filter, action, line } });
    else if (text.startsWith(':om')) {
      add(current, { kind: 'rule', rule: { filter, action: { kind: 'program', command: text }, line } });
    } else diagnostics.push(unread(line, `"${text.slice(0, 80)}" is no action`));
  };

  let previous: SyslogFilter = EVERYTHING;

  const readStatement = (reader: Reader, outer: SyslogFilter | null, depth: number): void => {
    const line = reader.line();
    if (depth > 100) {
      diagnostics.push(unread(line, 'blocks are nested more than 100 deep'));
      reader.restOfLine();
      return;
    }
    const object = reader.take(
      /(module|input|action|template|global|include|main_queue|parser|lookup_table|timezone|dyn_stats|ruleset)\s*\(/,
    );
    if (object) {
      const parameters = parametersOf(reader.untilClosed());
      const kind = object[1]!;
      if (kind === 'module') noteModule(parameters.get('load') ?? '', line);
      else if (kind === 'include') include(parameters.get('file') ?? '', outer, depth);
      else if (kind === 'action') {
        add(current, {
          kind: 'rule',
          rule: { filter: outer ?? EVERYTHING, action: actionOfObject(parameters), line },
        });
      } else if (kind === 'ruleset') {
        const before = current;
        current = parameters.get('name') ?? 'nameless';
        readBody(reader, EVERYTHING, depth);
        current = before;
      } else if (kind === 'template') {
        reader.skipBlanks();
        if (reader.take(/\{/)) reader.skipBlock();
      }
      return;
    }
    if (reader.take(/if\b/)) {
      const expression = reader.untilThen();
      if (expression === null) {
        return;
      }
      const filter = within(outer, filterOfExpression(expression));
      readBody(reader, filter, depth + 1);
      reader.skipBlanks();
      if (reader.take(/else\b/)) {
        readBody(reader, { kind: 'unmodelled', why: 'the else of a condition' }, depth + 1);
      }
      return;
    }
    const call = reader.take(/call\s+([\w.-]+)/);
    if (call) {
      add(current, { kind: 'call', ruleset: call[1]!, filter: outer ?? EVERYTHING, line });
      return;
    }
    if (reader.take(/(stop|~)(?=[\s};]|$)/)) {
      add(current, {
        kind: 'rule',
        rule: { filter: outer ?? EVERYTHING, action: { kind: 'discard' }, line },
      });
      return;
    }
    if (reader.take(/(set|unset|reset|foreach|continue)\b/)) {
      reader.restOfLine();
      return;
    }
    if (reader.peek() === '$') {
      readDirective(reader.restOfLine(), line, outer, depth);
      return;
    }
    if (reader.take(/&/)) {
      readAction(reader, previous, line, depth);
      return;
    }
    if (reader.peek() === ':') {
      const property = reader.take(/:[^,\n]+,[^"\n]*(?:"(?:[^"\\\n]|\\.)*")?/);
      previous = { kind: 'unmodelled', why: `the property filter ${property?.[0].slice(0, 80) ?? ''}` };
      readAction(reader, previous, line, depth);
      return;
    }
    // Inside a block or after "then" an action may stand alone; a brace ends it.
    if (outer !== null && /^([@/|^~]|-\/|stop\b)/.test(reader.preview())) {
      const action = parseSyslogAction((reader.take(/[^\n}]+/)?.[0] ?? '').replace(/\s+#.*$/, '').trim());
      if (action === null) diagnostics.push(unread(line, 'not an action'));
      else add(current, { kind: 'rule', rule: { filter: outer, action, line } });
      return;
    }
    const selector = reader.take(/(?:[^\s\\]|\\\n\s*)+(?=[ \t])/);
    const selectors = selector ? parseSelectors(selector[0].replace(/\\\n\s*/g, '')) : 'not understood';
    if (typeof selectors === 'string') {
      diagnostics.push(unread(line, `not understood: ${selectors}`));
      reader.restOfLine();
      // Whatever it says may send or discard anything.
      return;
    }
    previous = within(outer, { kind: 'selectors', selectors });
    readAction(reader, previous, line, depth);
  };

  /** What was not read may have sent or stopped anything. */
  function leaveOpen(line: ConfigLine): void {
    const filter: SyslogFilter = { kind: 'unmodelled', why: 'a part of the configuration could not be read' };
    const elsewhere: SyslogAction = { kind: 'remote', host: 'unknown', port: 514, transport: 'udp' };
    add(DEFAULT_RULESET, { kind: 'rule', rule: { filter, action: { kind: 'discard' }, line } });
    add(DEFAULT_RULESET, { kind: 'rule', rule: { filter, action: elsewhere, line } });
  }

  function readStatements(reader: Reader, outer: SyslogFilter | null, depth: number): void {
    for (;;) {
      reader.skipBlanks();
      if (reader.take(/;/)) continue;
      if (reader.ended || reader.take(/\}/)) return;
      const line = reader.line();
      readStatement(reader, outer, depth);
      if (reader.unclosed) {
        reader.unclosed = false;
        diagnostics.push(unread(line, 'something opened here is never closed; what follows is not read'));
        leaveOpen(line);
      }
    }
  }

  readStatements(new Reader(main), null, 0);
  const [first] = linesOf(main);
  if (included > MAX_INCLUDED && first !== undefined) {
    diagnostics.push(
      unread(first.line, `more than ${MAX_INCLUDED} files are included; the rest is not read`),
    );
    leaveOpen(first.line);
  }

  const rules: SyslogRule[] = [];
  const flatten = (ruleset: string, filter: SyslogFilter | null, seen: readonly string[]): void => {
    for (const step of rulesets.get(ruleset) ?? []) {
      if (step.kind === 'call') {
        if (!seen.includes(step.ruleset)) {
          flatten(step.ruleset, within(filter, step.filter), [...seen, step.ruleset]);
        }
      } else if (rules.length < 10_000) {
        rules.push(filter === null ? step.rule : { ...step.rule, filter: within(filter, step.rule.filter) });
      }
    }
  };
  flatten(DEFAULT_RULESET, null, [DEFAULT_RULESET]);
  return { value: { dialect: 'rsyslog', rules, kernelInput }, diagnostics };
}
