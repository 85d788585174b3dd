import type { Diagnostic } from '../src/diagnostics/diagnostic.ts';
import { type ConfigLine, toConfigLine } from '../src/diagnostics/source-span.ts';
import { formatIpv4 } from '../src/model/address.ts';
import type { AuditFinding, AuditSummary, Because, ObservationRef } from '../src/model/audit.ts';
import type { ItemOutcome } from '../src/model/checklist.ts';
import type { Doubt, HeaderEnds, Hop, TracedWay } from '../src/model/exposure.ts';
import type { DecidedBy, LintFinding } from '../src/model/finding.ts';
import type { BaselineComparison } from '../src/model/history.ts';
import { hasPorts, ICMP, IGMP, type Packet, TCP } from '../src/model/packet.ts';
import type { Ranges } from '../src/model/ports.ts';
import type { ChangedPair, ChangedReach, ChangedSpace, MatchedPackets } from '../src/model/review.ts';
import type { JsonDiagnostic, JsonWitness } from './json-schema.ts';
import type { Report } from './report.ts';
import type { TextList } from './shared-lists.ts';
import { describeFlags } from './wording.ts';

// Every object is written field by field: a field that the model gains later enters the contract by decision, not by accident.

export const jsonLine = ({ file, line, text }: ConfigLine): ConfigLine => ({ file, line, text });
export const jsonLineOrNull = (l: ConfigLine | null): ConfigLine | null => (l === null ? null : jsonLine(l));
export const jsonPorts = (p: Ranges): [number, number][] => p.map(([lo, hi]) => [lo, hi]);
export const jsonPortsOrNull = (p: Ranges | null): [number, number][] | null =>
  p === null ? null : jsonPorts(p);

export const jsonDecider = (d: DecidedBy) =>
  d === null ? null : 'implicitDeny' in d ? { implicitDeny: true as const, acl: d.acl } : jsonLine(d);

export const jsonCause = ({ cause }: { readonly cause?: string }) => (cause === undefined ? {} : { cause });

export function jsonWitness(p: Packet): JsonWitness {
  const whole = !p.nonInitialFragment;
  const ports = whole && hasPorts(p.protocol);
  return {
    source: formatIpv4(p.source),
    destination: formatIpv4(p.destination),
    protocol: p.protocol,
    sourcePort: ports ? p.sourcePort : null,
    destinationPort: ports ? p.destinationPort : null,
    tcpFlags: whole && p.protocol === TCP ? describeFlags(p.tcpFlags) : null,
    icmp: whole && p.protocol === ICMP ? { type: p.icmpType, code: p.icmpCode } : null,
    igmpType: whole && p.protocol === IGMP ? p.igmpType : null,
    nonInitialFragment: p.nonInitialFragment,
    tos: p.tosByte,
    ttl: p.ttl,
  };
}

/** Patterns listed of one row: `any` without thousands of hosts takes thousands, the widest of which stand first. */
const MOST_SOURCES = 500;
export const jsonSources = (all: readonly string[]) => ({
  sources: all.slice(0, MOST_SOURCES),
  ...(all.length > MOST_SOURCES ? { moreSources: all.length - MOST_SOURCES } : {}),
});

const jsonDiagnostic = (d: Diagnostic): JsonDiagnostic => ({
  code: d.code,
  severity: d.severity,
  message: d.message,
  line: d.span === null ? null : toConfigLine(d.span),
  column: d.span === null ? null : d.span.column,
  mend: d.mend ?? null,
});

export const jsonFrame = (report: Report, own: readonly string[] = []) => ({
  tool: { name: 'aclscope' as const, version: report.header.toolVersion },
  title: report.header.title,
  generated: report.header.generated,
  inputs: report.header.inputs.map(({ role, file, sha256 }) => ({ role, file, sha256 })),
  assumptions: [...new Set([...own, ...report.assumptions])],
  diagnostics: report.diagnostics.map(jsonDiagnostic),
});

const jsonHop = (h: Hop) => ({
  router: h.router,
  interface: h.interface,
  direction: h.direction,
  acl: h.acl,
  verdict: h.verdict,
  decidedBy: jsonDecider(h.decidedBy),
});
const jsonEnds = (e: HeaderEnds) => ({
  source: e.source,
  sourcePorts: jsonPortsOrNull(e.sourcePorts),
  destination: e.destination,
  destinationPorts: jsonPortsOrNull(e.destinationPorts),
});
export const jsonWay = (way: TracedWay) => ({
  verdict: way.verdict,
  decidedBy: jsonDecider(way.decidedBy),
  ...jsonCause(way),
  hops: way.hops.map(jsonHop),
  translations: way.translations.map((t) => ({
    router: t.router,
    before: jsonEnds(t.before),
    after: jsonEnds(t.after),
  })),
  doubts: way.doubts.map(jsonDoubt),
});
export const jsonDoubt = (d: Doubt) => ({ line: jsonLineOrNull(d.line), reason: d.reason });

export const jsonLintFinding = (f: LintFinding) => ({
  rule: f.rule,
  severity: f.severity,
  acl: f.acl,
  line: jsonLineOrNull(f.line),
  message: f.message,
  related: f.related.map(jsonLine),
  witness: f.witness === null ? null : jsonWitness(f.witness),
});

export const jsonReach = ({
  vantage,
  target,
  protocol,
  gained,
  lost,
  undetermined,
  partial,
}: ChangedReach) => ({
  vantage,
  target,
  protocol,
  gained: jsonPorts(gained),
  lost: jsonPorts(lost),
  undetermined: jsonPorts(undetermined),
  partial: partial.map((p) => ({
    ...jsonSources(p.sources),
    gained: jsonPorts(p.gained),
    lost: jsonPorts(p.lost),
  })),
});

// Of a space there may be tens of thousands: what is absent stands as undefined, which JSON leaves out.
const jsonMatched = (m: MatchedPackets, list: TextList) => ({
  protocol: m.protocol,
  source: m.source,
  destination: m.destination,
  sourcePorts: jsonPortsOrNull(m.sourcePorts),
  destinationPorts: jsonPortsOrNull(m.destinationPorts),
  tcpFlags: m.tcpFlags,
  icmp: m.icmp === null ? null : { type: m.icmp.type, code: m.icmp.code },
  protocols: m.protocols && jsonPorts(m.protocols),
  sources: m.sources && list(m.sources),
  destinations: m.destinations && list(m.destinations),
  condition: m.condition,
});

export const jsonSpace = (s: ChangedSpace, list: TextList) => ({
  interface: s.interface,
  direction: s.direction,
  ...jsonMatched(s, list),
  packets: s.packets,
  atLeast: s.atLeast,
  before: jsonDecider(s.before),
  after: jsonDecider(s.after),
  witness: jsonWitness(s.witness),
});

export const jsonPair = (p: ChangedPair, list: TextList) => ({
  spaces: p.spaces,
  interface: p.interface,
  direction: p.direction,
  before: jsonDecider(p.before),
  after: jsonDecider(p.after),
  match: p.match.map((m) => jsonMatched(m, list)),
  less: p.less.map(jsonLine),
  moreLess: p.moreLess,
});

const jsonObservation = (o: ObservationRef) => ({
  kind: o.kind,
  evidence: o.evidence,
  vantage: o.vantage,
  target: o.target,
  ports: jsonPorts(o.ports),
  state: o.state,
  reason: o.reason,
  icmp: o.icmp === null ? null : { type: o.icmp.type, code: o.icmp.code, from: o.icmp.from },
  at: o.at,
});

export function jsonBecause(b: Because) {
  if (b === null) return { kind: 'reason' as const, text: 'no list stands in the way', line: null };
  if (!('kind' in b)) return 'implicitDeny' in b ? { implicitDeny: true as const, acl: b.acl } : jsonLine(b);
  return b.kind === 'observation'
    ? jsonObservation(b)
    : { kind: b.kind, text: b.text, line: jsonLineOrNull(b.line) };
}

export const jsonAuditFinding = (f: AuditFinding) => ({
  kind: f.kind,
  severity: f.severity,
  message: f.message,
  line: jsonLineOrNull(f.line),
  observations: f.observations.map(jsonObservation),
  vantage: f.vantage,
  target: f.target,
  ports: jsonPortsOrNull(f.ports),
  mend: f.mend,
  waived: f.waived === null ? null : { owner: f.waived.owner, why: f.waived.why, until: f.waived.until },
});

export const jsonSummary = (s: AuditSummary) => ({
  verdict: s.verdict,
  flows: { ...s.flows },
  ports: { ...s.ports },
  findings: { ...s.findings },
  coveragePercent: s.coveragePercent,
});

export const jsonComparison = (c: BaselineComparison | null) =>
  c === null
    ? null
    : {
        baseline: c.baseline,
        added: c.added.map(jsonAuditFinding),
        fixed: c.fixed.map(jsonAuditFinding),
        unchanged: c.unchanged.map(jsonAuditFinding),
      };

export const jsonItem = (o: ItemOutcome) => ({
  id: o.item.id,
  title: o.item.title,
  reference: o.item.reference,
  objective: o.item.objective,
  risk: o.item.risk,
  compliance: o.item.compliance,
  tests: [...o.item.tests],
  assessment: o.item.assessment,
  result: o.result,
  automatic: o.automatic,
  summary: o.summary,
  statements: o.statements.map((s) => ({
    kind: s.kind,
    text: s.text,
    lines: s.lines.map(jsonLine),
    evidence: [...s.evidence],
  })),
  evidence: o.evidence.map(({ id, origin, kind, host, at, digest, output, leftOut }) => ({
    id,
    origin,
    kind,
    host,
    at,
    digest,
    output,
    leftOut,
  })),
  answer:
    o.answer === null
      ? null
      : {
          result: o.answer.result,
          role: o.answer.role,
          date: o.answer.date,
          reason: o.answer.reason,
          evidence: o.answer.evidence,
          line: jsonLine(o.answer.line),
        },
  mitigation: o.item.mitigation,
  residual: o.residual,
  cost: { hours: o.item.cost.hours, goods: o.item.cost.goods, note: o.item.cost.note },
});
