// The one place where outside text (configs, banners, host names, file names) is made harmless for each format.

/**
 * Characters that change what a reader sees without being seen: C0 and C1 controls, DEL, line and paragraph
 * separators, bidirectional marks and overrides, zero-width characters, tag characters, and surrogates
 * without their other half.
 */
const INVISIBLE =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]|\p{Surrogate}|\p{Noncharacter_Code_Point}/gu;

/** A banner or a line of a damaged file can be megabytes long; a page for people shows its beginning. */
const SHOWN = 600;

const hex = (character: string): string => {
  const code = character.codePointAt(0) ?? 0;
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
};

/** Every invisible character spelled out (`\x1b`, `\u{202e}`), tabs as blanks: one visible line. */
const spellOutInvisible = (text: string): string => text.replaceAll('\t', ' ').replace(INVISIBLE, hex);

/** At most `limit` characters, and how many are left out. */
export function shorten(text: string, limit = SHOWN): string {
  if (text.length <= limit) return text;
  const kept = text.slice(0, limit).replace(/[\ud800-\udbff]$/, '');
  return `${kept}… (${text.length - kept.length} more characters)`;
}

const EXCERPT_LINES = 40;

/** The lines of an outside text, each one visible line, and one that says how many are left out. */
export function excerptLines(text: string, leftOut = 0): readonly string[] {
  const lines = text.split(/\r\n|\n|\r/);
  const shown = lines.slice(0, EXCERPT_LINES).map((l) => spellOutInvisible(shorten(l)));
  const more = lines.length - shown.length + leftOut;
  return more > 0 ? [...shown, `(${more} more lines)`] : shown;
}

const forPeople = (text: string): string => spellOutInvisible(shorten(text));

/** For a terminal and the full-screen view: no escape sequence survives. */
export const forTerminal = forPeople;

const HTML_ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escapeMarkup = (text: string): string => text.replace(/[&<>"']/g, (c) => HTML_ENTITIES[c] ?? c);

/** For HTML text and double-quoted attribute values. */
export const forHtml = (text: string): string => escapeMarkup(forPeople(text));

/** For XML 1.0 text and attribute values: characters that XML cannot hold at all are spelled out too. */
export const forXml = (text: string): string => escapeMarkup(forPeople(text));

/** For Markdown prose: no markup, link, image, HTML, formula or table cell can begin in it. */
export const forMarkdown = (text: string): string =>
  forPeople(text)
    .replace(/[\\`*_[\]|~$]/g, (c) => `\\${c}`)
    .replace(/[&<]/g, (c) => HTML_ENTITIES[c] ?? c)
    .replace(/^(\s*)([#+=>-])/, '$1\\$2')
    .replace(/^(\s*\d+)([.)])/, '$1\\$2')
    .replaceAll('@', '&#64;')
    .replaceAll('://', '&#58;//')
    .replace(/www\./gi, (w) => `${w.slice(0, 3)}&#46;`);

/** A Markdown code span, fenced by more backticks than the text holds; `|` escaped as GFM tables ask. */
export function markdownCode(text: string, inTable = false): string {
  const shown = forPeople(text);
  if (shown.trim() === '') return '';
  const longest = Math.max(0, ...[...shown.matchAll(/`+/g)].map((m) => m[0].length));
  const fence = '`'.repeat(longest + 1);
  const pad = longest > 0 || shown.startsWith(' ') || shown.endsWith(' ') ? ' ' : '';
  const body = inTable ? shown.replaceAll('|', '\\|') : shown;
  return `${fence}${pad}${body}${pad}${fence}`;
}

/** One CSV field: quoted where RFC 4180 asks, and never a formula in a spreadsheet. */
export function forCsv(value: string): string {
  const visible = spellOutInvisible(value);
  const guarded = /^\s*[=+\-@|%]/.test(visible) ? `'${visible}` : visible;
  return /[",;\n\r']/.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded;
}

/** JSON whose text is the same value but holds no raw character a terminal or a script element could act on. */
export const forJson = (json: string): string =>
  ALL_VISIBLE.test(json)
    ? json
    : json.replace(INVISIBLE, (c) =>
        c === '\n'
          ? c
          : [...Array(c.length).keys()]
              .map((i) => `\\u${c.charCodeAt(i).toString(16).padStart(4, '0')}`)
              .join(''),
      );

/** Most documents are: of megabytes, each line end need not be looked at by itself. */
const ALL_VISIBLE = /^[\n\x20-\x7e]*$/;

/** For a SARIF message, in which `[text](n)` links and `{0}` is a placeholder. */
export const forSarifMessage = (text: string): string =>
  shorten(text, 2000)
    .replace(/[[\]\\]/g, (c) => `\\${c}`)
    .replace(/\{(\d+)\}/g, '{{$1}}');
