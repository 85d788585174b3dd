import { schemaFiles } from '../../reports/json-schema.ts';
import { REPORT_FORMATS } from '../../reports/registry.ts';
import { REPORT_KINDS } from '../../reports/report.ts';
import { PLAIN } from '../../reports/report-format.ts';
import { SAMPLES } from './samples/all-samples.ts';

/** Every kept rendering and every published schema: path from the checkout's root, and text. */
export function goldenFiles(): readonly { readonly path: string; readonly text: string }[] {
  const reports = REPORT_KINDS.flatMap((kind) =>
    REPORT_FORMATS.filter((f) => f.renders.includes(kind)).map((f) => ({
      path: `test/golden/reports/${kind}.${f.extension}`,
      text: f.render(SAMPLES[kind], PLAIN).output,
    })),
  );
  const narrow = {
    path: 'test/golden/reports/audit-80-colour.txt',
    text:
      REPORT_FORMATS.find((f) => f.id === 'text')?.render(SAMPLES.audit, { colour: true, width: 80 })
        .output ?? '',
  };
  const schemas = schemaFiles().map(({ name, text }) => ({ path: `docs/schemas/${name}`, text }));
  return [...reports, narrow, ...schemas];
}
