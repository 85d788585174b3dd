import type { PamEntry } from '../model/host.ts';

/** What PAM does after a module's answer (pam.conf(5)): a number is a jump over so many modules. */
type Action = 'ok' | 'done' | 'bad' | 'die' | 'ignore' | 'reset' | number | null;

const WORDS: Readonly<Record<string, Readonly<Record<'success' | 'perm_denied', Action>>>> = {
  required: { success: 'ok', perm_denied: 'bad' },
  requisite: { success: 'ok', perm_denied: 'die' },
  sufficient: { success: 'done', perm_denied: 'ignore' },
  optional: { success: 'ok', perm_denied: 'ignore' },
};

/** null: the control does not say it in a way that is understood here. */
function actionFor(control: string, answer: 'success' | 'perm_denied'): Action {
  const word = WORDS[control.toLowerCase()];
  if (word !== undefined) return word[answer];
  const said = new Map(
    [...control.toLowerCase().matchAll(/([a-z_]+)\s*=\s*([a-z]+|\d+)/g)].map((m) => [m[1]!, m[2]!]),
  );
  const action = said.get(answer) ?? said.get('default');
  if (action === undefined) return null;
  if (/^\d+$/.test(action)) return Number(action);
  return (['ok', 'done', 'bad', 'die', 'ignore', 'reset'] as const).find((a) => a === action) ?? null;
}

/** Whether the module's refusal refuses the login. `unclear`: it jumps, and what stands there decides. */
export function heedsRefusal(entry: PamEntry): 'yes' | 'no' | 'unclear' {
  const action = actionFor(entry.control, 'perm_denied');
  if (action === 'bad' || action === 'die') return 'yes';
  // `[success=1 default=ignore]` before a pam_deny refuses by what it does not jump over.
  const jumps = typeof actionFor(entry.control, 'success') === 'number';
  return action === null || typeof action === 'number' || jumps ? 'unclear' : 'no';
}

/** Whether a success of the earlier entry can keep the later one, of the same type, from being asked. */
export function mayPassOver(earlier: PamEntry, later: PamEntry, between: readonly PamEntry[]): boolean {
  // What ends or jumps inside a substack does so only there.
  if (!earlier.within.every((name, i) => later.within[i] === name)) return false;
  const action = actionFor(earlier.control, 'success');
  if (typeof action !== 'number') return action === 'done' || action === null;
  const inSubstack = [...between, later].some((e) => e.within.length > earlier.within.length);
  return inSubstack || action > between.length;
}
