import { formatIpv4, parseIpv4 } from '../src/model/address.ts';
import type { AuditFlow, Because, CoverageStatus, FlowVerdict, ObservationRef } from '../src/model/audit.ts';
import type { DecidedBy, Severity, Verdict } from '../src/model/finding.ts';
import { hasPorts, ICMP, type Packet, TCP, TCP_FLAG_NAMES } from '../src/model/packet.ts';
import { countRanges, type PortSet } from '../src/model/ports.ts';
import type { ChangedSpace, MatchedPackets } from '../src/model/review.ts';
import { type Inlines, line, type Tone } from './outline/outline.ts';

// One wording for all formats, so that the same thing has the same name everywhere.

const PROTOCOL_NAMES: ReadonlyMap<number, string> = new Map([
  [1, 'icmp'],
  [2, 'igmp'],
  [4, 'ipinip'],
  [6, 'tcp'],
  [17, 'udp'],
  [47, 'gre'],
  [50, 'esp'],
  [51, 'ahp'],
  [88, 'eigrp'],
  [89, 'ospf'],
  [103, 'pim'],
  [108, 'pcp'],
  [132, 'sctp'],
]);

const describeProtocol = (protocol: number | 'ip'): string =>
  protocol === 'ip' ? 'ip' : (PROTOCOL_NAMES.get(protocol) ?? `protocol ${protocol}`);

/** `65,534`; takes the decimal strings of packet counts too. */
export const formatCount = (n: number | string): string => String(n).replace(/\B(?=(\d{3})+$)/g, ',');

export const plural = (n: number, one: string, many = `${one}s`): string =>
  `${formatCount(n)} ${n === 1 ? one : many}`;

const range = ([lo, hi]: readonly [number, number]): string => (lo === hi ? `${lo}` : `${lo}-${hi}`);

/** `22, 110, 1024-65535`; at most `most` ranges, then how many more. */
export function describePorts(ports: PortSet, most = 8): string {
  if (ports.length === 0) return 'none';
  if (ports.length === 1 && ports[0]?.[0] === 0 && ports[0][1] === 65535) return 'all';
  const shown = ports.slice(0, most).map(range).join(', ');
  return ports.length > most ? `${shown} and ${plural(ports.length - most, 'more run')}` : shown;
}

/** `tcp/110`, `tcp/1-109, 111-65535 (65,534 ports)`. */
export function describeFlowPorts(protocol: string, ports: PortSet): string {
  const count = countRanges(ports);
  return `${protocol}/${describePorts(ports)}${count > 1 ? ` (${plural(count, 'port')})` : ''}`;
}

export const describeFlow = (f: Pick<AuditFlow, 'vantage' | 'target' | 'protocol' | 'ports'>): string =>
  `${f.vantage} -> ${f.target} ${describeFlowPorts(f.protocol, f.ports)}`;

/** Up to six address patterns, and how many more. */
export function describeSources(patterns: readonly string[]): string {
  const shown = patterns.slice(0, 6).map(describePatternText).join(', ');
  return patterns.length > 6 ? `${shown} and ${patterns.length - 6} more` : shown;
}

/** `any`, `host A`, `A wildcard`, from the one spelling of documents. */
export function describePatternText(text: string): string {
  const [address, wildcard] = text.split(' ');
  if (address === undefined || wildcard === undefined) return text;
  if (wildcard === '255.255.255.255') return 'any';
  if (wildcard === '0.0.0.0') return parseIpv4(address) === undefined ? text : `host ${address}`;
  return text;
}

const portsClause = (ports: PortSet | null): string =>
  ports === null || describePorts(ports) === 'all'
    ? ''
    : ` ${countRanges(ports) === 1 ? 'port' : 'ports'} ${describePorts(ports)}`;

const icmpClause = (icmp: ChangedSpace['icmp']): string =>
  icmp === null ? '' : `, type ${icmp.type}${icmp.code === null ? '' : ` code ${icmp.code}`}`;

/** `ip (protocols 0-5, 7-255)` where not all are meant. */
const describeProtocols = ({ protocol, protocols }: MatchedPackets): string =>
  protocols === undefined
    ? describeProtocol(protocol)
    : `${describeProtocol(protocol)} (${protocols.length === 1 && protocols[0]![0] === protocols[0]![1] ? 'protocol' : 'protocols'} ${describePorts(protocols)})`;

/** `tcp any -> host 192.168.2.35 port 25, syn,!ack`. */
export const describeSpace = (s: MatchedPackets): string =>
  `${describeProtocols(s)} ${describePatternText(s.source)}${portsClause(s.sourcePorts)}` +
  ` -> ${describePatternText(s.destination)}${portsClause(s.destinationPorts)}` +
  `${icmpClause(s.icmp)}${s.tcpFlags === null ? '' : `, ${s.tcpFlags}`}${s.condition === undefined ? '' : `, ${s.condition}`}`;

/** `syn,ack`; empty when no flag is set. */
export const describeFlags = (flags: number): string =>
  TCP_FLAG_NAMES.filter(([, bit]) => (flags & bit) !== 0)
    .map(([name]) => name)
    .join(',');

/** `tcp 203.0.113.77:49152 -> 192.168.2.35:110 syn`. */
export function describePacket(p: Packet): string {
  const ports = hasPorts(p.protocol) && !p.nonInitialFragment;
  const from = formatIpv4(p.source) + (ports ? `:${p.sourcePort}` : '');
  const to = formatIpv4(p.destination) + (ports ? `:${p.destinationPort}` : '');
  const flags = p.protocol === TCP && ports ? ` ${describeFlags(p.tcpFlags) || 'no flags'}` : '';
  const icmp = p.protocol === ICMP && !p.nonInitialFragment ? ` type ${p.icmpType} code ${p.icmpCode}` : '';
  const fragment = p.nonInitialFragment ? ' non-initial fragment' : '';
  return `${describeProtocol(p.protocol)} ${from} -> ${to}${flags}${icmp}${fragment}`;
}

/** What decided, as a piece of a sentence; the line itself where there is one. `cause`: of a drop that is no list's. */
export function describeDecider(d: DecidedBy, cause?: string): Inlines {
  if (cause !== undefined) return d === null ? [cause] : [`${cause}: `, ...describeDecider(d)];
  if (d === null) return ['no list'];
  if ('implicitDeny' in d) return [`implicit deny at the end of list ${d.acl}`];
  return [line(d)];
}

export function describeObservation(o: ObservationRef): string {
  const icmp =
    o.icmp === null ? '' : `, ICMP ${o.icmp.type}/${o.icmp.code} from ${o.icmp.from ?? 'an unnamed sender'}`;
  const at = o.at === null ? '' : `, ${o.at}`;
  return `${describePorts(o.ports)} ${o.state} (${o.reason}${icmp}) from ${o.vantage}${at} [${o.evidence}]`;
}

/** The label and value under which one reason of a verdict is shown. */
export function describeBecause(b: Because): { readonly label: string; readonly value: Inlines } {
  if (b === null || !('kind' in b)) return { label: 'decided by', value: describeDecider(b) };
  switch (b.kind) {
    case 'observation':
      return { label: 'observed', value: [describeObservation(b)] };
    case 'policy':
    case 'canary':
    case 'assumption':
      return { label: b.kind, value: b.line === null ? [b.text] : [`${b.text} `, line(b.line)] };
    case 'reason':
      return { label: 'because', value: b.line === null ? [b.text] : [`${b.text} `, line(b.line)] };
  }
}

const TONE_OF_SEVERITY: Readonly<Record<Severity, Tone>> = {
  critical: 'bad',
  high: 'bad',
  medium: 'warn',
  low: 'plain',
  info: 'quiet',
};
export const toneOfSeverity = (s: Severity | null): Tone => (s === null ? 'plain' : TONE_OF_SEVERITY[s]);

const TONE_OF_VERDICT: Readonly<Record<Verdict, Tone>> = {
  permit: 'good',
  deny: 'bad',
  undetermined: 'warn',
};
export const toneOfVerdict = (v: Verdict): Tone => TONE_OF_VERDICT[v];

const TONE_OF_FLOW: Readonly<Record<FlowVerdict, Tone>> = {
  pass: 'good',
  fail: 'bad',
  undetermined: 'warn',
  waived: 'quiet',
};
export const toneOfFlow = (v: FlowVerdict): Tone => TONE_OF_FLOW[v];

const TONE_OF_COVERAGE: Readonly<Record<CoverageStatus, Tone>> = {
  proven: 'good',
  contradicted: 'bad',
  unprobed: 'warn',
  unprobeable: 'quiet',
  dead: 'warn',
};
export const toneOfCoverage = (s: CoverageStatus): Tone => TONE_OF_COVERAGE[s];
