import type { Diagnostic, Parsed } from '../diagnostics/diagnostic.ts';
import { checkWritten } from '../diagnostics/schema-issue.ts';
import type { AuditorAnswer, Checklist } from '../model/checklist.ts';
import { answersSchema } from './checklist-schema.ts';
import { issuesOf, readYaml } from './yaml-document.ts';

const CODE = 'answers-invalid';

/** The auditor's answers, each for an item of the list and each item at most once. */
export function readAnswers(
  file: string,
  text: string,
  checklist: Checklist,
): Parsed<readonly AuditorAnswer[]> {
  const document = readYaml(file, text, CODE);
  if (document.problems.length > 0) return { value: [], diagnostics: document.problems };
  const decoded = checkWritten(answersSchema, document.value);
  if (!decoded.success) return { value: [], diagnostics: issuesOf(document, CODE, [], decoded.error) };
  const diagnostics: Diagnostic[] = [];
  const value: AuditorAnswer[] = [];
  for (const [i, answer] of decoded.data.answers.entries()) {
    const at = ['answers', i, 'item'];
    if (!checklist.items.some((item) => item.id === answer.item)) {
      diagnostics.push(document.complain(CODE, at, `the checklist has no item ${answer.item}`));
    } else if (value.some((v) => v.item === answer.item)) {
      diagnostics.push(
        document.complain(CODE, at, `item ${answer.item} is answered twice; the first answer counts`),
      );
    } else value.push({ ...answer, evidence: answer.evidence ?? null, line: document.lineOf(at) });
  }
  return { value, diagnostics };
}
