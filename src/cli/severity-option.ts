import { SEVERITIES, type Severity } from '../model/finding.ts';
import { UsageError } from './world.ts';

export function severityOption(text: string): Severity {
  const found = SEVERITIES.find((s) => s === text);
  if (!found) throw new UsageError(`"${text}" is not a severity`, `severities: ${SEVERITIES.join(', ')}`);
  return found;
}
