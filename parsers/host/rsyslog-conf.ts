import type { Diagnostic, Parsed } from '../../src/diagnostics/diagnostic.ts';
import type { ConfigLine } from '../../src/diagnostics/source-span.ts';
import type { SyslogAction, SyslogConfig, SyslogFilter, SyslogRule } from '../../src/model/host.ts';
import { type FindFiles, type HostFile, linesOf, MAX_INCLUDED, unread } from './host-file.ts';
import { RsyslogText } from './rsyslog-text.ts';
import { parseSyslogAction } from './syslog-conf.ts';
import { parseSelectors } from './syslog-selector.ts';

const EVERYTHING: SyslogFilter = {
  kind: 'selectors',
  selectors: [{ facilities: ['*'], priority: '*', exact: false, negated: false }],
};
const MAX_DEPTH = 20;
const DEFAULT_RULESET = 'RSYSLOG_DefaultRuleset';
/** Rules kept: rulesets that call one another could make more of them than there are lines. */
const MAX_RULES = 10_000;
const OBJECT =
  /(module|input|action|template|global|include|main_queue|parser|lookup_table|timezone|dyn_stats|ruleset)\s*\(/;
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

/** What the statements read so far have made; rules stand in the ruleset that was current where they stood. */
class RsyslogReading {
  readonly diagnostics: Diagnostic[] = [];
  kernelInput: ConfigLine | null = null;
  included = 0;
  private readonly find: FindFiles;
  private readonly rulesets = new Map<string, Step[]>([[DEFAULT_RULESET, []]]);
  private current = DEFAULT_RULESET;
  /** The filter that `&` repeats. */
  private previous: SyslogFilter = EVERYTHING;

  constructor(find: FindFiles) {
    this.find = find;
  }

  /** Up to the end of the text or of the block that it stands in. */
  readStatements(text: RsyslogText, outer: SyslogFilter | null, depth: number): void {
    for (;;) {
      text.skipBlanks();
      if (text.take(/;/)) continue;
      if (text.ended || text.take(/\}/)) return;
      const line = text.line();
      this.readStatement(text, outer, depth);
      if (text.unclosed) {
        text.unclosed = false;
        this.diagnostics.push(
          unread(line, 'something opened here is never closed; what follows is not read'),
        );
        this.leaveOpen(line);
      }
    }
  }

  /** What was not read may have sent or stopped anything. */
  leaveOpen(line: ConfigLine): void {
    const filter: SyslogFilter = { kind: 'unmodelled', why: 'a part of the configuration could not be read' };
    const elsewhere: SyslogAction = { kind: 'remote', host: 'unknown', port: 514, transport: 'udp' };
    this.add(DEFAULT_RULESET, { kind: 'rule', rule: { filter, action: { kind: 'discard' }, line } });
    this.add(DEFAULT_RULESET, { kind: 'rule', rule: { filter, action: elsewhere, line } });
  }

  /** The rules that a message meets, called rulesets in their places. */
  rules(): readonly SyslogRule[] {
    const rules: SyslogRule[] = [];
    const flatten = (ruleset: string, filter: SyslogFilter | null, seen: readonly string[]): void => {
      for (const step of this.rulesets.get(ruleset) ?? []) {
        if (step.kind === 'call') {
          if (!seen.includes(step.ruleset)) {
            flatten(step.ruleset, within(filter, step.filter), [...seen, step.ruleset]);
          }
        } else if (rules.length < MAX_RULES) {
          rules.push(
            filter === null ? step.rule : { ...step.rule, filter: within(filter, step.rule.filter) },
          );
        }
      }
    };
    flatten(DEFAULT_RULESET, null, [DEFAULT_RULESET]);
    return rules;
  }

  private add(ruleset: string, step: Step): void {
    const steps = this.rulesets.get(ruleset) ?? [];
    steps.push(step);
    this.rulesets.set(ruleset, steps);
  }

  private addRule(rule: SyslogRule): void {
    this.add(this.current, { kind: 'rule', rule });
  }

  private include(pattern: string, outer: SyslogFilter | null, depth: number): void {
    if (depth >= MAX_DEPTH) return;
    for (const found of this.find(pattern)) {
      if (++this.included <= MAX_INCLUDED) this.readStatements(new RsyslogText(found), outer, depth + 1);
    }
  }

  private noteModule(name: string, line: ConfigLine): void {
    if (KERNEL_MODULES.has(name.replace(/\.so$/, ''))) this.kernelInput ??= line;
  }

  private readStatement(text: RsyslogText, outer: SyslogFilter | null, depth: number): void {
    const line = text.line();
    if (depth > 100) {
      this.diagnostics.push(unread(line, 'blocks are nested more than 100 deep'));
      text.restOfLine();
      return;
    }
    const object = text.take(OBJECT);
    if (object) {
      this.readObject(object[1]!, text, outer, line, depth);
      return;
    }
    if (text.take(/if\b/)) {
      this.readCondition(text, outer, depth);
      return;
    }
    const call = text.take(/call\s+([\w.-]+)/);
    if (call) {
      this.add(this.current, { kind: 'call', ruleset: call[1]!, filter: outer ?? EVERYTHING, line });
    } else if (text.take(/(stop|~)(?=[\s};]|$)/)) {
      this.addRule({ filter: outer ?? EVERYTHING, action: { kind: 'discard' }, line });
    } else if (text.take(/(set|unset|reset|foreach|continue)\b/)) {
      text.restOfLine();
    } else if (text.peek() === '$') {
      this.readDirective(text.restOfLine(), line, outer, depth);
    } else if (text.take(/&/)) {
      this.readAction(text, this.previous, line, depth);
    } else if (text.peek() === ':') {
      const property = text.take(/:[^,\n]+,[^"\n]*(?:"(?:[^"\\\n]|\\.)*")?/);
      this.previous = { kind: 'unmodelled', why: `the property filter ${property?.[0].slice(0, 80) ?? ''}` };
      this.readAction(text, this.previous, line, depth);
    } else if (outer !== null && /^([@/|^~]|-\/|stop\b)/.test(text.preview())) {
      // Inside a block or after "then" an action may stand alone; a brace ends it.
      const action = parseSyslogAction((text.take(/[^\n}]+/)?.[0] ?? '').replace(/\s+#.*$/, '').trim());
      if (action === null) this.diagnostics.push(unread(line, 'not an action'));
      else this.addRule({ filter: outer, action, line });
    } else this.readSelectorLine(text, outer, line, depth);
  }

  /** `kind(name="value" …)`, whose opening parenthesis is taken. */
  private readObject(
    kind: string,
    text: RsyslogText,
    outer: SyslogFilter | null,
    line: ConfigLine,
    depth: number,
  ): void {
    const parameters = parametersOf(text.untilClosed());
    if (kind === 'module') this.noteModule(parameters.get('load') ?? '', line);
    else if (kind === 'include') this.include(parameters.get('file') ?? '', outer, depth);
    else if (kind === 'action') {
      this.addRule({ filter: outer ?? EVERYTHING, action: actionOfObject(parameters), line });
    } else if (kind === 'ruleset') {
      const before = this.current;
      this.current = parameters.get('name') ?? 'nameless';
      this.readBody(text, EVERYTHING, depth);
      this.current = before;
    } else if (kind === 'template') {
      text.skipBlanks();
      if (text.take(/\{/)) text.skipBlock();
    }
  }

  /** `if … then … else …`, whose first word is taken. */
  private readCondition(text: RsyslogText, outer: SyslogFilter | null, depth: number): void {
    const expression = text.untilThen();
    if (expression === null) return;
    this.readBody(text, within(outer, filterOfExpression(expression)), depth + 1);
    text.skipBlanks();
    if (text.take(/else\b/)) {
      this.readBody(text, { kind: 'unmodelled', why: 'the else of a condition' }, depth + 1);
    }
  }

  private readDirective(written: string, line: ConfigLine, outer: SyslogFilter | null, depth: number): void {
    const m = /^\$(\w+)\s*(.*)$/.exec(written.trim());
    const name = m?.[1]?.toLowerCase();
    const value = m?.[2]?.replace(/\s+#.*$/, '').trim() ?? '';
    if (name === 'includeconfig') this.include(value, outer, depth);
    else if (name === 'modload') this.noteModule(value, line);
    else if (name === 'ruleset') this.current = value;
  }

  /** One statement or a block under a filter. */
  private readBody(text: RsyslogText, filter: SyslogFilter, depth: number): void {
    text.skipBlanks();
    if (text.take(/\{/)) this.readStatements(text, filter, depth + 1);
    else this.readStatement(text, filter, depth);
  }

  /** `mail.*;cron.info ACTION`, as syslogd has it. */
  private readSelectorLine(
    text: RsyslogText,
    outer: SyslogFilter | null,
    line: ConfigLine,
    depth: number,
  ): void {
    const selector = text.take(/(?:[^\s\\]|\\\n\s*)+(?=[ \t])/);
    const selectors = selector ? parseSelectors(selector[0].replace(/\\\n\s*/g, '')) : 'not understood';
    if (typeof selectors === 'string') {
      this.diagnostics.push(unread(line, `not understood: ${selectors}`));
      text.restOfLine();
      return;
    }
    this.previous = within(outer, { kind: 'selectors', selectors });
    this.readAction(text, this.previous, line, depth);
  }

  private readAction(text: RsyslogText, filter: SyslogFilter, line: ConfigLine, depth: number): void {
    text.take(/[ \t]+/);
    if (text.peek() === '{') {
      this.readBody(text, filter, depth);
      return;
    }
    if (text.take(/action\s*\(/)) {
      this.addRule({ filter, action: actionOfObject(parametersOf(text.untilClosed())), line });
      return;
    }
    const written = text
      .restOfLine()
      .replace(/\s+#.*$/, '')
      .trim();
    const action = parseSyslogAction(written);
    if (action !== null) this.addRule({ filter, action, line });
    else if (written.startsWith(':om')) {
      this.addRule({ filter, action: { kind: 'program', command: written }, line });
    } else this.diagnostics.push(unread(line, `"${written.slice(0, 80)}" is no action`));
  }
}

/**
 * rsyslog.conf in both of its languages, includes in place. Rules run in order; `stop` ends the way of what it
 * matches. Conditions beyond facility and priority are kept as "may match".
 */
export function parseRsyslogConf(main: HostFile, find: FindFiles): Parsed<SyslogConfig> {
  const reading = new RsyslogReading(find);
  reading.readStatements(new RsyslogText(main), null, 0);
  const { diagnostics, kernelInput, included } = reading;
  const [first] = linesOf(main);
  if (included > MAX_INCLUDED && first !== undefined) {
    diagnostics.push(
      unread(first.line, `more than ${MAX_INCLUDED} files are included; the rest is not read`),
    );
    reading.leaveOpen(first.line);
  }
  return { value: { dialect: 'rsyslog', rules: reading.rules(), kernelInput }, diagnostics };
}
