import { formatDiagnostic } from '../../src/diagnostics/diagnostic.ts';
import type { Report } from '../report.ts';
import { type Block, heading } from './outline.ts';

/** What every document ends with: what was taken for granted, what the readers said, what it all rests on. */
export function frameBlocks(report: Report): readonly Block[] {
  const blocks: Block[] = [];
  const assumptions = [...new Set([...ownAssumptions(report), ...report.assumptions])];
  if (assumptions.length > 0) {
    blocks.push(heading('Assumptions'), { kind: 'list', items: assumptions.map((a) => [a]) });
  }
  if (report.diagnostics.length > 0) {
    blocks.push(heading('Diagnostics'), {
      kind: 'list',
      items: report.diagnostics.map((d) => {
        const [first = '', mend] = formatDiagnostic(d).split('\n  mend: ');
        return mend === undefined ? [first] : [`${first}; ${mend}`];
      }),
    });
  }
  return blocks;
}

function ownAssumptions(report: Report): readonly string[] {
  switch (report.kind) {
    case 'audit':
    case 'review':
      return report.result.assumptions;
    case 'explain':
      return report.trace.assumptions;
    case 'intended':
      return report.flows.flatMap((f) => f.assumptions);
    case 'lint':
    case 'checklist':
    case 'history':
      return [];
  }
}

/** The inputs with their hashes, for documents that are kept. */
export function inputBlocks(report: Report): readonly Block[] {
  if (report.header.inputs.length === 0) return [];
  return [
    heading('Inputs'),
    {
      kind: 'table',
      columns: [{ title: 'Role' }, { title: 'File' }, { title: 'SHA-256' }],
      rows: report.header.inputs.map((i) => ({
        cells: [[i.role], [i.file], [{ kind: 'code', text: i.sha256 }]],
      })),
    },
  ];
}
