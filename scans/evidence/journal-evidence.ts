import type { Evidence } from '../../src/model/evidence.ts';
import type { Plan } from '../../src/model/plan.ts';
import { EvidenceBook } from './evidence-book.ts';
import type { JournalContents } from './journal.ts';

/**
 * What a journal amounts to so far: the evidence of a scan that runs still, or was killed. It is incomplete and not
 * sealed. `plan` is the one of its header, as the caller has checked it.
 */
export function evidenceOfJournal(contents: JournalContents, plan: Plan): Omit<Evidence, 'box'> {
  const { header, events } = contents;
  const book = new EvidenceBook(plan);
  let last = Date.parse(header.started);
  for (const event of events) {
    book.take(event);
    if (event.kind === 'results') last = Math.max(last, event.at);
    if (event.kind === 'canary') last = Math.max(last, event.sentAt);
  }
  return {
    schema: 'aclscope/evidence/1',
    site: plan.site,
    vantage: plan.vantage,
    origin: { kind: 'scan', via: header.engine, tool: 'aclscope', command: null, file: null },
    planSha256: header.planSha256,
    siteSha256: plan.siteSha256,
    started: header.started,
    ended: new Date(last).toISOString(),
    completeness: {
      kind: 'incomplete',
      reason: [
        'this is the journal of a scan that is still running or was interrupted',
        ...book.stops(),
      ].join('; '),
    },
    targets: book.targets(),
    listeners: [],
    sessions: [],
    notes: book.notes,
  };
}
