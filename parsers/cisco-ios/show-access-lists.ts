import type { Parsed } from '../../src/diagnostics/diagnostic.ts';
import type { Acl } from '../../src/model/access-list.ts';
import { type ParseOptions, parseConfig } from './parse-config.ts';

/** Lists with their hit counts, from `show access-lists` or `show ip access-lists`, alone or within a session. */
export function parseShowAccessLists(
  text: string,
  file: string,
  options: ParseOptions = {},
): Parsed<readonly Acl[]> {
  const { value, diagnostics } = parseConfig(text, file, options);
  return { value: [...value.acls.values()], diagnostics };
}
