import type { SourceSpan } from '../diagnostics/source-span.ts';
import type { Mode } from './command.ts';

/** One line that somebody pastes. */
export interface SnippetStep {
  /** Counts the snippet's non-blank, non-comment lines from 1. */
  readonly step: number;
  /**
   * `body` is free text under a banner or key, which the device stores unread, or the answer to what it asks; an
   * `unfinished` command begins such text and has no end, so that the rest of the snippet is its body; `output` is
   * what a terminal printed among the commands; of a `scrolled` line the start is lost, and an `overlong` one no
   * device takes whole, so that what the device would do with either is unknown.
   */
  readonly kind: 'command' | 'unfinished' | 'body' | 'output' | 'scrolled' | 'overlong';
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
