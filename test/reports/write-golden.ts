// `npm run golden`: writes the golden reports and docs/schemas anew; look at the difference before committing it.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { goldenFiles } from './golden-files.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
for (const { path, text } of goldenFiles()) {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  console.log(path);
}
