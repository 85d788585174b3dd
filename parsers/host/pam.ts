import type { Diagnostic, Parsed } from '../../src/diagnostics/diagnostic.ts';
import type { PamEntry, PamStack } from '../../src/model/host.ts';
import { type FindFiles, type HostFile, joinedLines, MAX_INCLUDED, unread } from './host-file.ts';

const TYPES = new Set(['auth', 'account', 'password', 'session']);
const MAX_DEPTH = 16;
const MAX_ENTRIES = 2000;

interface RawEntry {
  readonly type: PamEntry['type'];
  readonly control: string;
  readonly module: string;
  readonly args: readonly string[];
}

function readEntry(text: string): RawEntry | null {
  const m = /^-?(\w+)\s+(\[[^\]]*\]|\S+)\s+(\S+)\s*(.*)$/.exec(text);
  if (!m || !TYPES.has(m[1]!.toLowerCase())) return null;
  return {
    type: m[1]!.toLowerCase() as PamEntry['type'],
    control: m[2]!,
    module: m[3]!.slice(m[3]!.lastIndexOf('/') + 1),
    args: [...(m[4] ?? '').replace(/(^|\s)#.*$/, '').matchAll(/\[[^\]]*\]|\S+/g)].map((a) => a[0]),
  };
}

/**
 * One service of /etc/pam.d with what it includes: `include`, `substack`, Debian's `@include`, and
 * `pam_stack.so service=`, by which Red Hat did the same before.
 */
export function readPamStack(service: string, find: FindFiles): Parsed<PamStack> | null {
  const entries: PamEntry[] = [];
  const missing: string[] = [];
  const diagnostics: Diagnostic[] = [];
  let included = 0;

  const pull = (
    name: string,
    only: PamEntry['type'] | null,
    within: readonly string[],
    depth: number,
  ): boolean => {
    const path = name.startsWith('/') ? name : `/etc/pam.d/${name}`;
    const [file] = find(path);
    if (file === undefined) {
      if (depth > 0 && !missing.includes(path)) missing.push(path);
      return false;
    }
    if (++included <= MAX_INCLUDED) read(file, only, within, depth);
    return true;
  };

  const read = (
    file: HostFile,
    only: PamEntry['type'] | null,
    within: readonly string[],
    depth: number,
  ): void => {
    for (const { raw, line } of joinedLines(file)) {
      const text = raw.trim();
      if (text === '' || text.startsWith('#')) continue;
      if (depth >= MAX_DEPTH || entries.length >= MAX_ENTRIES) return;
      const whole = /^@include\s+(\S+)/.exec(text);
      if (whole) {
        pull(whole[1]!, only, within, depth + 1);
        continue;
      }
      const entry = readEntry(text);
      if (entry === null) {
        diagnostics.push(unread(line, 'not "type control module"'));
        continue;
      }
      if (only !== null && entry.type !== only) continue;
      const stacked = entry.args.map((a) => /^service=(.+)$/.exec(a)?.[1]).find((s) => s !== undefined);
      if (entry.control === 'include') pull(entry.module, entry.type, within, depth + 1);
      else if (entry.control === 'substack')
        pull(entry.module, entry.type, [...within, entry.module], depth + 1);
      else if (entry.module === 'pam_stack.so' && stacked !== undefined) {
        // A stack of its own, whose outcome the control then weighs: `sufficient` inside ends only it.
        pull(stacked, entry.type, [...within, stacked], depth + 1);
      } else entries.push({ ...entry, within, line });
    }
  };

  if (!pull(service, null, [], 0)) return null;
  if (included > MAX_INCLUDED) missing.push(`the rest, after ${MAX_INCLUDED} included files`);
  return { value: { service, entries, missing }, diagnostics };
}
