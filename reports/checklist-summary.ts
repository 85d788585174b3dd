import {
  type ChecklistResult,
  type ItemOutcome,
  type ItemResult,
  RISK_LEVELS,
  type RiskLevel,
} from '../src/model/checklist.ts';
import { formatCount, plural } from './wording.ts';

/** What takes no longer than this is done first: much risk goes for little work. */
const QUICK_HOURS = 1;

const inWords = (dashed: string): string => dashed.replaceAll('-', ' ');

const nameOf = (o: ItemOutcome): string => `${o.item.id} (${o.item.title})`;

/** The gravest first; of equal ones in the list's order. */
export const byRisk = (a: ItemOutcome, b: ItemOutcome): number =>
  RISK_LEVELS.indexOf(a.residual) - RISK_LEVELS.indexOf(b.residual);

const gravest = (levels: readonly RiskLevel[]): RiskLevel =>
  RISK_LEVELS.find((level) => levels.includes(level)) ?? 'none';

const listed = (parts: readonly string[]): string =>
  parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;

/** The risk that an item leaves once it is repaired: that of a pass. */
export const riskAfterRepair = (o: ItemOutcome): RiskLevel =>
  o.result === 'not-applicable' ? 'none' : o.item.residual.pass;

function tally({ counts, outcomes }: ChecklistResult): string {
  const parts: readonly (readonly [ItemResult, string])[] = [
    ['pass', 'pass'],
    ['fail', 'fail'],
    ['undetermined', 'could not be decided on the evidence'],
    ['not-assessed', 'were not assessed for want of evidence'],
    ['not-applicable', 'do not apply'],
  ];
  const said = parts
    .filter(([result]) => counts[result] > 0)
    .map(([result, words]) => `${counts[result]} ${words}`);
  const open = counts.undetermined + counts['not-assessed'];
  return `Of ${plural(outcomes.length, 'item')}, ${listed(said)}.${open > 0 ? ' What was not shown to be in order counts here as a risk, as if it were not.' : ''}`;
}

function worst(failed: readonly ItemOutcome[]): string {
  const sorted = [...failed].sort(byRisk);
  const [first] = sorted;
  if (first === undefined) return 'Nothing that was judged fails.';
  const grave = sorted.filter((o) => o.residual === first.residual);
  return (
    `The gravest ${grave.length === 1 ? 'failure is' : 'failures are'} ${listed(grave.map(nameOf))}, of ${inWords(first.residual)} risk. ` +
    grave.map((o) => o.item.risk).join(' ')
  );
}

function price({ repair }: ChecklistResult, failed: readonly ItemOutcome[]): string {
  const money =
    repair.total !== null
      ? `, together ${formatCount(repair.total)}${repair.currency === null ? '' : ` ${repair.currency}`}`
      : repair.goods > 0
        ? ` and ${formatCount(repair.goods)} ${repair.currency ?? ''}`.trimEnd()
        : '';
  const open = repair.unestimated.length === 0 ? '' : `; ${listed([...repair.unestimated])} not counted`;
  const quick = failed.filter(
    (o) => (o.item.cost.hours ?? Number.POSITIVE_INFINITY) <= QUICK_HOURS && !o.item.cost.goods,
  );
  const first =
    quick.length === 0 || quick.length === failed.length
      ? ''
      : ` ${listed(quick.map(nameOf))} ${quick.length === 1 ? 'takes' : 'take'} an hour or less${quick.length === 1 ? '' : ' each'}: begin there.`;
  return `To repair what fails takes ${repair.hours} hours of work${money}${open}.${first}`;
}

function remains(result: ChecklistResult): string {
  const judged = result.outcomes.filter((o) => o.result === 'pass' || o.result === 'fail');
  const open = result.outcomes.filter((o) => o.result === 'undetermined' || o.result === 'not-assessed');
  const start = result.counts.fail > 0 ? 'Once that is done, the' : 'The';
  const after = `${start} gravest risk left among the items that were judged is ${inWords(gravest(judged.map(riskAfterRepair)))}.`;
  if (open.length === 0) return after;
  return `${after} Still to be looked at: ${listed([...open].sort(byRisk).map(nameOf))}.`;
}

/** For an owner who reads one page: how it stands, what is worst, what it costs, what remains. One sentence group a paragraph. */
export function summariseForOwner(result: ChecklistResult): readonly string[] {
  const failed = result.outcomes.filter((o) => o.result === 'fail');
  if (result.outcomes.length === 0) return [];
  return [
    tally(result),
    worst(failed),
    ...(failed.length > 0 ? [price(result, failed)] : []),
    remains(result),
  ];
}
