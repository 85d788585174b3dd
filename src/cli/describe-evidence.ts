import { plural } from '../../reports/wording.ts';
import type { Evidence } from '../model/evidence.ts';
import { countRanges } from '../model/ports.ts';
import { escapeUntrusted } from '../model/untrusted-text.ts';

/** What evidence holds, in a few lines for a person. */
export function describeEvidence(evidence: Evidence): string {
  const lines = evidence.targets
    .filter((t) => t.observations.length > 0)
    .map((t) => {
      const counts = new Map<string, number>();
      for (const o of t.observations) counts.set(o.state, (counts.get(o.state) ?? 0) + countRanges(o.ports));
      const seen = [...counts].map(([state, n]) => `${n} ${state}`).join(', ');
      return `  ${t.hostName ? `${escapeUntrusted(t.hostName)} ` : ''}${t.address} ${t.protocol}: ${seen || 'nothing'}`;
    });
  if (evidence.listeners.length > 0) lines.push(`  ${plural(evidence.listeners.length, 'listening socket')}`);
  if (evidence.sessions.length > 0) lines.push(`  ${plural(evidence.sessions.length, 'logged session')}`);
  if (evidence.router) lines.push(`  ${evidence.notes.join('; ')}`);
  const end =
    evidence.completeness.kind === 'incomplete' ? [`  INCOMPLETE: ${evidence.completeness.reason}`] : [];
  return [
    `evidence from ${evidence.vantage}, via ${evidence.origin.via}${evidence.origin.tool ? ` (${escapeUntrusted(evidence.origin.tool)})` : ''}:`,
    ...lines,
    ...end,
    '',
  ].join('\n');
}
