import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { goldenFiles } from './golden-files.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

describe('golden reports (npm run golden writes them anew)', () => {
  for (const { path, text } of goldenFiles()) {
    it(`${path} is as rendered`, () => {
      expect(text).to.equal(readFileSync(join(root, path), 'utf8'));
    });
  }

  it('no golden file is left over', () => {
    const known = new Set(goldenFiles().map((g) => g.path));
    for (const folder of ['test/golden/reports', 'docs/schemas']) {
      for (const name of readdirSync(join(root, folder))) {
        if (folder === 'docs/schemas' && !/-1\.json$/.test(name)) continue;
        expect(known).to.include(`${folder}/${name}`);
      }
    }
  });
});
