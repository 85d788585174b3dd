import type { Plan } from '../../src/model/plan.ts';
import { EvidenceBook } from './evidence-book.ts';
import type { JournalContents } from './journal.ts';
import { scanEvidence } from './scan-evidence.ts';

/**
 * What a journal amounts to so far: the evidence of a scan that runs still, or was killed. It is incomplete and not
 * sealed. `plan` is the one of its header, as the caller has checked it; the box stands as the header has it, unchecked.
 */
export function evidenceOfJournal(contents: JournalContents, plan: Plan) {
  const { header, events } = contents;
  const book = new EvidenceBook(plan);
  let last = Date.parse(header.started);
  for (const event of events) {
    book.take(event);
    if (event.kind === 'results') last = Math.max(last, event.at);
    if (event.kind === 'canary') last = Math.max(last, event.sentAt);
  }
  return scanEvidence(plan, header, header.box ?? null, {
    ended: last,
    completeness: {
      kind: 'incomplete',
      reason: [
        'this is the journal of a scan that is still running or was interrupted',
        ...book.stops(),
      ].join('; '),
    },
    targets: book.targets(),
    notes: book.notes,
  });
}
