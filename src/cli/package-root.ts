import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The folder with package.json: two above src/cli in a checkout, three above dist/src/cli once built. */
export const PACKAGE_ROOT: string = findRoot();

function findRoot(): string {
  for (const up of ['../../', '../../../']) {
    const folder = fileURLToPath(new URL(up, import.meta.url));
    if (existsSync(`${folder}package.json`)) return folder;
  }
  throw new Error('package.json is not where the program expects it');
}
