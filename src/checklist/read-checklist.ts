import type * as z from 'zod';
import type { Diagnostic, Parsed } from '../diagnostics/diagnostic.ts';
import { nearest } from '../diagnostics/nearest.ts';
import { checkWritten } from '../diagnostics/schema-issue.ts';
import type { Checklist, ChecklistItem } from '../model/checklist.ts';
import { checklistSchema, itemChangeSchema, itemSchema } from './checklist-schema.ts';
import { CHECKS, checkById } from './items/registry.ts';
import { TWENTY_ITEMS } from './twenty-items.ts';
import { issuesOf, readYaml, type YamlDocument } from './yaml-document.ts';

const CODE = 'checklist-invalid';

type WrittenItem = z.output<typeof itemSchema>;

const toItem = ({ check, parameters, ...fields }: WrittenItem): ChecklistItem => ({
  ...fields,
  judge: check === undefined ? { kind: 'auditor' } : { kind: 'check', check, parameters },
});

/** A checklist file: a whole list, or the twenty items with changes, additions and omissions. */
export function readChecklist(file: string, text: string): Parsed<Checklist | null> {
  const document = readYaml(file, text, CODE);
  if (document.problems.length > 0) return { value: null, diagnostics: document.problems };
  const decoded = checkWritten(checklistSchema, document.value);
  if (!decoded.success) return { value: null, diagnostics: issuesOf(document, CODE, [], decoded.error) };

  const diagnostics: Diagnostic[] = [];
  const written = new Map<string, WrittenItem>();
  if (decoded.data.extends !== undefined) for (const item of standardItems()) written.set(item.id, item);
  for (const id of decoded.data.omit) {
    if (!written.delete(id))
      diagnostics.push(document.complain(CODE, ['omit'], `there is no item ${id} to leave out`));
  }
  const seen = new Set<string>();
  for (const [i, raw] of decoded.data.items.entries()) {
    const at = ['items', i];
    if (seen.has(raw.id))
      diagnostics.push(document.complain(CODE, [...at, 'id'], `item ${raw.id} stands twice`));
    seen.add(raw.id);
    const item = mergeItem(document, at, raw, written.get(raw.id), diagnostics);
    if (item !== null) written.set(item.id, item);
  }
  for (const [id, item] of written) {
    const index = decoded.data.items.findIndex((i) => i.id === id);
    if (index >= 0) diagnostics.push(...checkProblems(document, ['items', index], item));
  }
  if (diagnostics.length > 0) return { value: null, diagnostics };
  const value: Checklist = {
    title: decoded.data.checklist,
    target: decoded.data.target ?? null,
    currency: decoded.data.currency ?? null,
    hourlyRate: decoded.data.hourlyRate ?? null,
    items: [...written.values()].map(toItem),
  };
  return { value, diagnostics };
}

/** A known id changes that item, parameter by parameter; a new one must be whole. */
function mergeItem(
  document: YamlDocument,
  at: readonly PropertyKey[],
  raw: object,
  base: WrittenItem | undefined,
  diagnostics: Diagnostic[],
): WrittenItem | null {
  if (base === undefined) {
    const whole = checkWritten(itemSchema, raw);
    if (whole.success) return whole.data;
    diagnostics.push(...issuesOf(document, CODE, at, whole.error));
    return null;
  }
  const change = checkWritten(itemChangeSchema, raw);
  if (!change.success) {
    diagnostics.push(...issuesOf(document, CODE, at, change.error));
    return null;
  }
  const sameCheck = change.data.check === undefined || change.data.check === base.check;
  const parameters = { ...(sameCheck ? base.parameters : {}), ...change.data.parameters };
  return { ...base, ...change.data, parameters };
}

function checkProblems(
  document: YamlDocument,
  at: readonly PropertyKey[],
  item: WrittenItem,
): readonly Diagnostic[] {
  if (item.check === undefined) {
    return Object.keys(item.parameters).length > 0
      ? [
          document.complain(
            CODE,
            [...at, 'parameters'],
            'parameters without a check',
            'name the check, or leave them out',
          ),
        ]
      : [];
  }
  const check = checkById(item.check);
  if (check === undefined) {
    const near = nearest(
      item.check,
      CHECKS.map((c) => c.id),
    );
    const mend =
      near === undefined ? `known: ${CHECKS.map((c) => c.id).join(', ')}` : `did you mean ${near}?`;
    return [document.complain(CODE, [...at, 'check'], `there is no check "${item.check}"`, mend)];
  }
  const parameters = checkWritten(check.parameters, item.parameters);
  return parameters.success ? [] : issuesOf(document, CODE, [...at, 'parameters'], parameters.error);
}

function standardItems(): readonly WrittenItem[] {
  const { value } = readYaml('twenty-items', TWENTY_ITEMS, CODE);
  return itemSchema.array().parse((value as { readonly items: unknown }).items);
}

/** The twenty items of the commissioning audit. */
export function standardChecklist(): Checklist {
  const { value, diagnostics } = readChecklist('twenty-items', TWENTY_ITEMS);
  if (value === null) throw new Error(`the built-in checklist is broken: ${diagnostics[0]?.message}`);
  return value;
}
