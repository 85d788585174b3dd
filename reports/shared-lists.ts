import { forJson } from './untrusted.ts';

/** A list of texts as it stands in a document. */
export type TextList = (texts: readonly string[]) => string[];

export const ownTexts: TextList = (texts) => [...texts];

/** Shorter lists are written as soon as looked up. */
const LONG = 8;

/**
 * The document as JSON, in lines, each with its end. Thousands of rows may hold the same list of hundreds of texts, one array to all of them:
 * such a list is written once, a mark stands for it in the other rows until the rest is written.
 *
 * @param build makes the document of what the given function makes of its lists; called in the order of the text.
 */
export function writeJson(build: (list: TextList) => unknown): string {
  const seen = new Set<readonly string[]>();
  const marked: (readonly string[])[] = [];
  const text = stringify(
    build((texts) => {
      if (texts.length >= LONG && seen.has(texts)) return [`\0${marked.push(texts) - 1}`];
      seen.add(texts);
      return [...texts];
    }),
  );
  if (marked.length === 0) return text;
  return putBack(text, marked) ?? stringify(build(ownTexts));
}

const stringify = (document: unknown): string => `${forJson(JSON.stringify(document, null, 2))}\n`;

/** How a mark begins in JSON. */
const MARK = '"\\u0000';

/** The text with lists for marks; null where something else in it reads like a mark. */
function putBack(text: string, marked: readonly (readonly string[])[]): string | null {
  const lists = new Map<readonly string[], Map<string, string>>();
  const pieces: string[] = [];
  let from = 0;
  for (const [number, texts] of marked.entries()) {
    const mark = `${MARK}${number}"`;
    const at = text.indexOf(MARK, from);
    if (!text.startsWith(mark, at)) return null;
    const line = text.slice(text.lastIndexOf('\n', at), at);
    const inLines = lists.get(texts) ?? new Map<string, string>();
    lists.set(texts, inLines);
    const list = inLines.get(line) ?? forJson(texts.map((one) => JSON.stringify(one)).join(`,${line}`));
    inLines.set(line, list);
    pieces.push(text.slice(from, at), list);
    from = at + mark.length;
  }
  if (text.includes(MARK, from)) return null;
  pieces.push(text.slice(from));
  return pieces.join('');
}
