import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts';
import type { SourceSpan } from '../../src/diagnostics/source-span.ts';
import {
  type Ace,
  type Acl,
  type AclEntry,
  type AclKind,
  MAX_SEQUENCE,
} from '../../src/model/access-list.ts';
import type { IosVersion } from '../../src/model/router-config.ts';
import { unreadEntry } from './access-list.ts';
import { readEntry } from './ace.ts';
import { inFamily, type Place } from './line-account.ts';
import { Failure, type Statement } from './statement.ts';
import { readNumber, Words } from './words.ts';

const HEADER =
  /^(?:(Standard|Extended|Reflexive|Role-based|FQDN) IP|(?:Extended )?MAC|IPv6|Extended IPX|DECnet|AppleTalk) access list (\S+)/i;

/** First letters of the headers: nearly every line of a configuration is told from them by its own. */
const HEADER_LETTERS: ReadonlySet<number> = new Set([...'serfimda'].map((c) => c.charCodeAt(0)));

export interface ShownHeader {
  readonly kind: AclKind | 'other';
  readonly name: string;
}

/** `Extended IP access list 150`, as `show access-lists` heads each list. */
export function readShownHeader(text: string): ShownHeader | undefined {
  const c = text.charCodeAt(0) | 32;
  if (!HEADER_LETTERS.has(c)) return undefined;
  const m = HEADER.exec(text);
  if (!m) return undefined;
  const kind = m[1]?.toLowerCase();
  return { kind: kind === 'standard' || kind === 'extended' ? kind : 'other', name: m[2]! };
}

/** Lists as a device shows them: in its own order, numbered only where it numbers, with their hit counts. */
export class ShownLists {
  private readonly lists = new Map<string, Acl & { entries: AclEntry[] }>();
  private current: (Acl & { entries: AclEntry[] }) | 'other' | null = null;
  /** The `dynamic` template above entries that somebody's login made. */
  private template: string | null = null;
  private readonly version: IosVersion | null;

  constructor(version: IosVersion | null) {
    this.version = version;
  }

  get open(): boolean {
    return this.current !== null;
  }

  close(): void {
    this.current = null;
  }

  begin(header: ShownHeader, span: SourceSpan): Place {
    this.template = null;
    if (header.kind === 'other') {
      this.current = 'other';
      return inFamily('shown lists of other kinds');
    }
    const list = { name: header.name, kind: header.kind, entries: [], span };
    // The latest output of several is the one that counts.
    this.lists.set(header.name, list);
    this.current = list;
    return 'modelled';
  }

  /** A line under a header; undefined when it is none of the list's, which ends it. */
  read(line: SourceSpan, diagnostics: Diagnostic[]): Place | undefined {
    const { current } = this;
    if (current === null) return undefined;
    const suffix = readSuffixes(line);
    // The commas of a standard entry, blanked so that every other column stays where it was.
    const text = line.text.replace(/, wildcard bits /i, (found) => ' '.repeat(found.length));
    const words = new Words({ ...line, text, endColumn: suffix.end + 1 });
    const first = words.peekLower();
    if (current === 'other') {
      const entry = /^(?:\d+|permit|deny|evaluate|sequence|dynamic)$/.test(first);
      return entry ? inFamily('shown lists of other kinds') : undefined;
    }
    const sequence = words.takeNumber(MAX_SEQUENCE) ?? null;
    const action = words.peekLower();
    if (!/^(?:permit|deny|dynamic|evaluate|remark)$/.test(action)) return undefined;
    const s: Statement = {
      words,
      mode: { kind: 'access-list', list: current.name, listKind: current.kind },
      version: this.version,
      reading: 'file',
      on: true,
      byDefault: false,
      diagnostics,
    };
    const at = words.at;
    const place = { listKind: current.kind, named: true, sequence, shown: true } as const;
    const entry = readEntry(s, place);
    if (entry instanceof Failure) {
      current.entries.push({ ...unreadEntry(s, entry, at, sequence), span: line });
      return 'diagnosed';
    }
    if (entry.kind !== 'ace') {
      current.entries.push({ ...entry, span: line });
      return 'modelled';
    }
    if (action === 'dynamic')
      this.template = entry.conditions.find((c) => c.kind === 'dynamic')?.name ?? null;
    current.entries.push(this.finish(entry, line, suffix));
    return 'modelled';
  }

  private finish(ace: Ace, span: SourceSpan, suffix: Suffixes): Ace {
    const grown =
      suffix.timeLeft && ace.conditions.length === 0
        ? [{ kind: 'dynamic', name: this.template ?? '', timeout: null } as const]
        : ace.conditions;
    return {
      ...ace,
      conditions: grown,
      hits: suffix.hits,
      log: ace.log && suffix.tag !== null ? { ...ace.log, cookie: suffix.tag } : ace.log,
      span,
    };
  }

  get found(): ReadonlyMap<string, Acl> {
    return this.lists;
  }
}

interface Suffixes {
  readonly hits: number | null;
  readonly tag: string | null;
  readonly timeLeft: boolean;
  /** Index one past the entry's own text. */
  readonly end: number;
}

const SUFFIX =
  /\s*(?:\((?:estimate\s+)?(\d+) match(?:es)?\)|\((?:in)?active\)|\((time left) \d+(?: seconds)?\)|\(tag = ([^)]*)\)|check=\d+)\s*$/i;

/** Takes what the device adds behind an entry off its end. */
function readSuffixes(line: SourceSpan): Suffixes {
  let end = line.endColumn - 1;
  let hits: number | null = null;
  let tag: string | null = null;
  let timeLeft = false;
  for (let last = line.text.charCodeAt(end - 1); last === 41 || (last >= 48 && last <= 57); ) {
    const m = SUFFIX.exec(line.text.slice(Math.max(line.column - 1, end - 200), end));
    if (!m) break;
    if (m[1] !== undefined) hits = readNumber(m[1]) ?? Number(m[1]);
    if (m[2] !== undefined) timeLeft = true;
    if (m[3] !== undefined) tag = m[3];
    end -= m[0].length;
    last = line.text.charCodeAt(end - 1);
  }
  return { hits, tag, timeLeft, end };
}
