/** How bytes were read as text; `binary` is no text at all. */
export type TextEncoding = 'utf-8' | 'utf-16' | 'latin1' | 'binary';

export interface DecodedText {
  readonly text: string;
  readonly encoding: TextEncoding;
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * UTF-8; where it is not, UTF-16 by its mark, else Latin-1, in which every byte is a character: the structure
 * of a config is ASCII in all of them. NUL bytes without a mark mean that it is no text.
 */
export function decodeText(bytes: Uint8Array): DecodedText {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    const decoder = new TextDecoder(first === 0xff ? 'utf-16le' : 'utf-16be');
    return { text: decoder.decode(bytes), encoding: 'utf-16' };
  }
  if (bytes.includes(0)) return { text: '', encoding: 'binary' };
  try {
    return { text: strictUtf8.decode(bytes), encoding: 'utf-8' };
  } catch {
    return { text: new TextDecoder('latin1').decode(bytes), encoding: 'latin1' };
  }
}
