import type { Diagnostic, Parsed } from '../../src/diagnostics/diagnostic.ts';
import type { Collected } from '../../src/model/host.ts';
import { pushAll } from '../../src/model/push-all.ts';
import { joinCollected, mapCollected } from './collected.ts';
import { type FindFiles, type HostFile, isGlob, linesOf, matchesGlob } from './host-file.ts';
import type { PieceIndex } from './piece-index.ts';

/**
 * Takes the pieces of a bundle apart by formats. What was not collected, could not be read or failed on the host stays
 * so in the fact, with the reason.
 */
export interface FactReader {
  readonly index: PieceIndex;
  /** A parser's value; what it has to say besides is passed on. */
  readonly take: <T>(parsed: Parsed<T>) => T;
  /** The output of a command that ended well. */
  readonly command: <T>(name: string, parse: (output: HostFile) => T) => Collected<T>;
  /** The output of a command, however it ended. */
  readonly output: <T>(name: string, parse: (output: HostFile) => T) => Collected<T>;
  readonly file: <T>(path: string, parse: (file: HostFile) => T) => Collected<T>;
  /** All files of several paths and patterns, in one list. */
  readonly files: <T>(
    patterns: readonly string[],
    parse: (file: HostFile) => readonly T[],
  ) => Collected<readonly T[]>;
  /** A file with what it pulls in; what is pulled in and was not collected becomes a gap. */
  readonly withIncludes: <T>(path: string, parse: (main: HostFile, find: FindFiles) => T) => Collected<T>;
}

export function createFactReader(index: PieceIndex, say: (d: Diagnostic) => void): FactReader {
  const output: FactReader['output'] = (name, parse) => mapCollected(index.command(name), parse);
  const file: FactReader['file'] = (path, parse) => mapCollected(index.file(path), parse);
  return {
    index,
    output,
    file,
    take: (parsed) => {
      parsed.diagnostics.forEach(say);
      return parsed.value;
    },
    command: (name, parse) => {
      const fact = index.command(name);
      const source = fact.kind === 'present' ? fact.sources[0] : undefined;
      if (fact.kind !== 'present' || source?.exit === null || source?.exit === 0)
        return mapCollected(fact, parse);
      const last = linesOf(fact.value).at(-1)?.raw.slice(0, 120) ?? '';
      return {
        kind: 'uncollected',
        origin: source?.origin ?? name,
        reason: `it ended with ${source?.exit}: ${last}`,
      };
    },
    files: (patterns, parse) =>
      joinCollected(
        patterns.map((pattern) => {
          const found = index.find(pattern);
          if (found.length === 0) return file(pattern, parse);
          return {
            kind: 'present',
            value: found.flatMap((f) => [...parse(f)]),
            sources: index.sourcesOf(found),
          };
        }),
      ),
    withIncludes: (path, parse) => {
      const main = index.file(path);
      if (main.kind !== 'present') return main;
      const sources = [...main.sources];
      const gaps: string[] = [];
      const find: FindFiles = (pattern) => {
        const found = index.find(pattern);
        pushAll(sources, index.sourcesOf(found));
        gaps.push(
          ...index.unseenFiles.filter((p) => (isGlob(pattern) ? matchesGlob(pattern, p) : pattern === p)),
        );
        if (found.length === 0 && ['never', 'denied'].includes(index.looked(pattern))) gaps.push(pattern);
        return found;
      };
      const value = parse(main.value, find);
      return { kind: 'present', value, sources, ...(gaps.length > 0 ? { gaps } : {}) };
    },
  };
}
