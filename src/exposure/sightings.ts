import { formatIpv4 } from '../model/address.ts';
import { type CanaryRecord, type Evidence, NO_CANARY, type TargetEvidence } from '../model/evidence.ts';
import type { IntendedFlow } from '../model/exposure.ts';
import type { LintFinding } from '../model/finding.ts';
import type { PortProtocol, Site, Target, Vantage } from '../model/site.ts';
import { targetsNamed } from '../model/target-names.ts';
import type { Network } from '../router/network.ts';
import type { Viewer } from './intended.ts';
import type { Owners } from './owners.ts';
import type { PolicyView } from './policy.ts';

export interface EvidenceFile {
  /** As given on the command line. */
  readonly file: string;
  /** Of the file's bytes, hex. */
  readonly sha256: string;
  readonly evidence: Evidence;
  /** ISO time at which the plan that it carried out was made, where that plan is at hand. */
  readonly planCreated?: string | undefined;
}

export interface AuditInput {
  readonly site: Site;
  readonly network: Network;
  readonly evidence: readonly EvidenceFile[];
  /** Vantages to audit; null: all of the site's. */
  readonly vantages: readonly string[] | null;
  /** What reading the lists alone found. */
  readonly lint: readonly LintFinding[];
  /** ISO date that waivers are held against. */
  readonly today: string;
  /** ISO time of the audit, that the evidence's clocks are held against; absent: they are not. */
  readonly now?: string | undefined;
  /** SHA-256 of the site file, hex; absent: evidence is not held against it. */
  readonly siteSha256?: string | undefined;
}

/** One vantage's view of one target over one protocol, with all that was observed of it. */
export interface FlowContext {
  readonly vantage: Vantage;
  readonly target: Target;
  readonly protocol: PortProtocol;
  readonly viewer: Viewer;
  readonly intended: IntendedFlow;
  readonly policy: PolicyView;
  readonly sightings: readonly Sighting[];
}

/** The part of an evidence file that speaks of one flow. */
export interface Sighting {
  readonly file: EvidenceFile;
  readonly part: TargetEvidence;
  /** Why it cannot speak for the flow, or null. */
  readonly disqualified: string | null;
  /** Why its silence proves nothing, or null. */
  readonly silenceDoubt: string | null;
  /** What stood in for a canary, for the report. */
  readonly canaryNote: string | null;
}

/** What one evidence part says about a flow: nothing when it speaks of another declared target. */
export function toSighting(
  input: AuditInput,
  vantage: Vantage,
  viewer: Viewer,
  owners: Owners,
  target: Target,
  file: EvidenceFile,
  part: TargetEvidence,
): readonly Sighting[] {
  const named = attribute(input, owners, target, part);
  if (named === 'another') return [];
  const { box } = file.evidence;
  const seenFrom = box?.behindNat ?? box?.address ?? null;
  const disqualified =
    named !== null
      ? named
      : seenFrom !== null && seenFrom !== formatIpv4(vantage.address)
        ? `the evidence was taken from ${seenFrom}, not from ${vantage.name}'s ${formatIpv4(vantage.address)}; if a NAT hides it, scan with --behind-nat`
        : viewer.ownSegment && box !== null && !box.onLink
          ? `the box was not on the target's segment (it went through ${box.gateway ?? 'a gateway'})`
          : null;
  return [{ file, part, disqualified, ...trustInSilence(input, owners, file, part, target) }];
}

/** null: this target; 'another': some other declared target; else why the evidence cannot be attributed. */
function attribute(
  input: AuditInput,
  owners: Owners,
  target: Target,
  part: TargetEvidence,
): null | 'another' | string {
  const named = owners(part);
  if (named.includes(target)) return null;
  if (named.length > 0) return 'another';
  // What nobody owns is told once: at the target that the part claims to be about, or at the first of all.
  const claimed =
    part.target === null ? input.site.targets.values() : targetsNamed(input.site, part.target).values();
  if (claimed.next().value !== target) return 'another';
  const seen = part.hostName ? `${part.hostName} (${part.address})` : part.address;
  return `the evidence names ${seen}, which is not declared as ${part.target ?? target.name}'s address or alias`;
}

function trustInSilence(
  input: AuditInput,
  owners: Owners,
  file: EvidenceFile,
  part: TargetEvidence,
  target: Target,
): Pick<Sighting, 'silenceDoubt' | 'canaryNote'> {
  const good = part.canaries.find(isGoodCanary);
  if (good)
    return {
      silenceDoubt: null,
      canaryNote: `canary tcp/${good.port} answered ${good.answered} of ${good.sent} times`,
    };
  const poor = part.canaries.find((c) => c.kind === 'positive' && c.answered > 0);
  if (poor && part.observations.some((o) => o.tainted !== null))
    // Its scan told which silence fell into the stretches without an answer; the rest lies between good ones.
    return {
      silenceDoubt: null,
      canaryNote: `canary tcp/${poor.port} answered ${poor.answered} of ${poor.sent} times; what was asked meanwhile is tainted`,
    };
  if (poor)
    return {
      silenceDoubt: `canary tcp/${poor.port} answered only ${poor.answered} of ${poor.sent} times, and nothing tells what was asked meanwhile`,
      canaryNote: null,
    };
  if (file.evidence.origin.kind === 'import') {
    const open = part.observations.find(
      (o) => (o.state === 'open' || o.state === 'wrapped') && o.ports.length > 0,
    );
    if (open && file.evidence.completeness.kind === 'complete')
      return {
        silenceDoubt: null,
        canaryNote: `open port ${open.ports[0]![0]} of the same completed run stands in for a canary`,
      };
    return {
      silenceDoubt: 'the imported run shows no open port that could stand in for a canary',
      canaryNote: null,
    };
  }
  const elsewhere = input.evidence.find(
    (other) =>
      other !== file &&
      overlaps(other.evidence, file.evidence) &&
      hasGoodCanary(other.evidence, (t) => owners(t).includes(target), file.evidence),
  );
  if (elsewhere)
    return {
      silenceDoubt: null,
      canaryNote: `no canary from here; at the same time one answered ${elsewhere.evidence.vantage}`,
    };
  return { silenceDoubt: NO_CANARY, canaryNote: null };
}

type Span = Pick<Evidence, 'started' | 'ended'>;

const overlaps = (a: Span, b: Span): boolean =>
  a.started !== null &&
  a.ended !== null &&
  b.started !== null &&
  b.ended !== null &&
  // A clock that ran backwards tells no common time.
  Date.parse(a.started) <= Date.parse(a.ended) &&
  Date.parse(b.started) <= Date.parse(b.ended) &&
  Date.parse(a.started) <= Date.parse(b.ended) &&
  Date.parse(b.started) <= Date.parse(a.ended);

/** Where most of the handshakes with an open port fail, silence is more likely loss or a block than a filter. */
const isGoodCanary = (c: CanaryRecord): boolean =>
  c.kind === 'positive' && c.answered > 0 && c.answered * 2 >= c.sent;

/** Whether a canary of the target answered while the other scan ran: what it did before or after tells nothing of that. */
const hasGoodCanary = (
  evidence: Evidence,
  isTarget: (part: TargetEvidence) => boolean,
  { started, ended }: Evidence,
): boolean =>
  evidence.targets.some(
    (t) =>
      isTarget(t) &&
      t.canaries.some(
        (c) =>
          isGoodCanary(c) &&
          overlaps(
            { started: c.firstGood ?? evidence.started, ended: c.lastGood ?? evidence.ended },
            { started, ended },
          ),
      ),
  );
