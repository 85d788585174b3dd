import * as z from 'zod';
import { answersSchema, checklistEditorSchema } from '../../src/checklist/checklist-schema.ts';

const text = (schema: z.ZodType, title: string): string =>
  `${JSON.stringify({ title, ...z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) }, null, 2)}\n`;

/** JSON Schemas for editors, by their path in the project. */
export const editorSchemas = (): readonly { readonly path: string; readonly text: string }[] => [
  { path: 'docs/schemas/checklist-file.json', text: text(checklistEditorSchema, 'aclscope checklist file') },
  { path: 'docs/schemas/answers-file.json', text: text(answersSchema, "aclscope auditor's answers") },
];
