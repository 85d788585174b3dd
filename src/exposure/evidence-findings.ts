import type { AuditFinding } from '../model/audit.ts';
import { plainFinding } from './plain-finding.ts';
import type { AuditInput, FlowContext } from './sightings.ts';

/** What the evidence itself lacks: gaps are named, never passed over. */
export function evidenceFindings(
  input: AuditInput,
  contexts: readonly FlowContext[],
): readonly AuditFinding[] {
  const out: AuditFinding[] = [];
  const said = new Set<string>();
  for (const context of contexts) {
    for (const s of context.sightings) {
      if (s.disqualified === null) continue;
      const key = `${s.file.file} ${s.disqualified}`;
      if (said.has(key)) continue;
      said.add(key);
      const about = s.disqualified.startsWith('the evidence names')
        ? 'evidence-names-other-address'
        : 'evidence-from-other-place';
      out.push(
        plainFinding(
          about,
          'medium',
          `${s.file.file}: ${s.disqualified}; its observations decide nothing`,
          about === 'evidence-names-other-address'
            ? 'if it is the same host, declare the name or address under aliases of the target'
            : 'scan again from the declared address, or correct the vantage',
          context.vantage.name,
        ),
      );
    }
  }
  for (const { file, evidence } of input.evidence) {
    if (evidence.completeness.kind === 'incomplete')
      out.push(
        plainFinding(
          'incomplete-evidence',
          'medium',
          `${file}: ${evidence.completeness.reason}`,
          'resume or repeat the scan',
          evidence.vantage,
        ),
      );
  }
  const silent = new Set(contexts.filter((c) => c.sightings.length === 0).map((c) => c.vantage.name));
  for (const name of silent)
    if (!contexts.some((c) => c.vantage.name === name && c.sightings.length > 0))
      out.push(
        plainFinding(
          'no-evidence',
          'info',
          `nothing was observed from ${name}`,
          `aclscope run SITE --vantage ${name}, on that box`,
          name,
        ),
      );
  return out;
}
