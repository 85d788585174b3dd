import { formatsFor, renderReport } from '../../reports/registry.ts';
import type { Report, ReportHeader, ReportInput } from '../../reports/report.ts';
import type { FormatId } from '../../reports/report-format.ts';
import { writeOutput } from './files.ts';
import { TOOL_VERSION } from './tool-version.ts';
import { UsageError, type World, wantsColour } from './world.ts';

export interface OutputOptions {
  readonly format: string;
  readonly output?: string | undefined;
}

export const header = (
  title: string,
  inputs: readonly ReportInput[],
  generated: Date | null,
): ReportHeader => ({
  title,
  toolVersion: TOOL_VERSION,
  generated: generated ? generated.toISOString() : null,
  inputs,
});

/** Renders in the asked format and writes where asked; colour only for text on a terminal. */
export async function writeReport(world: World, report: Report, options: OutputOptions): Promise<void> {
  const format = chosenFormat(report.kind, options.format);
  const toTerminal = options.output === undefined || options.output === '-';
  const colour = format === 'text' && toTerminal && wantsColour(world, world.stdout);
  const width = Math.min(Math.max(world.stdout.columns ?? 100, 60), 140);
  await writeOutput(world, options.output, renderReport(report, format, { colour, width }));
}

export function chosenFormat(kind: Report['kind'], format: string): FormatId {
  const known = formatsFor(kind);
  const found = known.find((f) => f === format);
  if (!found) throw new UsageError(`${kind} has no format "${format}"`, `formats: ${known.join(', ')}`);
  return found;
}
