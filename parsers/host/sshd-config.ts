import type { Diagnostic, Parsed } from '../../src/diagnostics/diagnostic.ts';
import type { SshdSetting } from '../../src/model/host.ts';
import { type FindFiles, type HostFile, linesOf, MAX_INCLUDED, unread } from './host-file.ts';

/** sshd itself stops at 16 (servconf.c, SERVCONF_MAX_DEPTH). */
const MAX_DEPTH = 16;
const MAX_SETTINGS = 20_000;

/** Words of one line: blanks or one `=` part the keyword (which may stand in quotes), double quotes hold blanks together, `#` ends it. */
function words(text: string): readonly string[] | null {
  const out: string[] = [];
  const m = /^\s*(?:"([^"]+)"|([^\s="]+))\s*=?\s*(.*)$/s.exec(text);
  if (!m) return null;
  out.push(m[1] ?? m[2]!);
  const rest = m[3]!;
  for (let at = 0; at < rest.length; ) {
    if (/\s/.test(rest[at]!)) {
      at++;
      continue;
    }
    if (rest[at] === '#') break;
    let word = '';
    let quote: string | null = null;
    for (; at < rest.length && (quote !== null || !/\s/.test(rest[at]!)); at++) {
      const c = rest[at]!;
      if (quote === null && (c === '"' || c === "'")) quote = c;
      else if (c === quote) quote = null;
      else word += c;
    }
    if (quote !== null) return null;
    out.push(word);
  }
  return out;
}

/**
 * sshd_config with its includes in place; `sshd -T -C` of OpenSSH 9.2 reads it so. A Match block reaches to the next Match or the end of its file; one
 * opened inside an included file ends with that file (the including file's block then goes on).
 */
export function parseSshdConfig(main: HostFile, find: FindFiles): Parsed<readonly SshdSetting[]> {
  const settings: SshdSetting[] = [];
  const diagnostics: Diagnostic[] = [];
  let included = 0;

  const read = (file: HostFile, outerMatch: string | null, depth: number): void => {
    let match = outerMatch;
    for (const { raw, line } of linesOf(file)) {
      if (/^\s*(#|$)/.test(raw)) continue;
      if (settings.length >= MAX_SETTINGS) return;
      const parsed = words(raw);
      if (parsed === null) {
        diagnostics.push(unread(line, 'a quote is not closed', 'sshd refuses to start with this line'));
        continue;
      }
      const [first, ...args] = parsed;
      const keyword = first!.toLowerCase();
      if (keyword === 'include') {
        if (depth >= MAX_DEPTH) {
          diagnostics.push(unread(line, `includes are nested more than ${MAX_DEPTH} deep`));
          continue;
        }
        for (const arg of args) {
          const pattern = arg.startsWith('/') ? arg : `/etc/ssh/${arg}`;
          for (const found of find(pattern)) {
            if (++included > MAX_INCLUDED) break;
            read(found, match, depth + 1);
          }
        }
        continue;
      }
      if (keyword === 'match') {
        const criteria = args.join(' ');
        if (criteria === '') diagnostics.push(unread(line, 'Match names no criteria'));
        // "all" is a condition that everybody meets, by which a block is usually ended.
        if (criteria.toLowerCase() === 'all') match = outerMatch;
        else match = outerMatch === null ? criteria : `${outerMatch}, ${criteria}`;
      }
      if (args.length === 0) diagnostics.push(unread(line, `${first} has no value`));
      settings.push({ keyword, args, match, line });
    }
  };
  read(main, null, 0);
  const [first] = linesOf(main);
  if (included > MAX_INCLUDED && first !== undefined) {
    diagnostics.push(
      unread(first.line, `more than ${MAX_INCLUDED} files are included; the rest is not read`),
    );
  }
  return { value: settings, diagnostics };
}

/** `sshd -T`: one `keyword value…` a line; keywords that repeat (ports, listen addresses) keep all their values. */
export function parseSshdEffective(file: HostFile): ReadonlyMap<string, readonly string[]> {
  const values = new Map<string, string[]>();
  for (const { raw } of linesOf(file)) {
    const m = /^([a-z0-9]+) (.*)$/.exec(raw.trim());
    if (!m) continue;
    const known = values.get(m[1]!);
    if (known === undefined) values.set(m[1]!, [m[2]!]);
    else known.push(m[2]!);
  }
  return values;
}

/** `OpenSSH_3.6.1p2, SSH protocols …` → [3, 6]. */
export function parseSshVersion(text: string): readonly [number, number] | null {
  const m = /OpenSSH[_-](\d+)\.(\d+)/.exec(text);
  return m ? [Number(m[1]), Number(m[2])] : null;
}
