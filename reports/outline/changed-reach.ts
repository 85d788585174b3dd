import type { PortSet } from '../../src/model/ports.ts';
import type { ChangedReach } from '../../src/model/review.ts';
import { describeFlowPorts, describeSources, plural } from '../wording.ts';
import { type Block, heading, paragraph } from './outline.ts';

const MOST_LINES = 40;

/** Ports that vantages gain or lose end to end; nothing where no site file names vantages. */
export function reachBlocks(reach: readonly ChangedReach[] | undefined): readonly Block[] {
  if (reach === undefined) return [];
  const lines = reach.flatMap(linesOf);
  const rest = lines.length - MOST_LINES;
  return [
    heading('End to end'),
    lines.length === 0
      ? paragraph('Every vantage of the site reaches the same ports of every target as before.')
      : { kind: 'list', items: lines.slice(0, MOST_LINES).map((text) => [text]) },
    ...(rest > 0 ? [paragraph(`and ${plural(rest, 'more change')}: --format json has all.`)] : []),
  ];
}

function linesOf({ vantage, target, protocol, gained, lost, undetermined, partial }: ChangedReach): string[] {
  const line = (ports: PortSet, who: string, does: string): string[] =>
    ports.length === 0 ? [] : [`${who} -> ${target}: ${does} ${describeFlowPorts(protocol, ports)}`];
  return [
    ...line(gained, vantage, 'gains'),
    ...line(lost, vantage, 'loses'),
    ...line(undetermined, vantage, 'may gain or lose'),
    ...partial.flatMap((p) => {
      const who = `${vantage}, of it ${describeSources(p.sources)}`;
      return [...line(p.gained, who, 'gains'), ...line(p.lost, who, 'loses')];
    }),
  ];
}
