import { type AceOptions, twice } from './ace-option-set.ts';
import { DSCPS, PRECEDENCES, TOS_VALUES } from './names/tos.ts';
import { expectKeyword, Failure, type Statement, wrongWord } from './statement.ts';
import { startsWithDigit } from './words.ts';

const TOS_FIELDS = {
  precedence: { table: PRECEDENCES, most: 7, mask: 0xe0, shift: 5, says: 'a precedence, 0-7 or its name' },
  tos: { table: TOS_VALUES, most: 15, mask: 0x1e, shift: 1, says: 'a type of service, 0-15 or its name' },
  dscp: { table: DSCPS, most: 63, mask: 0xfc, shift: 2, says: 'a dscp, 0-63 or its name' },
} as const;

export function readTos(
  s: Statement,
  kind: 'precedence' | 'tos' | 'dscp',
  found: AceOptions,
  at: number,
): Failure | undefined {
  const { words } = s;
  const { table, most, mask, shift, says } = TOS_FIELDS[kind];
  if (found.tos?.some((t) => t.kind === kind || t.kind === 'dscp' || kind === 'dscp')) return twice(s, at);
  let value: number | undefined;
  if (startsWithDigit(words.peek())) {
    value = words.takeNumber(most);
    if (value === undefined) return wrongWord(words, says);
  } else {
    const named = expectKeyword(words, table, says);
    if (named instanceof Failure) return named;
    value = named.value;
  }
  found.tos = [...(found.tos ?? []), { kind, mask, value: value << shift }];
  return undefined;
}
