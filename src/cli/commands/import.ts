import { basename } from 'node:path';
import { detectFormat, EVIDENCE_FORMATS, findFormat } from '../../../parsers/evidence-formats.ts';
import { toImportedEvidence } from '../../../parsers/evidence-parts.ts';
import { formatDiagnostic } from '../../diagnostics/diagnostic.ts';
import { nearest } from '../../diagnostics/nearest.ts';
import type { Evidence } from '../../model/evidence.ts';
import { describeEvidence } from '../describe-evidence.ts';
import { type InputFile, readInput, writeOutput } from '../files.ts';
import { CONFORMS, type ExitCode, INCOMPLETE, UsageError, type World } from '../world.ts';

export interface ImportOptions {
  readonly vantage?: string | undefined;
  readonly target?: string | undefined;
  readonly as?: string | undefined;
  readonly site?: string | undefined;
  readonly output?: string | undefined;
}

/** Makes evidence of another tool's output. */
export async function importEvidence(world: World, file: string, options: ImportOptions): Promise<ExitCode> {
  if (options.vantage === undefined)
    throw new UsageError(
      'say from where this was seen: --vantage NAME',
      'the name of a vantage of the site file',
    );
  const input = await readInput(world, file, 'scan output');
  const evidence = readForeign(world, input, { ...options, vantage: options.vantage });
  await writeOutput(world, options.output, `${JSON.stringify(evidence, null, 2)}\n`);
  world.stderr.write(describeEvidence(evidence));
  return evidence.completeness.kind === 'complete' ? CONFORMS : INCOMPLETE;
}

/** Evidence from a foreign format, its diagnostics on stderr; refused when nothing in it is recognised. */
export function readForeign(
  world: World,
  input: InputFile,
  options: {
    readonly vantage: string;
    readonly as?: string | undefined;
    readonly target?: string | undefined;
    readonly site?: string | undefined;
  },
): Evidence {
  const format = options.as === undefined ? detectFormat(input.text) : findFormat(options.as);
  if (!format) {
    const ids = EVIDENCE_FORMATS.map((f) => f.id);
    if (options.as !== undefined) {
      const close = nearest(options.as, ids);
      throw new UsageError(
        `there is no format "${options.as}"`,
        close ? `did you mean "${close}"?` : `formats: ${ids.join(', ')}`,
      );
    }
    throw new UsageError(
      `${input.name} is in no format that is read${input.text.trim() === '' ? ': it is empty' : ''}`,
      `formats: ${EVIDENCE_FORMATS.map((f) => `${f.id} (${f.description})`).join('; ')}`,
    );
  }
  const { value, diagnostics } = format.parse(input.text, input.name);
  for (const d of diagnostics) world.stderr.write(`${formatDiagnostic(d)}\n`);
  const evidence = toImportedEvidence(value, {
    format: format.id,
    file: basename(input.name),
    vantage: options.vantage,
    site: options.site ?? null,
  });
  const nothing =
    evidence.targets.length + evidence.listeners.length + evidence.sessions.length === 0 &&
    evidence.router === undefined;
  if (nothing)
    throw new UsageError(
      `${input.name} (${format.id}) holds no host, listener or session`,
      'check that the file is whole and that the scan found its target',
    );
  const target = options.target;
  if (target === undefined) return evidence;
  if (evidence.targets.length === 0)
    return {
      ...evidence,
      targets: [{ target, address: '', hostName: null, protocol: 'tcp', observations: [], canaries: [] }],
    };
  return { ...evidence, targets: evidence.targets.map((t) => ({ ...t, target })) };
}
