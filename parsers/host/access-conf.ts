import type { Diagnostic, Parsed } from '../../src/diagnostics/diagnostic.ts';
import type { AccessList, AccessRule } from '../../src/model/host.ts';
import { type HostFile, joinedLines, unread } from './host-file.ts';

function readList(text: string): AccessList {
  const groups: string[][] = [[]];
  for (const token of text.split(/[\s,]+/).filter((t) => t !== '')) {
    if (token.toUpperCase() === 'EXCEPT') groups.push([]);
    else groups.at(-1)!.push(token);
  }
  return groups.reduceRight<AccessList | null>((except, tokens) => ({ tokens, except }), null)!;
}

/**
 * access.conf: `permission : users : origins`, `+` or `-`. Only the first two colons part fields, so that
 * IPv6 addresses can stand among the origins.
 */
export function parseAccessConf(file: HostFile): Parsed<readonly AccessRule[]> {
  const value: AccessRule[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const { raw, line } of joinedLines(file)) {
    const text = raw.trim();
    if (text === '' || text.startsWith('#')) continue;
    const m = /^([^:]*):([^:]*):(.*)$/s.exec(text);
    const permission = m?.[1]?.trim();
    if (!m || (permission !== '+' && permission !== '-') || m[2]!.trim() === '' || m[3]!.trim() === '') {
      diagnostics.push(unread(line, 'not "+ or - : users : origins"; pam_access passes over it'));
      continue;
    }
    value.push({ grant: permission === '+', users: readList(m[2]!), origins: readList(m[3]!), line });
  }
  return { value, diagnostics };
}
