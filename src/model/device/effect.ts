import type { RejectReason } from '../command.ts';

/** Why the state of the device, rather than the text of the line, lets a command fail. */
export type Refusal =
  | 'duplicate-sequence'
  | 'kind-conflict'
  | 'covered'
  | 'not-there'
  | 'group-in-use'
  | 'sequence-exhausted'
  | 'wrong-mode'
  | 'not-removable'
  | 'overlap'
  | 'circular'
  /** The device still waits for the end of its text. */
  | 'unfinished'
  /** The session had ended before. */
  | 'not-typed';

/** What one command did to the device. */
export type Effect =
  /** `note` says what is uncertain about it. */
  | { readonly kind: 'changed'; readonly note: string | null }
  | { readonly kind: 'unchanged'; readonly reason: string }
  /** Moved between modes, ran an exec command, or belongs to a knowingly skipped family. */
  | { readonly kind: 'none' }
  | { readonly kind: 'rejected'; readonly reason: RejectReason | Refusal; readonly message: string };

const CHANGED: Effect = { kind: 'changed', note: null };
export const NO_EFFECT: Effect = { kind: 'none' };

export const changed = (note: string | null = null): Effect =>
  note === null ? CHANGED : { kind: 'changed', note };
export const unchanged = (reason: string): Effect => ({ kind: 'unchanged', reason });
export const wrongMode = (what: string): Effect => refused('wrong-mode', `${what} is not known in this mode`);
export const refused = (reason: RejectReason | Refusal, message: string): Effect => ({
  kind: 'rejected',
  reason,
  message,
});
