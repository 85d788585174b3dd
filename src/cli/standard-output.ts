import { fstatSync, writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import { reasonOf } from './reason-of.ts';

/** What standard output is written by: whole, or a refusal that says so. */
type Write = (text: string) => void;

/**
 * Into a file Node writes in one call and takes what found room for the whole; on a disk that fills up, half a report
 * would pass for a report. So it does with a device. Null where standard output is a pipe or a terminal: what these cannot take,
 * they say.
 *
 * @param fail is told why the text could not be written; it does not return.
 */
export function wholeFileWrite(fd: number, fail: (reason: string) => never): Write | null {
  try {
    const stats = fstatSync(fd);
    if (!stats.isFile() && (!stats.isCharacterDevice() || isatty(fd))) return null;
  } catch {
    return null;
  }
  return (text) => {
    const bytes = Buffer.allocUnsafe(Math.min(text.length, PART) * MOST_BYTES);
    try {
      for (let from = 0, to = 0; from < text.length; from = to) {
        to = endOfPart(text, from + PART);
        const size = bytes.write(text.slice(from, to));
        for (let at = 0; at < size; ) at += writeSync(fd, bytes, at, size - at);
      }
    } catch (error) {
      fail(reasonOf(error));
    }
  };
}

/** Characters written at a time: memory for a report of megabytes would have to be found first. */
const PART = 1 << 18;
/** That one of them takes at most. */
const MOST_BYTES = 3;

/** The end of a part of a text, such that no character of two halves is parted. */
const endOfPart = (text: string, end: number): number =>
  end < text.length && /[\ud800-\udbff]/.test(text[end - 1]!) ? end - 1 : Math.min(end, text.length);
