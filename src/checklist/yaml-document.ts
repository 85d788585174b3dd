import { isMap, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import type * as z from 'zod';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { describeIssue, innermostIssue } from '../diagnostics/schema-issue.ts';
import type { ConfigLine, SourceSpan } from '../diagnostics/source-span.ts';

/** A YAML text with positions, so that each complaint can name its line. */
export interface YamlDocument {
  readonly value: unknown;
  readonly lineOf: (path: readonly PropertyKey[]) => ConfigLine;
  readonly complain: (
    code: string,
    path: readonly PropertyKey[],
    message: string,
    mend?: string,
  ) => Diagnostic;
  readonly problems: readonly Diagnostic[];
}

/** No aliases beyond a few: a small text must not grow into a large value. */
export function readYaml(file: string, text: string, code: string): YamlDocument {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, uniqueKeys: true });
  const lines = text.split(/\r?\n/);

  const spanAt = (offset: number): SourceSpan => {
    const { line, col } = counter.linePos(offset);
    const raw = lines[line - 1] ?? '';
    return { file, line: Math.max(line, 1), column: Math.max(col, 1), endColumn: raw.length + 1, text: raw };
  };
  /** The node of a path, or of the nearest part of it that is there. */
  const nodeAt = (path: readonly PropertyKey[]): Node | null => {
    let node: Node | null = document.contents;
    for (const key of path) {
      const next: unknown = isMap(node) || isSeq(node) ? node.get(key as string | number, true) : undefined;
      if (next === undefined || next === null) break;
      node = next as Node;
    }
    return node;
  };
  const span = (path: readonly PropertyKey[]): SourceSpan => spanAt(nodeAt(path)?.range?.[0] ?? 0);

  let value: unknown = null;
  const problems: Diagnostic[] = document.errors.map((e) => ({
    code,
    severity: 'error',
    message: e.message.split('\n')[0] ?? 'not YAML',
    span: spanAt(e.pos[0]),
  }));
  if (problems.length === 0) {
    try {
      value = document.toJS({ maxAliasCount: 50 });
    } catch (error) {
      problems.push({
        code,
        severity: 'error',
        message: error instanceof Error ? error.message : 'not YAML',
        span: null,
      });
    }
  }
  return {
    value,
    problems,
    lineOf: (path) => {
      const { line, text: raw } = span(path);
      return { file, line, text: raw };
    },
    complain: (c, path, message, mend) => ({
      code: c,
      severity: 'error',
      message,
      span: span(path),
      ...(mend === undefined ? {} : { mend }),
    }),
  };
}

/** What a schema says of a part of the document, with its line in the text. Of `checkWritten`. */
export const issuesOf = (
  document: YamlDocument,
  code: string,
  at: readonly PropertyKey[],
  error: z.ZodError,
): readonly Diagnostic[] =>
  error.issues.map((outer) => {
    const issue = innermostIssue(outer);
    const path = [...at, ...issue.path];
    return document.complain(code, path, describeIssue(issue, path.map(String).join('.'), 'the document'));
  });
