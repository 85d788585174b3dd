import type { ConfigLine } from '../diagnostics/source-span.ts';
import type { AuditorAnswer, ItemEvidence, Statement } from '../model/checklist.ts';
import type { HostPiece } from '../model/host.ts';
import { scanEvidenceId } from './audit-flows.ts';
import type { CheckContext } from './check.ts';

/** Lines of output that one piece of evidence shows at most. */
const SHOWN_LINES = 40;
const CONTEXT = 1;

const digestOf = (piece: HostPiece): string | null =>
  piece.source.digest === null ? null : `${piece.source.digest.algorithm}:${piece.source.digest.hex}`;

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

/** Command, host, time and output of everything that an item's reasons rest on. */
export function gatherEvidence(
  context: CheckContext,
  statements: readonly Statement[],
  answer: AuditorAnswer | null,
): readonly ItemEvidence[] {
  const ids = [...new Set(statements.flatMap((s) => [...s.evidence]))];
  const cited = (origin: string): readonly number[] =>
    statements.flatMap((s) => s.lines.filter((l: ConfigLine) => l.file === origin).map((l) => l.line));
  const evidence = ids.flatMap((id): ItemEvidence[] => {
    const attached = context.attachments.find((a) => a.source.id === id);
    const piece = context.pieces.get(id);
    if (piece !== undefined) {
      const { source, text } = piece;
      return [
        {
          id,
          origin: source.origin,
          kind: source.kind,
          host: source.host,
          at: source.at,
          digest: digestOf(piece),
          ...excerpt(text, cited(source.origin)),
        },
      ];
    }
    if (attached !== undefined) {
      const { source } = attached;
      const lines = statements.flatMap((s) =>
        s.lines.filter((l) => l.file === source.origin).map((l) => l.text),
      );
      const digest = source.digest === null ? null : `${source.digest.algorithm}:${source.digest.hex}`;
      const output = [...new Set(lines)].slice(0, SHOWN_LINES).join('\n');
      return [
        {
          id,
          origin: source.origin,
          kind: 'attachment',
          host: source.host,
          at: source.at,
          digest,
          output,
          leftOut: 0,
        },
      ];
    }
    const scan = context.audit?.evidence.find((e) => scanEvidenceId(e.file) === id);
    if (scan !== undefined) {
      const what = [
        scan.tool ?? scan.via,
        `from ${scan.vantage}`,
        scan.complete ? 'complete' : 'incomplete',
        ...scan.notes,
      ];
      return [
        {
          id,
          origin: scan.file,
          kind: 'scan',
          host: scan.vantage,
          at: scan.ended ?? scan.started,
          digest: `sha256:${scan.sha256}`,
          output: what.join('\n'),
          leftOut: 0,
        },
      ];
    }
    if (id.startsWith('site:') && context.site !== null) {
      const lines = statements.flatMap((s) =>
        s.lines.filter((l) => l.file === context.site!.file).map((l) => `${l.line}: ${l.text}`),
      );
      return [
        {
          id,
          origin: context.site.file,
          kind: 'site',
          host: '',
          at: null,
          digest: null,
          output: [...new Set(lines)].join('\n'),
          leftOut: 0,
        },
      ];
    }
    if (id === 'history' && context.history !== null) {
      const dates = context.history.audits.map((a) => `${a.at} ${a.summary.verdict}`);
      return [
        {
          id,
          origin: 'history of audits',
          kind: 'scan',
          host: '',
          at: context.history.audits.at(-1)?.at ?? null,
          digest: null,
          output: dates.slice(-SHOWN_LINES).join('\n'),
          leftOut: Math.max(0, dates.length - SHOWN_LINES),
        },
      ];
    }
    return [];
  });
  if (answer === null) return evidence;
  const output = answer.evidence === null ? answer.reason : `${answer.reason}\n${answer.evidence}`;
  return [
    ...evidence,
    {
      id: `answer:${answer.item}`,
      origin: `answer of the ${answer.role}`,
      kind: 'answer',
      host: '',
      at: answer.date,
      digest: null,
      output,
      leftOut: 0,
    },
  ];
}
