import type { SourceSpan } from '../diagnostics/source-span.ts';

/** Why packets may take more than one way, and the lines that leave it open; none where no line does. */
export interface Fork {
  readonly lines: readonly SourceSpan[];
  readonly why: string;
}
