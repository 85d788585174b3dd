// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are bash's own.

import type { CommandWords, OptionWords } from './command-words.ts';

const values = (o: OptionWords): string | null =>
  typeof o.value === 'object' ? `COMPREPLY=($(compgen -W '${o.value.oneOf.join(' ')}' -- "$word"))` : null;

function optionCases(command: CommandWords): readonly string[] {
  return command.options.flatMap((o) => {
    const action = values(o) ?? (o.value === 'file' ? 'COMPREPLY=($(compgen -f -- "$word"))' : null);
    return action === null ? [] : o.flags.map((f) => `    ${command.name}:${f}) ${action}; return ;;`);
  });
}

/** A script for bash 4 and later: `source <(aclscope completion bash)`. */
export function writeBashScript(commands: readonly CommandWords[]): string {
  return [
    '# bash completion for aclscope',
    '_aclscope() {',
    '  local word="${COMP_WORDS[COMP_CWORD]}" before="" command=""',
    '  COMPREPLY=()',
    '  if [ "$COMP_CWORD" -le 1 ]; then',
    `    COMPREPLY=($(compgen -W '${commands.map((c) => c.name).join(' ')} --help --version' -- "$word"))`,
    '    return',
    '  fi',
    '  before="${COMP_WORDS[COMP_CWORD-1]}"',
    '  command="${COMP_WORDS[1]}"',
    '  case "$command:$before" in',
    ...commands.flatMap(optionCases),
    '  esac',
    '  if [ "${word#-}" != "$word" ]; then',
    '    case "$command" in',
    ...commands.map(
      (c) =>
        `      ${c.name}) COMPREPLY=($(compgen -W '${c.options.flatMap((o) => o.flags).join(' ')}' -- "$word")) ;;`,
    ),
    '    esac',
    '    return',
    '  fi',
    '  case "$command" in',
    `    completion) COMPREPLY=($(compgen -W 'bash zsh fish' -- "$word")) ;;`,
    '    *) COMPREPLY=($(compgen -f -- "$word")) ;;',
    '  esac',
    '}',
    'complete -o filenames -F _aclscope aclscope',
    '',
  ].join('\n');
}
