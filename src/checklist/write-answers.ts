import { stringify } from 'yaml';
import type { AuditorAnswer, ChecklistItem, ChecklistResult, ItemOutcome } from '../model/checklist.ts';

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

/** What a person still has to say something on: items without an answer that evidence does not decide. */
export const openQuestions = (result: ChecklistResult): readonly ItemOutcome[] =>
  result.outcomes.filter(
    (o) => o.answer === null && (o.result === 'not-assessed' || o.result === 'undetermined'),
  );

/** Whether a pass counts only with a word on what was seen: where evidence is to decide, an opinion does not. */
export const wantsEvidence = (item: ChecklistItem): boolean =>
  item.assessment === 'objective' && item.judge.kind === 'check';
