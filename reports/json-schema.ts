import * as z from 'zod';
import { REPORT_KINDS, type ReportKind } from './report.ts';
import { explain, intended, lint, review } from './schema/config-documents.ts';
import { audit, checklist, history } from './schema/evidence-documents.ts';
import type { diagnostic, witness } from './schema/parts.ts';

// The JSON documents as schemas: json.ts is typed by them, docs/schemas/ is written from them, and tests
// validate every document against them. Fields may be added; none may change or go.

export const DOCUMENT_SCHEMAS = { lint, explain, intended, review, audit, checklist, history } as const;

export type JsonDocument<K extends ReportKind> = z.infer<(typeof DOCUMENT_SCHEMAS)[K]>;

export type JsonWitness = z.infer<typeof witness>;
export type JsonDiagnostic = z.infer<typeof diagnostic>;

/** The published JSON Schema of one document. */
export const jsonSchemaOf = (kind: ReportKind): object => ({
  $id: `urn:aclscope:schema:${kind}:1`,
  title: `aclscope ${kind}`,
  ...z.toJSONSchema(DOCUMENT_SCHEMAS[kind], { io: 'output', reused: 'ref' }),
});

/** File name under docs/schemas and text of every document's schema. */
export const schemaFiles = (): readonly { readonly name: string; readonly text: string }[] =>
  REPORT_KINDS.map((kind) => ({
    name: `${kind}-1.json`,
    text: `${JSON.stringify(jsonSchemaOf(kind), null, 2)}\n`,
  }));
