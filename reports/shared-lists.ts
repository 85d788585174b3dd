import { forJson } from './untrusted.ts';

/** A list of texts as it stands in a document. */
export type TextList = (texts: readonly string[]) => string[];

/** How what a document may hold thousands of times comes to stand in it. */
export interface Writing {
  readonly list: TextList;
  /** Rows of which there may be tens of thousands, each as the value that is made of it. */
  readonly rows: <Row, Value>(rows: readonly Row[], value: (row: Row, list: TextList) => Value) => Value[];
}

const ownTexts: TextList = (texts) => [...texts];

/** Each list and each row as a value of its own. */
export const asValues: Writing = {
  list: ownTexts,
  rows: (rows, value) => rows.map((row) => value(row, ownTexts)),
};

/**
 * The document as JSON, in lines, each with its end. Thousands of rows may hold the same list of hundreds of texts, one array to all of them:
 * such a list is written once, a mark stands for it in the other rows until the rest is written. Rows are written a few at
 * a time, as if they stood where a mark stands for them, so that what is made of them never is there all at once.
 *
 * @param build makes the document of what the given functions make of its lists and rows; called in the order of the text.
 */
export const writeJson = (build: (writing: Writing) => unknown): string => new Writer().write(build, '\n');

/** Shorter lists are written as soon as looked up. */
const LONG = 8;
/** Rows written at a time. */
const FEW_ROWS = 256;

/** What a mark stands for, given the end of line and the indent before it: texts with a comma and these between them. */
type Marked = (line: string) => readonly string[];

class Writer {
  private readonly seen = new Set<readonly string[]>();
  private readonly lists = new Map<readonly string[], Map<string, string>>();

  /** The text comes with this end in one piece: put behind a text of megabytes, it would have that copied. */
  write(build: (writing: Writing) => unknown, end = ''): string {
    const { seen } = this;
    const marked: Marked[] = [];
    const mark = (what: Marked): string => `\0${marked.push(what) - 1}`;
    const writing: Writing = {
      list: (texts) => {
        if (texts.length >= LONG && seen.has(texts)) return [mark((line) => [this.writeList(texts, line)])];
        seen.add(texts);
        return [...texts];
      },
      rows: <Row, Value>(rows: readonly Row[], value: (row: Row, list: TextList) => Value) =>
        // A mark is written and found again, never read as a value.
        rows.length === 0
          ? []
          : ([mark((line) => this.writeRows(rows, value, line))] as unknown[] as Value[]),
    };
    const text = stringify(build(writing)) + end;
    if (marked.length === 0) return text;
    return putBack(text, marked) ?? stringify(build(asValues)) + end;
  }

  private writeList(texts: readonly string[], line: string): string {
    const inLines = this.lists.get(texts) ?? new Map<string, string>();
    this.lists.set(texts, inLines);
    const list = inLines.get(line) ?? forJson(texts.map((one) => JSON.stringify(one)).join(`,${line}`));
    inLines.set(line, list);
    return list;
  }

  /** Rows of an array within others, as many as the indent tells, without these. */
  private writeRows<Row>(
    rows: readonly Row[],
    value: (row: Row, list: TextList) => unknown,
    line: string,
  ): readonly string[] {
    const depth = (line.length - 1) / 2;
    const [opening, closing] = JSON.stringify(within(depth, ['']), null, 2).split('""') as [string, string];
    const texts: string[] = [];
    for (let from = 0; from < rows.length; from += FEW_ROWS) {
      const few = rows.slice(from, from + FEW_ROWS);
      const text = this.write(({ list }) =>
        within(
          depth,
          few.map((row) => value(row, list)),
        ),
      );
      texts.push(text.slice(opening.length, text.length - closing.length));
    }
    return texts;
  }
}

/** Values in an array, and that in others, so many in all. */
const within = (depth: number, values: readonly unknown[]): readonly unknown[] =>
  depth === 1 ? values : [within(depth - 1, values)];

const stringify = (document: unknown): string => forJson(JSON.stringify(document, null, 2));

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
    // A mark stands in an array; a text that reads like it may be a field.
    if (line.trim() !== '') return null;
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
