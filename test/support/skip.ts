import type { Context } from 'mocha';

/** Skips a test with a reason that the closing report prints; where CI demands the real thing, fails instead. */
export function skipBecause(context: Context, reason: string, demandedInCi = true): never {
  if (demandedInCi && process.env.CI === 'true') {
    throw new Error(`CI=true demands this test, but: ${reason}`);
  }
  const runnable = (context.currentTest ?? context.test) as { skipReason?: string } | undefined;
  if (runnable) runnable.skipReason = reason;
  return context.skip() as never;
}
