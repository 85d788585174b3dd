import type { FileDate, FileHash, Link } from '../../src/model/host.ts';
import { type HostFile, linesOf } from './host-file.ts';

/** `ls -ld` of paths: a link shows its target after an arrow. Anything else that was listed is a plain file. */
export function parseLinks(file: HostFile): readonly Link[] {
  return linesOf(file).flatMap(({ raw }): Link[] => {
    const m = /^([-lbcdps])[-rwxsStTlL]{9}\S*\s.*?(\/.*)$/.exec(raw);
    if (!m || m[1] === 'd') return [];
    const [path, target] = m[2]!.split(' -> ');
    return [{ path: path!, target: m[1] === 'l' ? (target ?? null) : null }];
  });
}

/** `seconds-since-1970 path`, as stat prints it. */
export function parseFileDates(file: HostFile): readonly FileDate[] {
  return linesOf(file).flatMap(({ raw }): FileDate[] => {
    const m = /^(\d{1,11})\s+(\/.*)$/.exec(raw);
    return m ? [{ path: m[2]!, modified: new Date(Number(m[1]) * 1000).toISOString() }] : [];
  });
}

/** What sha256sum, sha1sum and the BSDs' `SHA256 (path) = hash` print. */
export function parseHashes(file: HostFile): readonly FileHash[] {
  return linesOf(file).flatMap(({ raw, line }): FileHash[] => {
    const gnu = /^([0-9a-f]{32,128}) [ *](.+)$/i.exec(raw);
    if (gnu) return [{ path: gnu[2]!, hex: gnu[1]!.toLowerCase(), line }];
    const bsd = /^\w[\w-]* ?\((.+)\) ?= ([0-9a-f]{32,128})$/i.exec(raw);
    return bsd ? [{ path: bsd[1]!, hex: bsd[2]!.toLowerCase(), line }] : [];
  });
}
