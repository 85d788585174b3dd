import { isMap, isScalar, type LineCounter, type Node, type ParsedNode } from 'yaml';
import type { SourceSpan } from '../../src/diagnostics/source-span.ts';

export type Path = readonly PropertyKey[];

/** Turns a path inside the YAML document into a position in its text. */
export class Positions {
  readonly #lines: readonly string[];
  readonly #counter: LineCounter;
  readonly #root: ParsedNode | null;
  readonly #file: string;

  constructor(text: string, file: string, counter: LineCounter, root: ParsedNode | null) {
    this.#lines = text.split(/\r?\n/);
    this.#counter = counter;
    this.#root = root;
    this.#file = file;
  }

  at(start: number, end: number): SourceSpan {
    const { line, col } = this.#counter.linePos(start);
    const stop = this.#counter.linePos(end);
    const text = this.#lines[line - 1] ?? '';
    const column = Math.max(col, 1);
    return {
      file: this.#file,
      line: Math.max(line, 1),
      column,
      endColumn: stop.line === line ? Math.max(stop.col, column + 1) : text.length + 1,
      text,
    };
  }

  /** The deepest node that exists on the path; with `key`, the key of its last step. */
  of(path: Path, key = false): SourceSpan {
    let node: Node | null = this.#root;
    let keyNode: Node | null = null;
    for (const step of path) {
      if (isMap(node)) {
        const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(step));
        if (!pair) break;
        keyNode = pair.key as Node;
        node = pair.value as Node | null;
      } else if (node && 'items' in node && Array.isArray(node.items)) {
        const next = node.items[Number(step)] as Node | undefined;
        if (!next) break;
        node = next;
      } else break;
    }
    const range = (key && keyNode?.range) || node?.range || keyNode?.range || [0, 0];
    return this.at(range[0], range[1]);
  }
}
