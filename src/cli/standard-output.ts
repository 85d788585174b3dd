import { fstatSync, writeSync } from 'node:fs';
import { reasonOf } from './reason-of.ts';

/** What standard output is written by: whole, or a refusal that says so. */
type Write = (text: string) => void;

/**
 * Into a file Node writes in one call and takes what found room for the whole; on a disk that fills up, half a report
 * would pass for a report. Null where standard output is no file: what a pipe or a terminal cannot take, it says.
 *
 * @param fail is told why the text could not be written; it does not return.
 */
export function wholeFileWrite(fd: number, fail: (reason: string) => never): Write | null {
  try {
    if (!fstatSync(fd).isFile()) return null;
  } catch {
    return null;
  }
  return (text) => {
    const bytes = Buffer.from(text);
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
    } catch (error) {
      fail(reasonOf(error));
    }
  };
}
