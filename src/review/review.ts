import type { CommandReader, ExecDeed } from '../model/command.ts';
import type { IntendedFlow } from '../model/exposure.ts';
import { atLeast, type LintFinding, type Severity } from '../model/finding.ts';
import type { ChangedReach, ReviewResult } from '../model/review.ts';
import type { IosVersion, RouterConfig } from '../model/router-config.ts';
import type { Site } from '../model/site.ts';
import type { Snippet } from '../model/snippet.ts';
import type { Simulation } from '../router/simulate.ts';
import { type FindingsOf, findingsOfChange, lintOf, type ReviewedConfig } from './findings-of-change.ts';
import { closeGates } from './gates.ts';
import { findCuts, findHazards, type HazardOptions, type HazardReport, type Operator } from './hazards.ts';
import { ALL_RULES } from './lint.ts';
import { newFindings } from './new-findings.ts';
import { type PolicyQuestions, policyViolations } from './policy-violations.ts';
import { diffReach } from './reach-diff.ts';
import { type ConfigDiff, diffConfigs } from './semantic-diff.ts';
import { type TypedChange, typeSnippet } from './typed-change.ts';

/** End to end, as the site file sees it. Flows and policy are computed above this layer and handed in. */
export interface EndToEnd {
  /** Every vantage × target × protocol of the site, with either configuration in the reviewed router's place. */
  readonly flows: (ends: BothEnds<RouterConfig>, options: FlowOptions) => BothEnds<readonly IntendedFlow[]>;
  /** null: the site states no policy. */
  readonly policy: PolicyQuestions | null;
}

/** Something before a change, and after it. */
export interface BothEnds<T> {
  readonly before: T;
  readonly after: T;
}

export interface FlowOptions {
  /** See `Router.routesShown`: of both ends together. */
  readonly routesShown: boolean;
}

export interface ReviewOptions {
  /** The router's wall clock read as UTC milliseconds; null: unknown. */
  readonly clock: number | null;
  /** ISO date. */
  readonly today: string;
  readonly site?: Site | null;
  /** Who must not be locked out; default: the site's operator. */
  readonly operator?: Operator | null;
  readonly endToEnd?: EndToEnd | null;
  /** The full train, where somebody knows it better than the configuration's `version` line. */
  readonly version?: IosVersion | null;
  /** Findings and hazards this grave or graver fail the review; default high. */
  readonly floor?: Severity;
  /** Any change in effect fails. */
  readonly expectSame?: boolean;
  /** Findings and policy violations that were there before the change are listed, and count, as well. */
  readonly all?: boolean;
}

export type { ReviewedConfig } from './findings-of-change.ts';

export interface ChangeReview extends TypedChange {
  readonly result: ReviewResult;
}

/** What findings and hazards hang on: plain data, and so is what is found, which thus may come from another thread. */
export type BesideOptions = Pick<ReviewOptions, 'clock' | 'today' | 'site' | 'operator' | 'version' | 'all'>;

/** Reviews two whole configurations: what the second does to packets that the first does not. */
export function reviewConfigs(
  before: ReviewedConfig,
  after: ReviewedConfig,
  options: ReviewOptions,
): ReviewResult {
  const hazards = findCuts(before.config, after.config, watchOf(options));
  const diff = diffConfigs(before.config, after.config, { clock: options.clock });
  const findings = findingsBetween(before, after, options)(ALL_RULES);
  return conclude(before.config, after.config, { diff, hazards, findings, ...NO_STEPS }, options);
}

const NO_STEPS = { notes: [], unsure: false };

/** Reviews a snippet that is about to be typed at the device, command by command. */
export function reviewChange(
  before: ReviewedConfig,
  snippet: Snippet,
  read: CommandReader,
  options: ReviewOptions,
): ChangeReview {
  const typed = typeSnippet(before.config, snippet, read);
  const found = {
    hazards: hazardsOf(before, typed, options),
    diff: diffOf(before, typed, options),
    findings: findingsOf(before, typed, options)(ALL_RULES),
  };
  return concludeChange(before, typed, found, options);
}

/** What a change that was typed does to packets. */
export const diffOf = (
  before: ReviewedConfig,
  { after }: TypedChange,
  { clock }: Pick<ReviewOptions, 'clock'>,
): ConfigDiff => diffConfigs(before.config, after, { clock });

export const hazardsOf = (
  before: ReviewedConfig,
  { simulation }: TypedChange,
  options: BesideOptions,
): HazardReport => findHazards(before.config, simulation, watchOf(options));

/** What the rules say of it, or of all that they see after it. */
export const findingsOf = (
  before: ReviewedConfig,
  { after }: TypedChange,
  options: BesideOptions,
): FindingsOf => findingsBetween(before, { config: after, diagnostics: before.diagnostics }, options);

/** The parts of a review. */
export interface FoundInChange {
  readonly hazards: HazardReport;
  readonly diff: ConfigDiff;
  readonly findings: readonly LintFinding[];
}

export function concludeChange(
  before: ReviewedConfig,
  typed: TypedChange,
  found: FoundInChange,
  options: ReviewOptions,
): ChangeReview {
  const unsure = unknownEffects(typed.simulation);
  const notes = [...unsure, ...notesOf(typed.simulation)];
  const parts = { ...found, notes, unsure: unsure.length > 0 };
  return { ...typed, result: conclude(before.config, typed.after, parts, options) };
}

const watchOf = (options: BesideOptions): HazardOptions => ({
  clock: options.clock,
  operator: operatorOf(options),
});

/** Who must not be locked out: somebody named for this review, or the site's operator. */
function operatorOf({ operator, site }: BesideOptions): Operator | null {
  if (operator !== undefined) return operator;
  const management = site?.management;
  return management ? { address: management.operator, port: management.port } : null;
}

interface Parts extends FoundInChange {
  /** What the commands let one assume. */
  readonly notes: readonly string[];
  /** Some command did something that nobody can tell from the text. */
  readonly unsure: boolean;
}

function conclude(
  before: RouterConfig,
  after: RouterConfig,
  { diff, hazards, findings, notes, unsure }: Parts,
  options: ReviewOptions,
): ReviewResult {
  const reach = reachOf(before, after, options);
  const result: Omit<ReviewResult, 'verdict'> = {
    gained: diff.gained,
    lost: diff.lost,
    fragments: diff.fragments,
    undetermined: diff.undetermined,
    pairs: diff.pairs,
    beyondLists: diff.beyondLists,
    ...(reach ? { reach: reach.changed } : {}),
    hazards: hazards.hazards,
    findings: [...violationsOf(reach, options), ...findings],
    assumptions: [...new Set([...hazards.assumptions, ...notes, ...diff.assumptions])],
  };
  return { ...result, verdict: verdictOf(result, diff, unsure, options) };
}

interface Reach extends BothEnds<readonly IntendedFlow[]> {
  readonly changed: readonly ChangedReach[];
}

function reachOf(before: RouterConfig, after: RouterConfig, options: ReviewOptions): Reach | null {
  const { endToEnd } = options;
  if (!endToEnd) return null;
  const routesShown = before.routes.length + after.routes.length > 0;
  const ends = { before: closeGates(before, after), after: closeGates(after, before) };
  const flows = endToEnd.flows(ends, { routesShown });
  return { ...flows, changed: diffReach(flows.before, flows.after) };
}

function violationsOf(reach: Reach | null, { all, endToEnd }: ReviewOptions): readonly LintFinding[] {
  const policy = endToEnd?.policy ?? null;
  return policy && reach ? policyViolations(reach.after, policy, all ? [] : reach.before) : [];
}

function findingsBetween(before: ReviewedConfig, after: ReviewedConfig, options: BesideOptions): FindingsOf {
  const settings = {
    site: options.site ?? null,
    clock: options.clock,
    today: options.today,
    version: options.version ?? null,
  };
  const grade = (finding: LintFinding): LintFinding => gradeForgotten(finding, before.config);
  if (!options.all) {
    const caused = findingsOfChange(before, after, settings);
    return (wanted) => caused(wanted).map(grade);
  }
  const [then, now] = [lintOf(before, settings), lintOf(after, settings)];
  return (wanted) => {
    const all = now(wanted);
    const caused = new Set(newFindings(then(wanted), all));
    return all.map((finding) => (caused.has(finding) ? grade(finding) : finding));
  };
}

/** A list that the change builds and binds nowhere was most likely meant to be swapped in. */
const gradeForgotten = (finding: LintFinding, before: RouterConfig): LintFinding =>
  finding.rule === 'unused-list' && finding.acl !== null && !before.acls.has(finding.acl)
    ? {
        ...finding,
        severity: 'high',
        message: `${finding.message}: the change builds it, and what was bound before stays bound`,
      }
    : finding;

function verdictOf(
  result: Omit<ReviewResult, 'verdict'>,
  diff: ConfigDiff,
  unsure: boolean,
  options: ReviewOptions,
): ReviewResult['verdict'] {
  const floor = options.floor ?? 'high';
  const grave =
    result.hazards.some((h) => atLeast(h.severity, floor)) ||
    result.findings.some((f) => f.rule === 'policy-violation' || atLeast(f.severity, floor));
  const reached = (result.reach ?? []).some(
    (r) => r.gained.length + r.lost.length > 0 || r.partial.some((p) => p.gained.length + p.lost.length > 0),
  );
  const changed =
    diff.gained.length + diff.lost.length + diff.fragments.gained.length + diff.fragments.lost.length > 0 ||
    reached;
  if (grave || (options.expectSame && changed)) return 'fail';
  const open =
    diff.undetermined.length > 0 ||
    !diff.complete ||
    (result.reach ?? []).some((r) => r.undetermined.length > 0) ||
    // Nothing here shows that other routes or translations leave every packet as it was.
    (options.expectSame && diff.beyondLists);
  return open || unsure ? 'undetermined' : 'pass';
}

/** What a command did otherwise than its text lets expect, and what may take all of it back. */
const notesOf = (simulation: Simulation): readonly string[] => [
  ...simulation.steps.flatMap(({ effect, number, text }) =>
    effect.kind === 'changed' && effect.note !== null ? [`step ${number} ("${text}"): ${effect.note}`] : [],
  ),
  ...pending(simulation, 'schedule-reload', ['cancel-reload', 'restart']).map(
    (step) => `step ${step} sets a reload: unless it is cancelled, what is not saved by then is gone again`,
  ),
  ...pending(simulation, 'configure-on-trial', ['confirm']).map(
    (step) => `step ${step} starts a timer: unless the change is confirmed, the device takes it back`,
  ),
];

/** The last step that does a thing, where none after it settles that. */
function pending({ steps }: Simulation, deed: ExecDeed, settled: readonly ExecDeed[]): readonly string[] {
  const deeds = steps.flatMap(({ command, number, text }) =>
    command?.kind === 'exec' ? [{ does: command.does, name: `${number} ("${text}")` }] : [],
  );
  const last = deeds.findLastIndex((d) => d.does === deed);
  return last < 0 || deeds.slice(last).some((d) => settled.includes(d.does)) ? [] : [deeds[last]!.name];
}

/** Commands whose effect is written somewhere else: another file, or a line whose start is lost. */
function unknownEffects(simulation: Simulation): readonly string[] {
  let unsaved = false;
  return simulation.steps.flatMap((step) => {
    const { command, effect } = step;
    const name = `step ${step.number} ("${step.text}")`;
    if (effect.kind === 'changed') unsaved = true;
    if (command === null)
      return effect.kind === 'rejected' && effect.reason === 'unreadable'
        ? [`what step ${step.number} did is not known: ${effect.message}`]
        : [];
    if (command.kind !== 'exec') return [];
    if (command.does === 'save') unsaved = false;
    if (command.does === 'replace-running' || command.does === 'merge-into-running')
      return [`${name} brings in a configuration that this text does not show`];
    if (command.does === 'restart' && unsaved)
      return [`${name} starts the device with its saved configuration, which this text does not show`];
    return [];
  });
}
