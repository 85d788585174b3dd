// Writes the editors' schemas of the checklist files anew: node --import tsx test/checklist/write-schemas.ts
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { editorSchemas } from './editor-schemas.ts';

for (const { path, text } of editorSchemas()) {
  writeFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), text);
}
