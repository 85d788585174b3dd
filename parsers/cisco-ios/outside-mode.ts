import { meantAsEntry } from './ace.ts';
import { isInterfaceWord, readInterfaceLine } from './interface.ts';
import { Failure, type Statement } from './statement.ts';
import { Words } from './words.ts';

/** A file that was filtered by `| include` has sub-commands whose header is gone. */
export function standsOutsideItsMode(s: Statement): { message: string } | undefined {
  if (s.reading !== 'file' || (s.mode.kind !== 'global' && s.mode.kind !== 'skipped')) return undefined;
  const start = s.on ? 0 : 1;
  const first = (s.words.all[start] ?? '').toLowerCase();
  const again = (): Statement => ({ ...s, words: restart(s.words, start), diagnostics: [] });
  if (isInterfaceWord(first)) {
    const found = readInterfaceLine(again());
    if (!(found instanceof Failure) && found.kind !== 'skipped')
      return { message: 'this belongs under an interface, but none stands before it' };
  }
  return meantAsEntry(first, s.words.all[start + 1] ?? '')
    ? { message: 'this is an entry of a list, but no list stands before it' }
    : undefined;
}

function restart(words: Words, start: number): Words {
  const fresh = new Words(words.line);
  fresh.at = start;
  return fresh;
}
