import { toConfigLine } from '../diagnostics/source-span.ts';
import type { AuditFinding, AuditFlow, Because, ObservationRef } from '../model/audit.ts';
import type { LintFinding } from '../model/finding.ts';
import { formatRanges, rangesHave } from '../model/ports.ts';
import type { PortProtocol } from '../model/site.ts';
import type { Judgement } from './judge.ts';
import type { JudgedFlow } from './judge-flows.ts';
import { listenersOf } from './known-listeners.ts';
import { plainFinding } from './plain-finding.ts';
import { type PolicyView, policyView } from './policy.ts';
import type { AuditInput, FlowContext } from './sightings.ts';
import { acceptance } from './waivers.ts';

const MENDS: Readonly<Record<NonNullable<Judgement['finding']>, string>> = {
  exposed: 'close the service, or deny it in the list; if it is wanted, add a policy rule with its reason',
  bypassed:
    'find out what answered: check that the list is bound and enforced, and that the address is this host',
  drift: 'find the filter that answers, and add it to the site or remove it',
  'unreachable-service': 'check the path and the host: something drops what the config permits',
};

/** The same where no list, or a list that denies it already, stands before an open port. */
function mendExposed({ config }: AuditFlow): string {
  switch (config) {
    case 'deny':
      return 'close the service, and find out why the list let it pass: check that it is bound where these packets arrive, and that the device runs this configuration';
    case null:
      return 'close the service; if it is wanted, add a policy rule with its reason';
    default:
      return MENDS.exposed;
  }
}

/** The same where the policy wants the flow and the list is what is wrong. */
const WANTED: Readonly<Partial<typeof MENDS>> = {
  exposed:
    'the policy wants it: permit it in the list, and find out why the list did not stop it as it stands',
};

const FIND_THE_WAY =
  'find out by which way its packets pass: check that the device runs this configuration, and that no other device leads there';

/** The same where something else than a list should have dropped the packets. */
const BESIDE_LISTS: Readonly<Partial<typeof MENDS>> = {
  exposed: `close the service, and ${FIND_THE_WAY}`,
  bypassed:
    'find out what answered: check that the device runs this configuration, that no other device leads there, and that the address is this host',
};
const WANTED_BESIDE_LISTS: typeof WANTED = {
  exposed: `the policy wants it: let it through in the configuration, and ${FIND_THE_WAY}`,
};

function mendOf(kind: NonNullable<Judgement['finding']>, flow: AuditFlow): string {
  const [wanted, plain] = flow.cause === undefined ? [WANTED, null] : [WANTED_BESIDE_LISTS, BESIDE_LISTS];
  return (
    (flow.policy === 'allow' ? wanted[kind] : undefined) ??
    plain?.[kind] ??
    (kind === 'exposed' ? mendExposed(flow) : MENDS[kind])
  );
}

/** What a failed (or waived) flow founds. */
export function flowFinding(input: AuditInput, judged: JudgedFlow): readonly AuditFinding[] {
  const { flow, finding: kind, waiver } = judged;
  if (kind === null || flow.severity === null) return [];
  const line = flow.because.find(
    (b): b is Exclude<Because, null> => b !== null && 'line' in b && !('kind' in b),
  );
  const agreeing = listenerAgrees(input, flow);
  return [
    {
      kind,
      severity: flow.severity,
      message: `${flow.vantage} -> ${flow.target} ${flow.protocol}/${formatRanges(flow.ports)}: ${flow.message}${agreeing ? `; ${agreeing}` : ''}`,
      line: line && 'text' in line && 'file' in line ? line : null,
      observations: flow.because.filter(
        (b): b is ObservationRef => b !== null && 'kind' in b && b.kind === 'observation',
      ),
      vantage: flow.vantage,
      target: flow.target,
      ports: flow.ports,
      mend: mendOf(kind, flow),
      waived: waiver ? acceptance(waiver) : null,
    },
  ];
}

/** The host's own listing of its sockets, when it has the ports of an exposed flow. */
function listenerAgrees(input: AuditInput, flow: AuditFlow): string | null {
  const target = input.site.targets.get(flow.target);
  if (!target || (flow.observed !== 'open' && flow.observed !== 'wrapped')) return null;
  for (const { file, evidence } of input.evidence) {
    const hit = listenersOf(input, evidence, target).find(
      (l) => l.protocol === flow.protocol && rangesHave(flow.ports, l.port),
    );
    if (hit) return `the host lists it as listening${hit.process ? ` (${hit.process})` : ''} in ${file}`;
  }
  return null;
}

/** A lint finding as the audit lists it. */
export const lintAsFinding = (f: LintFinding): AuditFinding => ({
  kind: f.rule,
  severity: f.severity,
  message: f.message,
  line: f.line,
  observations: [],
  vantage: null,
  target: null,
  ports: null,
  mend: null,
  waived: null,
});

/** A socket listens that no rule of the policy lets anyone reach. */
export function listenerFindings(input: AuditInput): readonly AuditFinding[] {
  const out: AuditFinding[] = [];
  for (const target of input.site.targets.values()) {
    const views = (protocol: PortProtocol): readonly PolicyView[] =>
      [...input.site.vantages.values()].map((v) => policyView(input.site, v, target, protocol));
    for (const { file, evidence } of input.evidence) {
      // A service listens on its port by IPv4, by IPv6 and on each address: that is one listener.
      const told = new Set<string>();
      for (const l of listenersOf(input, evidence, target)) {
        const listener = `${l.port} ${l.process ?? ''}`;
        if (l.protocol !== 'tcp' || told.has(listener)) continue;
        told.add(listener);
        const wanted = views(l.protocol).some(
          (v) => v.allow === null || rangesHave(v.allow, l.port) || rangesHave(v.wrapped, l.port),
        );
        if (wanted) continue;
        out.push({
          ...plainFinding(
            'unexpected-listener',
            'medium',
            `${target.name} listens on ${l.protocol}/${l.port}${l.process ? ` (${l.process})` : ''}, which no rule lets anyone reach (${file})`,
            'stop the service, or write the rule that wants it',
          ),
          target: target.name,
          ports: [[l.port, l.port]],
        });
      }
    }
  }
  return out;
}

/** Drafted rules that the audit rests on. */
export function unconfirmedFindings(contexts: readonly FlowContext[]): readonly AuditFinding[] {
  const rules = new Set(contexts.flatMap((c) => c.policy.rules.filter((r) => r.unconfirmed)));
  return [...rules].map((r) => ({
    ...plainFinding(
      'unconfirmed-policy',
      'info' as const,
      `this audit rests on a drafted policy rule that nobody has confirmed (line ${r.span.line}: ${r.why || 'no reason given'})`,
      'ask the owner, then remove unconfirmed: true or the rule',
    ),
    line: toConfigLine(r.span),
  }));
}
