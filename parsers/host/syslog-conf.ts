import type { Diagnostic, Parsed } from '../../src/diagnostics/diagnostic.ts';
import type { SyslogAction, SyslogConfig, SyslogFilter, SyslogRule } from '../../src/model/host.ts';
import { type HostFile, joinedLines, unread } from './host-file.ts';
import { parseSelectors } from './syslog-selector.ts';

/** The action of an old-style rule; null when it is not one. */
export function parseSyslogAction(text: string): SyslogAction | null {
  if (text.startsWith('@')) {
    const m = /^(@{1,2})(?:\([^)]*\))?(\[[^\]]+\]|[^:;\s]+)(?::(\d+))?(?:;\S+)?$/.exec(text);
    if (!m) return null;
    return {
      kind: 'remote',
      host: m[2]!.replace(/^\[|\]$/g, ''),
      port: Number(m[3] ?? 514),
      transport: m[1] === '@@' ? 'tcp' : 'udp',
    };
  }
  if (/^-?\//.test(text)) return { kind: 'file', path: text.replace(/^-/, '').replace(/;.*$/, '') };
  if (/^[|^]/.test(text)) return { kind: 'program', command: text };
  if (text === '~' || text === 'stop') return { kind: 'discard' };
  if (/^(\*|[\w.-]+(,[\w.-]+)*)$/.test(text)) return { kind: 'users', users: text };
  return null;
}

/** syslog.conf of sysklogd and the BSD daemons: every rule is tried for every message. */
export function parseSyslogConf(file: HostFile): Parsed<SyslogConfig> {
  const rules: SyslogRule[] = [];
  const diagnostics: Diagnostic[] = [];
  /** `!program` and `+host` blocks narrow all rules after them, until `!*` or `+*`. */
  let block: string | null = null;
  for (const { raw, line } of joinedLines(file)) {
    const text = raw.trim();
    const opened = /^([!+-])(\S+)$/.exec(text);
    if (opened) {
      block = opened[2] === '*' ? null : text;
      continue;
    }
    if (text === '' || text.startsWith('#')) continue;
    const m = /^(\S+)\s+(.+)$/.exec(text);
    const selectors = m ? parseSelectors(m[1]!) : 'no action';
    const action = m ? parseSyslogAction(m[2]!.trim()) : null;
    if (typeof selectors === 'string' || action === null) {
      diagnostics.push(unread(line, typeof selectors === 'string' ? selectors : `"${m?.[2]}" is no action`));
      continue;
    }
    const filter: SyslogFilter =
      block === null
        ? { kind: 'selectors', selectors }
        : { kind: 'unmodelled', why: `stands in the block ${block}` };
    rules.push({ filter, action, line });
  }
  return { value: { dialect: 'syslogd', rules, kernelInput: null }, diagnostics };
}
