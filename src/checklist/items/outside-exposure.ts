import * as z from 'zod';
import type { ConfigLine } from '../../diagnostics/source-span.ts';
import { parseIpv4, patternContains } from '../../model/address.ts';
import type { AuditFinding, AuditFlow } from '../../model/audit.ts';
import type { Statement } from '../../model/checklist.ts';
import type { TracedWay } from '../../model/exposure.ts';
import type { LogLine } from '../../model/host.ts';
import { countRanges, formatRanges, type PortSet, subtractRanges, unionRanges } from '../../model/ports.ts';
import { decidedByList, evidenceOf, isSeen, linesOfFlow, tcpFlows } from '../audit-flows.ts';
import { attachmentsOf, type CheckContext, defineCheck } from '../check.ts';
import { breaks, doubt, enumerate, holds, missing, note } from '../statement.ts';

const EVERY_PORT: PortSet = [[1, 65535]];

export const outsideExposure = defineCheck({
  id: 'outside-exposure',
  description:
    'A list decides about packets from outside, and all 65,535 ports answer from there as the intended set says.',
  parameters: z.strictObject({
    sessions: z
      .record(z.string(), z.int().min(1).max(65535))
      .default({
        pop3: 110,
        ipop3: 110,
        ipop3d: 110,
        pop3d: 110,
        'qmail-pop3d': 110,
        'pop3-login': 110,
        popa3d: 110,
      })
      .describe('programs, or services of xinetd, whose logged sessions come from outside, and their port'),
  }),
  judge: (context, { sessions }) => {
    if (context.audit === null) return [missing('no audit of scans and router configuration was given')];
    const flows = tcpFlows(context, 'outside');
    if (flows.length === 0) return [missing('the audit holds no flow from outside to this host')];
    return [
      ...flows.map(flowStatement),
      boundStatement(flows),
      ...coverageStatements(context, flows),
      ...findingStatements(context, flows),
      ...sessionStatements(context, sessions),
    ];
  },
});

/** The list may be written and never bound: then no line decides about any packet. */
function boundStatement(flows: readonly AuditFlow[]): Statement {
  const decided = flows.find(decidedByList);
  if (decided !== undefined)
    return holds('an access list is bound on the way from outside', {
      lines: linesOfFlow(decided).slice(0, 2),
      evidence: evidenceOf([decided]),
    });
  const open = flows.find((f) => f.config === 'undetermined');
  if (open !== undefined)
    return doubt('whether an access list decides about packets from outside is undetermined', {
      lines: linesOfFlow(open).slice(0, 2),
    });
  const why = flows.find((f) => f.cause !== undefined)?.cause ?? 'none is bound on its way';
  return breaks(`no access list decides about any packet from outside: ${why}`);
}

function flowStatement(f: AuditFlow): Statement {
  const text = `${f.vantage}, tcp/${formatRanges(f.ports).slice(0, 120)}: ${f.message}`;
  const grounds = { lines: linesOfFlow(f), evidence: evidenceOf([f]) };
  switch (f.verdict) {
    case 'pass':
      return holds(text, grounds);
    case 'fail':
      return breaks(text, grounds);
    case 'undetermined':
      return f.observed === 'unobserved' ? missing(text, grounds) : doubt(text, grounds);
    case 'waived':
      return note(`${text} (accepted by a waiver)`, grounds);
  }
}

/** Whether some place outside that stands for everyone was probed on every port. */
function coverageStatements(context: CheckContext, flows: readonly AuditFlow[]): readonly Statement[] {
  const seenFrom = new Map<string, PortSet>();
  for (const f of flows) {
    if (isSeen(f)) seenFrom.set(f.vantage, unionRanges(seenFrom.get(f.vantage) ?? [], f.ports));
  }
  const wide = [...seenFrom].filter(([name]) => {
    const sources = context.site?.vantages.get(name)?.sources ?? [];
    return sources.some((s) => s.wildcard === 0xffffffff);
  });
  const [best] = (wide.length > 0 ? wide : [...seenFrom]).sort(
    (a, b) => countRanges(b[1]) - countRanges(a[1]),
  );
  if (best === undefined) return [missing('no port was looked at from outside')];
  const left = countRanges(subtractRanges(EVERY_PORT, best[1]));
  return left === 0
    ? [holds(`all 65,535 ports were looked at from ${best[0]}`)]
    : [doubt(`${left} of 65,535 ports were not looked at from ${best[0]}`)];
}

/** What the audit found beyond single flows: dead permits, policy against config, other addresses. */
function findingStatements(context: CheckContext, flows: readonly AuditFlow[]): readonly Statement[] {
  const outside = new Set(flows.map((f) => f.vantage));
  return context
    .audit!.findings.filter((f) => f.target === null || f.target === context.target?.name)
    .filter((f) => f.vantage === null || outside.has(f.vantage))
    .filter((f) => !flows.some((flow) => saysTheSame(f, flow)))
    .map((f) => {
      const grounds = { lines: f.line === null ? [] : [f.line] };
      const text = `${f.severity}: ${f.message}`;
      if (f.waived !== null)
        return note(`${text} (accepted by ${f.waived.owner} until ${f.waived.until})`, grounds);
      return f.severity === 'critical' || f.severity === 'high' ? breaks(text, grounds) : note(text, grounds);
    });
}

/** A flow's own verdict is told already. */
const saysTheSame = (finding: AuditFinding, flow: AuditFlow): boolean =>
  finding.vantage === flow.vantage && finding.message.includes(flow.message);

interface Session {
  readonly address: string;
  readonly port: number;
  readonly log: LogLine;
}

/** Sessions that the remote log shows from addresses which the list, as configured, does not let in. */
function sessionStatements(
  context: CheckContext,
  programs: Readonly<Record<string, number>>,
): readonly Statement[] {
  const { traceFlow, target, site } = context;
  if (traceFlow === null || target === null) return [];
  // The audit tells it already when the log was among its evidence.
  if (context.audit?.findings.some((f) => f.kind === 'session-despite-deny')) return [];
  const segment = target.segment === null ? undefined : site?.segments.get(target.segment);
  const logs = attachmentsOf(context, 'remote-log');
  const sessions = logs
    .flatMap((l) => l.value.flatMap((entry) => sessionsIn(entry, programs)))
    .filter((s) => segment === undefined || !patternContains(segment.network, parseIpv4(s.address)!));
  const denied = new Map<
    string,
    { readonly sessions: Session[]; readonly line: ConfigLine | null; readonly denial: string }
  >();
  for (const session of sessions) {
    const traced = traceFlow(session.address, target.name, 'tcp', session.port);
    if (traced?.verdict !== 'deny') continue;
    const by = traced.decidedBy;
    const line = by !== null && 'line' in by ? by : null;
    const denial = denialBy(traced);
    const group = denied.get(denial) ?? { sessions: [], line, denial };
    group.sessions.push(session);
    denied.set(denial, group);
  }
  return [...denied.values()].map(({ sessions: found, line, denial }) => {
    const from = enumerate([...new Set(found.map((s) => s.address))], 4);
    return doubt(
      `the remote log shows sessions on port ${found[0]!.port} from ${from}, ${denial}, or the addresses were rewritten`,
      {
        lines: [...(line === null ? [] : [line]), ...found.slice(0, 4).map((s) => s.log.line)],
        sources: logs.map((l) => l.source),
      },
    );
  });
}

function denialBy({ decidedBy: by, cause }: Pick<TracedWay, 'decidedBy' | 'cause'>): string {
  if (cause !== undefined) return `though ${cause}: they come by another way`;
  const line =
    by !== null && 'line' in by
      ? `line ${by.line} (${by.text.trim()})`
      : `the implicit deny of list ${by?.acl}`;
  return `which ${line} denies: they come by another interface, the list is not enforced`;
}

/** `ipop3d[9]: Login … host=h [192.0.2.1]` or `xinetd[6]: START: pop3 pid=9 from=192.0.2.1`. */
function sessionsIn(entry: LogLine, services: Readonly<Record<string, number>>): readonly Session[] {
  const program = entry.program === null ? '' : entry.program.slice(entry.program.lastIndexOf('/') + 1);
  const started =
    program === 'xinetd' ? /^START: (\S+) .*\bfrom=(?:::ffff:)?([\d.]+)/.exec(entry.message) : null;
  const port = services[started?.[1] ?? program];
  if (port === undefined) return [];
  const addresses =
    started === null
      ? [...entry.message.matchAll(/(?<![\d.])(\d{1,3}(?:\.\d{1,3}){3})(?![\d.])/g)].map((m) => m[1]!)
      : [started[2]!];
  return addresses
    .filter((a) => parseIpv4(a) !== undefined)
    .map((address) => ({ address, port, log: entry }));
}
