import { UsageError } from './world.ts';

/** The router's own wall clock, read as UTC; null when not given. */
export function clockOption(text: string | undefined): number | null {
  if (text === undefined) return null;
  const value = Date.parse(/Z$|[+-]\d\d:?\d\d$/.test(text) ? text : `${text}Z`);
  if (Number.isNaN(value))
    throw new UsageError(`--clock "${text}" is not a time`, 'write it as 2024-05-17T14:30');
  return value;
}
