import { auditPage } from './html/audit-page.ts';
import { cutIntoSections } from './html/blocks.ts';
import { layPage, type Page } from './html/page.ts';
import { inputBlocks } from './outline/frame.ts';
import { outlineReport } from './outline/outline-report.ts';
import { REPORT_KINDS, type Report } from './report.ts';
import type { ReportFormat } from './report-format.ts';

const pageOf = (report: Report): Page =>
  report.kind === 'audit'
    ? auditPage(report)
    : { header: report.header, ...cutIntoSections([...outlineReport(report), ...inputBlocks(report)]) };

export const htmlFormat: ReportFormat = {
  id: 'html',
  description: 'one self-contained page: readable offline, on paper and without scripts',
  extension: 'html',
  renders: REPORT_KINDS,
  render: (report) => ({ output: layPage(pageOf(report)).text }),
};
