import { findDeadAces } from '../acl/dead-aces.ts';
import { toConfigLine } from '../diagnostics/source-span.ts';
import { type Ace, type Acl, matchingEntries } from '../model/access-list.ts';
import { patternContains } from '../model/address.ts';
import type { AceCoverage, AuditFinding, Confidence, CoverageStatus } from '../model/audit.ts';
import { TCP, UDP } from '../model/packet.ts';
import type { Router } from '../router/network.ts';
import type { JudgedFlow } from './judge-flows.ts';
import { countedHits } from './router-evidence.ts';
import type { AuditInput, FlowContext } from './sightings.ts';

/** What the probes prove of each line of the bound lists, and how much of what can be probed was proven. */
export function coverLines(
  input: AuditInput,
  contexts: readonly FlowContext[],
  judged: readonly JudgedFlow[],
): { readonly lines: readonly AceCoverage[]; readonly percent: number } {
  const byLine = new Map<string, JudgedFlow[]>();
  for (const one of judged) {
    for (const b of one.flow.because) {
      if (b === null || 'kind' in b || !('line' in b)) continue;
      const key = `${b.file}:${b.line}`;
      const known = byLine.get(key);
      if (known) known.push(one);
      else byLine.set(key, [one]);
    }
  }
  const lines = input.network.routers.flatMap((router) =>
    boundLists(router).flatMap((acl) => {
      const dead = new Map(
        findDeadAces(router.list(acl.name, undefined, 'unsolicited')).map((d) => [d.ace, d] as const),
      );
      return matchingEntries(acl).map((entry): AceCoverage => {
        const line = toConfigLine(entry.span);
        const counted = countedHits(input.evidence, acl.name, entry);
        const row = (status: CoverageStatus, why: string): AceCoverage => ({
          acl: acl.name,
          line,
          status,
          reason: counted ? `${why}; the router counted ${counted.hits} matches (${counted.file})` : why,
        });
        const killed = dead.get(entry);
        if (killed)
          return row(
            'dead',
            `no packet reaches it: ${killed.blockers.map((b) => `line ${b.span.line}`).join(', ')} ${killed.blockers.length === 1 ? 'matches' : 'match'} first`,
          );
        const touched = byLine.get(`${line.file}:${line.line}`) ?? [];
        const judged = touched.length > 0 ? statusOf(touched) : null;
        if (judged) return row(...judged);
        if (entry.kind !== 'ace') return row('unprobeable', 'its match is not known');
        return row(...unseen(entry, contexts));
      });
    }),
  );
  const reachable = lines.filter(
    (l) => l.status === 'proven' || l.status === 'contradicted' || l.status === 'unprobed',
  );
  const proven = reachable.filter((l) => l.status === 'proven').length;
  return { lines, percent: reachable.length === 0 ? 0 : Math.round((proven / reachable.length) * 100) };
}

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

/** How much the best of a line's flows proves of it; silence from inside as well as outside proves nothing of the list. */
function statusOf(judged: readonly JudgedFlow[]): [CoverageStatus, string] | null {
  const from = ({ flow }: JudgedFlow): string => `${flow.vantage} -> ${flow.target}: ${flow.message}`;
  const first = (test: (j: JudgedFlow) => boolean): JudgedFlow | undefined => judged.find(test);
  const failed = first((j) => j.flow.verdict === 'fail' || j.flow.verdict === 'waived');
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

function unseen(ace: Ace, contexts: readonly FlowContext[]): [CoverageStatus, string] {
  const protocol = ace.match.protocol;
  if (protocol.kind === 'number' && protocol.number !== TCP && protocol.number !== UDP)
    return ['unprobeable', 'probes are TCP and UDP only'];
  const source = ace.match.source;
  const ours = contexts.some(
    (c) =>
      !c.intended.ownSegment &&
      (source.kind !== 'pattern' || patternContains(source.pattern, c.vantage.address)),
  );
  if (!ours) return ['unprobeable', 'no vantage has an address that it matches'];
  return ['unprobeable', 'it decides no flow from a vantage to a declared target'];
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
            kind: 'dead-line-matches',
            severity: 'medium' as const,
            message: `${counted.file} counts ${counted.hits} matches on line ${dead.ace.span.line}, which by this text no packet reaches: the counters are older than the list, or the device runs another one`,
            line: toConfigLine(dead.ace.span),
            observations: [],
            vantage: null,
            target: null,
            ports: null,
            mend: 'fetch the running configuration and the counters again, at the same time',
            waived: null,
          },
        ];
      }),
    ),
  );
}
