import type { Command } from 'commander';
import { ENGINES } from '../../../scans/engines.ts';
import { writeBashScript } from '../completion/bash-script.ts';
import { type CommandWords, listCommandWords } from '../completion/command-words.ts';
import { writeFishScript } from '../completion/fish-script.ts';
import { writeZshScript } from '../completion/zsh-script.ts';
import { CONFORMS, type ExitCode, type World } from '../world.ts';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

const WRITERS: Readonly<Record<Shell, (commands: readonly CommandWords[]) => string>> = {
  bash: writeBashScript,
  zsh: writeZshScript,
  fish: writeFishScript,
};

/** Prints a script by which a shell completes commands, options and their values. */
export function completion(world: World, program: Command, shell: Shell): ExitCode {
  const words = listCommandWords(program, { '--engine': ['auto', ...ENGINES.map((e) => e.id)] });
  world.stdout.write(WRITERS[shell](words));
  return CONFORMS;
}
