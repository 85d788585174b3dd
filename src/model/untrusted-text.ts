/**
 * Text that a stranger wrote (a banner, a host name, a service name) as one printable line: control characters,
 * line and bidirectional marks become `\xNN` or `\u{NNNN}`, so that no terminal, log or page obeys them.
 */
export function escapeUntrusted(text: string, maxLength = 256): string {
  let out = '';
  for (const c of text) {
    const code = c.codePointAt(0)!;
    if (c === '\\') out += '\\\\';
    else if (c === '\n') out += '\\n';
    else if (c === '\r') out += '\\r';
    else if (c === '\t') out += '\\t';
    else if (code < 0x20 || (code >= 0x7f && code < 0xa0)) out += `\\x${code.toString(16).padStart(2, '0')}`;
    else if (isInvisible(code)) out += `\\u{${code.toString(16)}}`;
    else out += c;
    if (out.length >= maxLength) return `${out.slice(0, maxLength - 1)}…`;
  }
  return out;
}

/** Marks that reorder, hide or break a line, and halves of surrogate pairs. */
const isInvisible = (code: number): boolean =>
  (code >= 0x200b && code <= 0x200f) ||
  (code >= 0x2028 && code <= 0x202e) ||
  (code >= 0x2060 && code <= 0x206f) ||
  code === 0xfeff ||
  (code >= 0xd800 && code <= 0xdfff) ||
  (code >= 0xe0000 && code <= 0xe007f);
