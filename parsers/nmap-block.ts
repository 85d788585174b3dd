import type { Diagnostic } from '../src/diagnostics/diagnostic.ts';
import type { SourceSpan } from '../src/diagnostics/source-span.ts';
import type { TargetEvidence } from '../src/model/evidence.ts';
import { formatRanges, type PortSet, rangesOf } from '../src/model/ports.ts';
import type { PortProtocol } from '../src/model/site.ts';
import { escapeUntrusted } from '../src/model/untrusted-text.ts';
import { type NmapAnswer, readNmapAnswer } from './nmap-answer.ts';
import { expandNotShown, type NotShown } from './nmap-not-shown.ts';
import { groupObservations } from './observation-groups.ts';

/** One port line of an nmap report, whatever its format. */
export interface NmapPort {
  readonly protocol: PortProtocol;
  readonly port: number;
  readonly state: string;
  readonly reason: string | null;
  readonly from: string | null;
  readonly ttl: number | null;
  readonly service: string | null;
  /** nmap's service detection spoke with it: a handshake took place. */
  readonly probed: boolean;
  readonly span: SourceSpan | null;
}

/** Ports of an nmap report that it sums up in one state instead of listing them, as it words it. */
export interface HiddenPorts {
  readonly state: string;
  readonly reason: string | null;
  /** Null where the text gives the state but no number. */
  readonly count: number | null;
  /** The ports themselves, where nmap says them (XML since 7.9). */
  readonly ports: PortSet | null;
  /** Null where the text does not say. */
  readonly protocol: PortProtocol | null;
}

/** One host of an nmap report before its ports are expanded. */
export interface NmapHost {
  readonly address: string;
  readonly hostName: string | null;
  readonly ports: readonly NmapPort[];
  readonly notShown: readonly HiddenPorts[];
  readonly span: SourceSpan | null;
  readonly at: string | null;
}

export interface NmapRun {
  readonly connectScan: boolean;
  /** Which ports were asked for, where the report says. */
  readonly scanned: (protocol: PortProtocol) => PortSet | undefined;
  /** Protocols asked for, where the report says. */
  readonly protocols: ReadonlySet<PortProtocol> | undefined;
}

/** Evidence of one host, one entry per protocol; doubts become diagnostics, never guesses. */
export function evidenceOfNmapHost(
  host: NmapHost,
  run: NmapRun,
  diagnostics: Diagnostic[],
): readonly TargetEvidence[] {
  const targets: TargetEvidence[] = [];
  const listedProtocols = new Set<PortProtocol>(host.ports.map((p) => p.protocol));
  const summedUp = host.notShown.flatMap((hidden) => answerHidden(hidden, run));
  const unnamed = summedUp.some((g) => g.protocol === null)
    ? protocolOfUnnamed(host, run, listedProtocols, diagnostics)
    : null;
  for (const protocol of ['tcp', 'udp'] as const) {
    const ports = host.ports.filter((p) => p.protocol === protocol);
    const notShown = summedUp.filter((g) => (g.protocol ?? unnamed) === protocol);
    if (ports.length === 0 && notShown.length === 0) continue;
    const groups = groupObservations(host.at);
    const answerOf = rememberAnswers(host.address, run);
    for (const port of ports) {
      const answer = answerOf(port);
      if (answer) groups.add(port.port, answer);
      else diagnostics.push(unknownState(port));
    }
    const listed = rangesOf(ports.map((p) => p.port));
    const { groups: expanded, doubt } = expandNotShown(run.scanned(protocol), listed, notShown);
    for (const { ports: set, answer } of expanded) if (set.length > 0) groups.add(set, answer);
    if (doubt) {
      diagnostics.push({
        code: 'nmap-ports-unknown',
        severity: 'warning',
        message: `${escapeUntrusted(host.address)}: ${doubt}; they stay unobserved (listed: ${formatRanges(listed)})`,
        span: host.span,
        mend: 'import the XML output (-oX) of the run, or scan with -p1-65535',
      });
    }
    targets.push({
      target: null,
      address: escapeUntrusted(host.address, 64),
      hostName: host.hostName === null ? null : escapeUntrusted(host.hostName),
      protocol,
      observations: groups.list(),
      canaries: [],
    });
  }
  return targets;
}

/** Nothing for a state that nmap does not have. */
function answerHidden(
  { state, reason, count, ports, protocol }: HiddenPorts,
  { connectScan }: NmapRun,
): readonly (NotShown & Pick<HiddenPorts, 'protocol'>)[] {
  const answer = readNmapAnswer({ state, reason, from: null, connectScan, protocol: protocol ?? 'tcp' });
  return answer ? [{ answer, count, ports, protocol }] : [];
}

/** Old reports sum up ports without naming the protocol; it is only taken where one is possible. */
function protocolOfUnnamed(
  host: NmapHost,
  run: NmapRun,
  listed: ReadonlySet<PortProtocol>,
  diagnostics: Diagnostic[],
): PortProtocol | null {
  const candidates = run.protocols ?? (listed.size > 0 ? listed : new Set<PortProtocol>(['tcp']));
  const only = candidates.size === 1 ? [...candidates][0]! : null;
  if (only === null) {
    diagnostics.push({
      code: 'nmap-protocol-unknown',
      severity: 'warning',
      message: `${escapeUntrusted(host.address)}: TCP and UDP were scanned, and the ports not shown are summed up together; they stay unobserved`,
      span: host.span,
      mend: 'import the XML output (-oX) of the run',
    });
  }
  return only;
}

const unknownState = (port: NmapPort): Diagnostic => ({
  code: 'nmap-unknown-state',
  severity: 'warning',
  message: `${port.port}/${port.protocol}: no nmap state is called ${JSON.stringify(escapeUntrusted(port.state, 40))}; the port stays unobserved`,
  span: port.span,
});

type PortAnswer = NmapAnswer & { service: string | null; ttl: number | null; confirmed: boolean };

/** Reads ports of one protocol; one object for all that nmap words alike, since a report may name 65,535 of them. */
function rememberAnswers(address: string, run: NmapRun): (port: NmapPort) => PortAnswer | undefined {
  const known = new Map<string, PortAnswer | undefined>();
  return (port) => {
    const key = JSON.stringify([port.state, port.reason, port.from, port.ttl, port.service, port.probed]);
    if (!known.has(key)) known.set(key, answerOfPort(port, address, run));
    return known.get(key);
  };
}

/** Undefined for a state that nmap does not have. */
function answerOfPort(port: NmapPort, address: string, run: NmapRun): PortAnswer | undefined {
  // nmap names the sender of an answer only where it is not the scanned host itself; a TTL shows that it saw a packet.
  const from = port.from ?? (port.ttl === null ? null : address);
  const answer = readNmapAnswer({ ...port, from, connectScan: run.connectScan });
  if (!answer) return undefined;
  const wrapped = answer.state === 'open' && port.service === 'tcpwrapped';
  return {
    ...answer,
    state: wrapped ? 'wrapped' : answer.state,
    reason: wrapped ? 'eof' : answer.reason,
    service: port.service === null ? null : escapeUntrusted(port.service, 80),
    ttl: port.ttl,
    confirmed: wrapped || (answer.state === 'open' && port.probed),
  };
}
