/** Lines whose body is free text, which may look like statements and must never be read as such. */
export interface Block {
  readonly family: string;
  /** How many lines after the first belong to it, its last line included. */
  readonly length: number;
  readonly closed: boolean;
}

const OPENERS =
  /^\s*(?:ban|vacant-message|refuse-message|busy-message|menu|macro|aaa|certificate|key-string|ip\s+(?:auth-proxy|admission)|auth-proxy-banner|http\s)/i;

/** A word in full or cut short, down to so many letters. */
const shortened = (word: string, least: number): string =>
  [...word]
    .slice(least)
    .reduceRight((rest, letter) => `(?:${letter}${rest})?`, '')
    .replace(/^/, word.slice(0, least));

const BANNER_WORD = shortened('banner', 3);
const BANNER_KIND = 'motd login exec incoming slip-ppp prompt-timeout config-save'
  .split(' ')
  .map((kind) => shortened(kind, 1))
  .join('|');
const BANNER = new RegExp(
  String.raw`^\s*(?:${BANNER_WORD}(?:\s+(?:${BANNER_KIND})(?=\s))?|vacant-message|refuse-message|busy-message(?:\s+\S+)?|menu\s+\S+\s+(?:title|prompt|status-line)|aaa\s+authentication\s+(?:banner|fail-message)|aaa\s+accounting\s+banner|ip\s+(?:auth-proxy\s+auth-proxy-banner|admission\s+auth-proxy-banner)\s+\S+)\s+`,
  'i',
);
const HEX = /^[0-9A-Fa-f]{2,8}(?:\s+[0-9A-Fa-f]{2,8})*$/;

/** A kind of banner whose text is missing: no delimiter, so no block. */
const UNFINISHED = new RegExp(String.raw`^\s*${BANNER_WORD}\s+(?:${BANNER_KIND})\s*$`, 'i');

/**
 * The block that a line opens, with what follows; undefined for an ordinary statement. `at` indexes the line, of
 * which `text` is the statement: all of it, or what stands behind a prompt.
 */
export function openBlock(
  lines: readonly { readonly text: string }[],
  at: number,
  text: string = lines[at]!.text,
): Block | undefined {
  if (!OPENERS.test(text) || UNFINISHED.test(text)) return undefined;
  const banner = BANNER.exec(text);
  if (banner) return readDelimited(lines, at, text.slice(banner[0].length));
  const [first = '', second = ''] = text.trim().toLowerCase().split(/\s+/, 2);
  if (first === 'certificate' || first === 'key-string') return readHex(lines, at);
  if (first === 'macro' && second === 'name') return readUntil(lines, at, '@', 'macros');
  return undefined;
}

/** What the terminal answers, the delimiter in its words: no part of the text. */
const ASKS_FOR_TEXT = /^Enter TEXT message\.\s+End with the character/;

/** `banner motd D … D`: D is the first character; the end-of-text character is shown as the two characters `^C`. */
function readDelimited(
  lines: readonly { readonly text: string }[],
  at: number,
  first: string,
): Block | undefined {
  if (first === '') return undefined;
  const delimiter = first.startsWith('^C') ? '^C' : first.charAt(0);
  if (first.indexOf(delimiter, delimiter.length) >= 0) return { family: 'banners', length: 0, closed: true };
  for (let i = at + 1; i < lines.length; i++)
    if (lines[i]!.text.includes(delimiter) && !(i === at + 1 && ASKS_FOR_TEXT.test(lines[i]!.text)))
      return { family: 'banners', length: i - at, closed: true };
  return { family: 'banners', length: lines.length - 1 - at, closed: false };
}

/** Hexadecimal lines up to `quit`. What is not hexadecimal ends it: a cut-off key must not swallow the rest. */
function readHex(lines: readonly { readonly text: string }[], at: number): Block {
  for (let i = at + 1; i < lines.length; i++) {
    const text = lines[i]!.text.trim();
    if (text === 'quit') return { family: 'keys and certificates', length: i - at, closed: true };
    if (text !== '' && !HEX.test(text))
      return { family: 'keys and certificates', length: i - 1 - at, closed: i - 1 === at };
  }
  return { family: 'keys and certificates', length: lines.length - 1 - at, closed: lines.length - 1 === at };
}

function readUntil(
  lines: readonly { readonly text: string }[],
  at: number,
  end: string,
  family: string,
): Block {
  for (let i = at + 1; i < lines.length; i++)
    if (lines[i]!.text.trim() === end) return { family, length: i - at, closed: true };
  return { family, length: lines.length - 1 - at, closed: false };
}
