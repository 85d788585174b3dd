import type { CommandWords, OptionWords } from './command-words.ts';

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

function optionLine(command: string, o: OptionWords): string {
  const flags = o.flags.map((f) => (f.startsWith('--') ? `-l ${f.slice(2)}` : `-s ${f.slice(1)}`)).join(' ');
  const value =
    o.value === 'none' ? '' : o.value === 'file' ? ' -r -F' : ` -x -a ${quoted(o.value.oneOf.join(' '))}`;
  return `complete -c aclscope -n '__fish_seen_subcommand_from ${command}' ${flags}${value} -d ${quoted(o.description)}`;
}

/** A script for fish: `aclscope completion fish > ~/.config/fish/completions/aclscope.fish`. */
export function writeFishScript(commands: readonly CommandWords[]): string {
  return [
    '# fish completion for aclscope',
    ...commands.map(
      (c) => `complete -c aclscope -f -n __fish_use_subcommand -a ${c.name} -d ${quoted(c.description)}`,
    ),
    "complete -c aclscope -f -n '__fish_seen_subcommand_from completion' -a 'bash zsh fish'",
    ...commands.flatMap((c) => c.options.map((o) => optionLine(c.name, o))),
    '',
  ].join('\n');
}
