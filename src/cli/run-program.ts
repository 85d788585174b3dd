import { Command, CommanderError, Option } from 'commander';
import { TOOL_VERSION } from './tool-version.ts';
import { type ExitCode, isUsageError, USAGE, type World } from './world.ts';

export type Finish = (code: ExitCode) => void;

/** Adds commands to a program; what one of them amounts to goes to `finish`. */
export type AddCommands = (program: Command, world: World, finish: Finish) => void;

/**
 * Runs one command line of a program with these commands. Every error ends in a message and an exit code; nothing
 * throws past here but our own bugs.
 */
export async function runProgram(
  argv: readonly string[],
  world: World,
  commands: readonly AddCommands[],
): Promise<ExitCode> {
  let exit: ExitCode = 0;
  const program = buildProgram(world);
  for (const add of commands) {
    add(program, world, (code) => {
      exit = code;
    });
  }
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return exit;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE;
    if (isUsageError(error)) {
      world.stderr.write(`aclscope: ${error.message}\n${error.mend ? `  ${error.mend}\n` : ''}`);
      return USAGE;
    }
    world.stderr.write(
      `aclscope: internal error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n` +
        '  this is a fault of aclscope; please report it with the command that you ran\n',
    );
    return USAGE;
  }
}

/** All that a report can be written as; a command whose report cannot be some of it names what it can. */
const ALL_FORMATS = ['text', 'json', 'markdown', 'html', 'sarif', 'junit', 'csv'];

export const formatOption = (formats: readonly string[] = ALL_FORMATS): Option =>
  new Option('-f, --format <format>', 'how to write the result').choices(formats).default('text');
export const outputOption = (): Option =>
  new Option('-o, --output <file>', 'write here instead of standard output');
export const severityOption = (): Option =>
  new Option('--severity <level>', 'findings this grave or graver count as a difference')
    .choices(['critical', 'high', 'medium', 'low', 'info'])
    .default('high');
export const collect = (value: string, before: string[] = []): string[] => [...before, value];

export const keyOption = (what: string): Option =>
  new Option('--key <file>', `${what} (ed25519 public key, PEM; may be repeated)`).argParser(collect);
export const signOption = (what: string): Option =>
  new Option('--sign <file>', `sign the ${what} with this key (ed25519 private key, PEM)`);

function buildProgram(world: World): Command {
  return new Command('aclscope')
    .description('Proves whether a network is exposed exactly as intended.')
    .version(TOOL_VERSION)
    .showHelpAfterError('(add --help for usage and an example)')
    .showSuggestionAfterError(true)
    .exitOverride()
    .configureOutput({ writeOut: (s) => world.stdout.write(s), writeErr: (s) => world.stderr.write(s) })
    .addHelpText(
      'after',
      '\nExit codes: 0 conforms, 1 differs, 2 usage or tool error, 3 incomplete or undetermined.\n\nStart here:  aclscope demo',
    );
}

export const example = (text: string): string => `\nExample:\n  ${text}`;
