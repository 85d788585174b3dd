// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are zsh's own.

import type { CommandWords, OptionWords } from './command-words.ts';

/** Text within single quotes, where brackets and colons mean something to `_arguments`. */
const quoted = (text: string): string => text.replace(/[[\]:\\]/g, '\\$&').replaceAll("'", "'\\''");

function spec(o: OptionWords): readonly string[] {
  const value =
    o.value === 'none' ? '' : o.value === 'file' ? ':value:_files' : `:value:(${o.value.oneOf.join(' ')})`;
  return o.flags.map((flag) => `'*${flag}[${quoted(o.description)}]${value}'`);
}

/** A script for zsh: a file `_aclscope` in a folder of `$fpath`, or `source <(aclscope completion zsh)`. */
export function writeZshScript(commands: readonly CommandWords[]): string {
  return [
    '#compdef aclscope',
    '_aclscope() {',
    '  if (( CURRENT == 2 )); then',
    '    local -a commands',
    '    commands=(',
    ...commands.map((c) => `      '${quoted(c.name)}:${quoted(c.description)}'`),
    '    )',
    "    _describe 'command' commands",
    '    return',
    '  fi',
    '  local command="${words[2]}"',
    '  shift words',
    '  (( CURRENT-- ))',
    '  case "$command" in',
    ...commands.map((c) => {
      const rest = c.name === 'completion' ? "'*:shell:(bash zsh fish)'" : "'*:file:_files'";
      return `    ${c.name}) _arguments ${[...c.options.flatMap(spec), rest].join(' ')} ;;`;
    }),
    '  esac',
    '}',
    // Sourced, the function is registered; found through fpath, the file itself is the function's body.
    'if [ "$funcstack[1]" = "_aclscope" ]; then _aclscope "$@"; else compdef _aclscope aclscope; fi',
    '',
  ].join('\n');
}
