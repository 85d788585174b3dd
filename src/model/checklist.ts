import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { ConfigLine } from '../diagnostics/source-span.ts';

/** `undetermined`: there is evidence and it does not decide. `not-assessed`: there is none. */
export type ItemResult = 'pass' | 'fail' | 'undetermined' | 'not-assessed' | 'not-applicable';

export const ITEM_RESULTS: readonly ItemResult[] = [
  'fail',
  'undetermined',
  'not-assessed',
  'pass',
  'not-applicable',
];

export type RiskLevel = 'critical' | 'high' | 'medium' | 'low' | 'very-low' | 'none';

export const RISK_LEVELS: readonly RiskLevel[] = ['critical', 'high', 'medium', 'low', 'very-low', 'none'];

export type CheckParameters = Readonly<Record<string, unknown>>;

/** Who or what judges an item. */
export type ItemJudge =
  | { readonly kind: 'auditor' }
  | { readonly kind: 'check'; readonly check: string; readonly parameters: CheckParameters };

export interface ItemCost {
  /** Hours of work to repair; null: not estimated. */
  readonly hours: number | null;
  /** Money for goods, in the checklist's currency. */
  readonly goods: number | null;
  readonly note: string;
}

export interface ChecklistItem {
  /** `1` … `20`, or a user's own. */
  readonly id: string;
  readonly title: string;
  /** Where the demand comes from. */
  readonly reference: string;
  readonly objective: string;
  readonly risk: string;
  /** What must be so for a pass. */
  readonly compliance: string;
  readonly tests: readonly string[];
  readonly assessment: 'objective' | 'subjective';
  readonly judge: ItemJudge;
  readonly mitigation: string;
  /** What remains when the item passes, and when it does not. */
  readonly residual: { readonly pass: RiskLevel; readonly fail: RiskLevel };
  readonly cost: ItemCost;
}

export interface Checklist {
  readonly title: string;
  /** The site's target that the host items speak of; null: the site's only one. */
  readonly target: string | null;
  readonly currency: string | null;
  readonly hourlyRate: number | null;
  readonly items: readonly ChecklistItem[];
}

/** A person's answer: who (by role), when, and why. */
export interface AuditorAnswer {
  readonly item: string;
  readonly result: 'pass' | 'fail' | 'not-applicable';
  readonly role: string;
  /** ISO date. */
  readonly date: string;
  readonly reason: string;
  /** What was seen; an answer to an objective item counts only with it. */
  readonly evidence: string | null;
  readonly line: ConfigLine;
}

/** How one reason bears on the result. */
export type StatementKind = 'holds' | 'breaks' | 'doubt' | 'missing' | 'note';

/** One reason for an item's result. */
export interface Statement {
  readonly kind: StatementKind;
  readonly text: string;
  readonly lines: readonly ConfigLine[];
  /** Ids of the evidence it rests on. */
  readonly evidence: readonly string[];
}

export interface ItemEvidence {
  readonly id: string;
  /** Command line, path, or file of scan evidence. */
  readonly origin: string;
  readonly kind: 'file' | 'command' | 'attachment' | 'scan' | 'answer' | 'site';
  readonly host: string;
  /** ISO time. */
  readonly at: string | null;
  /** `sha1:…`; null where none was taken. */
  readonly digest: string | null;
  /** Untrusted text of the source, shortened. */
  readonly output: string;
  /** Lines left out of `output`. */
  readonly leftOut: number;
}

export interface ItemOutcome {
  readonly item: ChecklistItem;
  readonly result: ItemResult;
  /** What the evidence alone says, before a person's answer. */
  readonly automatic: ItemResult | null;
  /** One sentence. */
  readonly summary: string;
  readonly statements: readonly Statement[];
  readonly evidence: readonly ItemEvidence[];
  readonly answer: AuditorAnswer | null;
  readonly residual: RiskLevel;
}

export interface ChecklistResult {
  readonly title: string;
  readonly site: string | null;
  readonly target: string | null;
  /** ISO time against which ages were judged. */
  readonly asOf: string | null;
  readonly host: {
    readonly name: string;
    readonly collected: string;
    readonly system: string;
    readonly manifestSha256: string;
  } | null;
  readonly outcomes: readonly ItemOutcome[];
  readonly counts: Readonly<Record<ItemResult, number>>;
  /** Overall: `fail` when an item fails, `incomplete` when one is undetermined or not assessed. */
  readonly verdict: 'pass' | 'fail' | 'incomplete';
  /** The gravest risk that remains. */
  readonly residual: RiskLevel;
  readonly repair: {
    readonly hours: number;
    readonly goods: number;
    readonly total: number | null;
    readonly currency: string | null;
    /** Failed items without an estimate. */
    readonly unestimated: readonly string[];
  };
  readonly diagnostics: readonly Diagnostic[];
}
