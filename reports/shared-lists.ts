import { forJson } from './untrusted.ts';

/** A list of texts as it stands in a document. */
export type TextList = (texts: readonly string[]) => string[];

/** How what a document may hold thousands of times comes to stand in it. */
export interface Writing {
  readonly list: TextList;
  /**
   * Rows of which there may be tens of thousands: as values, which `plain` makes, or as the text that these would come to,
   * one a row, where `line` is an end of line and the indent of the row.
   */
  readonly rows: <Row, Plain>(
    rows: readonly Row[],
    plain: (row: Row) => Plain,
    texts: (rows: readonly Row[], line: string) => readonly string[],
  ) => Plain[];
}

/** Each list and each row as a value of its own. */
export const asValues: Writing = {
  list: (texts) => [...texts],
  rows: (rows, plain) => rows.map(plain),
};

/** Shorter lists are written as soon as looked up. */
const LONG = 8;

/** What a mark stands for: texts with a comma and `line` between them. */
type Marked = (line: string) => readonly string[];

/**
 * The document as JSON, in lines, each with its end. Thousands of rows may hold the same list of hundreds of texts, one array to all of them:
 * such a list is written once, a mark stands for it in the other rows until the rest is written. So one does for rows that
 * are written as text.
 *
 * @param build makes the document of what the given functions make of its lists and rows; called in the order of the text.
 */
export function writeJson(build: (writing: Writing) => unknown): string {
  const seen = new Set<readonly string[]>();
  const shared = new SharedTexts();
  const marked: Marked[] = [];
  const mark = (what: Marked): string => `\0${marked.push(what) - 1}`;
  const text = stringify(
    build({
      list: (texts) => {
        if (texts.length >= LONG && seen.has(texts)) return [mark((line) => [shared.of(texts, line)])];
        seen.add(texts);
        return [...texts];
      },
      // What stands for rows in the text is never read as one of them.
      rows: <Row, Plain>(
        rows: readonly Row[],
        _plain: unknown,
        texts: (rows: readonly Row[], line: string) => readonly string[],
      ) => (rows.length === 0 ? [] : ([mark((line) => texts(rows, line))] as unknown[] as Plain[])),
    }),
  );
  if (marked.length === 0) return text;
  return putBack(text, marked) ?? stringify(build(asValues));
}

/** A text as it stands in a document. */
export const jsonText = (text: string): string => forJson(JSON.stringify(text));

/** The members of lists, one a line: of a list that is asked for again, the same text. */
export class SharedTexts {
  private readonly known = new Map<readonly string[], Map<string, string>>();

  of(texts: readonly string[], line: string): string {
    const inLines = this.known.get(texts) ?? new Map<string, string>();
    this.known.set(texts, inLines);
    const list = inLines.get(line) ?? forJson(texts.map((one) => JSON.stringify(one)).join(`,${line}`));
    inLines.set(line, list);
    return list;
  }
}

const stringify = (document: unknown): string => `${forJson(JSON.stringify(document, null, 2))}\n`;

/** How a mark begins in JSON. */
const MARK = '"\\u0000';

/** The text with what was marked; null where something else in it reads like a mark. */
function putBack(text: string, marked: readonly Marked[]): string | null {
  const pieces: string[] = [];
  let from = 0;
  for (const [number, textsAt] of marked.entries()) {
    const mark = `${MARK}${number}"`;
    const at = text.indexOf(MARK, from);
    if (!text.startsWith(mark, at)) return null;
    const line = text.slice(text.lastIndexOf('\n', at), at);
    pieces.push(text.slice(from, at));
    let between = '';
    for (const one of textsAt(line)) {
      pieces.push(between, one);
      between = `,${line}`;
    }
    from = at + mark.length;
  }
  if (text.includes(MARK, from)) return null;
  pieces.push(text.slice(from));
  return pieces.join('');
}
