import { basename, dirname, relative, resolve } from 'node:path';
import { siteJsonSchema } from '../../../parsers/site/schema.ts';
import { parseSite } from '../../../parsers/site.ts';
import { plural } from '../../../reports/wording.ts';
import { draftSite } from '../../exposure/draft-site.ts';
import { writeOutput } from '../files.ts';
import { loadConfig } from '../load-config.ts';
import { CONFORMS, type ExitCode, UsageError, type World } from '../world.ts';

export interface InitOptions {
  readonly output?: string | undefined;
  readonly schema?: boolean | undefined;
  readonly name?: string | undefined;
}

/** Writes a site file draft from a configuration, or the JSON Schema of site files for editors. */
export async function init(world: World, file: string | undefined, options: InitOptions): Promise<ExitCode> {
  if (options.schema) {
    await writeOutput(world, options.output, `${JSON.stringify(siteJsonSchema(), null, 2)}\n`);
    return CONFORMS;
  }
  if (file === undefined)
    throw new UsageError('name the configuration to draft from', 'aclscope init router.cfg -o site.yaml');
  if (options.name?.trim() === '')
    throw new UsageError('--name is empty', 'give the site a name, or leave --name out');
  const { config, input } = await loadConfig(world, file);
  const folder =
    options.output === undefined || options.output === '-'
      ? world.cwd
      : dirname(resolve(world.cwd, options.output));
  const routerName = (config.hostname ?? 'router').replace(/[^\w-]/g, '-');
  const text = draftSite(config, {
    siteName:
      options.name ??
      (file === '-'
        ? routerName
        : basename(input.name)
            .replace(/\.[^.]*$/, '')
            .replace(/[^\w-]/g, '-')),
    configPath: file === '-' ? 'router.cfg' : relative(folder, resolve(world.cwd, file)) || file,
    routerName,
  });
  const check = parseSite(text, options.output ?? 'site.yaml');
  if (check.value === null) {
    const first = check.diagnostics[0];
    throw new Error(`the draft does not read back: ${first?.message ?? 'unknown'}`);
  }
  await writeOutput(world, options.output, text);
  const questions = text.split('\n').filter((l) => l.includes('QUESTION')).length;
  const { targets, vantages, policy } = check.value;
  const toFile = options.output !== undefined && options.output !== '-';
  world.stderr.write(
    `${toFile ? `wrote ${options.output}: ` : ''}${plural(targets.size, 'target')}, ${plural(vantages.size, 'vantage')}, ${plural(policy.length, 'unconfirmed rule')}, ${plural(questions, 'question')} to answer\n` +
      (toFile ? `next: answer them in ${options.output}, then aclscope intended ${options.output}\n` : ''),
  );
  return CONFORMS;
}
