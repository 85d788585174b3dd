import type { Command, Option } from 'commander';

/** One command as a shell needs to know it. */
export interface CommandWords {
  readonly name: string;
  readonly description: string;
  readonly options: readonly OptionWords[];
}

export interface OptionWords {
  /** `-f`, `--format` */
  readonly flags: readonly string[];
  readonly description: string;
  readonly value: 'none' | 'file' | { readonly oneOf: readonly string[] };
}

/** What may be typed, read off the program itself, so that it cannot disagree with it. `known` adds values by flag. */
export function listCommandWords(
  program: Command,
  known: Readonly<Record<string, readonly string[]>>,
): readonly CommandWords[] {
  const help = program.createHelp();
  return help.visibleCommands(program).map((command) => ({
    name: command.name(),
    description: command.description(),
    options: help.visibleOptions(command).map((option) => toWords(option, known)),
  }));
}

function toWords(option: Option, known: Readonly<Record<string, readonly string[]>>): OptionWords {
  const oneOf = option.argChoices ?? known[option.long ?? ''];
  return {
    flags: [option.short, option.long].filter((f) => typeof f === 'string'),
    description: option.description,
    value: !option.required && !option.optional ? 'none' : oneOf ? { oneOf } : 'file',
  };
}
