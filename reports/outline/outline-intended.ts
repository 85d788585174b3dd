import type { IntendedFlow } from '../../src/model/exposure.ts';
import { countRanges, intersectRanges, type PortSet } from '../../src/model/ports.ts';
import type { IntendedReport } from '../report.ts';
import { describeDecider, describePorts, describeSources, formatCount, plural } from '../wording.ts';
import { type Block, heading, type Inlines, line, paragraph, type Row, tone } from './outline.ts';

const stateRow = (word: 'reachable' | 'blocked' | 'undetermined', flow: IntendedFlow): Row => ({
  cells: [
    [tone(word === 'reachable' ? 'good' : word === 'blocked' ? 'bad' : 'warn', word)],
    [formatCount(countRanges(flow[word]))],
    [describePorts(flow[word], 12)],
  ],
});

function computedWord(flow: IntendedFlow, ports: IntendedFlow['reachable']): string {
  const words = (['reachable', 'blocked', 'undetermined'] as const).filter(
    (w) => intersectRanges(flow[w], ports).length > 0,
  );
  return words.join(', ');
}

const portWord = (ports: PortSet): string =>
  `${countRanges(ports) === 1 ? 'port' : 'ports'} ${describePorts(ports)}`;

function decidingRows(flow: IntendedFlow): readonly Row[] {
  return flow.deciding.map((d) => {
    const only: Inlines =
      d.sourcePorts === undefined ? [] : [`; only from source ports ${describePorts(d.sourcePorts)}`];
    return {
      cells: [
        [describePorts(d.ports, 6)],
        [computedWord(flow, d.ports)],
        [...describeDecider(d.decidedBy, d.cause), ...only],
      ],
    };
  });
}

function flowBlocks(flow: IntendedFlow): readonly Block[] {
  const blocks: Block[] = [heading(`${flow.vantage} -> ${flow.target} ${flow.protocol}`)];
  if (flow.ownSegment) {
    blocks.push(
      paragraph('On its own segment: no router list applies, the policy alone says what is intended.'),
    );
  }
  blocks.push({
    kind: 'table',
    columns: [{ title: 'Computed' }, { title: 'Ports', align: 'right' }, { title: 'Which' }],
    rows: [stateRow('reachable', flow), stateRow('blocked', flow), stateRow('undetermined', flow)],
  });
  if (flow.deciding.length > 0) {
    blocks.push({
      kind: 'table',
      columns: [{ title: 'Ports' }, { title: 'Computed' }, { title: 'Decided by' }],
      rows: decidingRows(flow),
    });
  }
  const notes: Inlines[] = [];
  for (const p of flow.partial) {
    notes.push([
      `${portWord(p.ports)} only from ${describeSources(p.sources)}: `,
      ...describeDecider(p.decidedBy),
    ]);
  }
  if (flow.oneWay.length > 0) {
    notes.push([`${portWord(flow.oneWay)} reached, but the router drops the reply`]);
  }
  for (const d of flow.doubts) {
    const where: Inlines = d.line === null ? [] : [': ', line(d.line)];
    notes.push([`${portWord(d.ports)} undetermined: ${d.reason}`, ...where]);
  }
  if (notes.length > 0) blocks.push({ kind: 'list', items: notes });
  return blocks;
}

export function outlineIntended(report: IntendedReport): readonly Block[] {
  const open = report.flows.filter((f) => f.undetermined.length > 0).length;
  // On its own segment a target is reached whatever the lists say: counting that would drown the rest.
  const reachable = report.flows
    .filter((f) => !f.ownSegment)
    .reduce((n, f) => n + countRanges(f.reachable), 0);
  const flows = plural(report.flows.length, 'flow');
  return [
    open > 0
      ? { kind: 'verdict', tone: 'warn', word: 'UNDETERMINED', text: `in ${open} of ${flows}`, facts: [] }
      : {
          kind: 'verdict',
          tone: 'good',
          word: 'DETERMINED',
          text: `${flows}, ${plural(reachable, 'port')} reachable through the lists, none undetermined`,
          facts: [],
        },
    ...report.flows.flatMap(flowBlocks),
  ];
}
