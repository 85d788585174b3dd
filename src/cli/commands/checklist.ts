import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { ReportInput } from '../../../reports/report.ts';
import { readAnswers } from '../../checklist/read-answers.ts';
import { readChecklist, standardChecklist } from '../../checklist/read-checklist.ts';
import { type ChecklistInput, runChecklist } from '../../checklist/run-checklist.ts';
import { openQuestions } from '../../checklist/write-answers.ts';
import { type Diagnostic, formatDiagnostic } from '../../diagnostics/diagnostic.ts';
import { tellHistory } from '../../exposure/history.ts';
import type { AuditorAnswer, Checklist, ChecklistResult } from '../../model/checklist.ts';
import type { HistoryResult } from '../../model/history.ts';
import type { Site } from '../../model/site.ts';
import { addAnswers, askAnswers, requireTerminal } from '../ask-answers.ts';
import { makeAuditReport } from '../audit-report.ts';
import { type InputFile, readInput, writeOutput } from '../files.ts';
import { readHistory } from '../history-store.ts';
import { type LoadedAttachment, loadAttachment, loadBundle } from '../load-bundle.ts';
import { loadEvidence } from '../load-evidence.ts';
import { loadSite } from '../load-site.ts';
import { chosenFormat, header, type OutputOptions, writeReport } from '../report-output.ts';
import { traceSource } from '../trace-flow.ts';
import { CONFORMS, DIFFERS, type ExitCode, INCOMPLETE, UsageError, type World } from '../world.ts';

export interface ChecklistOptions extends OutputOptions {
  readonly bundle?: string | undefined;
  readonly answers?: string | undefined;
  readonly checklist?: string | undefined;
  readonly attach?: readonly string[] | undefined;
  readonly history?: string | undefined;
  readonly asOf?: string | undefined;
  readonly ask?: boolean | undefined;
}

/** The whole audit: what the router's lists, the scans, the host and a person say of each item. */
export async function checklist(
  world: World,
  file: string,
  evidenceFiles: readonly string[],
  options: ChecklistOptions,
): Promise<ExitCode> {
  chosenFormat('checklist', options.format);
  if (options.ask) checkAsking(world, options);
  const asOf = timeOption(options.asOf);
  const loaded = await loadSite(world, file);
  const list = await loadChecklist(world, options.checklist);
  const answers = await loadAnswers(world, options, list.checklist);
  const evidence = await loadEvidence(world, loaded.site, evidenceFiles);
  const host = options.bundle === undefined ? null : await loadBundle(world, options.bundle);
  const now = world.now().toISOString();
  const attached: LoadedAttachment[] = [];
  for (const argument of options.attach ?? [])
    attached.push(await loadAttachment(world, argument, host?.bundle.identity.collected ?? asOf ?? now));
  const audit = makeAuditReport(world, loaded, evidence, { vantages: null });
  const history = await loadHistory(world, options.history, loaded.site, asOf ?? now);
  const input: ChecklistInput = {
    checklist: list.checklist,
    answers: answers.answers,
    bundle: host?.bundle ?? null,
    audit: audit.result,
    history: history.result,
    site: loaded.site,
    attachments: attached.map((a) => a.attachment),
    ...(asOf === null ? {} : { asOf }),
    traceFlow: (...flow) => traceSource(loaded.network, loaded.site, ...flow),
  };
  const result = options.ask ? await askOpen(world, input, answers, options) : runChecklist(input);
  const diagnostics = [...loaded.diagnostics, ...(host?.diagnostics ?? []), ...result.diagnostics];
  const others: readonly (ReportInput | null)[] = [
    list.input && { role: 'evidence', file: list.input.name, sha256: list.input.sha256 },
    answers.input && { role: 'evidence', file: answers.input.name, sha256: answers.input.sha256 },
    host && { role: 'evidence', file: host.name, sha256: host.sha256 },
  ];
  await writeReport(
    world,
    {
      kind: 'checklist',
      header: header(
        result.title,
        [
          ...audit.header.inputs,
          ...others.filter((i) => i !== null),
          ...[...attached, ...history.files].map((f) => ({
            role: 'evidence' as const,
            file: f.name,
            sha256: f.sha256,
          })),
        ],
        world.now(),
      ),
      diagnostics,
      assumptions: audit.result.assumptions,
      result,
    },
    options,
  );
  if (options.output !== undefined && options.output !== '-') tellErrors(world, diagnostics);
  return exitOf(result);
}

function exitOf(result: ChecklistResult): ExitCode {
  switch (result.verdict) {
    case 'fail':
      return DIFFERS;
    case 'incomplete':
      return INCOMPLETE;
    case 'pass':
      return CONFORMS;
  }
}

/** Where the report goes into a file, what was refused or not used is said here as well. */
function tellErrors(world: World, diagnostics: readonly Diagnostic[]): void {
  for (const d of diagnostics) if (d.severity === 'error') world.stderr.write(`${formatDiagnostic(d)}\n`);
}

function timeOption(text: string | undefined): string | null {
  if (text === undefined) return null;
  const time = Date.parse(text);
  if (Number.isNaN(time))
    throw new UsageError(`--as-of "${text}" is not a time`, 'write it as 2024-05-17 or 2024-05-17T14:30Z');
  return new Date(time).toISOString();
}

function refuse(diagnostics: readonly Diagnostic[]): never {
  throw new UsageError(diagnostics.map(formatDiagnostic).join('\n'));
}

async function loadChecklist(
  world: World,
  name: string | undefined,
): Promise<{ readonly input: InputFile | null; readonly checklist: Checklist }> {
  if (name === undefined) return { input: null, checklist: standardChecklist() };
  const input = await readInput(world, name, 'checklist');
  const { value, diagnostics } = readChecklist(input.name, input.text);
  return value === null ? refuse(diagnostics) : { input, checklist: value };
}

interface LoadedAnswers {
  readonly input: InputFile | null;
  readonly answers: readonly AuditorAnswer[];
}

/** An answer that cannot be read is refused: left out, it would look as if nobody had answered. */
async function loadAnswers(world: World, options: ChecklistOptions, list: Checklist): Promise<LoadedAnswers> {
  const name = options.answers;
  if (name === undefined || (options.ask && !(await exists(world, name))))
    return { input: null, answers: [] };
  const input = await readInput(world, name, 'answers file');
  const { value, diagnostics } = readAnswers(input.name, input.text, list);
  return diagnostics.length > 0 ? refuse(diagnostics) : { input, answers: value };
}

const exists = (world: World, name: string): Promise<boolean> =>
  stat(resolve(world.cwd, name)).then(
    () => true,
    () => false,
  );

function checkAsking(world: World, options: ChecklistOptions): void {
  if (options.answers === undefined || options.answers === '-')
    throw new UsageError(
      '--ask needs a file that keeps the answers',
      'name it with --answers FILE; it may be a new one',
    );
  if (options.bundle === '-')
    throw new UsageError('--ask and --bundle - both want standard input', 'name the bundle as a file');
  requireTerminal(world);
}

/** Asks what the evidence leaves open, keeps the answers in their file, and judges again with them. */
async function askOpen(
  world: World,
  input: ChecklistInput,
  before: LoadedAnswers,
  options: ChecklistOptions,
): Promise<ChecklistResult> {
  const first = runChecklist(input);
  const given = await askAnswers(world, openQuestions(first));
  if (given.length === 0) return first;
  const name = options.answers!;
  const text = addAnswers(before.input?.text ?? null, given);
  await writeOutput(world, name, text, 'updated');
  world.stderr.write(`\n${given.length} answer${given.length === 1 ? '' : 's'} added to ${name}\n`);
  const { value, diagnostics } = readAnswers(name, text, input.checklist);
  if (diagnostics.length > 0) refuse(diagnostics);
  return runChecklist({ ...input, answers: value });
}

async function loadHistory(
  world: World,
  folder: string | undefined,
  site: Site,
  until: string,
): Promise<{
  readonly result: HistoryResult | null;
  readonly files: readonly { readonly name: string; readonly sha256: string }[];
}> {
  if (folder === undefined) return { result: null, files: [] };
  const audits = (await readHistory(world, folder)).filter((a) => a.site === site.name);
  return {
    result: tellHistory(site.name, audits, { days: site.scanIntervalDays, until }),
    files: audits.map((a) => ({ name: a.file, sha256: a.sha256 })),
  };
}
