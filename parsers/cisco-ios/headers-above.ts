import { type SourceSpan, statementOf } from '../../src/diagnostics/source-span.ts';
import type { Command } from '../../src/model/command.ts';

/** Under which headers each statement of a text stands, by indentation; where there is none, by what opened its mode. */
export class HeadersAbove {
  private readonly indented: boolean;
  private readonly open: SourceSpan[] = [];
  private above = 0;

  constructor(indented: boolean) {
    this.indented = indented;
  }

  /** Goes on to the text's next statement. */
  pass({ span, next }: Command): void {
    const { open } = this;
    if (this.indented) while (open.length > 0 && open.at(-1)!.column >= span.column) open.pop();
    else if (next !== 'same') open.length = 0;
    this.above = open.length;
    if (this.indented || next !== 'same') open.push(span);
  }

  /** Those of the statement passed last, outermost first. */
  get path(): readonly string[] {
    return this.open.slice(0, this.above).map(statementOf);
  }
}
