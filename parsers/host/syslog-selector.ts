import { SYSLOG_PRIORITIES, type SyslogPriority, type SyslogSelector } from '../../src/model/host.ts';

const PRIORITY_NAMES: Readonly<Record<string, SyslogPriority>> = {
  emerg: 'emerg',
  panic: 'emerg',
  alert: 'alert',
  crit: 'crit',
  err: 'err',
  error: 'err',
  warning: 'warning',
  warn: 'warning',
  notice: 'notice',
  info: 'info',
  debug: 'debug',
};

const FACILITIES = new Set(
  (
    'kern user mail daemon auth syslog lpr news uucp cron authpriv ftp ntp audit security mark console ' +
    'local0 local1 local2 local3 local4 local5 local6 local7'
  ).split(' '),
);

/** `*.info;mail.none,cron.none`; a string says what is wrong with it. */
export function parseSelectors(text: string): readonly SyslogSelector[] | string {
  const selectors: SyslogSelector[] = [];
  for (const field of text.split(';')) {
    if (field === '') continue;
    const dot = field.lastIndexOf('.');
    if (dot <= 0) return `"${field}" has no facility.priority`;
    const named = field.slice(0, dot).toLowerCase().split(',');
    // The old name of one and the same facility (syslog.h).
    const facilities = named.map((f) => (f === 'security' ? 'auth' : f));
    const m = /^(!?)(=?)(.+)$/.exec(field.slice(dot + 1).toLowerCase());
    if (!m) return `"${field}" has no priority`;
    const name = m[3]!;
    const priority =
      name === '*' || name === 'none'
        ? name
        : (PRIORITY_NAMES[name] ?? SYSLOG_PRIORITIES[/^[0-7]$/.test(name) ? Number(name) : -1]);
    if (priority === undefined) return `"${name}" is no priority`;
    const strange = facilities.find((f) => f !== '*' && !FACILITIES.has(f));
    if (strange !== undefined) return `"${strange}" is no facility`;
    selectors.push({ facilities, priority, exact: m[2] === '=', negated: m[1] === '!' });
  }
  return selectors.length > 0 ? selectors : 'no selector';
}
