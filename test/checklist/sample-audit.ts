import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readAttachment, readBundle } from '../../parsers/host/bundle.ts';
import { parseSite } from '../../parsers/site.ts';
import { readAnswers } from '../../src/checklist/read-answers.ts';
import { readChecklist } from '../../src/checklist/read-checklist.ts';
import { type ChecklistInput, runChecklist } from '../../src/checklist/run-checklist.ts';
import type { AuditResult } from '../../src/model/audit.ts';
import type { AuditorAnswer, Checklist, ChecklistResult, ItemOutcome } from '../../src/model/checklist.ts';
import type { Attachment, AttachmentKind, Bundle } from '../../src/model/host.ts';
import type { Site } from '../../src/model/site.ts';
import { runCommand } from '../support/run-command.ts';
import {
  type BundleTree,
  changeTree,
  SAMPLE_HOST,
  type SealOptions,
  sampleTree,
  sealBundle,
  type TreeChange,
} from './bundle-fixture.ts';

const SAMPLE = join(SAMPLE_HOST, '..');

export interface SampleAudit {
  readonly site: Site;
  readonly audit: AuditResult;
}

/** The sample audited by the real command line, with its site file or the router's list changed first. */
export async function auditSample(
  options: {
    readonly siteFile?: 'site.yaml' | 'site-alias.yaml';
    readonly evidence?: readonly string[];
    readonly change?: Readonly<Record<string, (text: string) => string>>;
  } = {},
): Promise<SampleAudit> {
  const siteFile = options.siteFile ?? 'site-alias.yaml';
  const folder = mkdtempSync(join(tmpdir(), 'aclscope-checklist-'));
  try {
    cpSync(SAMPLE, folder, { recursive: true });
    for (const [file, edit] of Object.entries(options.change ?? {})) {
      const before = readFileSync(join(folder, file), 'utf8');
      const after = edit(before);
      if (after === before) throw new Error(`the change of ${file} changes nothing`);
      writeFileSync(join(folder, file), after);
    }
    const evidence = options.evidence ?? [
      'internet=outside-scan.nmap',
      'friend=segment-scan.nmap',
      'segment-connect.json',
    ];
    const ran = await runCommand(['audit', siteFile, ...evidence, '--format', 'json'], {
      cwd: folder,
      now: new Date('2004-04-10T18:00:00Z'),
    });
    if (ran.code === 2) throw new Error(ran.stderr);
    const site = parseSite(readFileSync(join(folder, siteFile), 'utf8'), siteFile).value;
    if (site === null) throw new Error('the sample site is broken');
    return { site, audit: JSON.parse(ran.stdout) as AuditResult };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export const readSample = (name: string): string => readFileSync(join(SAMPLE_HOST, name), 'utf8');

export function bundleOf(tree: BundleTree, options: SealOptions = {}): Bundle {
  const { value, diagnostics } = readBundle(sealBundle(tree, options));
  if (value === null) throw new Error(diagnostics.map((d) => d.message).join('; '));
  return value;
}

export const sampleBundle = (change: TreeChange = {}, options: SealOptions = {}): Bundle =>
  bundleOf(changeTree(sampleTree(), change), options);

export function attachment(kind: AttachmentKind, text: string): Attachment {
  const { value } = readAttachment(kind, `${kind}.txt`, Buffer.from(text), '2004-04-10T16:05:00Z');
  if (value === null) throw new Error('not attached');
  return value;
}

export const sampleAttachments = (): readonly Attachment[] => [
  attachment('remote-log', readSample('remote-syslog.txt')),
  attachment('ssh-methods', readSample('ssh-methods.txt')),
];

function sampleChecklist(): Checklist {
  const { value, diagnostics } = readChecklist('checklist.yaml', readSample('checklist.yaml'));
  if (value === null) throw new Error(diagnostics.map((d) => d.message).join('; '));
  return value;
}

const sampleAnswers = (checklist: Checklist): readonly AuditorAnswer[] =>
  readAnswers('answers.yaml', readSample('answers.yaml'), checklist).value;

/** The whole sample, any part of it replaced. */
export function runSample(
  audited: SampleAudit | null,
  replace: Partial<ChecklistInput> = {},
): ChecklistResult {
  const checklist = replace.checklist ?? sampleChecklist();
  return runChecklist({
    checklist,
    answers: sampleAnswers(checklist),
    bundle: sampleBundle(),
    audit: audited?.audit ?? null,
    site: audited?.site ?? null,
    history: null,
    attachments: sampleAttachments(),
    ...replace,
  });
}

export function outcomeOf(result: ChecklistResult, id: string): ItemOutcome {
  const found = result.outcomes.find((o) => o.item.id === id);
  if (found === undefined) throw new Error(`no item ${id}`);
  return found;
}

export const textsOf = (outcome: ItemOutcome, kind: string): readonly string[] =>
  outcome.statements.filter((s) => s.kind === kind).map((s) => s.text);

/** What the sample's items come out as, by id: result and risk that is left. */
export const SAMPLE_RESULTS: Readonly<Record<string, string>> = {
  1: 'not-assessed, high',
  2: 'not-assessed, high',
  3: 'undetermined, high',
  4: 'fail, medium',
  5: 'fail, low',
  6: 'pass, none',
  7: 'pass, low',
  8: 'pass, very-low',
  9: 'fail, low',
  10: 'pass, very-low',
  11: 'pass, none',
  12: 'not-assessed, low',
  13: 'fail, high',
  14: 'fail, low',
  15: 'undetermined, high',
  16: 'pass, low',
  17: 'not-assessed, medium',
  18: 'pass, low',
  19: 'fail, high',
  20: 'pass, very-low',
};
