import { collectorScript } from '../../checklist/collector-script.ts';
import { writeOutput } from '../files.ts';
import { CONFORMS, type ExitCode, type World } from '../world.ts';

/** The host's collector: one readable script that changes nothing. */
export async function collectScript(
  world: World,
  options: { readonly output?: string | undefined },
): Promise<ExitCode> {
  await writeOutput(world, options.output, collectorScript());
  return CONFORMS;
}
