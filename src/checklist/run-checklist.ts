import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { formatIpv4 } from '../model/address.ts';
import type { AuditResult } from '../model/audit.ts';
import {
  type AuditorAnswer,
  type Checklist,
  type ChecklistItem,
  type ChecklistResult,
  type ItemOutcome,
  type ItemResult,
  RISK_LEVELS,
  type RiskLevel,
  type Statement,
} from '../model/checklist.ts';
import type { HistoryResult } from '../model/history.ts';
import type { Attachment, Bundle, HostIdentity } from '../model/host.ts';
import type { Site, Target } from '../model/site.ts';
import { mendTargetName, targetsNamed } from '../model/target-names.ts';
import type { CheckContext, TraceFlow } from './check.ts';
import { gatherEvidence } from './item-evidence.ts';
import { checkById } from './items/registry.ts';
import { note, resultOf } from './statement.ts';
import { wantsEvidence } from './write-answers.ts';

export interface ChecklistInput {
  readonly checklist: Checklist;
  readonly answers: readonly AuditorAnswer[];
  readonly bundle: Bundle | null;
  readonly audit: AuditResult | null;
  readonly history: HistoryResult | null;
  readonly site: Site | null;
  /** What the auditor adds to the bundle's own attachments. */
  readonly attachments?: readonly Attachment[];
  /** Ages are judged against this ISO time; without it, against the host's collection, or else the latest scan. */
  readonly asOf?: string;
  /** Lets logged sessions be held against the router's lists. */
  readonly traceFlow?: TraceFlow;
}

/** Judges every item of the list from what is given. Nothing given is no evidence, and no evidence is no pass. */
export function runChecklist(input: ChecklistInput): ChecklistResult {
  const diagnostics: Diagnostic[] = [];
  const target = chooseTarget(input, diagnostics);
  const bundle = acceptBundle(input.bundle, target, input.site, diagnostics);
  const context: CheckContext = {
    facts: bundle?.facts ?? null,
    identity: bundle?.identity ?? null,
    pieces: bundle?.pieces ?? new Map(),
    attachments: [...(bundle?.attachments ?? []), ...(input.attachments ?? [])],
    audit: input.audit,
    site: input.site,
    target,
    history: input.history,
    asOf: input.asOf ?? bundle?.identity.collected ?? latestScan(input.audit),
    traceFlow: input.traceFlow ?? null,
  };
  const outcomes = input.checklist.items.map((item) => judgeItem(context, item, input.answers, diagnostics));
  return {
    title: input.checklist.title,
    site: input.site?.name ?? null,
    target: target?.name ?? null,
    asOf: context.asOf,
    host:
      bundle === null
        ? null
        : {
            name: bundle.identity.hostname,
            collected: bundle.identity.collected,
            system: bundle.identity.system,
            manifestSha256: bundle.manifestSha256,
          },
    outcomes,
    ...summarise(input.checklist, outcomes),
    diagnostics,
  };
}

/** The names and addresses by which a site knows a target, without case. */
const namesOf = (target: Target): ReadonlySet<string> =>
  new Set([target.name, formatIpv4(target.address), ...target.aliases].map((n) => n.toLowerCase()));

/** An address of the host decides; its name only where no address was collected. */
function isHostOf(target: Target, identity: HostIdentity): boolean {
  const names = namesOf(target);
  if (identity.addresses.length > 0) return identity.addresses.some((a) => names.has(a));
  const hostname = identity.hostname.toLowerCase();
  return names.has(hostname) || names.has(hostname.split('.')[0]!);
}

function chooseTarget({ checklist, site, bundle }: ChecklistInput, diagnostics: Diagnostic[]): Target | null {
  if (site === null) return null;
  const targets = [...site.targets.values()];
  if (checklist.target !== null) {
    const [named, ...others] = targetsNamed(site, checklist.target);
    if (named !== undefined && others.length === 0) return named;
    diagnostics.push({
      code: 'checklist-target-unknown',
      severity: 'error',
      message:
        named === undefined
          ? `the checklist speaks of the target ${checklist.target}, which the site does not have`
          : `the checklist speaks of ${checklist.target}, which stands for ${others.length + 1} hosts, and a checklist is about one`,
      span: null,
      mend:
        named === undefined
          ? mendTargetName(site, checklist.target)
          : `name one of them, such as ${named.name}`,
    });
    return null;
  }
  if (targets.length === 1) return targets[0]!;
  const fitting = bundle === null ? [] : targets.filter((t) => isHostOf(t, bundle.identity));
  if (fitting.length === 1) return fitting[0]!;
  diagnostics.push({
    code: 'checklist-target-unknown',
    severity: 'error',
    message: `the site has ${targets.length} targets, and nothing says which one the host items speak of`,
    span: null,
    mend: 'write "target: NAME" into the checklist',
  });
  return null;
}

/** The evidence of another host is no evidence of this one. */
function acceptBundle(
  bundle: Bundle | null,
  target: Target | null,
  site: Site | null,
  diagnostics: Diagnostic[],
): Bundle | null {
  if (bundle === null || site === null) return bundle;
  if (target !== null && isHostOf(target, bundle.identity)) return bundle;
  if (target === null) return null;
  const { hostname, addresses } = bundle.identity;
  const where = addresses.length > 0 ? ` (${addresses.join(', ')})` : '';
  diagnostics.push({
    code: 'bundle-of-another-host',
    severity: 'error',
    message: `the bundle is of ${hostname}${where}, not of the target ${target.name} (${formatIpv4(target.address)}); it is not used`,
    span: null,
    mend: 'give the bundle of that host, or declare its address as an alias of the target',
  });
  return null;
}

function latestScan(audit: AuditResult | null): string | null {
  const times = (audit?.evidence ?? []).flatMap((e) => e.ended ?? e.started ?? []);
  const known = times.filter((t) => !Number.isNaN(Date.parse(t)));
  return known.sort((a, b) => Date.parse(a) - Date.parse(b)).at(-1) ?? null;
}

function judgeItem(
  context: CheckContext,
  item: ChecklistItem,
  answers: readonly AuditorAnswer[],
  diagnostics: Diagnostic[],
): ItemOutcome {
  const check = item.judge.kind === 'check' ? checkById(item.judge.check) : undefined;
  const found =
    check === undefined || item.judge.kind !== 'check' ? [] : check.judge(context, item.judge.parameters);
  const automatic = check === undefined ? null : resultOf(found);
  const given = answers.find((a) => a.item === item.id) ?? null;
  const counts =
    given !== null && (!wantsEvidence(item) || given.evidence !== null || given.result !== 'pass');
  if (given !== null && !counts) {
    diagnostics.push({
      code: 'answer-without-evidence',
      severity: 'warning',
      message: `the answer to item ${item.id} does not count: the item is objective, and the answer says not what was seen`,
      span: { ...given.line, column: 1, endColumn: given.line.text.length + 1 },
      mend: 'add "evidence:" to the answer',
    });
  }
  const answer = counts ? given : null;
  const { result, statement } = weigh(automatic, answer);
  const statements: readonly Statement[] = statement === null ? found : [...found, statement];
  return {
    item,
    result,
    automatic,
    summary: summaryOf(result, statements, answer),
    statements,
    evidence: gatherEvidence(context, statements, answer),
    answer,
    residual: residualOf(item, result),
  };
}

/** A person may fail what the evidence passes and decide what it leaves open; a breach in the evidence stays one. */
function weigh(
  automatic: ItemResult | null,
  answer: AuditorAnswer | null,
): { readonly result: ItemResult; readonly statement: Statement | null } {
  if (answer === null) return { result: automatic ?? 'not-assessed', statement: null };
  const said = `the ${answer.role} says "${answer.result}": ${answer.reason}`;
  if (automatic === 'fail' && answer.result !== 'fail') {
    return { result: 'fail', statement: note(`${said}; the evidence says otherwise, and it stands`) };
  }
  return { result: answer.result, statement: note(said) };
}

/** A sentence or two: all reasons while they are short, then how many more. */
const SUMMARY_LENGTH = 260;

function joinShort(parts: readonly string[]): string {
  let text = '';
  for (const [i, part] of parts.entries()) {
    if (i > 0 && text.length + part.length > SUMMARY_LENGTH) return `${text}; and ${parts.length - i} more`;
    text += i === 0 ? part : `; ${part}`;
  }
  return text;
}

/** The reasons of the kind that decided. */
function summaryOf(
  result: ItemResult,
  statements: readonly Statement[],
  answer: AuditorAnswer | null,
): string {
  const texts = (kind: Statement['kind']): readonly string[] =>
    statements.filter((s) => s.kind === kind).map((s) => s.text);
  switch (result) {
    case 'fail': {
      const broken = texts('breaks');
      return broken.length > 0 ? joinShort(broken) : (answer?.reason ?? '');
    }
    case 'undetermined':
      return joinShort([...texts('doubt'), ...texts('missing')]);
    case 'not-assessed':
      return joinShort(texts('missing')) || 'nobody answered';
    case 'not-applicable':
      return answer?.reason ?? '';
    case 'pass':
      return answer === null
        ? `${texts('holds').length} of ${texts('holds').length} demands are met`
        : answer.reason;
  }
}

/** What was not shown to be mended remains as if it were broken. */
const residualOf = (item: ChecklistItem, result: ItemResult): RiskLevel =>
  result === 'pass' ? item.residual.pass : result === 'not-applicable' ? 'none' : item.residual.fail;

function summarise(
  checklist: Checklist,
  outcomes: readonly ItemOutcome[],
): Pick<ChecklistResult, 'counts' | 'verdict' | 'residual' | 'repair'> {
  const counts: Record<ItemResult, number> = {
    pass: 0,
    fail: 0,
    undetermined: 0,
    'not-assessed': 0,
    'not-applicable': 0,
  };
  for (const o of outcomes) counts[o.result]++;
  const failed = outcomes.filter((o) => o.result === 'fail');
  const hours = failed.reduce((sum, o) => sum + (o.item.cost.hours ?? 0), 0);
  const goods = failed.reduce((sum, o) => sum + (o.item.cost.goods ?? 0), 0);
  return {
    counts,
    verdict:
      counts.fail > 0 ? 'fail' : counts.undetermined + counts['not-assessed'] > 0 ? 'incomplete' : 'pass',
    residual: RISK_LEVELS.find((level) => outcomes.some((o) => o.residual === level)) ?? 'none',
    repair: {
      hours,
      goods,
      total: checklist.hourlyRate === null ? null : hours * checklist.hourlyRate + goods,
      currency: checklist.currency,
      unestimated: failed
        .filter((o) => o.item.cost.hours === null && o.item.cost.goods === null)
        .map((o) => o.item.id),
    },
  };
}
