import type { SourceSpan } from '../diagnostics/source-span.ts';
import type { Mode } from './command.ts';

/** One line that somebody pastes. */
export interface SnippetStep {
  /** Counts the snippet's non-blank, non-comment lines from 1. */
  readonly step: number;
  /**
   * `body` is free text under a banner or key, which the device stores unread, or the answer to what it asks; `output` is what a terminal printed
   * among the commands; of a `scrolled` line the start is lost, so that what the device would do with it is unknown.
   */
  readonly kind: 'command' | 'body' | 'output' | 'scrolled';
  /** The command without a prompt before it. */
  readonly line: SourceSpan;
  /** What the prompt says in parentheses; `''` at the exec prompt, `'>'` at one without privilege, null without a prompt. */
  readonly prompt: string | null;
}

export interface Snippet {
  readonly file: string;
  /** Exec where the first line shows it, else global configuration. */
  readonly start: Mode;
  readonly steps: readonly SnippetStep[];
}
