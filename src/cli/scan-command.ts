import { type Command, Option } from 'commander';
import { example, type Finish, keyOption, outputOption, signOption } from './run-program.ts';
import type { World } from './world.ts';

export const engineOption = (): Option =>
  new Option('--engine <engine>', 'auto, connect, syn, net-socket or nmap').default('auto');

export function scanCommand(program: Command, world: World, finish: Finish): void {
  program
    .command('scan')
    .description('carry a plan out from this box: probes, live progress, sealed evidence')
    .requiredOption('--plan <file>', 'the plan; - for standard input')
    .addOption(engineOption())
    .option('--behind-nat <address>', 'the address that the targets see, where a NAT hides this box')
    .option('--resume', 'go on with an interrupted scan of the same plan and output')
    .option('--dry-run', 'print what would be sent, at what rate and for how long')
    .addOption(keyOption('refuse a plan that this key did not sign'))
    .addOption(signOption('evidence'))
    .addOption(outputOption())
    .addHelpText('after', example('aclscope scan --plan plan.json -o internet.json'))
    .action(async (options) => {
      finish(await (await import('./commands/scan.ts')).scan(world, options));
    });
}
