import { stringify } from 'yaml';
import type { AuditorAnswer, Checklist, ChecklistItem, ChecklistResult } from '../model/checklist.ts';

/** The answers as the file that `readAnswers` takes: what was asked at a prompt is kept like what was written. */
export const writeAnswers = (answers: readonly Omit<AuditorAnswer, 'line'>[]): string =>
  stringify({
    answers: answers.map(({ item, result, role, date, reason, evidence }) => ({
      item,
      result,
      role,
      date,
      reason,
      ...(evidence === null ? {} : { evidence }),
    })),
  });

/** The items on which a person still has to say something: those without an answer that evidence does not decide. */
export const openQuestions = (checklist: Checklist, result: ChecklistResult): readonly ChecklistItem[] =>
  checklist.items.filter((item) => {
    const outcome = result.outcomes.find((o) => o.item.id === item.id);
    return (
      outcome?.answer === null && (outcome.result === 'not-assessed' || outcome.result === 'undetermined')
    );
  });
