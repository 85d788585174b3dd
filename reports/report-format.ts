import type { Report, ReportKind } from './report.ts';

export interface RenderOptions {
  /** ANSI colours; the caller decides, nothing here looks at a terminal. */
  readonly colour: boolean;
  /** Columns to fill at most, 40 or more. */
  readonly width: number;
}

export const PLAIN: RenderOptions = { colour: false, width: 100 };

/** One way to write a report down. Pure: equal reports give equal bytes. */
export interface ReportFormat {
  readonly id: FormatId;
  readonly description: string;
  /** Without the dot. */
  readonly extension: string;
  readonly renders: readonly ReportKind[];
  readonly render: (report: Report, options: RenderOptions) => { readonly output: string };
}

export type FormatId = 'text' | 'json' | 'markdown' | 'html' | 'sarif' | 'junit' | 'csv';
