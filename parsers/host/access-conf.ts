import type { Diagnostic, Parsed } from '../../src/diagnostics/diagnostic.ts';
import type { AccessList, AccessRule } from '../../src/model/host.ts';
import { type HostFile, linesOf, unread } from './host-file.ts';

function readList(text: string): AccessList {
  const groups: string[][] = [[]];
  for (const token of text.split(/[\s,]+/).filter((t) => t !== '')) {
    if (token.toUpperCase() === 'EXCEPT') groups.push([]);
    else groups.at(-1)!.push(token);
  }
  return groups.reduceRight<AccessList | null>((except, tokens) => ({ tokens, except }), null)!;
}

/**
 * access.conf: `permission : users : origins`, `+` or `-`, the first character of its line; no line goes on in the
 * next. Only the first two colons part fields, so that IPv6 addresses can stand among the origins.
 */
export function parseAccessConf(file: HostFile): Parsed<readonly AccessRule[]> {
  const value: AccessRule[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const { raw, line } of linesOf(file)) {
    const text = raw.trim();
    if (text === '' || text.startsWith('#')) continue;
    const m = /^([^:]*):([^:]*):(.*)$/.exec(raw);
    const permission = m?.[1]?.trimEnd();
    if (!m || (permission !== '+' && permission !== '-') || m[2]!.trim() === '' || m[3]!.trim() === '') {
      diagnostics.push(
        unread(line, 'not "+ or - : users : origins", the sign in front; pam_access passes over it'),
      );
      continue;
    }
    value.push({ grant: permission === '+', users: readList(m[2]!), origins: readList(m[3]!), line });
  }
  return { value, diagnostics };
}
