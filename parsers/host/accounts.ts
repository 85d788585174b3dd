import type { Diagnostic, Parsed } from '../../src/diagnostics/diagnostic.ts';
import type { Account, Group, PasswordField, ShadowEntry } from '../../src/model/host.ts';
import { type HostFile, linesOf, unread } from './host-file.ts';

/** What a password field says, without keeping it. `x` and the BSDs' `*` in passwd point to the other file. */
function readPasswordField(field: string, file: 'passwd' | 'shadow'): PasswordField {
  if (field === '') return 'empty';
  if (file === 'passwd' && field === 'x') return 'shadowed';
  if (/^[!*]/.test(field) || field === 'x' || field === 'NP' || field === '*LK*') return 'locked';
  // `MASKED` is what the collector leaves of a hash, `$6$MASKED` of one whose kind it can name.
  if (/^(\$[\w-]+\$|_)?MASKED$/.test(field) || /^\$|^_/.test(field) || /^[./0-9A-Za-z]{13}$/.test(field))
    return 'hash';
  return 'unknown';
}

export function parsePasswd(file: HostFile): Parsed<readonly Account[]> {
  const value: Account[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const { raw, line } of linesOf(file)) {
    if (/^\s*(#|$)/.test(raw)) continue;
    const [name, password, uid, gid, , home, shell] = raw.split(':');
    if (/^[+-]/.test(raw)) {
      diagnostics.push(
        unread(line, 'accounts come from a directory service too, which this list does not show'),
      );
      continue;
    }
    if (
      !name ||
      password === undefined ||
      shell === undefined ||
      !/^\d+$/.test(uid ?? '') ||
      !/^\d+$/.test(gid ?? '')
    ) {
      diagnostics.push(unread(line, 'not the seven fields of an account'));
      continue;
    }
    value.push({
      name,
      password: readPasswordField(password, 'passwd'),
      uid: Number(uid),
      gid: Number(gid),
      home: home ?? '',
      shell: shell.trim(),
      line:
        password === '' || password === 'x' ? line : { ...line, text: raw.replace(/^([^:]*:)[^:]*/, '$1…') },
    });
  }
  return { value, diagnostics };
}

export function parseShadow(file: HostFile): Parsed<readonly ShadowEntry[]> {
  const value: ShadowEntry[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const { raw, line } of linesOf(file)) {
    if (/^\s*(#|$)/.test(raw)) continue;
    const [name, password] = raw.split(':');
    // A line shown anywhere must not carry what a careless copy left unmasked.
    const shown = { ...line, text: raw.replace(/^([^:]*:)[^:]+/, '$1…') };
    if (!name || password === undefined) {
      diagnostics.push(unread({ ...line, text: '' }, 'not the fields of a shadow entry'));
      continue;
    }
    value.push({ name, password: readPasswordField(password, 'shadow'), line: shown });
  }
  return { value, diagnostics };
}

export function parseGroups(file: HostFile): readonly Group[] {
  const groups: Group[] = [];
  for (const { raw } of linesOf(file)) {
    const [name, , gid, members] = raw.split(':');
    if (!name || name.startsWith('#') || !/^\d+$/.test(gid ?? '')) continue;
    groups.push({ name, gid: Number(gid), members: (members ?? '').split(',').filter((m) => m !== '') });
  }
  return groups;
}

export const parseShells = (file: HostFile): readonly string[] =>
  linesOf(file)
    .map(({ raw }) => raw.replace(/#.*/, '').trim())
    .filter((shell) => shell.startsWith('/'));

/** UID_MIN of login.defs; null when the file does not set it. */
export function parseFirstUserId(file: HostFile): number | null {
  for (const { raw } of linesOf(file)) {
    const m = /^\s*UID_MIN\s+(\d+)/.exec(raw);
    if (m) return Number(m[1]);
  }
  return null;
}
