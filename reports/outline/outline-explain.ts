import type { Doubt, Hop, TracedWay, TranslatedHeader } from '../../src/model/exposure.ts';
import type { PortSet } from '../../src/model/ports.ts';
import type { ExplainedPacket, ExplainReport } from '../report.ts';
import { describeDecider, describePorts, toneOfVerdict } from '../wording.ts';
import { type Block, heading, type Inlines, line, paragraph } from './outline.ts';

/** `tcp 203.0.113.77:49152-65535 -> 192.168.2.35:110, syn`. */
function describeExplained(p: ExplainedPacket): string {
  const from = p.sourcePorts === null ? p.source : `${p.source}:${describePorts(p.sourcePorts)}`;
  const to = p.destinationPort === null ? p.destination : `${p.destination}:${p.destinationPort}`;
  return `${p.protocol} ${from} -> ${to}${p.condition === null ? '' : `, ${p.condition}`}`;
}

const describePlace = (h: Hop): string =>
  `${h.router === null ? '' : `${h.router} `}${h.interface} ${h.direction}, ${h.acl === null ? 'no list' : `list ${h.acl}`}`;

function doubtText(d: Doubt): Inlines {
  const reason = d.reason.startsWith('undetermined') ? d.reason : `undetermined because ${d.reason}`;
  return d.line === null ? [reason] : [`${reason}: `, line(d.line)];
}

const end = (address: string, ports: PortSet | null): string =>
  ports === null || describePorts(ports) === 'all' ? address : `${address}:${describePorts(ports)}`;

/** `r1 translates the destination 203.0.113.10:80 to 10.1.1.10:8080`. */
function translationText({ router, before, after }: TranslatedHeader): string {
  const moved = (what: string, from: string, to: string): readonly string[] =>
    from === to ? [] : [`the ${what} ${from} to ${to}`];
  const parts = [
    ...moved('source', end(before.source, before.sourcePorts), end(after.source, after.sourcePorts)),
    ...moved(
      'destination',
      end(before.destination, before.destinationPorts),
      end(after.destination, after.destinationPorts),
    ),
  ];
  return `${router ?? 'the router'} translates ${parts.join(' and ')}`;
}

function way(part: TracedWay): readonly Block[] {
  const blocks: Block[] = [];
  if (part.hops.length === 0) blocks.push(paragraph('No router list stands on this way.'));
  else {
    blocks.push({
      kind: 'steps',
      steps: part.hops.map((h) => ({
        place: describePlace(h),
        tone: toneOfVerdict(h.verdict),
        word: h.verdict,
        details: h.acl === null && h.decidedBy === null ? [] : [describeDecider(h.decidedBy)],
      })),
    });
  }
  if (part.cause !== undefined)
    blocks.push(paragraph('Dropped: ', ...describeDecider(part.decidedBy, part.cause)));
  if (part.translations.length > 0)
    blocks.push({ kind: 'list', items: part.translations.map((t) => [translationText(t)]) });
  if (part.doubts.length > 0) blocks.push({ kind: 'list', items: part.doubts.map(doubtText) });
  return blocks;
}

export function outlineExplain(report: ExplainReport): readonly Block[] {
  const { trace } = report;
  return [
    {
      kind: 'verdict',
      tone: toneOfVerdict(trace.verdict),
      word: trace.verdict.toUpperCase(),
      text: describeExplained(report.packet),
      facts: [{ label: 'decided by', value: describeDecider(trace.decidedBy, trace.cause) }],
    },
    heading(`Packet: ${trace.verdict}`),
    ...way(trace),
    heading(`Reply: ${trace.reply.verdict}`),
    ...way(trace.reply),
  ];
}
