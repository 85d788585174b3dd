import type { Evidence } from '../../src/model/evidence.ts';
import type { Plan } from '../../src/model/plan.ts';
import type { JournalHeader } from './journal.ts';

/** The evidence of a scan of our own, whether it runs still, has ended or left no more than its journal; not sealed. */
export const scanEvidence = <Box>(
  plan: Plan,
  { engine, planSha256, started }: Pick<JournalHeader, 'engine' | 'planSha256' | 'started'>,
  box: Box,
  seen: Pick<Evidence, 'completeness' | 'targets' | 'notes'> & {
    /** The clock's milliseconds. */
    readonly ended: number;
  },
): Omit<Evidence, 'box'> & { readonly box: Box } => ({
  schema: 'aclscope/evidence/1',
  site: plan.site,
  vantage: plan.vantage,
  origin: { kind: 'scan', via: engine, tool: 'aclscope', command: null, file: null },
  box,
  planSha256,
  siteSha256: plan.siteSha256,
  started,
  ended: new Date(seen.ended).toISOString(),
  completeness: seen.completeness,
  targets: seen.targets,
  listeners: [],
  sessions: [],
  notes: seen.notes,
});
