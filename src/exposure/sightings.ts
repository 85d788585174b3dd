import { formatIpv4 } from '../model/address.ts';
import {
  type CanaryRecord,
  type Evidence,
  NO_CANARY,
  type Observation,
  type TargetEvidence,
} from '../model/evidence.ts';
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
  /** What the silence of one of its observations is worth. */
  readonly trustIn: (observation: Observation) => TrustInSilence;
}

export interface TrustInSilence {
  /** Why the silence proves nothing, or null. */
  readonly doubt: string | null;
  /** What stood in for a canary, for the report. */
  readonly note: string | null;
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
  return [{ file, part, disqualified, trustIn: trustInSilence(input, owners, file, part, target) }];
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

const believed = (note: string): TrustInSilence => ({ doubt: null, note });
const doubted = (doubt: string): TrustInSilence => ({ doubt, note: null });

function trustInSilence(
  input: AuditInput,
  owners: Owners,
  file: EvidenceFile,
  part: TargetEvidence,
  target: Target,
): Sighting['trustIn'] {
  const own = ownTrust(file, part);
  if (own) return () => own;
  const elsewhere = canariesElsewhere(input, file, (t) => owners(t).includes(target));
  return (observation) => {
    const asked = timeOf(observation);
    const canary = elsewhere.find((c) => asked === null || contains(widened(c), asked));
    if (canary) return believed(`no canary from here; at the same time one answered ${canary.vantage}`);
    const [other] = elsewhere;
    return doubted(
      other
        ? `${NO_CANARY}; the one that answered ${other.vantage} did so from ${iso(other.from)} to ${iso(other.to)}, and this was asked at another time`
        : NO_CANARY,
    );
  };
}

/** What the evidence itself tells of its silence; null where it has no canary and none stands in for one. */
function ownTrust({ evidence }: EvidenceFile, part: TargetEvidence): TrustInSilence | null {
  const good = part.canaries.find(isGoodCanary);
  if (good) return believed(`canary tcp/${good.port} answered ${good.answered} of ${good.sent} times`);
  const poor = part.canaries.find((c) => c.kind === 'positive' && c.answered > 0);
  if (poor && part.observations.some((o) => o.tainted !== null))
    // Its scan told which silence fell into the stretches without an answer; the rest lies between good ones.
    return believed(
      `canary tcp/${poor.port} answered ${poor.answered} of ${poor.sent} times; what was asked meanwhile is tainted`,
    );
  if (poor)
    return doubted(
      `canary tcp/${poor.port} answered only ${poor.answered} of ${poor.sent} times, and nothing tells what was asked meanwhile`,
    );
  if (evidence.origin.kind !== 'import') return null;
  const open = part.observations.find(
    (o) => (o.state === 'open' || o.state === 'wrapped') && o.ports.length > 0,
  );
  return open && evidence.completeness.kind === 'complete'
    ? believed(`open port ${open.ports[0]![0]} of the same completed run stands in for a canary`)
    : doubted('the imported run shows no open port that could stand in for a canary');
}

/** A stretch of time in milliseconds since the epoch, both ends included. */
interface Stretch {
  readonly from: number;
  readonly to: number;
}

const iso = (ms: number): string => new Date(ms).toISOString();

/** null where an end is not told; a clock that ran backwards tells no time either. */
function stretch(from: string | null, to: string | null): Stretch | null {
  if (from === null || to === null) return null;
  const [a, b] = [Date.parse(from), Date.parse(to)];
  return a <= b ? { from: a, to: b } : null;
}

const contains = (a: Stretch, b: Stretch): boolean => a.from <= b.from && b.to <= a.to;
const overlap = (a: Stretch, b: Stretch): boolean => a.from <= b.to && b.from <= a.to;

/** When the last tries of an observation's ports left, on which its silence rests; null: some time while its scan ran. */
const timeOf = ({ since, at }: Observation): Stretch | null =>
  since === undefined ? null : stretch(since, at);

/**
 * So long before its first answer and after its last one a canary still vouches for other vantages: two boxes do not
 * start together, and the one without a canary ends last, since expected ports that keep silent are asked for 15 s.
 */
const BESIDE_MS = 30_000;

const widened = ({ from, to }: Stretch): Stretch => ({ from: from - BESIDE_MS, to: to + BESIDE_MS });

/** Where most of the handshakes with an open port fail, silence is more likely loss or a block than a filter. */
const isGoodCanary = (c: CanaryRecord): boolean =>
  c.kind === 'positive' && c.answered > 0 && c.answered * 2 >= c.sent;

/** Canaries of the same target that answered other vantages for some of the time in which this scan ran. */
function canariesElsewhere(
  input: AuditInput,
  file: EvidenceFile,
  isTarget: (part: TargetEvidence) => boolean,
): readonly (Stretch & { readonly vantage: string })[] {
  const run = stretch(file.evidence.started, file.evidence.ended);
  if (run === null) return [];
  return input.evidence.flatMap((other) =>
    other === file
      ? []
      : other.evidence.targets.filter(isTarget).flatMap((part) =>
          part.canaries.filter(isGoodCanary).flatMap((c) => {
            const { started, ended, vantage } = other.evidence;
            const answered = stretch(started, ended) && stretch(c.firstGood ?? started, c.lastGood ?? ended);
            return answered && overlap(answered, run) ? [{ ...answered, vantage }] : [];
          }),
        ),
  );
}
