import type { Report } from '../report.ts';
import { frameBlocks } from './frame.ts';
import type { Block } from './outline.ts';
import { outlineAudit } from './outline-audit.ts';
import { outlineChecklist } from './outline-checklist.ts';
import { outlineExplain } from './outline-explain.ts';
import { outlineHistory } from './outline-history.ts';
import { outlineIntended } from './outline-intended.ts';
import { outlineLint } from './outline-lint.ts';
import { outlineReview } from './outline-review.ts';

function documentBlocks(report: Report): readonly Block[] {
  switch (report.kind) {
    case 'lint':
      return outlineLint(report);
    case 'explain':
      return outlineExplain(report);
    case 'intended':
      return outlineIntended(report);
    case 'review':
      return outlineReview(report);
    case 'audit':
      return outlineAudit(report);
    case 'checklist':
      return outlineChecklist(report);
    case 'history':
      return outlineHistory(report);
  }
}

/** The report as blocks for people: verdict first, then what needs doing, then the rest. */
export const outlineReport = (report: Report): readonly Block[] => [
  ...documentBlocks(report),
  ...frameBlocks(report),
];
