/** What an interrupted scan must be told again; the rest stands in its journal. */
export interface ResumedOptions {
  readonly engine: string;
  readonly behindNat?: string | undefined;
  readonly key?: readonly string[] | undefined;
  readonly sign?: string | undefined;
}

/** The command that goes on with a scan: begun by `words`, with the options that its evidence depends on. */
export function resumeCommand(words: readonly string[], options: ResumedOptions): string {
  const { engine, behindNat, key = [], sign } = options;
  return [
    'aclscope',
    ...words,
    ...(engine === 'auto' ? [] : ['--engine', engine]),
    ...(behindNat === undefined ? [] : ['--behind-nat', behindNat]),
    ...key.flatMap((file) => ['--key', file]),
    ...(sign === undefined ? [] : ['--sign', sign]),
    '--resume',
  ]
    .map(shellWord)
    .join(' ');
}

/** A word that a POSIX shell reads as it stands. */
const shellWord = (word: string): string =>
  /^[\w./:@%+,=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
