import { csvFormat } from './csv.ts';
import { htmlFormat } from './html.ts';
import { jsonFormat } from './json.ts';
import { junitFormat } from './junit.ts';
import { markdownFormat } from './markdown.ts';
import type { Report } from './report.ts';
import { type FormatId, PLAIN, type RenderOptions, type ReportFormat } from './report-format.ts';
import { sarifFormat } from './sarif.ts';
import { textFormat } from './text.ts';

/** Every format, one line each. */
export const REPORT_FORMATS: readonly ReportFormat[] = [
  textFormat,
  jsonFormat,
  markdownFormat,
  htmlFormat,
  sarifFormat,
  junitFormat,
  csvFormat,
];

const findFormat = (id: string): ReportFormat | undefined => REPORT_FORMATS.find((f) => f.id === id);

/** Which formats can write this kind of document, for messages and help. */
export const formatsFor = (kind: Report['kind']): readonly FormatId[] =>
  REPORT_FORMATS.filter((f) => f.renders.includes(kind)).map((f) => f.id);

/** Throws when the format does not render this document: ask `formatsFor` first. */
export function renderReport(report: Report, format: FormatId, options: Partial<RenderOptions> = {}): string {
  const found = findFormat(format);
  if (found === undefined || !found.renders.includes(report.kind)) {
    throw new Error(`format ${format} does not render ${report.kind} documents`);
  }
  return found.render(report, { ...PLAIN, ...options }).output;
}
