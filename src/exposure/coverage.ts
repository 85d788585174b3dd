import { findDeadAces } from '../acl/dead-aces.ts';
import { type ConfigLine, toConfigLine } from '../diagnostics/source-span.ts';
import { type Ace, type Acl, matchingEntries } from '../model/access-list.ts';
import { patternContains } from '../model/address.ts';
import {
  type AceCoverage,
  type AuditFinding,
  type Confidence,
  type CoverageStatus,
  isReachable,
} from '../model/audit.ts';
import { TCP, UDP } from '../model/packet.ts';
import { intersectRanges } from '../model/ports.ts';
import type { Router } from '../router/network.ts';
import type { JudgedFlow } from './judge-flows.ts';
import { type LoggedHits, loggedHits } from './logged-hits.ts';
import { plainFinding } from './plain-finding.ts';
import { countedHits } from './router-evidence.ts';
import type { AuditInput, FlowContext } from './sightings.ts';

/** What the probes prove of each line of the bound lists, and how much of what can be probed was proven. */
export function coverLines(
  input: AuditInput,
  contexts: readonly FlowContext[],
  judged: readonly JudgedFlow[],
): { readonly lines: readonly AceCoverage[]; readonly percent: number } {
  const deciding = flowsByLine(judged);
  const passing = flowsByPassedLine(contexts, judged);
  const logged = loggedHits(input.network.routers, input.evidence);
  const lines = input.network.routers.flatMap((router) =>
    boundLists(router).flatMap((acl) => {
      const dead = new Map(
        findDeadAces(router.list(acl.name, undefined, 'unsolicited')).map((d) => [d.ace, d] as const),
      );
      return matchingEntries(acl).map((entry): AceCoverage => {
        const line = toConfigLine(entry.span);
        const words = routerWords(countedHits(input.evidence, acl.name, entry), logged.get(entry));
        const row = (status: CoverageStatus, why: string): AceCoverage => ({
          acl: acl.name,
          line,
          status,
          reason: [why, ...words].join('; '),
        });
        const killed = dead.get(entry);
        if (killed)
          return row(
            'dead',
            `no packet reaches it: ${killed.blockers.map((b) => `line ${b.span.line}`).join(', ')} ${killed.blockers.length === 1 ? 'matches' : 'match'} first`,
          );
        const key = keyOf(line);
        const found = gravest(statusOf(deciding.get(key) ?? []), passedStatus(passing.get(key) ?? []));
        if (found) return row(...found);
        if (entry.kind !== 'ace') return row('unprobeable', 'its match is not known');
        return row(...unseen(entry, contexts));
      });
    }),
  );
  return { lines, percent: percentProven(lines) };
}

/** Of the lines that probes can reach, in whole percent; 100 only where every one is proven. */
function percentProven(lines: readonly AceCoverage[]): number {
  const reachable = lines.filter(isReachable);
  const proven = reachable.filter((l) => l.status === 'proven').length;
  if (reachable.length === 0) return 0;
  return proven === reachable.length ? 100 : Math.min(99, Math.round((proven / reachable.length) * 100));
}

/** What the router itself says of a line, beside what probes say. */
const routerWords = (
  counted: ReturnType<typeof countedHits>,
  logged: LoggedHits | undefined,
): readonly string[] => [
  ...(counted ? [`the router counted ${counted.hits} matches (${counted.file})`] : []),
  ...(logged
    ? [
        `the router logged ${logged.packets} ${logged.packets === 1 ? 'packet' : 'packets'} of it (${logged.file})`,
      ]
    : []),
];

const keyOf = (line: ConfigLine): string => `${line.file}:${line.line}`;

function addTo(groups: Map<string, JudgedFlow[]>, key: string, more: readonly JudgedFlow[]): void {
  const known = groups.get(key) ?? [];
  for (const one of more) known.push(one);
  groups.set(key, known);
}

/** Flows by the lines that decide them. */
function flowsByLine(judged: readonly JudgedFlow[]): ReadonlyMap<string, readonly JudgedFlow[]> {
  const found = new Map<string, JudgedFlow[]>();
  for (const one of judged)
    for (const b of one.flow.because) {
      if (b === null || 'kind' in b || !('line' in b)) continue;
      addTo(found, keyOf(b), [one]);
    }
  return found;
}

/** Flows by the lines that let them pass on the way to the line that decides them. */
function flowsByPassedLine(
  contexts: readonly FlowContext[],
  judged: readonly JudgedFlow[],
): ReadonlyMap<string, readonly JudgedFlow[]> {
  const found = new Map<string, JudgedFlow[]>();
  for (const { vantage, target, protocol, intended } of contexts)
    for (const { ports, line } of intended.passed ?? []) {
      const through = judged.filter(
        ({ flow }) =>
          flow.vantage === vantage.name &&
          flow.target === target.name &&
          flow.protocol === protocol &&
          intersectRanges(flow.ports, ports).length > 0,
      );
      addTo(found, keyOf(line), through);
    }
  return found;
}

type Status = readonly [CoverageStatus, string];

const ORDER: readonly CoverageStatus[] = ['contradicted', 'proven', 'unprobed', 'unprobeable', 'dead'];
const gravest = (a: Status | null, b: Status | null): Status | null =>
  a === null || b === null ? (a ?? b) : ORDER.indexOf(b[0]) < ORDER.indexOf(a[0]) ? b : a;

/** Lists that stand in some interface's way, each once. */
function boundLists(router: Router): readonly Acl[] {
  const names = new Set<string>();
  for (const iface of router.config.interfaces.values()) {
    for (const binding of [iface.bindings.in, iface.bindings.out]) {
      if (binding) names.add(binding.acl);
      if (binding?.common) names.add(binding.common);
    }
  }
  return [...names].flatMap((name) => router.config.acls.get(name) ?? []);
}

const from = ({ flow }: JudgedFlow): string => `${flow.vantage} -> ${flow.target}: ${flow.message}`;

/** How much the best of a line's flows proves of it; silence from inside as well as outside proves nothing of the list. */
function statusOf(judged: readonly JudgedFlow[]): Status | null {
  const first = (test: (j: JudgedFlow) => boolean): JudgedFlow | undefined => judged.find(test);
  // A line of which nobody can tell whether it applies is contradicted by nothing.
  const failed = first(
    ({ flow }) => (flow.verdict === 'fail' || flow.verdict === 'waived') && flow.intended !== 'undetermined',
  );
  if (failed) return ['contradicted', from(failed)];
  const passed = (confidence: Confidence) => (j: JudgedFlow) =>
    j.flow.verdict === 'pass' && j.flow.confidence === confidence;
  const proven = first(passed('proven'));
  if (proven) return ['proven', from(proven)];
  const silent = passed('consistent');
  const triangulated = first((j) => silent(j) && j.inside === 'answers');
  if (triangulated) return ['proven', `${from(triangulated)}, while the host answers on its own segment`];
  const consistent = first((j) => silent(j) && j.inside === 'unknown');
  if (consistent) return ['proven', from(consistent)];
  const uncredited = first(silent);
  if (uncredited)
    return ['unprobed', `${from(uncredited)}, but silent on its own segment too: no credit to the list`];
  const open = first((j) => j.flow.observed !== 'unobserved') ?? judged[0];
  return open ? ['unprobed', from(open)] : null;
}

/** What answers came through a line that does not decide: only an answer shows that it let the packet pass. */
function passedStatus(judged: readonly JudgedFlow[]): Status | null {
  const answered = judged.find(
    ({ flow }) =>
      flow.verdict !== 'undetermined' &&
      (flow.observed === 'open' || flow.observed === 'wrapped' || flow.observed === 'closed'),
  );
  if (answered) return ['proven', `it let pass what a later list decides; ${from(answered)}`];
  const first = judged.find((j) => j.flow.observed !== 'unobserved') ?? judged[0];
  return first ? ['unprobed', `a later list decides what it lets pass; ${from(first)}`] : null;
}

function unseen(ace: Ace, contexts: readonly FlowContext[]): Status {
  const protocol = ace.match.protocol;
  if (protocol.kind === 'number' && protocol.number !== TCP && protocol.number !== UDP)
    return ['unprobeable', 'probes are TCP and UDP only'];
  const source = ace.match.source;
  const ours = contexts.some(
    (c) =>
      !c.intended.ownSegment &&
      (source.kind !== 'pattern' || patternContains(source.pattern, c.vantage.address)),
  );
  if (!ours) return ['unprobeable', 'no audited vantage has an address that it matches'];
  return ['unprobeable', 'it decides no flow from an audited vantage to a declared target'];
}

/** A line that no packet can reach by this text, yet the router counted matches: the text is not what runs. */
export function deadLinesWithHits(input: AuditInput): readonly AuditFinding[] {
  return input.network.routers.flatMap((router) =>
    boundLists(router).flatMap((acl) =>
      findDeadAces(router.list(acl.name, undefined, 'unsolicited')).flatMap((dead) => {
        const counted = countedHits(input.evidence, acl.name, dead.ace);
        if (!counted || counted.hits === 0 || dead.fragmentsStillMatch) return [];
        return [
          {
            ...plainFinding(
              'dead-line-matches',
              'medium',
              `${counted.file} counts ${counted.hits} matches on line ${dead.ace.span.line}, which by this text no packet reaches: the counters are older than the list, or the device runs another one`,
              'fetch the running configuration and the counters again, at the same time',
            ),
            line: toConfigLine(dead.ace.span),
          },
        ];
      }),
    ),
  );
}
