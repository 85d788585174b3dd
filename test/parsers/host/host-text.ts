import { type FindFiles, type HostFile, isGlob, matchesGlob } from '../../../parsers/host/host-file.ts';

/** A host's file of this text. */
export const hostFile = (text: string, file = '/etc/x'): HostFile => ({ file, text });

/** Looks paths and patterns up among these files, as the bundle does. */
export function finding(files: Readonly<Record<string, string>>): FindFiles {
  return (pattern) =>
    Object.keys(files)
      .sort()
      .filter((path) => (isGlob(pattern) ? matchesGlob(pattern, path) : path === pattern))
      .map((file) => ({ file, text: files[file]! }));
}
