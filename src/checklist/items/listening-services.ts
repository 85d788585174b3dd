import * as z from 'zod';
import type { AuditFlow } from '../../model/audit.ts';
import type { Statement } from '../../model/checklist.ts';
import type { HostFacts, HostListener } from '../../model/host.ts';
import { isLoopback } from '../../model/loopback.ts';
import {
  countRanges,
  formatRanges,
  type PortSet,
  rangesHave,
  rangesOf,
  subtractRanges,
  unionRanges,
  valuesOf,
} from '../../model/ports.ts';
import { evidenceOf, flowsAtPort, isSeen, linesOfFlow, tcpFlows } from '../audit-flows.ts';
import { type CheckContext, defineCheck } from '../check.ts';
import { breaks, doubt, enumerate, holds, missing, note, unseen } from '../statement.ts';
import { traceOpenPort } from '../trace-open-port.ts';

const EVERY_PORT: PortSet = [[1, 65535]];
/** More ports than this are told as one number: a host in such a state needs another kind of help. */
const MOST_TRACED = 40;

export const listeningServices = defineCheck({
  id: 'listening-services',
  description:
    "The host's own list of listening sockets and all 65,535 ports from its segment show the production set and nothing else.",
  parameters: z.strictObject({
    production: z
      .array(z.int().min(1).max(65535))
      .default([])
      .describe('TCP ports; empty: those that the site policy allows to anybody'),
  }),
  judge: (context, { production }) => {
    const set = production.length > 0 ? rangesOf(production) : policyPorts(context);
    if (set.length === 0) return [missing('neither the policy nor the checklist says what should listen')];
    return [
      ...unwantedStatements(context, set),
      ...scanStatements(context),
      ...listingStatements(context, set),
    ];
  },
});

function policyPorts({ site, target }: CheckContext): PortSet {
  if (site === null || target === null) return [];
  return site.policy
    .filter((r) => r.action === 'allow')
    .filter((r) => r.to.kind === 'any' || (r.to.kind === 'target' && r.to.name === target.name))
    .reduce<PortSet>((all, r) => unionRanges(all, unionRanges(r.tcp, r.wrapped)), []);
}

const onLoopback = (l: HostListener): boolean => isLoopback(l.address);

const openFlows = (flows: readonly AuditFlow[]): readonly AuditFlow[] =>
  flows.filter((f) => isSeen(f) && (f.observed === 'open' || f.observed === 'wrapped'));

/** Each port that is open against the production set, once, with all who say so and its cause on the host. */
function unwantedStatements(context: CheckContext, production: PortSet): readonly Statement[] {
  const { facts } = context;
  const flows = openFlows(tcpFlows(context, 'segment')).filter((f) => f.verdict !== 'waived');
  const listed =
    facts?.listeners.kind === 'present'
      ? facts.listeners.value.filter((l) => l.protocol === 'tcp' && !onLoopback(l))
      : [];
  const scanned = flows.reduce<PortSet>((all, f) => unionRanges(all, f.ports), []);
  const unwanted = subtractRanges(unionRanges(scanned, rangesOf(listed.map((l) => l.port))), production);
  if (countRanges(unwanted) > MOST_TRACED) {
    return [
      breaks(
        `${countRanges(unwanted)} ports are open that production does not need: ${formatRanges(unwanted).slice(0, 200)}`,
        { evidence: evidenceOf(flows) },
      ),
    ];
  }
  return valuesOf(unwanted).map((port) => {
    const seen = flowsAtPort(flows, port);
    const listener = listed.find((l) => l.port === port);
    const from =
      seen.length > 0
        ? `open from ${enumerate([...new Set(seen.map((f) => f.vantage))])}`
        : 'not seen by a scan';
    const inList =
      facts?.listeners.kind !== 'present'
        ? ''
        : listener
          ? ', listed by the host'
          : ', not in the list of the host';
    const cause = facts === null ? null : traceOpenPort(facts, 'tcp', port);
    const why = cause === null ? '' : `; cause: ${cause.text}`;
    return breaks(`${port}/tcp is not wanted: ${from}${inList}${why}`, {
      lines: [...(cause?.lines ?? (listener ? [listener.line] : [])), ...seen.flatMap(linesOfFlow)],
      sources: cause?.sources ?? (facts?.listeners.kind === 'present' ? facts.listeners.sources : []),
      evidence: evidenceOf(seen),
    });
  });
}

function scanStatements(context: CheckContext): readonly Statement[] {
  if (context.audit === null) return [missing('no scan from the own segment was given')];
  const flows = tcpFlows(context, 'segment');
  const seen = flows.filter(isSeen);
  if (seen.length === 0) return [missing("no scan from the host's own segment was given")];
  const open = flows.filter((f) => f.verdict === 'undetermined');
  const left = countRanges(
    subtractRanges(
      EVERY_PORT,
      seen.reduce<PortSet>((all, f) => unionRanges(all, f.ports), []),
    ),
  );
  const statements = open.map((f) =>
    doubt(`${f.vantage}, tcp/${formatRanges(f.ports).slice(0, 80)}: ${f.message}`, {
      evidence: evidenceOf([f]),
    }),
  );
  if (left > 0) statements.push(doubt(`${left} of 65,535 ports were not looked at from the segment`));
  else if (open.length === 0) {
    const vantages = enumerate([...new Set(seen.map((f) => f.vantage))]);
    statements.push(
      holds(`all 65,535 ports were looked at from ${vantages}`, { evidence: evidenceOf(seen) }),
    );
  }
  return statements;
}

function listingStatements(context: CheckContext, production: PortSet): readonly Statement[] {
  const { facts } = context;
  if (facts === null) return [missing('no evidence bundle of the host')];
  if (facts.listeners.kind !== 'present')
    return [unseen(facts.listeners, "the host's list of listening sockets")];
  const { sources } = facts.listeners;
  const tcp = facts.listeners.value.filter((l) => l.protocol === 'tcp');
  const wanted = tcp.filter((l) => !onLoopback(l) && rangesHave(production, l.port));
  const statements: Statement[] = [
    holds(`the host lists ${formatRanges(rangesOf(wanted.map((l) => l.port)))} of the production set`, {
      lines: wanted.map((l) => l.line),
      sources,
    }),
    ...unlistedStatements(context, facts, sources),
  ];
  const udp = facts.listeners.value.filter((l) => l.protocol === 'udp' && !onLoopback(l));
  if (udp.length > 0) {
    const ports = enumerate(
      [...new Set(udp.map((l) => `${l.port}${l.process === null ? '' : ` (${l.process})`}`))],
      10,
    );
    statements.push(note(`UDP sockets, which this item does not judge: ${ports}`, { sources }));
  }
  return statements;
}

/** A port that answers and that the host does not list: the listing is not of this host or hides something. */
function unlistedStatements(
  context: CheckContext,
  facts: HostFacts,
  sources: Extract<HostFacts['listeners'], { kind: 'present' }>['sources'],
): readonly Statement[] {
  const listed = facts.listeners.kind === 'present' ? facts.listeners.value : [];
  const seen = openFlows(tcpFlows(context, 'segment'));
  const hidden = subtractRanges(
    seen.reduce<PortSet>((all, f) => unionRanges(all, f.ports), []),
    rangesOf(listed.filter((l) => l.protocol === 'tcp').map((l) => l.port)),
  );
  return hidden.length === 0
    ? []
    : [
        doubt(`open from the segment but not in the host's list: ${formatRanges(hidden).slice(0, 120)}`, {
          sources,
          evidence: evidenceOf(seen),
        }),
      ];
}
