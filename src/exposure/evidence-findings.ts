import type { AuditFinding } from '../model/audit.ts';
import type { Evidence } from '../model/evidence.ts';
import { plainFinding } from './plain-finding.ts';
import type { AuditInput, EvidenceFile, FlowContext } from './sightings.ts';

/** What the evidence itself lacks: gaps are named, never passed over. */
export const evidenceFindings = (
  input: AuditInput,
  contexts: readonly FlowContext[],
): readonly AuditFinding[] => [
  ...disqualifiedFindings(contexts),
  ...input.evidence.flatMap((file) => [
    ...incompleteFinding(file),
    ...siteFinding(file, input.siteSha256),
    ...clockFinding(file, input.now),
    ...ageFinding(file, input),
  ]),
  ...unseenFindings(contexts),
];

function disqualifiedFindings(contexts: readonly FlowContext[]): readonly AuditFinding[] {
  const found = new Map<string, AuditFinding>();
  for (const { vantage, sightings } of contexts)
    for (const { file, disqualified } of sightings) {
      if (disqualified === null) continue;
      const otherAddress = disqualified.startsWith('the evidence names');
      found.set(
        `${file.file} ${disqualified}`,
        plainFinding(
          otherAddress ? 'evidence-names-other-address' : 'evidence-from-other-place',
          'medium',
          `${file.file}: ${disqualified}; its observations decide nothing`,
          otherAddress
            ? 'if it is the same host, declare the name or address under aliases of the target'
            : 'scan again from the declared address, or correct the vantage',
          vantage.name,
        ),
      );
    }
  return [...found.values()];
}

const incompleteFinding = ({ file, evidence }: EvidenceFile): readonly AuditFinding[] =>
  evidence.completeness.kind === 'complete'
    ? []
    : [
        plainFinding(
          'incomplete-evidence',
          'medium',
          `${file}: ${evidence.completeness.reason}`,
          'resume or repeat the scan',
          evidence.vantage,
        ),
      ];

/** A scan asks what its site file asked for: after a change of the site it may have asked too little. */
const siteFinding = (
  { file, evidence }: EvidenceFile,
  siteSha256: string | undefined,
): readonly AuditFinding[] =>
  siteSha256 === undefined || evidence.siteSha256 === null || evidence.siteSha256 === siteSha256
    ? []
    : [
        plainFinding(
          'site-changed',
          'info',
          `${file} was planned from another version of the site file (SHA-256 ${evidence.siteSha256.slice(0, 12)}…)`,
          'plan and scan again if targets, vantages or canaries changed since',
          evidence.vantage,
        ),
      ];

/** How far two honest clocks may be apart. */
const SKEW_MS = 5 * 60_000;

function clockFinding(file: EvidenceFile, now: string | undefined): readonly AuditFinding[] {
  const doubt = clockDoubt(file.evidence, now, file.planCreated);
  return doubt === null
    ? []
    : [
        plainFinding(
          'clock-doubt',
          'medium',
          `${file.file}: ${doubt}`,
          "set the box's clock and scan again; until then its times order nothing",
          file.evidence.vantage,
        ),
      ];
}

function clockDoubt(
  { started, ended }: Evidence,
  now: string | undefined,
  planned: string | undefined,
): string | null {
  if (started !== null && ended !== null && Date.parse(ended) < Date.parse(started))
    return `it ends (${ended}) before it starts (${started})`;
  const last = ended ?? started;
  if (now !== undefined && last !== null && Date.parse(last) > Date.parse(now) + SKEW_MS)
    return `it was taken at ${last}, which has not come yet by this machine's clock (${now})`;
  if (planned !== undefined && started !== null && Date.parse(started) < Date.parse(planned) - SKEW_MS)
    return `it starts (${started}) before its plan was made (${planned})`;
  return null;
}

const DAY = 86_400_000;

/** Evidence older than the site promises to scan says how things were, not how they are. */
function ageFinding({ file, evidence }: EvidenceFile, input: AuditInput): readonly AuditFinding[] {
  const promised = input.site.scanIntervalDays;
  const taken = evidence.ended ?? evidence.started;
  if (promised === null || taken === null || evidence.targets.every((t) => t.observations.length === 0))
    return [];
  const days = Math.floor(Date.parse(input.today) / DAY) - Math.floor(Date.parse(taken) / DAY);
  return days <= promised
    ? []
    : [
        plainFinding(
          'stale-evidence',
          'medium',
          `${file} was taken ${days} days ago (${taken.slice(0, 10)}); the site promises a scan every ${promised} days`,
          'scan again',
          evidence.vantage,
        ),
      ];
}

function unseenFindings(contexts: readonly FlowContext[]): readonly AuditFinding[] {
  const names = [...new Set(contexts.map((c) => c.vantage.name))];
  return names
    .filter((name) => contexts.every((c) => c.vantage.name !== name || c.sightings.length === 0))
    .map((name) =>
      plainFinding(
        'no-evidence',
        'info',
        `nothing was observed from ${name}`,
        `aclscope run SITE --vantage ${name}, on that box`,
        name,
      ),
    );
}
