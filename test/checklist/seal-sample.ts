// Writes the sample bundle's manifest anew after its pieces were edited: node --import tsx test/checklist/seal-sample.ts
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { manifestOf, SAMPLE_BUNDLE, sampleTree } from './bundle-fixture.ts';

writeFileSync(join(SAMPLE_BUNDLE, 'MANIFEST'), manifestOf(sampleTree()));
