import type { ConfigLine } from '../diagnostics/source-span.ts';
import type { AuditResult } from '../model/audit.ts';
import type { AuditorAnswer, ItemEvidence, Statement } from '../model/checklist.ts';
import type { HistoryResult } from '../model/history.ts';
import type { Attachment, HostPiece, HostSource } from '../model/host.ts';
import { scanEvidenceId } from './audit-flows.ts';
import type { CheckContext } from './check.ts';

/** Lines of output that one piece of evidence shows at most. */
const SHOWN_LINES = 40;
const CONTEXT = 1;

const digestOf = ({ digest }: HostSource): string | null =>
  digest === null ? null : `${digest.algorithm}:${digest.hex}`;

/** The lines that statements cite in one file. */
const citedLines = (statements: readonly Statement[], file: string): readonly ConfigLine[] =>
  statements.flatMap((s) => s.lines.filter((l) => l.file === file));

/** The cited lines with a line around each; without any, the beginning. */
function excerpt(
  text: string,
  cited: readonly number[],
): { readonly output: string; readonly leftOut: number } {
  const lines = text.split(/\r\n|\n|\r/);
  if (lines.at(-1) === '') lines.pop();
  const wanted = new Set<number>();
  for (const line of cited) {
    for (let n = line - CONTEXT; n <= line + CONTEXT; n++) if (n >= 1 && n <= lines.length) wanted.add(n);
  }
  const chosen =
    wanted.size === 0
      ? lines.map((_, i) => i + 1).slice(0, SHOWN_LINES)
      : [...wanted].sort((a, b) => a - b).slice(0, SHOWN_LINES);
  const shown: string[] = [];
  for (const [i, n] of chosen.entries()) {
    if (i > 0 && chosen[i - 1] !== n - 1) shown.push('[…]');
    shown.push(lines[n - 1]!.slice(0, 400));
  }
  return { output: shown.join('\n'), leftOut: lines.length - chosen.length };
}

type Shown = Omit<ItemEvidence, 'id'>;

const ofPiece = ({ source, text }: HostPiece, statements: readonly Statement[]): Shown => ({
  origin: source.origin,
  kind: source.kind,
  host: source.host,
  at: source.at,
  digest: digestOf(source),
  ...excerpt(
    text,
    citedLines(statements, source.origin).map((l) => l.line),
  ),
});

function ofAttachment({ source }: Attachment, statements: readonly Statement[]): Shown {
  const lines = citedLines(statements, source.origin).map((l) => l.text);
  return {
    origin: source.origin,
    kind: 'attachment',
    host: source.host,
    at: source.at,
    digest: digestOf(source),
    output: [...new Set(lines)].slice(0, SHOWN_LINES).join('\n'),
    leftOut: 0,
  };
}

const ofScan = (scan: AuditResult['evidence'][number]): Shown => ({
  origin: scan.file,
  kind: 'scan',
  host: scan.vantage,
  at: scan.ended ?? scan.started,
  digest: `sha256:${scan.sha256}`,
  output: [
    scan.tool ?? scan.via,
    `from ${scan.vantage}`,
    scan.complete ? 'complete' : 'incomplete',
    ...scan.notes,
  ].join('\n'),
  leftOut: 0,
});

function ofSite(file: string, statements: readonly Statement[]): Shown {
  const lines = citedLines(statements, file).map((l) => `${l.line}: ${l.text}`);
  return {
    origin: file,
    kind: 'site',
    host: '',
    at: null,
    digest: null,
    output: [...new Set(lines)].join('\n'),
    leftOut: 0,
  };
}

function ofHistory({ audits }: HistoryResult): Shown {
  const dates = audits.map((a) => `${a.at} ${a.summary.verdict}`);
  return {
    origin: 'history of audits',
    kind: 'scan',
    host: '',
    at: audits.at(-1)?.at ?? null,
    digest: null,
    output: dates.slice(-SHOWN_LINES).join('\n'),
    leftOut: Math.max(0, dates.length - SHOWN_LINES),
  };
}

const ofAnswer = (answer: AuditorAnswer): Shown => ({
  origin: `answer of the ${answer.role}`,
  kind: 'answer',
  host: '',
  at: answer.date,
  digest: null,
  output: answer.evidence === null ? answer.reason : `${answer.reason}\n${answer.evidence}`,
  leftOut: 0,
});

/** What an id stands for; undefined for one that nothing here bears. */
function findEvidence(
  id: string,
  context: CheckContext,
  statements: readonly Statement[],
): Shown | undefined {
  const piece = context.pieces.get(id);
  if (piece !== undefined) return ofPiece(piece, statements);
  const attached = context.attachments.find((a) => a.source.id === id);
  if (attached !== undefined) return ofAttachment(attached, statements);
  const scan = context.audit?.evidence.find((e) => scanEvidenceId(e.file) === id);
  if (scan !== undefined) return ofScan(scan);
  if (id.startsWith('site:') && context.site !== null) return ofSite(context.site.file, statements);
  if (id === 'history' && context.history !== null) return ofHistory(context.history);
  return undefined;
}

/** Command, host, time and output of everything that an item's reasons rest on. */
export function gatherEvidence(
  context: CheckContext,
  statements: readonly Statement[],
  answer: AuditorAnswer | null,
): readonly ItemEvidence[] {
  const ids = [...new Set(statements.flatMap((s) => [...s.evidence]))];
  const evidence = ids.flatMap((id): ItemEvidence[] => {
    const shown = findEvidence(id, context, statements);
    return shown === undefined ? [] : [{ id, ...shown }];
  });
  return answer === null ? evidence : [...evidence, { id: `answer:${answer.item}`, ...ofAnswer(answer) }];
}
